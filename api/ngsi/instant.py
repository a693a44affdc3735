"""Instants and durations of NGSI-LD, read and written."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from api.ngsi.refusal import bad

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)([.,]\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?",
    re.ASCII,
)
EARLIEST, LATEST = datetime(1000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


class Instant(NamedTuple):
    """An instant, and how it is written in answers: in UTC, as fine as the store is."""

    at: datetime
    written: str


class Duration(NamedTuple):
    """A span of civil months and of seconds; both zero: all there is."""

    months: int
    span: timedelta

    @property
    def is_whole(self) -> bool:
        """Say whether it stands for all that was asked for."""
        return not self.months and not self.span


def read_instant(written: Any, name: str) -> Instant:
    """Read an instant. Raises ProblemError."""
    match = _INSTANT.fullmatch(written) if isinstance(written, str) else None
    try:
        if match is None:
            raise ValueError(written)
        fraction = (match.group(2) or "")[1:7]
        at = datetime.fromisoformat(f"{match.group(1)}{'.' + fraction if fraction else ''}{match.group(3)}")
        at = at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise bad(f"{name} is an instant in UTC such as 2026-03-01T00:00:00Z, not {written!r:.60}") from error
    if not EARLIEST <= at <= LATEST:
        raise bad(f"{name}: give an instant between the years {EARLIEST.year} and {LATEST.year}")
    return Instant(at, instant_text(at))


def instant_text(at: datetime) -> str:
    """Write an instant in UTC.

    >>> instant_text(datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC))
    '2026-03-01T12:00:00.25Z'
    """
    text = at.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def read_duration(text: str, name: str) -> Duration:
    """Read an ISO 8601 duration. Raises ProblemError."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise bad(f"{name} is a duration such as PT1H or P1D, not {text[:40]!r}")
    part = {key: float(value or 0) for key, value in match.groupdict().items()}
    months = int(12 * part["years"] + part["months"])
    span = timedelta(
        weeks=part["weeks"], days=part["days"], hours=part["hours"], minutes=part["minutes"], seconds=part["seconds"]
    )
    if months and span:
        raise bad(f"{name}: either years and months or weeks and shorter, not both")
    return Duration(months, span)


def step(start: datetime, duration: Duration, n: int) -> datetime:
    """Go so many durations on from an instant; a month later is the same day, or the last there is.

    >>> step(datetime(2026, 1, 31, tzinfo=UTC), Duration(1, timedelta()), 1).date().isoformat()
    '2026-02-28'
    """
    if not duration.months:
        return start + duration.span * n
    index = start.year * 12 + start.month - 1 + duration.months * n
    year, month = divmod(index, 12)
    for day in range(start.day, 27, -1):
        try:
            return start.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return start.replace(year=year, month=month + 1)
