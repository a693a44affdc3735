"""Would this database lose what was acknowledged? Asked of the server, judged here."""

import math
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from psycopg import conninfo

from deploy.check.backups import judge_backups
from deploy.check.finding import Finding, Level
from store.backup_runs import LONGEST
from store.connect import connect
from store.errors import StoreError
from store.health import ServerHealth, read_health

SUBJECT = "database"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
NEEDED_CONNECTIONS = 20  # a worker 3, analytics 4, the API 8, Grafana and psql a few
SKEW_WARNING_S = 2.0
SKEW_LOSS_S = 300.0
OLD_TRANSACTIONS = 1_000_000_000  # PostgreSQL stops writing at 2^31
SPACE_WARNING_RATIO, SPACE_LOSS_RATIO = 0.15, 0.05
SPACE_LOSS_BYTES = 1_000_000_000
FULL_WARNING_DAYS, FULL_LOSS_DAYS = 60.0, 7.0

# What must be on, what the lack of it means, how bad that is.
SWITCHES = {
    "fsync": (Level.LOSS, "a power cut or a crash of the machine can destroy the whole database"),
    "full_page_writes": (Level.LOSS, "a power cut can leave half-written pages that recovery cannot mend"),
    "autovacuum": (Level.WARNING, "tables grow without end, and one day the server stops writing"),
    "data_checksums": (Level.WARNING, "a page spoilt by the disk is not noticed but served"),
}
MENDS = {
    "data_checksums": "stop the server, run pg_checksums --enable, start it",
}
# After these answers to COMMIT the measurements are on the disk of the server at least.
DURABLE_COMMITS = ("on", "local", "remote_write", "remote_apply")


def check_database(
    database_url: str, data_folder: Path | None = None, backup_longest: timedelta = LONGEST
) -> list[Finding]:
    """Give the findings about a database; one that does not answer is a finding too.

    `data_folder` is where a server of our own keeps its data; else the server is asked, if it is on this machine.
    """
    try:
        with connect(database_url, program="check", autocommit=True) as connection:
            health = read_health(connection)
    except StoreError as error:
        meaning = "nothing can be stored; the broker keeps messages as long as its queue has room"
        return [Finding(SUBJECT, "reachable", Level.LOSS, str(error), meaning, "start it, or correct the address")]
    if not is_here(database_url):
        health.settings.pop("data_directory", None)
    backups = judge_backups(health.backups, datetime.now(UTC), backup_longest)
    return [*judge(health), judge_space(health, data_folder), backups]


def judge(health: ServerHealth) -> list[Finding]:
    """Turn what the server says into findings."""
    judges: tuple[Callable[[ServerHealth], Iterator[Finding]], ...] = (
        judge_switches,
        judge_commit,
        judge_writable,
        judge_unlogged,
        judge_room,
        judge_timescaledb,
        judge_migrations,
        judge_clock,
        judge_age,
    )
    return [finding for one in judges for finding in one(health)]


def judge_switches(health: ServerHealth) -> Iterator[Finding]:
    """fsync, full_page_writes, autovacuum, data_checksums."""
    for name, (level, meaning) in SWITCHES.items():
        setting = health.settings.get(name)
        if setting is None:
            yield Finding(SUBJECT, name, Level.UNSEEN, "the server does not tell")
        elif setting == "on":
            yield Finding(SUBJECT, name, Level.OK, setting)
        else:
            mend = MENDS.get(name, f"{name} = on in postgresql.conf, then reload")
            yield Finding(SUBJECT, name, level, setting, meaning, mend)


def judge_commit(health: ServerHealth) -> Iterator[Finding]:
    """synchronous_commit as it is in force for Vigie's own role and database."""
    setting = health.settings["synchronous_commit"]
    if setting in DURABLE_COMMITS:
        yield Finding(SUBJECT, "synchronous_commit", Level.OK, setting)
        return
    yield Finding(
        SUBJECT,
        "synchronous_commit",
        Level.LOSS,
        setting,
        "messages are acknowledged up to 0.6 s before they are on disk; a crash loses them",
        "synchronous_commit = on in postgresql.conf, then reload; alter role ... reset where the role overrides it",
    )


