"""What the database tells of itself, of the ingest and of analytics."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from psycopg.errors import UndefinedTable

from analytics.jobs.planning import STALE_S
from deploy.health import LONGEST_LAG
from deploy.status.line import Line, Standing
from store.backup_runs import LONGEST, BackupStanding, read_standing
from store.connect import connect
from store.errors import StoreError
from store.health import compare_migrations
from store.intake import Connection
from store.jobs import count_workers, read_progress, read_pulse
from store.platform_state import PlatformState, read_platform_state

QUIET = timedelta(hours=1)


def database_lines(
    database_url: str, now: datetime | None = None, backup_longest: timedelta = LONGEST
) -> Iterator[Line]:
    """Give the lines of all that the database tells of; one alone where it is out of reach."""
    try:
        with connect(database_url, program="status", autocommit=True) as connection:
            missing, foreign = compare_migrations(connection)
            if missing or foreign:
                yield Line("database", Standing.DOWN, "not of this version: run `vigie migrate`")
                return
            at = now or datetime.now(UTC)
            yield from lines_of(connection, at)
            yield backup_line(read_standing(connection), at, backup_longest)
    except StoreError as error:
        yield Line("database", Standing.DOWN, str(error))
    except UndefinedTable:
        yield Line("database", Standing.DOWN, "not migrated: run `vigie migrate`")


def lines_of(connection: Connection, now: datetime) -> Iterator[Line]:
    """Give what stands in the tables."""
    state = read_platform_state(connection)
    versions = f"TimescaleDB {state.timescaledb} on PostgreSQL {state.postgresql.split()[0]}"
    yield Line("database", Standing.OK, f"{versions}, {state.size_bytes / 1e6:,.0f} MB, schema up to date")
    yield ingest_line(state, now)
    yield quarantine_line(state)
    yield analytics_line(connection, now)
    standing = Standing.LOOK if state.n_urgent else Standing.OK
    yield Line("incidents", standing, f"{state.n_open} open, {state.n_urgent} of them urgent")


def ingest_line(state: PlatformState, now: datetime) -> Line:
    """Say whether messages are taken and when the last came."""
    counts = f"{state.n_stored:,} values stored, {state.n_duplicate:,} duplicate in this hour and the last"
    served = f"{state.n_served} of {state.n_slots} sessions served"
    if state.n_slots == 0 or state.n_served == 0:
        return Line("ingest", Standing.DOWN, f"no worker runs ({served}); the broker keeps messages: `vigie ingest`")
    if state.last_batch_at is None or now - state.last_batch_at > QUIET:
        since = (
            "no message yet" if state.last_batch_at is None else f"silent since {state.last_batch_at:%Y-%m-%d %H:%MZ}"
        )
        return Line("ingest", Standing.LOOK, f"{served}, {since}")
    standing = Standing.OK if state.n_served == state.n_slots else Standing.LOOK
    return Line("ingest", standing, f"{served}, last message {state.last_batch_at:%H:%M:%SZ}, {counts}")


def quarantine_line(state: PlatformState) -> Line:
    """Say what was refused."""
    standing = Standing.LOOK if state.n_rejected else Standing.OK
    hint = ": `vigie rejections`" if state.n_unresolved else ""
    text = f"{state.n_unresolved:,} messages wait for a remedy, {state.n_rejected:,} values refused lately{hint}"
    return Line("quarantine", standing, text)


def analytics_line(connection: Connection, now: datetime) -> Line:
    """Say whether jobs are done, and how far hours are computed."""
    n_workers, pulse = count_workers(connection, STALE_S), read_pulse(connection)
    n_waiting = sum(one.n_waiting for one in read_progress(connection))
    lag = now - pulse.computed_to
    is_behind = lag > LONGEST_LAG
    text = f"{n_workers} workers, {n_waiting} jobs wait, hours computed to {pulse.computed_to:%Y-%m-%d %H:%MZ}"
    if n_workers == 0:
        return Line("analytics", Standing.DOWN, f"no worker runs, {n_waiting} jobs wait: `vigie analyse`")
    return Line("analytics", Standing.LOOK if is_behind else Standing.OK, text)


def backup_line(backups: BackupStanding, now: datetime, longest: timedelta = LONGEST) -> Line:
    """Say when a backup last came back whole on trial, and what failed since."""
    if backups.first_at is None:
        return Line("backup", Standing.LOOK, "none was made yet: `vigie backup`, then `vigie drill`")
    text = "none has come back whole on trial yet"
    if backups.drilled_at is not None and backups.made_at is not None:
        text = f"that of {backups.made_at:%F %H:%MZ} came back whole on trial at {backups.drilled_at:%F %H:%MZ}"
    if backups.failing_since is not None:
        since = f"{backups.action} fails since {backups.failing_since:%Y-%m-%d %H:%MZ}"
        return Line("backup", Standing.DOWN, f"{since} ({backups.detail}); {text}")
    if backups.is_overdue(now, longest):
        return Line("backup", Standing.LOOK, f"{text}, more than {longest / timedelta(hours=1):g} h ago: `vigie drill`")
    return Line("backup", Standing.OK, text)
