"""The naive twin of `store.rollup`: every rollup row out of all raw rows of one series, one value at a time."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
Row = tuple[Any, ...]


@dataclass(slots=True)
class Twin:
    """Rows by bucket, shaped as the columns of the tables after `series_id` and `bucket`."""

    measurements: dict[datetime, Row] = field(default_factory=dict)
    counters: dict[datetime, Row] = field(default_factory=dict)
    states: dict[tuple[datetime, int], Row] = field(default_factory=dict)


def roll_up(
    rows: dict[datetime, float], kind: str, hold: timedelta, until: datetime, rolls_over_at: float | None = None
) -> Twin:
    """Compute the hourly rows of one series for the hours that end at or before `until`."""
    times = sorted(rows)
    spells = [(at, held_to(times, index, hold), rows[at]) for index, at in enumerate(times)]
    twin = Twin()
    for hour in touched_hours(spells, until):
        inside = [at for at in times if hour <= at < hour + HOUR]
        held = [(overlap_s(begin, end, hour), value) for begin, end, value in spells]
        covered = sum(seconds for seconds, _ in held)
        values = [rows[at] for at in inside]
        twin.measurements[hour] = (
            len(values),
            sum(values),
            *((min(values), max(values), values[0], values[-1], inside[0], inside[-1]) if values else (None,) * 6),
            sum(seconds * value for seconds, value in held) / covered if covered else None,
            covered,
        )
        if kind == "counter" and inside:
            twin.counters[hour] = counted(times, rows, inside, rolls_over_at)
        if kind == "state":
            twin.states |= {(hour, state): row for state, row in states(times, rows, inside, held).items()}
    return twin


def held_to(times: list[datetime], index: int, hold: timedelta) -> datetime:
    """Until when a value stands: the next one, but no longer than the hold."""
    following = times[index + 1] if index + 1 < len(times) else datetime.max.replace(tzinfo=times[0].tzinfo)
    return min(following, times[index] + hold)


def overlap_s(begin: datetime, end: datetime, hour: datetime) -> float:
    """Seconds of an interval that lie in an hour."""
    return max(0.0, (min(end, hour + HOUR) - max(begin, hour)).total_seconds())


def touched_hours(spells: list[tuple[datetime, datetime, float]], until: datetime) -> list[datetime]:
    """Hours with a measurement or with a held value."""
    hours = set()
    for begin, end, _ in spells:
        hour = begin.replace(minute=0, second=0, microsecond=0)
        hours.add(hour)
        while (hour := hour + HOUR) < end and hour + HOUR <= until:
            hours.add(hour)
    return sorted(hour for hour in hours if hour + HOUR <= until)


def counted(
    times: list[datetime], rows: dict[datetime, float], inside: list[datetime], rolls_over_at: float | None
) -> Row:
    """Increase, resets, roll-overs and span of one hour."""
    increase, n_resets, n_rollovers = 0.0, 0, 0
    earliest = inside[0]
    for at in inside:
        index = times.index(at)
        if index == 0:
            continue
        before = times[index - 1]
        earliest = min(earliest, before)
        step, across = rows[at] - rows[before], rows[at] - rows[before] + (rolls_over_at or 0)
        has_fallen = step < 0
        has_rolled = has_fallen and rolls_over_at is not None and rows[before] < rolls_over_at > 10 * across
        increase += across if has_rolled else rows[at] if has_fallen else step
        n_rollovers += has_rolled
        n_resets += has_fallen and not has_rolled
    return (increase, n_resets, n_rollovers, (inside[-1] - earliest).total_seconds())


def states(
    times: list[datetime], rows: dict[datetime, float], inside: list[datetime], held: list[tuple[float, float]]
) -> dict[int, Row]:
    """Seconds and entries by state of one hour."""
    seconds_by_state: dict[int, float] = defaultdict(float)
    entries_by_state: dict[int, int] = defaultdict(int)
    for seconds, value in held:
        if seconds:
            seconds_by_state[int(value)] += seconds
    for at in inside:
        index = times.index(at)
        seconds_by_state[int(rows[at])] += 0.0
        entries_by_state[int(rows[at])] += index == 0 or rows[times[index - 1]] != rows[at]
    return {state: (seconds, entries_by_state[state]) for state, seconds in seconds_by_state.items()}


def by_day(hourly: Twin, zone: str) -> Twin:
    """Add the hours of each civil day together."""
    groups: dict[datetime, list[datetime]] = defaultdict(list)
    for hour in hourly.measurements:
        groups[civil_day(hour, zone)].append(hour)
    twin = Twin()
    for day, hours in groups.items():
        rows = [hourly.measurements[hour] for hour in sorted(hours)]
        full = [row for row in rows if row[0]]
        twin.measurements[day] = (
            sum(row[0] for row in rows),
            sum(row[1] for row in rows),
            *((min(r[2] for r in full), max(r[3] for r in full), full[0][4], full[-1][5]) if full else (None,) * 4),
            *((full[0][6], full[-1][7]) if full else (None,) * 2),
            *mean_of(rows),
        )
    for hour, row in hourly.counters.items():
        add_row(twin.counters, civil_day(hour, zone), row)
    for (hour, state), row in hourly.states.items():
        add_row(twin.states, (civil_day(hour, zone), state), row)
    return twin


def mean_of(rows: list[Row]) -> Row:
    """Time-weighted mean and covered seconds over several hours."""
    covered = sum(row[9] for row in rows)
    return (sum(row[8] * row[9] for row in rows if row[9]) / covered if covered else None, covered)


def add_row(rows: dict[Any, Row], key: Any, row: Row) -> None:
    """Add a row of numbers to what the key holds."""
    held = rows.get(key, (0,) * len(row))
    rows[key] = tuple(a + b for a, b in zip(held, row, strict=True))


def civil_day(hour: datetime, zone: str) -> datetime:
    """Give the instant at which the civil day of an hour begins."""
    local = hour.astimezone(ZoneInfo(zone))
    return local.replace(hour=0, fold=0).astimezone(hour.tzinfo)
