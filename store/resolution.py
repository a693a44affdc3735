"""How finely a span of time is read: raw values, hours or days, on a grid of at most so many points.

A bucket belongs to a span if it starts in it, and tells about its whole hour or day.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from store.errors import StoreError

Resolution = Literal["raw", "hour", "day"]
Span = tuple[datetime, datetime]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The longest span that one question may ask for, by resolution.
LONGEST_SPAN = MappingProxyType(
    {"raw": timedelta(days=400), "hour": timedelta(days=3660), "day": timedelta(days=18300)}
)
ROUND_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200)
MOST_ROWS = 500_000  # that one question may read, or be answered with; a second of work of the database
COARSER = MappingProxyType({"raw": "hour or day", "hour": "day", "day": "several questions"})


class TooMuchError(StoreError):
    """The question reaches further than its resolution allows."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of several series: a span whose end is excluded, and how many points at most.

    `resolution` None: the finest that fits the points and the limits. `is_aligned`: points made of raw values begin at
    round instants (UTC) and last a round time; the points of two questions then lie on each other.
    """

    span: Span
    n_points: int = 1000
    resolution: Resolution | None = None
    is_aligned: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the points lie: `starts` ascending, the last one up to `end`; empty where no bucket starts in the span.

    A point is `width` long, up to the hour by which a civil day of the `time_zone` may be longer or shorter.
    """

    resolution: Resolution
    starts: tuple[datetime, ...]
    end: datetime
    width: timedelta
    time_zone: str


def choose_resolution(question: Question, n_series: int, n_raw: int) -> Resolution:
    """Give the resolution asked for, else the finest that fits.

    Parameters
    ----------
    n_raw
        About how many measurements the series hold in the span.

    Raises
    ------
    TooMuchError
        The span is too long, or too many rows would be read; the message names the limit.
    """
    if question.resolution:
        require_modest(question, question.resolution, n_series, n_raw)
        return question.resolution
    for resolution in finest_first(question):
        try:
            require_modest(question, resolution, n_series, n_raw)
        except TooMuchError:
            continue
        return resolution
    require_modest(question, "day", n_series, n_raw)
    return "day"


def finest_first(question: Question) -> Iterator[Resolution]:
    """Give the resolutions that are no finer than the points need."""
    width = (question.span[1] - question.span[0]) / question.n_points
    if width < HOUR:
        yield "raw"
    if width < DAY:
        yield "hour"


def require_modest(question: Question, resolution: Resolution, n_series: int, n_raw: int) -> None:
    """Refuse a span beyond the limits of its resolution."""
    length = question.span[1] - question.span[0]
    longest = LONGEST_SPAN[resolution]
    if length > longest:
        raise TooMuchError(
            f"bucket={resolution} serves at most {longest.days} days: shorten the span or use {COARSER[resolution]}"
        )
    n_rows_by_resolution = {
        "raw": max(n_raw, n_series * question.n_points),
        "hour": n_series * ceil(length / HOUR),
        "day": n_series * ceil(length / DAY),
    }
    if (n_rows := n_rows_by_resolution[resolution]) > MOST_ROWS:
        raise TooMuchError(
            f"bucket={resolution} serves at most {MOST_ROWS:,} rows at once, and {n_series} series over this span"
            f" come to about {n_rows:,}: name fewer series, shorten the span or use {COARSER[resolution]}"
        )


def make_grid(question: Question, resolution: Resolution, time_zone: str) -> Grid:
    """Lay the points of a span: equal parts of it, or whole hours, or civil days of the zone, several to a point."""
    begin, end = question.span
    if resolution == "raw" and question.is_aligned:
        return make_round_grid(question, time_zone)
    if resolution == "raw":
        width = max((end - begin) / question.n_points, timedelta(microseconds=1))
        starts = tuple(begin + index * width for index in range(ceil((end - begin) / width)))
        return Grid("raw", starts[: question.n_points], end, width, time_zone)
    if resolution == "hour":
        first, last = next_hour(begin), next_hour(end)
        width = HOUR * points_apart((last - first) // HOUR, question.n_points)
        starts = tuple(first + index * width for index in range(ceil((last - first) / width)))
        return Grid("hour", starts, last, width, time_zone)
    zone = ZoneInfo(time_zone)
    day, after = next_day(begin, zone), next_day(end, zone)
    every = points_apart((after - day).days, question.n_points)
    days = range(0, (after - day).days, every)
    starts = tuple(midnight(day + number * DAY, zone) for number in days)
    return Grid("day", starts, midnight(after, zone), DAY * every, time_zone)


def make_round_grid(question: Question, time_zone: str) -> Grid:
    """Lay points of a round width at multiples of it; those belong to the span that begin in it."""
    begin, end = question.span
    for width in round_widths():
        first, last = next_multiple(begin, width), next_multiple(end, width)
        n_points = (last - first) // width
        if n_points <= question.n_points:
            return Grid("raw", tuple(first + index * width for index in range(n_points)), last, width, time_zone)
    raise AssertionError("widths have no end")


def round_widths() -> Iterator[timedelta]:
    """Give the widths that people read well, ascending: parts of a day, then days."""
    yield from (timedelta(seconds=seconds) for seconds in ROUND_S)
    yield from (DAY * number for number in itertools.count(1))


def next_multiple(instant: datetime, width: timedelta) -> datetime:
    """Give the first multiple of a width since 1970 (UTC) at or after an instant."""
    return EPOCH - (EPOCH - instant) // width * width


def points_apart(n_buckets: int, n_points: int) -> int:
    """Give how many buckets go into one point."""
    return max(1, ceil(n_buckets / n_points))


def next_hour(instant: datetime) -> datetime:
    """Give the first full hour (UTC) at or after an instant."""
    return next_multiple(instant, HOUR)


def next_day(instant: datetime, zone: ZoneInfo) -> date:
    """Give the first civil day that begins at or after an instant."""
    day = instant.astimezone(zone).date()
    return day if midnight(day, zone) >= instant else day + DAY


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Give the instant at which a civil day begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
