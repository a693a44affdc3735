"""What ought to have come: counters, declared intervals, gaps, and what was heard and is missing in each hour."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from store.sql import load_queries

QUERIES = load_queries(__file__)
HOUR = timedelta(hours=1)
REACH = timedelta(days=30)  # late messages that come later than that leave a silence as it was found
Basis = Literal["frame_counter", "sequence", "interval"]
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class CountRow:
    """Where one message stands in its device's count."""

    device_id: int
    basis: Basis
    session: str
    number: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class CounterRow:
    """How far a device has counted in one session.

    `lowest` and `highest` lie on an axis that never turns back: number in the message + `offset_n`. Where the count
    rolled over or began anew, at `turned_at`, `offset_before_n` held before.
    """

    device_id: int
    session: str
    basis: Basis
    lowest: int
    lowest_at: datetime
    highest: int
    highest_at: datetime
    offset_n: int = 0
    turned_at: datetime | None = None
    offset_before_n: int = 0


@dataclass(frozen=True, slots=True)
class GapRow:
    """Messages `first_number` to `last_number` of a device, of which those in `missing` have not come.

    `began_at` and `ended_at` are the messages before and after; while it `lasts`, the end is when the next one ought to
    come. `missing` holds ranges whose end is not part of them; empty: late messages have filled the gap.
    """

    gap_id: int | None
    device_id: int
    basis: Basis
    session: str
    began_at: datetime
    ended_at: datetime
    lasts: bool
    first_number: int
    last_number: int
    missing: tuple[tuple[int, int], ...]

    @property
    def n_missing(self) -> int:
        """Count what is missing."""
        return sum(end - begin for begin, end in self.missing)


@dataclass(frozen=True, slots=True)
class Listener:
    """A device with a declared interval, its last message at `last_at`: `is_heard` if that was listened to already.

    `counted_at` is the last message that carried a count, None where the device counts nothing.
    """

    device_id: int
    last_at: datetime | None
    is_heard: bool
    counted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Interval:
    """A declared interval [s] and from when to when it holds; None: without bound."""

    interval_s: int
    begins_at: datetime | None
    ends_at: datetime | None


HourKey = tuple[int, datetime, Basis]  # device, hour of sending, basis


def lock_account(connection: Connection) -> None:
    """Let one job at a time do the account, to the end of the transaction."""
    connection.execute(QUERIES["lock_account"])


def take_counts(connection: Connection, n: int) -> list[CountRow]:
    """Take at most `n` counts of messages, by device in order of sending; gone when the transaction commits."""
    return [CountRow(*row) for row in connection.execute(QUERIES["take_counts"], {"n": n})]


def read_counters(connection: Connection, device_ids: Sequence[int]) -> list[CounterRow]:
    """Read all sessions of these devices."""
    return [CounterRow(*row) for row in connection.execute(QUERIES["read_counters"], {"device_ids": [*device_ids]})]


def write_counters(connection: Connection, counters: Iterable[CounterRow]) -> None:
    """Write how far sessions have counted."""
    with connection.cursor() as cursor:
        cursor.executemany(
            QUERIES["write_counter"], [{name: getattr(row, name) for name in row.__slots__} for row in counters]
        )


def read_counted_gaps(connection: Connection, since: Mapping[int, datetime]) -> list[GapRow]:
    """Read the gaps that messages sent from these instants on may fill, by device."""
    parameters = {"device_ids": list(since), "since": list(since.values())}
    return [as_gap(row) for row in connection.execute(QUERIES["read_counted_gaps"], parameters)]


def read_silences(connection: Connection, device_ids: Sequence[int]) -> list[GapRow]:
    """Read the silences of these devices that last."""
    return [as_gap(row) for row in connection.execute(QUERIES["read_silences"], {"device_ids": [*device_ids]})]


def read_late_instants(connection: Connection, now: datetime) -> list[tuple[GapRow, list[datetime]]]:
    """Read ended silences in which messages are found after all, with the instants of these."""
    rows = connection.execute(QUERIES["read_late_instants"], {"earliest": now - REACH})
    return [(as_gap(row[:10]), row[10]) for row in rows]


def as_gap(row: tuple[Any, ...]) -> GapRow:
    """Read a gap's columns."""
    return GapRow(*row[:9], *[tuple((part.lower, part.upper) for part in row[9])])


def write_gaps(connection: Connection, gaps: Iterable[GapRow]) -> None:
    """Write new and changed gaps; one without anything missing is closed."""
    with connection.cursor() as cursor:
        for gap in gaps:
            cursor.execute(QUERIES["insert_gap" if gap.gap_id is None else "update_gap"], gap_parameters(gap))


def gap_parameters(gap: GapRow) -> dict[str, Any]:
    """Name the fields as the queries do."""
    fields = {name: getattr(gap, name) for name in gap.__slots__}
    missing = Multirange([Range(begin, end) for begin, end in gap.missing])
    return {**fields, "missing": missing, "n_missing": gap.n_missing}


def delete_gaps(connection: Connection, gaps: Iterable[GapRow]) -> None:
    """Take back what was only guessed."""
    with connection.cursor() as cursor:
        cursor.executemany(QUERIES["delete_gap"], [{"gap_id": gap.gap_id} for gap in gaps])


def add_expectations(connection: Connection, heard: Counter[HourKey], missing: Counter[HourKey]) -> None:
    """Add to what was heard and is missing (negative: no longer), and have KPIs of changed days told again."""
    keys = sorted({key for counts in (heard, missing) for key, count in counts.items() if count})
    parameters = {
        "device_ids": [key[0] for key in keys],
        "hours": [key[1] for key in keys],
        "bases": [key[2] for key in keys],
        "heard": [heard[key] for key in keys],
        "missing": [missing[key] for key in keys],
    }
    if keys:
        connection.execute(QUERIES["add_expectations"], parameters)
        connection.execute(QUERIES["mark_days"], parameters)


def read_listeners(connection: Connection, upto: datetime, n: int) -> list[Listener]:
    """Read at most `n` devices with a declared interval that were not listened to up to this instant."""
    return [Listener(*row) for row in connection.execute(QUERIES["read_listeners"], {"upto": upto, "n": n})]


def read_intervals(connection: Connection, device_ids: Sequence[int]) -> dict[int, list[Interval]]:
    """Read the declared intervals of these devices, the device's own first, then its profile's."""
    found: dict[int, list[Interval]] = {}
    for device_id, *rest in connection.execute(QUERIES["read_intervals"], {"device_ids": [*device_ids]}):
        found.setdefault(device_id, []).append(Interval(*rest))
    return found


def read_instants(connection: Connection, after: Mapping[int, datetime], upto: datetime) -> dict[int, list[datetime]]:
    """Read the distinct instants of measurements of each device later than its instant, in order."""
    if not after:
        return {}
    parameters = {"device_ids": list(after), "after": list(after.values()), "upto": upto}
    rows = connection.execute(QUERIES["read_instants"], {**parameters, "earliest": min(after.values())})
    return {device_id: instants for device_id, instants in rows}


def write_listenings(
    connection: Connection, device_ids: Sequence[int], heard_to: datetime, last_at: Mapping[int, datetime]
) -> None:
    """Note up to when devices were listened to, and the last message of each, where it was heard by its instants."""
    parameters = {"device_ids": [*device_ids], "heard_to": heard_to}
    connection.execute(QUERIES["write_listenings"], {**parameters, "last_at": [last_at.get(one) for one in device_ids]})
