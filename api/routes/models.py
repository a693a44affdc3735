"""`/v1/models`: which models were trained, how well they do on what was held out, and which of them are in use."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS
from api.paging import Cursor, Limit, Page, after_id, page_response
from api.parameters import Territory, Word
from api.security import Reader
from store.result_lists import list_models

router = APIRouter(prefix="/v1", tags=["results"], responses=PROBLEMS)


class Model(BaseModel):
    """A trained model; every version is kept."""

    model_id: int
    territory: str | None = Field(description="null: shared by all")
    family: str = Field(examples=["failure_probability"])
    version: int
    trained_at: datetime
    trained_by: str
    score: float | None = Field(description="on the part held out, lower is better; null where it could not be judged")
    is_champion: bool = Field(description="in use")
    card: dict[str, Any] = Field(description="what it learnt from, how it was judged, its limits")


@router.get("/models", response_model=Page[Model])
async def models(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    family: Word = None,
    state: Annotated[Literal["champion", "all"], Query(description="champion: those in use")] = "all",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List models with their cards, the newest first: those of the key's territories and those that all share."""
    filters = {"territory": territory, "family": family, "state": state}
    rows = await list_models(reader, filters, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["model_id"])
