"""Rollups kept current: each finished hour is computed once, and again when late data change it.

A value holds until the next one, but no longer than `quantities.longest_hold_s`. `measurements_*`, `counters_*` and
`states_*` all follow from that; `docs/reference/kpis.md` states the rules. Days are civil days of the territory, made
of whole hours.

The race with writers. A writer notes in `changed_hours` only what is older than the `closed_to` it knows, and its copy
may be some seconds old. So an hour is closed in two moves: first `closed_to` is announced and committed; then, when
the announcement is older than `settle_s` and every transaction that began before that has ended, the hour is computed.
Whatever was written on the old knowledge is visible by then, and whatever comes later is noted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import psycopg

from store.sql import load_queries

QUERIES = load_queries(__file__)
HOUR = timedelta(hours=1)
STEP = timedelta(hours=24)  # hours computed in one transaction; a week at once was measured to gain nothing
START = datetime(1970, 1, 1, tzinfo=UTC)  # what the migration writes: nothing computed yet

MEASURED = ("insert_measured_hours", "insert_held_hours")
COUNTED = ("insert_counter_hours", "insert_state_hours")
DAYS = ("find_days", "delete_days", "insert_measured_days", "insert_counter_days", "insert_state_days", "note_days")


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What one refresh did: hours closed and computed to, (series, hour) pairs computed and computed again."""

    closed_to: datetime
    computed_to: datetime
    n_closed: int
    n_changed: int

    def __add__(self, other: "RefreshReport") -> "RefreshReport":
        """Add two reports up, the later one second."""
        return RefreshReport(
            other.closed_to, other.computed_to, self.n_closed + other.n_closed, self.n_changed + other.n_changed
        )


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far hours are announced as closed, how far they are computed, and whether the announcement has settled."""

    closed_to: datetime
    computed_to: datetime
    is_settled: bool


FRONT_LAG = timedelta(days=1)
Progress = Callable[[datetime, datetime], None]


def refresh(
    connection: psycopg.Connection[tuple[Any, ...]],
    now: datetime,
    *,
    grace_s: float = 30.0,
    settle_s: float = 5.0,
    n_steps: int | None = None,
    on_progress: Progress | None = None,
) -> RefreshReport:
    """Compute what has finished or changed since the last refresh; safe to run twice at once and to kill.

    Parameters
    ----------
    connection
        Outside any transaction: each step of at most a day of data is a transaction of its own.
    now
        Hours that ended `grace_s` [s] before this instant are closed.
    settle_s
        How old a writer's copy of the watermark may be [s].
    n_steps
        At most so many steps of closing and of computing again; the next refresh goes on.
    on_progress
        Called after each step with (computed to, goal).
    """
    closed_to = last_closed(now, grace_s)
    with connection.transaction():
        connection.execute(QUERIES["announce_closed"], {"closed_to": closed_to})
    n_closed = close_hours(connection, settle_s, n_steps, on_progress)
    n_changed = recompute_changed(connection, n_steps, on_progress)
    watermark = read_watermark(connection, settle_s)
    return RefreshReport(watermark.closed_to, watermark.computed_to, n_closed, n_changed)


def find_front(connection: psycopg.Connection[tuple[Any, ...]], now: datetime) -> datetime:
    """Say up to when `refresh` had better close hours: `now`, or a day or two behind the front of a back-fill.

    An hour closed before its values arrive is computed again for each part of them. So while values come in of which
    the newest is older than a day, closing follows them, by whole days; when nothing has come for a minute, or the
    newest value is of today, it goes on to `now`. Before the first value there is nothing to close.
    """
    if now - read_watermark(connection).closed_to <= FRONT_LAG:
        return now
    row = connection.execute(QUERIES["read_front"]).fetchone()
    newest: datetime | None = row[0] if row else None
    is_coming = bool(row and row[1])
    if newest is None:
        return START
    if not is_coming or now - newest <= FRONT_LAG:
        return now
    return max(START, (newest - FRONT_LAG).replace(hour=0, minute=0, second=0, microsecond=0))


def has_work(connection: psycopg.Connection[tuple[Any, ...]], now: datetime, grace_s: float) -> bool:
    """Say whether `refresh` up to the front would find hours to close, to compute or to compute again."""
    watermark = read_watermark(connection)
    goal = last_closed(find_front(connection, now), grace_s)
    if max(goal, watermark.closed_to) > watermark.computed_to:
        return True
    row = connection.execute(QUERIES["read_first_changed_hour"], {"before": watermark.computed_to}).fetchone()
    return row is not None and row[0] is not None


def last_closed(now: datetime, grace_s: float) -> datetime:
    """Give the end of the last hour that ended so long [s] before an instant."""
    return (now - timedelta(seconds=grace_s)).replace(minute=0, second=0, microsecond=0)


def read_watermark(connection: psycopg.Connection[tuple[Any, ...]], settle_s: float = 5.0) -> Watermark:
    """Read how far the hourly rollup is."""
    with connection.transaction():
        row = connection.execute(QUERIES["read_watermark"], {"settle_s": settle_s}).fetchone()
    if row is None:
        raise LookupError("rollup_watermarks holds no row 'hourly': run `vigie migrate`")
    return Watermark(*row)


def close_hours(
    connection: psycopg.Connection[tuple[Any, ...]], settle_s: float, n_steps: int | None, on_progress: Progress | None
) -> int:
    """Compute the hours that are closed and settled, oldest first, and give the number of (series, hour) pairs."""
    n_closed = 0
    watermark = read_watermark(connection, settle_s)
    for _ in steps(n_steps):
        if not watermark.is_settled or watermark.computed_to >= watermark.closed_to:
            break
        n_closed += close_step(connection, settle_s)
        watermark = read_watermark(connection, settle_s)
        if on_progress:
            on_progress(watermark.computed_to, watermark.closed_to)
    return n_closed


def steps(n_steps: int | None) -> Iterable[int]:
    """Count steps: so many, or without end."""
    return count() if n_steps is None else range(n_steps)


def close_step(connection: psycopg.Connection[tuple[Any, ...]], settle_s: float) -> int:
    """Compute the next day of closed hours in one transaction."""
    with connection.transaction():
        connection.execute(QUERIES["lock_refresh"])
        watermark = read_watermark(connection, settle_s)
        if not watermark.is_settled:  # announced anew meanwhile, by another refresh
            return 0
        begin = find_begin(connection, watermark)
        end = min(begin + STEP, watermark.closed_to)
        n_pairs = 0
        if begin < end:
            bounds = {"from": begin, "to": end}
            connection.execute(QUERIES["create_work_tables"])
            connection.execute(QUERIES["give_room"])
            connection.execute(QUERIES["drop_noted_hours"], bounds)
            connection.execute(QUERIES["open_closing_windows"], bounds)
            n_pairs = compute_windows(connection, begin, end)
        connection.execute(QUERIES["advance_computed"], {"computed_to": end})
    return n_pairs


def find_begin(connection: psycopg.Connection[tuple[Any, ...]], watermark: Watermark) -> datetime:
    """Give the first hour to compute: where the last step ended, or where the data begin."""
    if watermark.computed_to > START:
        return watermark.computed_to
    row = connection.execute(QUERIES["read_first_hour"], {"since": START}).fetchone()
    first: datetime | None = row[0] if row else None
    return min(first or watermark.closed_to, watermark.closed_to)


def recompute_changed(
    connection: psycopg.Connection[tuple[Any, ...]], n_steps: int | None, on_progress: Progress | None
) -> int:
    """Compute the noted hours again, a day of them in a transaction, and give the number of (series, hour) pairs."""
    n_changed = 0
    for _ in steps(n_steps):
        with connection.transaction():
            connection.execute(QUERIES["lock_refresh"])
            limit = read_watermark(connection).computed_to
            row = connection.execute(QUERIES["read_first_changed_hour"], {"before": limit}).fetchone()
            if row is None or row[0] is None:
                break
            n_changed += recompute_step(connection, row[0], limit)
        if on_progress:
            on_progress(row[0], limit)
    return n_changed


def recompute_step(connection: psycopg.Connection[tuple[Any, ...]], begin: datetime, limit: datetime) -> int:
    """Compute one day of noted hours again, with the hours after them that carry their values, up to `limit`."""
    connection.execute(QUERIES["create_work_tables"])
    connection.execute(QUERIES["give_room"])
    bounds = {"from": begin, "to": min(begin + STEP, limit), "limit": limit}
    connection.execute(QUERIES["open_changed_windows"], bounds)
    row = connection.execute(QUERIES["read_range"]).fetchone()
    if row is None or row[0] is None:  # noted for a series that is gone
        return 0
    connection.execute(QUERIES["delete_hours"])
    return compute_windows(connection, row[0], row[1])


def compute_windows(connection: psycopg.Connection[tuple[Any, ...]], begin: datetime, end: datetime) -> int:
    """Compute hours and days of the open windows out of the raw values between two instants; give the pairs written."""
    connection.execute(QUERIES["analyse_windows"])
    connection.execute(QUERIES["copy_spells"], {"from": begin, "to": end})
    n_pairs = sum(connection.execute(QUERIES[name]).rowcount for name in MEASURED)
    for name in (*COUNTED, *DAYS):
        connection.execute(QUERIES[name])
    return n_pairs
