"""How a database server keeps what it was given: what can be asked of it over a connection."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from store.backup_runs import BackupStanding, read_standing_if_allowed
from store.migrate import read_migrations
from store.sql import load_queries

QUERIES = load_queries(__file__)
N_CLOCK_TRIES = 5
GROWTH_DAYS, LEAST_DAYS = 30, 7  # of sizes that growth is told from, and how far apart they are at least

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class ServerHealth:
    """What a server says of itself.

    `settings` are those in force in this session, so also what role or database override; one that we may not see is
    absent. `skew_s` is how far the server's clock is ahead of ours, known to within `skew_error_s`.
    `daily_growth_bytes` is how much larger the database becomes in a day; None where it is too young to tell, or may
    not be asked. `backups` is None where it may not be asked.
    """

    database: str
    version: int
    settings: dict[str, str]
    is_standby: bool
    n_sessions: int
    role_limit: int
    n_role_sessions: int
    timescaledb: str | None
    oldest_transactions: int
    unlogged_tables: tuple[str, ...]
    missing_migrations: tuple[str, ...]
    foreign_migrations: tuple[int, ...]
    skew_s: float
    skew_error_s: float
    daily_growth_bytes: float | None = None
    backups: BackupStanding | None = None


def read_health(connection: Connection) -> ServerHealth:
    """Ask the server; nothing is changed. The connection ought to be in autocommit."""
    settings = {str(name): str(setting) for name, setting in connection.execute(QUERIES["read_settings"])}
    state = connection.execute(QUERIES["read_state"]).fetchone()
    assert state is not None  # a query without a table always gives its row
    database, version, is_standby, n_sessions, role_limit, n_role_sessions, timescaledb, age = state
    missing, foreign = compare_migrations(connection)
    skew_s, skew_error_s = read_skew(connection)
    return ServerHealth(
        database=database,
        version=version,
        settings=settings,
        is_standby=is_standby,
        n_sessions=n_sessions,
        role_limit=role_limit,
        n_role_sessions=n_role_sessions,
        timescaledb=timescaledb,
        oldest_transactions=age,
        unlogged_tables=tuple(str(name) for (name,) in connection.execute(QUERIES["list_unlogged"])),
        missing_migrations=missing,
        foreign_migrations=foreign,
        skew_s=skew_s,
        skew_error_s=skew_error_s,
        daily_growth_bytes=read_growth(connection),
        backups=read_standing_if_allowed(connection),
    )


def read_growth(connection: Connection) -> float | None:
    """Give the slope [bytes a day] of the least-squares line through the sizes of the last 30 days."""
    may_ask = connection.execute(QUERIES["has_sizes"]).fetchone()
    if may_ask is None or not may_ask[0]:
        return None
    row = connection.execute(QUERIES["read_growth"], {"days": GROWTH_DAYS, "least_days": LEAST_DAYS}).fetchone()
    return None if row is None or row[0] is None else float(row[0])


def compare_migrations(connection: Connection) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Give the migrations that the database lacks, and the numbers of those that are not this version's."""
    row = connection.execute(QUERIES["has_migrations"]).fetchone()
    has_table = bool(row and row[0])
    held: dict[int, str] = dict(connection.execute(QUERIES["read_migrations"]).fetchall()) if has_table else {}
    known = read_migrations()
    digests = {migration.number: migration.digest for migration in known}
    missing = tuple(migration.name for migration in known if migration.number not in held)
    return missing, tuple(number for number, digest in sorted(held.items()) if digests.get(number) != digest)


def read_skew(connection: Connection) -> tuple[float, float]:
    """Give how far the server's clock is ahead of ours [s] and the error of that: half the quickest round trip."""
    tries = [ask_clock(connection) for _ in range(N_CLOCK_TRIES)]
    return min(tries, key=lambda one: one[1])


def ask_clock(connection: Connection) -> tuple[float, float]:
    """Ask once."""
    begun, before = time.perf_counter(), datetime.now(UTC)
    row = connection.execute(QUERIES["read_clock"]).fetchone()
    half_s = (time.perf_counter() - begun) / 2
    assert row is not None  # a query without a table always gives its row
    return (row[0] - before).total_seconds() - half_s, half_s
