"""`/v1/maintenance`: the assets of a territory ranked by what is to be lost if nothing is done."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS
from api.paging import Cursor, Limit, Number, Page, decode_cursor, page_response
from api.parameters import Id, Territory, Word
from api.place import BBox, read_bbox
from api.security import Reader
from store.maintenance import list_maintenance

router = APIRouter(prefix="/v1", tags=["results"], responses=PROBLEMS)
Basis = Literal["signals", "life", "entered", "prior", "unknown"]


class FailureSignal(BaseModel):
    """A finding that says that an asset fails or will."""

    kind: str = Field(examples=["pump_wear"])
    since: datetime
    precision: float = Field(description="share of such findings that are right, 0 to 1")
    is_measured: bool = Field(description="by verdicts of this territory; false: assumed")
    lead_d: float = Field(description="median days until the failure comes; 0: it is there")
    within_30: float = Field(description="probability by this finding alone")
    sentence_fr: str
    sentence_en: str


class MaintenanceLine(BaseModel):
    """An asset on the list. What is null is not known."""

    asset_id: int
    territory: str
    slug: str
    asset_name: str
    asset_type: str
    longitude: float | None
    latitude: float | None
    parent_id: int | None
    day: date = Field(description="civil day since which this holds")
    health: float | None = Field(
        description="1: nothing wrong is known, 0: surely out of order; null: nobody looks at it"
    )
    within_7: float | None = Field(description="probability of having failed within 7 days")
    within_30: float | None
    within_90: float | None
    left_d: float | None = Field(description="days by which half of its like have failed")
    left_low_d: float | None = Field(description="the interval holds it nine times in ten")
    left_high_d: float | None = Field(description="a hundred years at most")
    people_eur: float | None = Field(description="what a failure costs people who count on it [EUR]")
    safety_eur: float | None = Field(description="harm to persons to be expected of a failure [EUR]")
    repair_eur: float | None = Field(description="repair and damage of a failure [EUR]")
    consequence_eur: float | None = Field(description="the three together")
    waiting_eur_per_day: float | None = Field(description="what a day of waiting costs [EUR/d]")
    expected_loss_eur: float | None = Field(description="within 30 days if nothing is done; the list goes by it")
    basis: Basis = Field(
        description="findings; the curve of its type; an entered rate; `prior`: the assumed rate of its family; nothing"
    )
    calibration: Literal["fitted", "prior"] = Field(description="`fitted`: by what came of earlier probabilities")
    reason_fr: str
    reason_en: str
    signals: list[FailureSignal]
    finding_id: int | None = Field(description="the most alarming finding")
    incident_id: int | None
    model_version: str
    scored_at: datetime


@router.get("/maintenance", response_model=Page[MaintenanceLine])
async def maintenance(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    type: Word = None,  # noqa: A002  # the field's name in the API
    basis: Annotated[
        list[Basis] | None, Query(max_length=5, description="what it rests on; several: any of them; default all")
    ] = None,
    asset_id: Id = None,
    zone: Id = None,
    bbox: BBox = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List assets, those with the highest expected loss first; `zone` is an asset with all that hangs on it."""
    west, south, east, north = read_bbox(bbox)
    filters: dict[str, str | int | float | list[Basis] | None] = {
        "territory": territory,
        "type": type,
        "basis": basis,
        "asset_id": asset_id,
        "zone": zone,
    }
    filters |= {"west": west, "south": south, "east": east, "north": north}
    after = decode_cursor(cursor, tuple[float | None, Number], (None, 0))
    rows = await list_maintenance(reader, filters, after=after, n=limit + 1)
    return page_response(request, rows, limit, ["expected_loss_eur", "asset_id"])
