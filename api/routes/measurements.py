"""`/v1/measurements`: values of series over a span, raw or in buckets, and the newest ones."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.errors import PROBLEMS, ProblemError
from api.models import Count, LastValue, Measurement
from api.paging import Aware, Cursor, Limit, Page, decode_cursor, json_response, page_response
from api.parameters import EARLIEST, LATEST, MOST_SERIES, Bucket, From, Id, To, read_span
from api.security import Reader, require_key
from store.count import count_measurements
from store.curve import UnknownSeriesError
from store.keys import Key
from store.resolution import next_hour
from store.window import find_visible, read_last, read_window

router = APIRouter(prefix="/v1", tags=["measurements"], responses=PROBLEMS)

SeriesIds = Annotated[
    list[Annotated[int, Query(ge=1, lt=2**31)]],
    Query(alias="series_id", max_length=MOST_SERIES, description="one or several series"),
]
TICK = timedelta(microseconds=1)


@router.get("/measurements", response_model=Page[Measurement], response_model_exclude_unset=True)
async def measurements(
    request: Request,
    reader: Reader,
    series_id: SeriesIds,
    from_at: From = None,
    to: To = None,
    bucket: Bucket = "raw",
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """List measurements, series after series, times ascending.

    A bucket belongs to the span if it starts in it, and always tells about its whole hour or day. Raw
    serves at most 400 days a request, hours 3,660 and days 18,300. Hours that are not closed yet are made of raw
    values; days are civil days of the territory and listed once they are over.
    """
    if not series_id:
        raise ProblemError(422, "series_id: name at least one series")
    start, end = read_span(from_at, to, bucket)
    wanted = sorted(set(series_id))
    await require_visible(reader, wanted)
    time_name = "observed_at" if bucket == "raw" else "bucket"
    last_series, last_at = read_position(cursor)
    rows = []
    if last_series in wanted:
        behind = next_hour(last_at + TICK) if bucket == "hour" else last_at + TICK
        rows = await read_window(reader, [last_series], (max(start, behind), end), bucket, limit + 1)
    if len(rows) <= limit:
        later = [number for number in wanted if number > last_series]
        rows += await read_window(reader, later, (start, end), bucket, limit + 1 - len(rows))
    return page_response(request, rows, limit, ["series_id", time_name])


@router.get("/measurements/last", response_model=Page[LastValue])
async def last_values(
    request: Request,
    key: Annotated[Key, Depends(require_key)],
    series_id: SeriesIds = [],  # noqa: B006  # FastAPI copies it
    asset_id: Id = None,
) -> Response:
    """Give the newest value of each series named, or of all series that tell about the asset at present."""
    if not series_id and asset_id is None:
        raise ProblemError(422, "name series by series_id, or an asset by asset_id")
    rows = await read_last(request.app.state.pool, key.territory_ids, series_id, asset_id)
    return json_response({"items": rows, "next": None})


@router.get("/measurements/count", response_model=Page[Count])
async def counts(reader: Reader, series_id: SeriesIds, from_at: From = None, to: To = None) -> Response:
    """Count the measurements of each series in a span, without reading them: late ones count after some seconds."""
    if not series_id:
        raise ProblemError(422, "series_id: name at least one series")
    try:
        counted = await count_measurements(reader, series_id, read_span(from_at, to, "day"))
    except UnknownSeriesError as error:
        raise ProblemError(404, str(error)) from error
    return json_response({"items": [{"series_id": key, "n": n} for key, n in counted.items()], "next": None})


async def require_visible(reader: Reader, series_ids: list[int]) -> None:
    """End the request with 404 where a series does not exist for this key."""
    missing = set(series_ids) - await find_visible(reader, series_ids)
    if missing:
        raise ProblemError(404, f"no such series for this key: {', '.join(map(str, sorted(missing)))}")


def read_position(cursor: str | None) -> tuple[int, datetime]:
    """Read the last series and instant seen; before all series at the start."""
    series_id, at = decode_cursor(cursor, tuple[int, Aware], (0, EARLIEST))
    if not EARLIEST <= at < LATEST:
        raise ProblemError(422, "cursor: use the `next` of the page before, unchanged")
    return series_id, at
