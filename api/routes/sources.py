"""`/v1/sources`: the brokers that are read, how their sessions fare, and what they brought."""

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS
from api.paging import Page, json_response
from api.security import Reader
from store.source_standing import list_source_standings

router = APIRouter(prefix="/v1", tags=["quality"], responses=PROBLEMS)

State = Literal["connected", "disconnected", "unknown"]


class SourceSession(BaseModel):
    """A session with a broker, as its worker last noted it."""

    session: str
    state: State = Field(description="unknown: its worker has noted nothing for a minute")
    since: datetime = Field(description="when the connection was made or lost")
    last_message_at: datetime | None
    error: str = Field(description="the last trouble, empty where there is none")
    noted_at: datetime


class Source(BaseModel):
    """A broker, and what it brought in 24 hours, in values of the key's territories.

    `own` is the platform's own broker, `http` what was posted. Credentials are not in the store.
    """

    source: str
    url: str | None
    mqtt_version: str | None
    territory: str | None = Field(description="the only territory it may speak for")
    formats: list[str]
    state: State | None = Field(description="the worst of its sessions; null where there is none")
    sessions: list[SourceSession]
    n_messages: int
    n_received: int
    n_stored: int
    n_duplicate: int
    n_rejected: int


@router.get("/sources", response_model=Page[Source])
async def sources(reader: Reader) -> Response:
    """List the sources that may speak for the key's territories, the platform's own broker first."""
    rows = await list_source_standings(reader)
    return json_response({"items": [describe(row) for row in rows], "next": None})


def describe(row: dict[str, Any]) -> dict[str, Any]:
    """Complete a row."""
    sessions = row["sessions"] or []
    return {**row, "formats": row["formats"] or [], "sessions": sessions, "state": worst_of(sessions)}


def worst_of(sessions: list[dict[str, Any]]) -> State | None:
    """Give the worst state; a worker that has gone does not outweigh one that is there."""
    states = {session["state"] for session in sessions}
    order: tuple[State, ...] = ("disconnected", "connected", "unknown")
    return next((state for state in order if state in states), None)
