"""The held curves of placed series out of raw measurements: read once, cut into as many periods as are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from store.inputs import Connection, Curve, Window, windows_parameters
from store.sql import load_queries

QUERIES = load_queries(__file__)
YEAR_2000 = datetime(2000, 1, 1, tzinfo=UTC)  # instants come in microseconds since then
MICROSECOND = timedelta(microseconds=1)
S, DAY_S = 1_000_000, 86_400
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Held:
    """One placed series: instants and bounds [microseconds since 2000], values; each holds for `hold_us` at most."""

    asset_id: int
    series_id: int
    full_at_percent: float | None
    hold_us: int
    begins_us: int
    ends_us: int
    at_us: Integers
    values: Floats


def read_held_curves(connection: Connection, windows: Sequence[Window], quantity: str) -> list[list[Curve]]:
    """Read the held curves of one quantity in each of several windows that differ in nothing but their period."""
    found: list[list[Curve]] = [[] for _ in windows]
    if not windows:
        return found
    parameters = {**windows_parameters(windows, range(len(windows))), "quantity": quantity}
    with connection.cursor(binary=True) as cursor:
        for asset_id, series_id, full_at, hold_us, begins_at, ends_at, at_us, values in cursor.execute(
            QUERIES["read_held_curves"], parameters
        ):
            bounds = microseconds(begins_at), microseconds(ends_at)
            numbers = np.frombuffer(at_us or b"", dtype=">i8").astype(np.int64)
            levels = np.frombuffer(values or b"", dtype=">f8").astype(np.float64)
            held = Held(asset_id, series_id, full_at, hold_us, *bounds, numbers, levels)
            for own, window in zip(found, windows, strict=True):
                own.extend(cut(held, microseconds(window.begins_at), microseconds(window.ends_at)))
    return found


def microseconds(at: datetime) -> int:
    """Give an instant in microseconds since 2000."""
    return (at - YEAR_2000) // MICROSECOND


def cut(held: Held, from_us: int, to_us: int) -> list[Curve]:
    """Give the part of a curve that lies in a period; none where the series was not placed then."""
    begins_us, ends_us = max(from_us, held.begins_us), min(to_us, held.ends_us)
    if ends_us <= begins_us:
        return []
    first, end = np.searchsorted(held.at_us, (begins_us - held.hold_us, ends_us))
    at_us = held.at_us[first:end]
    stops = np.minimum(np.minimum(np.append(at_us[1:], ends_us), at_us + held.hold_us), ends_us)
    lasted_us = stops - np.maximum(at_us, begins_us)
    kept = lasted_us > 0
    seconds, values = as_seconds(lasted_us[kept]).tolist(), held.values[first:end][kept].tolist()
    expected_s = float(as_seconds(np.array(ends_us - begins_us)))
    return [Curve(held.asset_id, held.series_id, held.full_at_percent, expected_s, tuple(seconds), tuple(values))]


def as_seconds(lasted_us: Integers) -> Floats:
    """Give spans in seconds as PostgreSQL does, to the last digit: whole days and the rest apart."""
    rest_us = lasted_us % (DAY_S * S)
    seconds: Floats = rest_us / S + (lasted_us - rest_us) // S
    return seconds
