"""`/v1/planned-rounds`: the rounds planned for a day, as a map, for navigation devices, and as a sheet that prints."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS, ProblemError
from api.headers import HEADERS
from api.paging import Cursor, Limit, Page, after_id, json_response, page_response
from api.parameters import Territory
from api.security import Reader
from sensors.language import Language
from store.planned_rounds import FileFormat, list_planned_rounds, read_planned_file, read_planned_rounds

router = APIRouter(prefix="/v1", tags=["results"], responses=PROBLEMS)

MEDIA_TYPES: dict[FileFormat, str] = {
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml",
    "html": "text/html; charset=utf-8",
}
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            kind.partition(";")[0]: {"schema": {"type": "object" if "json" in kind else "string"}}
            for kind in MEDIA_TYPES.values()
        }
    }
}
# A sheet brings its own style and nothing else: no script, no picture, no other host.
SHEET_POLICY = {**HEADERS, "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


class RoundsOfDay(BaseModel):
    """The rounds of a day and waste stream, in numbers."""

    planned_rounds_id: int
    territory: str
    day: date
    waste_stream: str
    made_at: datetime
    summary: dict[str, Any] = Field(description="counts, distance [km], solver, seed, distances, assumptions")


@router.get("/planned-rounds", response_model=Page[RoundsOfDay])
async def planned_rounds(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    day: Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-03-02"])] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List planned rounds, the last that were planned first."""
    rows = await list_planned_rounds(reader, territory, read_day(day), after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["planned_rounds_id"])


@router.get("/planned-rounds/{planned_rounds_id}", response_model=RoundsOfDay, responses=FILES)
async def planned_rounds_of_day(
    reader: Reader,
    planned_rounds_id: Annotated[int, Path(ge=1, lt=2**31)],
    format: Annotated[Literal["json", "geojson", "gpx", "html"], Query()] = "json",  # noqa: A002 - a parameter's name
    language: Annotated[Language, Query(description="of the sheet")] = "fr",
) -> Response:
    """Give rounds in numbers, as GeoJSON (lines, stops, containers left out), as GPX, or as a sheet that prints."""
    if format == "json":
        return json_response(found(await read_planned_rounds(reader, planned_rounds_id)))
    text = found(await read_planned_file(reader, planned_rounds_id, format, language))
    headers = SHEET_POLICY if format == "html" else None
    return Response(text, headers=headers, media_type=MEDIA_TYPES[format])


def found(value: Any) -> Any:  # a row or a text
    """Give what was found, else end the request with 404."""
    if value is None:
        raise ProblemError(404, "no planned rounds of this number that the key may see; list /v1/planned-rounds")
    return value


def read_day(text: str | None) -> date | None:
    """Read a civil day; 422 for one that no calendar has."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise ProblemError(422, f"day: {text} is in no calendar; write it like 2026-03-02") from error
