"""Time-weighted means of gauges, by asset and series: of days out of hours, of months out of days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from store.hour_slices import Floats, Hours, Integers, read_hours, unix_us
from store.inputs import Connection, GaugeAmount, Window, apart, rows_apart, windows_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)
LONG = timedelta(days=3)  # from here on a window is added up by days
NEVER_US = 2**62
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Placed:
    """A series for as long as it is placed on one asset, and since when it speaks [Unix microseconds]."""

    asset_id: int
    series_id: int
    quantity: str
    n_places: float | None
    placed_from_us: int
    placed_to_us: int
    spoken_from_us: int


def read_gauges(connection: Connection, window: Window, quantities: Sequence[str]) -> list[GaugeAmount]:
    """Read the time-weighted means of these quantities, by asset and series."""
    return read_gauges_of(connection, [window], quantities)[0]


def read_gauges_of(
    connection: Connection, windows: Sequence[Window], quantities: Sequence[str]
) -> list[list[GaugeAmount]]:
    """Do the same for each of several windows that differ in nothing but their period."""
    found: list[list[GaugeAmount]] = [[] for _ in windows]
    is_long = [window.ends_at - window.begins_at >= LONG for window in windows]
    asked = [index for index, one in enumerate(is_long) if one]
    named = {"quantities": list(quantities)}
    for index, *row in rows_apart(connection, QUERIES["read_gauge_months"], [windows[index] for index in asked], named):
        found[asked[index]].append(GaugeAmount(*row))
    asked = [index for index, one in enumerate(is_long) if not one]
    for index, amounts in read_short(connection, [windows[index] for index in asked], quantities):
        found[asked[index]] = amounts
    return found


def read_short(
    connection: Connection, windows: Sequence[Window], quantities: Sequence[str]
) -> Iterator[tuple[int, list[GaugeAmount]]]:
    """Read windows of a few days out of their hours, and give each with its index."""
    if not windows:
        return
    everything = {**windows_parameters(windows, range(len(windows))), "quantities": list(quantities)}
    rows = connection.execute(QUERIES["read_placed_gauges"], everything).fetchall()
    placed = [Placed(*row[:4], *map(in_us, row[4:], (-NEVER_US, NEVER_US, NEVER_US))) for row in rows]
    series_ids = np.unique(np.array([one.series_id for one in placed], dtype=np.int64))
    for chain in apart(windows):
        yield from read_chain(connection, windows, chain, (placed, series_ids))


def in_us(at: datetime | None, absent: int) -> int:
    """Give an instant in microseconds since 1970."""
    return absent if at is None else unix_us(at)


def read_chain(
    connection: Connection,
    windows: Sequence[Window],
    chain: Sequence[int],
    placed: tuple[Sequence[Placed], Integers],
) -> Iterator[tuple[int, list[GaugeAmount]]]:
    """Read windows (by their indexes) that follow one another, a slice of hours at a time."""
    held: list[Hours] = []
    waiting = list(chain)
    first, last = windows[chain[0]], windows[chain[-1]]
    for hours in read_hours(connection, placed[1], first.begins_at, last.ends_at):
        held.append(hours)
        while waiting and unix_us(windows[waiting[0]].ends_at) <= held[-1].at_us[-1]:
            index = waiting.pop(0)
            yield index, amounts_of(windows[index], joined(held), *placed)
            held = [later_than(one, unix_us(windows[index].ends_at)) for one in held[-1:]]
    for index in waiting:
        yield index, amounts_of(windows[index], joined(held), *placed)


def joined(held: Sequence[Hours]) -> Hours | None:
    """Put slices that follow one another together."""
    if len(held) < 2:
        return held[0] if held else None
    columns = (np.concatenate(parts) for parts in zip(*(one.columns for one in held), strict=True))
    return Hours(np.concatenate([one.at_us for one in held]), tuple(columns))


def later_than(hours: Hours, from_us: int) -> Hours:
    """Leave out the hours before an instant."""
    kept = int(np.searchsorted(hours.at_us, from_us))
    return Hours(hours.at_us[kept:], tuple(column[kept:] for column in hours.columns))


def amounts_of(
    window: Window, hours: Hours | None, placed: Sequence[Placed], series_ids: Integers
) -> list[GaugeAmount]:
    """Add the hours of a window up for each series that was placed in it."""
    begins_us, ends_us = unix_us(window.begins_at), unix_us(window.ends_at)
    low = np.array([max(begins_us, one.placed_from_us) for one in placed], dtype=np.int64)
    high = np.array([min(ends_us, one.placed_to_us) for one in placed], dtype=np.int64)
    spoken = np.array([one.spoken_from_us for one in placed], dtype=np.int64)
    expected_us = high - np.maximum(low, spoken)
    kept = np.flatnonzero(expected_us > 0)
    own = [placed[index] for index in kept.tolist()]
    places = np.searchsorted(series_ids, np.array([one.series_id for one in own], dtype=np.int64))
    if hours is None:
        hours = Hours(np.empty(0, dtype=np.int64), (np.empty((0, series_ids.size)),) * 4)
    covered_s, *others = add_up(hours, places, low[kept], high[kept])
    numbers = zip((expected_us[kept] / 1e6).tolist(), covered_s.tolist(), *map(as_list, others), strict=True)
    return [
        GaugeAmount(one.asset_id, one.series_id, one.quantity, one.n_places, *told)
        for one, told in zip(own, numbers, strict=True)
    ]


def add_up(hours: Hours, places: Integers, low: Integers, high: Integers) -> tuple[Floats, Floats, Floats, Floats]:
    """Give covered seconds, mean, lowest and highest of some series, each from `low` to `high`; NaN: not known."""
    first, end = np.searchsorted(hours.at_us, (low.min(initial=NEVER_US), high.max(initial=-NEVER_US)))
    at_us = hours.at_us[first:end, None]
    covered, mean, least, most = (np.take(column[first:end], places, axis=1) for column in hours.columns)
    if at_us.size and (at_us[0] < low).any() | (at_us[-1] >= high).any():  # placed in the midst of the window
        outside = (at_us < low) | (at_us >= high)
        covered, mean, least, most = (np.where(outside, np.nan, column) for column in (covered, mean, least, most))
    covered_s = sum_in_order(covered)
    with np.errstate(invalid="ignore", divide="ignore"):
        weighted = sum_in_order(mean * covered) / covered_s
    nothing = np.full((1, places.size), np.nan)
    lowest = np.fmin.reduce(np.concatenate([least, mean, nothing]), axis=0)
    highest = np.fmax.reduce(np.concatenate([most, mean, nothing]), axis=0)
    return covered_s, weighted, lowest, highest


def sum_in_order(rows: Floats) -> Floats:
    """Add rows up one after the other, so that a series has the same sum whichever others are beside it."""
    total: Floats = np.zeros(rows.shape[1])
    for row in np.nan_to_num(rows):
        total += row
    return total


def as_list(values: Floats) -> list[float | None]:
    """Give plain numbers, None where one is not known."""
    if np.isnan(values).any():
        return [None if value != value else value for value in values.tolist()]
    found: list[float | None] = values.tolist()
    return found
