"""Several series on one grid of points: as finely as points and limits allow, peaks kept, gaps filled by a stated rule.

A point holds the lowest and highest value of its stretch, so that no peak is lost however few points are asked for.
Its value is the time-weighted mean of a gauge, and the last value of a counter or state.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from store.errors import StoreError
from store.reader import Connection, Row, fetch
from store.resolution import Grid, Question, choose_resolution, make_grid
from store.sql import load_queries

QUERIES = load_queries(__file__)
Fill = Literal["none", "locf", "linear"]
# series, number of the point, n, low, high, mean, last value and its instant: thousands come, so they stay bare
Point = tuple[int, int, int, float, float, float, float, datetime]


class UnknownSeriesError(StoreError):
    """A series does not exist for this reader."""


class WrongFillError(StoreError):
    """A counter or state has no values in between: linear filling is for gauges."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One series on the grid, a value per point, None where nothing is known; `low` and `high` where measured (n > 0).

    `kind` is gauge, counter or state; `unit` is UCUM; a value may stand for `longest_hold` at most.
    """

    series_id: int
    quantity: str
    unit: str
    kind: str
    longest_hold: timedelta
    n: list[int]
    values: list[float | None]
    low: list[float | None]
    high: list[float | None]


@dataclass(frozen=True, slots=True)
class Curves:
    """Series side by side, all with one point per start of the grid."""

    grid: Grid
    series: list[Curve]


async def read_curves(
    connection: Connection, series_ids: Sequence[int], question: Question, fill: Fill, now: datetime
) -> Curves:
    """Read series on one grid; days are civil days of the first one's territory.

    Parameters
    ----------
    fill
        What stands in points without a measurement. `none`: nothing. `locf`: the last value, while it may stand for
        what follows (the quantity's longest hold). `linear`: on the line between both neighbours, across gaps no
        longer than the longest hold; for gauges only. Nothing is filled before the first point of the span or, by
        `linear`, after the last one.
    now
        Up to when the newest value is held.

    Raises
    ------
    UnknownSeriesError
        A series does not exist, or is another territory's.
    TooMuchError
        The span is too long for its resolution; the message names the limit.
    WrongFillError
        `linear` is asked for a counter or state.
    """
    described = await describe(connection, series_ids)
    if fill == "linear" and any(row["kind"] != "gauge" for row in described):
        raise WrongFillError
    n_raw = 0
    if question.resolution in (None, "raw"):
        n_raw = await estimate_raw(connection, series_ids, question)
    grid = make_grid(question, choose_resolution(question, len(described), n_raw), described[0]["time_zone"])
    rows = await read_points(connection, described, grid, now) if grid.starts else []
    return Curves(grid, put_on_grid(described, grid, rows, fill))


async def describe(connection: Connection, series_ids: Sequence[int]) -> list[Row]:
    """Say what the series are. Raises UnknownSeriesError."""
    described = await fetch(connection, QUERIES["describe_series"], {"series_ids": list(series_ids)})
    missing = set(series_ids) - {row["series_id"] for row in described}
    if missing or not described:
        raise UnknownSeriesError(f"no such series for this reader: {', '.join(map(str, sorted(missing)))}")
    return described


async def estimate_raw(connection: Connection, series_ids: Sequence[int], question: Question) -> int:
    """Say about how many measurements the series hold in the span."""
    begin, end = question.span
    parameters = {"series_ids": list(series_ids), "from": begin, "to": end}
    rows = await fetch(connection, QUERIES["estimate_raw"], parameters)
    return int(rows[0]["n"])


async def read_points(connection: Connection, described: Sequence[Row], grid: Grid, now: datetime) -> list[Point]:
    """Read the points at which something was measured."""
    computed_to: datetime = described[0]["computed_to"]
    begin = grid.starts[0]
    parameters = {
        "series_ids": [row["series_id"] for row in described],
        "holds_s": [row["longest_hold_s"] for row in described],
        "resolution": grid.resolution,
        "time_zone": grid.time_zone,
        "from": begin,
        "to": grid.end,
        "width_s": grid.width.total_seconds(),
        "last": len(grid.starts) - 1,
        "closed_to": min(grid.end, computed_to),
        "open_from": max(begin, computed_to),
        "now": now,
    }
    name = "read_raw_curves" if grid.resolution == "raw" else "read_bucket_curves"
    # Binary: thousands of numbers come, and need no parsing.
    async with connection.cursor(binary=True) as cursor:
        await cursor.execute(QUERIES[name], parameters)
        return await cursor.fetchall()


def put_on_grid(described: Iterable[Row], grid: Grid, points: Iterable[Point], fill: Fill) -> list[Curve]:
    """Put points where they belong and fill the gaps between them."""
    curves = {row["series_id"]: empty_curve(row, len(grid.starts)) for row in described}
    known: dict[int, list[Point]] = {series_id: [] for series_id in curves}
    for found in points:
        series_id, point, n, low, high, mean, last, _ = found
        curve = curves[series_id]
        curve.n[point] = n
        curve.values[point] = mean if curve.kind == "gauge" else last
        curve.low[point], curve.high[point] = low, high
        known[series_id].append(found)
    if fill != "none":
        for series_id, curve in curves.items():
            fill_curve(curve, grid, sorted(known[series_id]), fill)
    return list(curves.values())


def empty_curve(row: Row, n_points: int) -> Curve:
    """Make a curve of which nothing is known."""
    hold = timedelta(seconds=row["longest_hold_s"])
    nothing: list[list[float | None]] = [[None] * n_points for _ in range(3)]
    return Curve(row["series_id"], row["quantity"], row["unit"], row["kind"], hold, [0] * n_points, *nothing)


def fill_curve(curve: Curve, grid: Grid, known: Sequence[Point], fill: Fill) -> None:
    """Fill the gaps behind each known point."""
    if fill == "locf":
        for found in known:
            carry_last(curve, grid, found)
    else:
        for left, right in pairwise(found[1] for found in known):
            draw_line(curve, grid, left, right)


def carry_last(curve: Curve, grid: Grid, found: Point) -> None:
    """Let the last value of a point stand in the empty points behind it that begin before its hold ends."""
    *_, last, last_at = found
    for point in range(found[1] + 1, bisect_left(grid.starts, last_at + curve.longest_hold)):
        if curve.n[point]:
            break
        curve.values[point] = last


def draw_line(curve: Curve, grid: Grid, left: int, right: int) -> None:
    """Put the empty points between two known ones on a line, if the gap is no longer than the hold."""
    first, last = curve.values[left], curve.values[right]
    if right - left < 2 or first is None or last is None:
        return
    if grid.starts[right] - grid.starts[left + 1] > curve.longest_hold:
        return
    whole = grid.starts[right] - grid.starts[left]
    for point in range(left + 1, right):
        curve.values[point] = first + (last - first) * ((grid.starts[point] - grid.starts[left]) / whole)