def judge_writable(health: ServerHealth) -> Iterator[Finding]:
    """A standby, or a server that is told to be read only, stores nothing."""
    is_read_only = health.settings.get("default_transaction_read_only") == "on"
    if health.is_standby or is_read_only:
        found = "a standby" if health.is_standby else "default_transaction_read_only = on"
        meaning = "nothing can be stored; the broker keeps messages as long as its queue has room"
        yield Finding(SUBJECT, "writable", Level.LOSS, found, meaning, "use the address of the primary")
    else:
        yield Finding(SUBJECT, "writable", Level.OK, "yes")


def judge_unlogged(health: ServerHealth) -> Iterator[Finding]:
    """A table without write-ahead log is empty after a crash."""
    if health.unlogged_tables:
        names = ", ".join(health.unlogged_tables[:5])
        meaning = "after a crash the server empties these tables"
        yield Finding(SUBJECT, "unlogged", Level.LOSS, names, meaning, "alter table ... set logged")
    else:
        yield Finding(SUBJECT, "unlogged", Level.OK, "no table")


def judge_room(health: ServerHealth) -> Iterator[Finding]:
    """Connections left, of the server and of the role; ours is not counted, it ends."""
    settings = health.settings
    most = int(settings["max_connections"]) - int(settings["superuser_reserved_connections"])
    free, limit = most - (health.n_sessions - 1), f"max_connections leaves {most}"
    if health.role_limit >= 0 and health.role_limit - (health.n_role_sessions - 1) < free:
        free, limit = health.role_limit - (health.n_role_sessions - 1), f"the role may have {health.role_limit}"
    found = f"{free} free ({limit})"
    if free >= NEEDED_CONNECTIONS:
        yield Finding(SUBJECT, "connections", Level.OK, found)
        return
    meaning = f"Vigie's programs want up to {NEEDED_CONNECTIONS}; a worker without a connection stores nothing"
    mend = "raise max_connections (restart) or alter role ... connection limit; end idle sessions"
    yield Finding(SUBJECT, "connections", Level.WARNING, found, meaning, mend)


def judge_timescaledb(health: ServerHealth) -> Iterator[Finding]:
    """The extension, and which edition of it."""
    if health.timescaledb is None:
        meaning = "there is no table of measurements here; nothing can be stored"
        yield Finding(SUBJECT, "timescaledb", Level.LOSS, "absent", meaning, "install TimescaleDB, run `vigie migrate`")
        return
    licence = health.settings.get("timescaledb.license", "")
    found = f"{health.timescaledb}, licence {licence or 'unknown'}"
    if licence == "timescale":
        yield Finding(SUBJECT, "timescaledb", Level.OK, f"{found} (Community)")
        return
    meaning = "the Apache edition cannot compress: a measurement takes 84 B for ever, and a full disk stops the ingest"
    mend = "the Community edition's package, timescaledb.license = timescale, restart"
    yield Finding(SUBJECT, "timescaledb", Level.WARNING, found, meaning, mend)


def judge_migrations(health: ServerHealth) -> Iterator[Finding]:
    """Is the schema this version's?"""
    if health.foreign_migrations:
        numbers = ", ".join(f"{number:04d}" for number in health.foreign_migrations)
        meaning = "the schema was made by another version; its worker would stop at the first difference"
        yield Finding(
            SUBJECT, "migrations", Level.LOSS, f"not ours: {numbers}", meaning, "run the version that made it"
        )
    if health.missing_migrations:
        found = f"{len(health.missing_migrations)} missing, first {health.missing_migrations[0]}"
        meaning = "the ingest does not start; the broker keeps messages as long as its queue has room"
        yield Finding(SUBJECT, "migrations", Level.LOSS, found, meaning, "vigie migrate")
    if not health.foreign_migrations and not health.missing_migrations:
        yield Finding(SUBJECT, "migrations", Level.OK, "complete")


