"""What is asked for in bulk, from an address or a body, checked before any row is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Query

from api.errors import ProblemError
from api.parameters import MOST_SERIES as MOST_NAMED
from api.parameters import From, Id, Territory, To, Word, read_span
from api.place import BBox, Near, Polygon, Tags, Within, read_place, read_tags
from store.bulk import MOST_SERIES, Wanted, choose_series, estimate_rows, read_places
from store.reader import Connection, Row
from store.resolution import Span

if TYPE_CHECKING:  # it needs NumPy, with which the API does not start
    from api.bulk.block import Subject

SeriesIds = Annotated[
    list[Annotated[int, Query(ge=1, lt=2**31)]] | None,
    Query(alias="series_id", max_length=MOST_NAMED, description="one or several series; default all that are left"),
]


@dataclass(frozen=True, slots=True)
class Question:
    """Which series, by ids and filters as `store.bulk.choose_series` takes them, over which span."""

    series_ids: tuple[int, ...] | None
    filters: Mapping[str, object]
    span: Span


@dataclass(frozen=True, slots=True)
class Found:
    """What an answer needs before its first row: what is wanted, the series, where their assets stood."""

    wanted: Wanted
    series: Sequence[Row]
    places: Sequence[Row]

    def subject(self) -> "Subject":
        """Give what writers are told of the series."""
        from api.bulk.block import Place, Subject

        places: dict[int, list[Any]] = {}
        for row in self.places:
            ends = instant_us(row["begins_at"], -(2**62)), instant_us(row["ends_at"], 2**62)
            place = Place(*ends, row["asset_id"], row["longitude"], row["latitude"])
            places.setdefault(row["series_id"], []).append(place)
        return Subject(self.series, places)


def asked_in_address(
    series_id: SeriesIds = None,
    from_at: From = None,
    to: To = None,
    territory: Territory = None,
    quantity: Word = None,
    device_id: Id = None,
    asset_id: Id = None,
    type: Word = None,  # noqa: A002  # the field's name in the API
    bbox: BBox = None,
    near: Near = None,
    within_m: Within = 1000.0,
    polygon: Polygon = None,
    tag: Tags = None,
) -> Question:
    """Read the parameters that choose series and span. Raises ProblemError."""
    filters = {
        **read_place(bbox, near, within_m, polygon),
        "territory": territory,
        "quantity": quantity,
        "device_id": device_id,
        "asset_id": asset_id,
        "type": type,
        "tags": read_tags(tag),
    }
    return Question(tuple(sorted(set(series_id))) if series_id else None, filters, read_span(from_at, to, "day"))


Asked = Annotated[Question, Depends(asked_in_address)]


async def find(connection: Connection, question: Question, most_rows: int, needs_places: bool) -> Found:
    """Find the series, and refuse what is too much before a row is read.

    Raises
    ------
    ProblemError
        404 where a series named is not there for this key, 422 with the limit and the remedy where it is too much.
    """
    span = question.span
    series = await choose_series(connection, question.filters, question.series_ids, span, MOST_SERIES + 1)
    await require_there(connection, question, series)
    if len(series) > MOST_SERIES:
        raise ProblemError(
            422, f"at most {MOST_SERIES:,} series at once: narrow by territory, quantity, type, place or series_id"
        )
    ids = tuple(row["series_id"] for row in series)
    estimate = await estimate_rows(connection, ids, span)
    if estimate.n_rows > most_rows:
        raise ProblemError(
            422,
            f"about {estimate.n_rows:,} rows, at most {most_rows:,} are served here:"
            " shorten the span, name fewer series, or order it by POST /v1/exports",
        )
    places = await read_places(connection, ids, span) if needs_places else []
    return Found(Wanted(ids, span, estimate), series, places)


async def require_there(connection: Connection, question: Question, series: Sequence[Row]) -> None:
    """End the request with 404 where a series that was named does not exist for this key, whatever else is asked."""
    missing = set(question.series_ids or ()) - {row["series_id"] for row in series}
    if missing:
        nothing = {**dict.fromkeys(question.filters), "tags": None}
        there = await choose_series(connection, nothing, sorted(missing), question.span, len(missing))
        if missing := missing - {row["series_id"] for row in there}:
            raise ProblemError(404, f"no such series for this key: {', '.join(map(str, sorted(missing)))}")


def instant_us(instant: datetime | None, otherwise: int) -> int:
    """Give microseconds since 1970, or what stands for no bound."""
    return otherwise if instant is None else round(instant.timestamp() * 1_000_000)
