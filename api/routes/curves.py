"""`/v1/curves`: several series side by side on one grid of points, as finely as points and limits allow."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.errors import PROBLEMS, ProblemError
from api.models import CurveItem, Curves
from api.paging import json_response
from api.parameters import MOST_SERIES, From, To, read_span
from api.security import Reader
from store.curve import Fill, UnknownSeriesError, WrongFillError, read_curves
from store.resolution import Question, TooMuchError

router = APIRouter(prefix="/v1", tags=["measurements"], responses=PROBLEMS)

SeriesIds = Annotated[
    list[Annotated[int, Query(ge=1, lt=2**31)]],
    Query(alias="series_id", min_length=1, max_length=MOST_SERIES, description="one or several series"),
]
Bucket = Annotated[Literal["auto", "raw", "hour", "day"], Query(description="auto: the finest that fits the points")]
Points = Annotated[int, Query(ge=1, le=5000, description="most points of a series")]
Align = Annotated[
    Literal["span", "clock"],
    Query(
        description="points of raw values: span, in equal parts of it; clock, at multiples (UTC) of a round time, which"
        " belong to the span if they begin in it, as hours do"
    ),
]
Filling = Annotated[
    Fill,
    Query(
        description="what stands where nothing was measured: none; locf: the last value, no longer than its quantity"
        " may be held; linear: the line between neighbours no further apart than that, gauges only"
    ),
]


@router.get("/curves", response_model=Curves)
async def curves(
    reader: Reader,
    series_id: SeriesIds,
    from_at: From = None,
    to: To = None,
    bucket: Bucket = "auto",
    points: Points = 1000,
    fill: Filling = "none",
    align: Align = "span",
) -> Response:
    """Read series on one grid: per point the number of measurements, the value, the least and the greatest.

    The value is the time-weighted mean of a gauge and the last value of a counter or state; where `n` is 0 it is
    filled. No peak is lost: `low` and `high` tell of every measurement of the point. Hours and days belong to the
    span if they start in it; days are civil days of the first series' territory. What is not finished yet is made of
    raw values. At most 500,000 rows are read at once.
    """
    question = Question(read_span(from_at, to, "day"), points, None if bucket == "auto" else bucket, align == "clock")
    try:
        found = await read_curves(reader, sorted(set(series_id)), question, fill, datetime.now(UTC))
    except UnknownSeriesError as error:
        raise ProblemError(404, str(error)) from error
    except (TooMuchError, WrongFillError) as error:
        raise ProblemError(422, str(error)) from error
    return json_response(
        {
            "bucket": found.grid.resolution,
            "starts": found.grid.starts,
            "end": found.grid.end,
            "items": [{name: getattr(curve, name) for name in CurveItem.model_fields} for curve in found.series],
            "next": None,
        }
    )
