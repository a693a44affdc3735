"""What a data set is made of: the span that is asked for, and the rows that come of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from store.inputs import Connection
from store.open_rows import Span
from store.publications import Publication

Row = tuple[Any, ...]  # as the columns of its table say
STEP_S = {"hour": 3600.0, "day": 23 * 3600.0, "month": 28 * 86_400.0, "none": 0.0}
PLACE_DIGITS = 3  # of a degree: some hundred metres


@dataclass(frozen=True, slots=True)
class Ask:
    """What of a publication is to be made: a span of whole steps, and the least that is told of together."""

    publication: Publication
    span: Span

    @property
    def least(self) -> int:
        """Fewest things or persons that are told of together."""
        return self.publication.least_group

    @property
    def zone(self) -> ZoneInfo:
        """Zone of the territory's civil time."""
        return ZoneInfo(self.publication.time_zone)

    @property
    def n_steps(self) -> int:
        """Number of hours or civil days in the span."""
        begins_at, ends_at = self.span.begins_at, self.span.ends_at
        if self.span.step == "hour":
            return round((ends_at - begins_at) / timedelta(hours=1))
        return (ends_at.astimezone(self.zone).date() - begins_at.astimezone(self.zone).date()).days

    def end_of(self, begins_at: datetime) -> datetime:
        """Give the end of the step that begins at an instant."""
        if self.span.step == "hour":
            return begins_at + timedelta(hours=1)
        day = begins_at.astimezone(self.zone).date()
        return midnight(next_month(day) if self.span.step == "month" else day + timedelta(days=1), self.zone)


@dataclass(frozen=True, slots=True)
class Made:
    """Rows by table; how many of them tell only that they are hidden; the share of what ought to be known, or None."""

    rows: Mapping[str, Sequence[Row]]
    n_hidden: int = 0
    completeness: float | None = None


Make = Callable[[Connection, Ask], Made]


def span_of(publication: Publication, told_to: datetime | None, known_to: datetime) -> Span:
    """Give the whole steps from the publication's first day, or from where it was told to, up to what is known.

    It may be empty.
    """
    zone = ZoneInfo(publication.time_zone)
    first = midnight(publication.from_on, zone)
    begins_at = first if told_to is None else max(first, told_to)
    last = known_to.astimezone(zone).date()
    ends_at = midnight(last.replace(day=1) if publication.step == "month" else last, zone)
    if publication.step == "month":
        begins_at = midnight(publication.from_on.replace(day=1), zone)
    return Span(publication.territory_id, begins_at, ends_at, publication.step, STEP_S[publication.step])


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Give the instant at which a civil day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def next_month(day: date) -> date:
    """Give the first day of the month after."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def coarse(degrees: float | None, digits: int = PLACE_DIGITS) -> float | None:
    """Round a coordinate, so that it tells of a place and not of a thing."""
    return None if degrees is None else round(degrees, digits)
