"""The naive twin of `store.curve`: every point of one series out of all its raw rows."""

from datetime import datetime, timedelta
from itertools import pairwise

from store.resolution import Grid
from tests.support.rollup_twin import HOUR, roll_up

Point = tuple[int, float | None, float | None, float | None]  # n, value, low, high
Raw = dict[datetime, float]
NOTHING: Point = (0, None, None, None)


def points_of(rows: Raw, kind: str, hold: timedelta, grid: Grid, closed_to: datetime, now: datetime) -> list[Point]:
    """Compute the points without filling; hours up to `closed_to` are finished."""
    points = []
    for begin, end in stretches(grid):
        inside = {at: value for at, value in rows.items() if begin <= at < end}
        if not inside:
            points.append(NOTHING)
            continue
        mean = sum(inside.values()) / len(inside)
        if grid.resolution != "raw":
            held = held_mean(rows, hold, (begin, end), closed_to, now)
            mean = mean if held is None else held
        value = mean if kind == "gauge" else inside[max(inside)]
        points.append((len(inside), value, min(inside.values()), max(inside.values())))
    return points


def stretches(grid: Grid) -> list[tuple[datetime, datetime]]:
    """Begin and end of each point."""
    return list(pairwise([*grid.starts, grid.end]))


def held_mean(
    rows: Raw, hold: timedelta, span: tuple[datetime, datetime], closed_to: datetime, now: datetime
) -> float | None:
    """Mean of the held curve over the finished hours that begin in the span, and of open hours' values as they held."""
    hours = roll_up(rows, "gauge", hold, closed_to).measurements
    parts = [(row[9], row[8]) for hour, row in hours.items() if span[0] <= hour < span[1] and row[9]]
    times = sorted(rows)
    for index, at in enumerate(times):
        if at >= closed_to and span[0] <= at < span[1]:
            hour_end = at.replace(minute=0, second=0, microsecond=0) + HOUR
            until = min(hour_end, at + hold, max(now, at), *times[index + 1 : index + 2])
            parts.append(((until - at).total_seconds(), rows[at]))
    total_s = sum(seconds for seconds, _ in parts)
    return sum(seconds * value for seconds, value in parts) / total_s if total_s else None


def fill_points(points: list[Point], rows: Raw, hold: timedelta, grid: Grid, fill: str) -> list[float | None]:
    """Give the values with the empty points filled by the rule."""
    values = [point[1] for point in points]
    filled = list(values)
    known = [index for index, point in enumerate(points) if point[0]]
    for index, start in enumerate(grid.starts):
        left = max((k for k in known if k < index), default=None)
        right = min((k for k in known if k > index), default=None)
        if points[index][0] or left is None:
            continue
        if fill == "locf":
            last_at = max(at for at in rows if grid.starts[left] <= at < grid.starts[left + 1])
            filled[index] = rows[last_at] if start < last_at + hold else None
        elif fill == "linear" and right is not None and grid.starts[right] - grid.starts[left + 1] <= hold:
            first, last = values[left], values[right]
            assert first is not None
            assert last is not None
            part = (start - grid.starts[left]) / (grid.starts[right] - grid.starts[left])
            filled[index] = first + (last - first) * part
    return filled