def judge_clock(health: ServerHealth) -> Iterator[Finding]:
    """The host stamps arrivals, the server closes hours: they must agree."""
    found = f"server {health.skew_s:+.3f} s against this host (± {health.skew_error_s:.3f} s)"
    sure_s = max(abs(health.skew_s) - health.skew_error_s, 0.0)
    if sure_s < SKEW_WARNING_S:
        yield Finding(SUBJECT, "clock", Level.OK, found)
        return
    level = Level.LOSS if sure_s >= SKEW_LOSS_S else Level.WARNING
    meaning = "values are refused as being from the future, and hours are closed too early or too late"
    yield Finding(SUBJECT, "clock", level, found, meaning, "run an NTP client (chrony, systemd-timesyncd) on both")


def judge_age(health: ServerHealth) -> Iterator[Finding]:
    """Transaction numbers run out where nothing vacuums."""
    found = f"{health.oldest_transactions / 1e6:,.0f} million transactions not frozen"
    if health.oldest_transactions < OLD_TRANSACTIONS:
        yield Finding(SUBJECT, "wraparound", Level.OK, found)
        return
    meaning = "at 2,147 million the server stops writing"
    yield Finding(SUBJECT, "wraparound", Level.WARNING, found, meaning, "vacuum freeze; see what keeps autovacuum away")


def judge_space(health: ServerHealth, folder: Path | None) -> Finding:
    """Free disk under the data folder, as far as it is known and on this machine."""
    told = health.settings.get("data_directory")
    usage = measure(folder or (Path(told) if told else None))
    if usage is None:
        meaning = "a full disk stops the ingest; only a role with pg_read_all_settings on the server's host can tell"
        return Finding(SUBJECT, "disk", Level.UNSEEN, "free space cannot be seen from here", meaning)
    return judge_usage(*usage, health.daily_growth_bytes)


def judge_usage(free: int, total: int, daily_growth_bytes: float | None) -> Finding:
    """Judge free and total bytes of a disk, by what is free and by the days until nothing is."""
    days = days_left(free, daily_growth_bytes)
    found = f"{free / 1e9:.1f} GB of {total / 1e9:.1f} GB free{describe_days(days)}"
    level = worst_of(
        space_level(free < SPACE_LOSS_BYTES or free / total < SPACE_LOSS_RATIO, free / total < SPACE_WARNING_RATIO),
        space_level(days < FULL_LOSS_DAYS, days < FULL_WARNING_DAYS),
    )
    if level is Level.OK:
        return Finding(SUBJECT, "disk", level, found)
    meaning = "on a full disk nothing is stored"
    return Finding(SUBJECT, "disk", level, found, meaning, "free or add space; shorten retention; compress")


def days_left(free: int, daily_growth_bytes: float | None) -> float:
    """Give in how many days the disk is full if the database grows as it did; infinite where it does not grow."""
    return free / daily_growth_bytes if daily_growth_bytes and daily_growth_bytes > 0 else math.inf


def describe_days(days: float) -> str:
    """Say it, where it is within ten years."""
    return f", full in about {days:.0f} days at the growth of the last month" if days < 3650 else ""


def space_level(is_loss: bool, is_warning: bool) -> Level:
    """Give the worse of the two."""
    return Level.LOSS if is_loss else Level.WARNING if is_warning else Level.OK


def worst_of(*levels: Level) -> Level:
    """Give the worst."""
    return max(levels, key=list(Level).index)


def measure(folder: Path | None) -> tuple[int, int] | None:
    """Give free and total bytes of a folder's disk, None where there is no such folder for us."""
    try:
        usage = shutil.disk_usage(folder) if folder else None
    except OSError:
        return None
    return (usage.free, usage.total) if usage else None


def is_here(database_url: str) -> bool:
    """Say whether the server is on this machine."""
    host = str(conninfo.conninfo_to_dict(database_url).get("host") or "localhost")
    return host in LOOPBACK or host.startswith("/")
