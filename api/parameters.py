"""Parameters that mean the same on every route: territory, from, to, bucket."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import Header, Query
from pydantic import AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

from api.errors import ProblemError
from store.resolution import LONGEST_SPAN, next_hour

INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:?\d{2})", re.ASCII)


def require_instant(text: object) -> object:
    """Refuse what is no instant with an offset: a bare number could be seconds, milliseconds or a date.

    Raises
    ------
    PydanticCustomError
        The text is something else; its message says how to write an instant.
    """
    if isinstance(text, str) and not INSTANT.fullmatch(text):
        raise PydanticCustomError(
            "instant", "give an instant with a timezone, such as 2026-03-01T00:00:00Z (in an address, + is written %2B)"
        )
    return text


Instant = Annotated[AwareDatetime, BeforeValidator(require_instant)]
Territory = Annotated[
    str | None, Query(pattern="^[a-z0-9-]{1,63}$", description="slug of a territory", examples=["val-de-tille"])
]
# A word of a registry: a quantity, a type, a KPI, a reason. Unknown ones give an empty list, for they may come later.
Word = Annotated[str | None, Query(pattern="^[a-z0-9_]{1,64}$")]
Id = Annotated[int | None, Query(ge=1, lt=2**31)]
LongId = Annotated[int | None, Query(ge=1, lt=2**63)]
From = Annotated[
    Instant | None,
    Query(
        alias="from",
        description="first instant, with offset; default a day before `to`",
        examples=["2026-03-01T00:00:00Z"],
    ),
]
To = Annotated[
    Instant | None,
    Query(description="end, excluded, with offset; default now", examples=["2026-03-02T00:00:00+01:00"]),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        pattern="^[\\x21-\\x7e]{1,100}$",
        description="the same key and request is done once, and answered the same again, for 30 days",
    ),
]
Bucket = Literal["raw", "hour", "day"]

MOST_SERIES = 200
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def read_span(from_at: datetime | None, to_at: datetime | None, bucket: Bucket) -> tuple[datetime, datetime]:
    """Complete and check a span.

    Raises
    ------
    ProblemError
        422 where it ends before it starts, or is too long for the bucket; the detail names the limit.
    """
    end = to_at or datetime.now(UTC) + timedelta(minutes=1)
    if not EARLIEST <= end < LATEST or not EARLIEST <= (from_at or EARLIEST) < LATEST:
        raise ProblemError(422, "from, to: give instants between 1970 and 2200")
    start = from_at or max(EARLIEST, end - timedelta(days=1))
    if start >= end:
        raise ProblemError(422, "from must lie before to")
    longest = LONGEST_SPAN[bucket]
    if end - start > longest:
        coarser = {"raw": "bucket=hour", "hour": "bucket=day", "day": "several requests"}[bucket]
        raise ProblemError(
            422, f"bucket={bucket} serves at most {longest.days} days a request: shorten it or use {coarser}"
        )
    return (next_hour(start), next_hour(end)) if bucket == "hour" else (start, end)
