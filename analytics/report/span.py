"""The period of a report: a month, a quarter or a year of the territory's civil days, and the parts it is told in.

Part 0 is the whole period. The others are its months; in the report of a month, its days or nights where the domain
tells days or nights.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from analytics.period import Rhythm, begin
from analytics.report.errors import ReportError

PATTERN = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?", re.ASCII)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Civil days from `first` to the day before `end`; `text` is how it was asked for."""

    text: str
    kind: Literal["month", "quarter", "year"]
    first: date
    end: date


@dataclass(frozen=True, slots=True)
class Part:
    """An interval of which figures are told, its end not in it; `index` 0 is the whole."""

    index: int
    begins_at: datetime
    ends_at: datetime


def parse_span(text: str) -> Span:
    """Read `2026-10`, `2026-Q4` or `2026`.

    >>> parse_span("2026-Q4").end
    datetime.date(2027, 1, 1)

    Raises
    ------
    ReportError
        It is none of these.
    """
    match = PATTERN.fullmatch(text)
    if match is None or not 1970 <= int(match[1]) <= 9998:
        raise ReportError(f"a period is a month, a quarter or a year such as 2026-10, 2026-Q4 or 2026, not {text!r}")
    year = int(match[1])
    if match[2]:
        first = date(year, int(match[2]), 1)
        return Span(text, "month", first, later(first, 1))
    if match[3]:
        first = date(year, 3 * int(match[3]) - 2, 1)
        return Span(text, "quarter", first, later(first, 3))
    return Span(text, "year", date(year, 1, 1), date(year + 1, 1, 1))


def later(first: date, n_months: int) -> date:
    """Give the first of a month so many months later."""
    months = first.year * 12 + first.month - 1 + n_months
    return date(months // 12, months % 12 + 1, 1)


def bounds(span: Span, rhythm: Rhythm, time_zone: str) -> tuple[datetime, datetime]:
    """Give the instants between which a domain tells the span: at midnight, or at noon for nights."""
    zone = ZoneInfo(time_zone)
    return begin(span.first, rhythm, zone), begin(span.end, rhythm, zone)


def parts_of(span: Span, rhythm: Rhythm, time_zone: str) -> list[Part]:
    """Give the whole and its parts, in order."""
    zone = ZoneInfo(time_zone)
    days = [span.first, span.end]
    starts = starts_of(span, rhythm)
    pairs = [(days[0], days[1]), *zip(starts, [*starts[1:], span.end], strict=True)]
    return [
        Part(index, begin(first, rhythm, zone), begin(end, rhythm, zone))
        for index, (first, end) in enumerate(pairs if len(pairs) > 2 else pairs[:1])
    ]


def starts_of(span: Span, rhythm: Rhythm) -> list[date]:
    """Give the days on which parts begin."""
    if span.kind != "month":
        n_months = 3 if span.kind == "quarter" else 12
        return [later(span.first, n) for n in range(n_months)]
    if rhythm in ("day", "night"):
        return [span.first + n * DAY for n in range((span.end - span.first).days)]
    return [span.first]
