"""Parameters that mean the same on every route: territory, from, to, bucket."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import Query
from pydantic import AwareDatetime

from api.errors import ProblemError

Territory = Annotated[str | None, Query(pattern="^[a-z0-9-]{1,63}$", description="slug of a territory")]
Id = Annotated[int | None, Query(ge=1, lt=2**31)]
From = Annotated[
    AwareDatetime | None, Query(alias="from", description="first instant, with offset; default a day before `to`")
]
To = Annotated[AwareDatetime | None, Query(description="end, excluded, with offset; default now")]
Bucket = Literal["raw", "hour", "day"]

MOST_SERIES = 200
# The longest span one request may ask for, by bucket: a longer one is refused before any work is done.
LONGEST_SPAN = {"raw": timedelta(days=400), "hour": timedelta(days=3660), "day": timedelta(days=18300)}
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def read_span(from_at: datetime | None, to_at: datetime | None, bucket: Bucket) -> tuple[datetime, datetime]:
    """Complete and check a span.

    Raises
    ------
    ProblemError
        422 where it ends before it starts, or is too long for the bucket; the detail names the limit.
    """
    end = to_at or datetime.now(UTC) + timedelta(minutes=1)
    start = from_at or end - timedelta(days=1)
    if not EARLIEST <= start < LATEST or not EARLIEST <= end < LATEST:
        raise ProblemError(422, "from, to: give instants between 1970 and 2200")
    if start >= end:
        raise ProblemError(422, "from must lie before to")
    longest = LONGEST_SPAN[bucket]
    if end - start > longest:
        coarser = {"raw": "bucket=hour", "hour": "bucket=day", "day": "several requests"}[bucket]
        raise ProblemError(
            422, f"bucket={bucket} serves at most {longest.days} days a request: shorten it or use {coarser}"
        )
    return start, end
