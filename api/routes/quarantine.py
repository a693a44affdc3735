"""What a technician changes: replays asked for, a device accepted or moved; needs the scope `write`."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import WRITE_PROBLEMS, ProblemError
from api.models import Accepted, Requested
from api.paging import json_response
from api.parameters import Instant
from api.security import WriterKey
from store.admission import Acceptance
from store.technician import (
    NotThereError,
    NotWaitingError,
    PlacedLaterError,
    accept_device,
    changing,
    move_device,
    request_replay,
)

router = APIRouter(prefix="/v1", tags=["quality"], responses=WRITE_PROBLEMS)

SLUG, WORD, TEXT = "^[a-z0-9-]{1,63}$", "^[a-z0-9_]{1,64}$", "^[^\\x00-\\x1f]{1,200}$"
Text = Annotated[str, Field(pattern=TEXT)]
DeviceId = Annotated[int, Path(ge=1, lt=2**31)]


class ReplayChoice(BaseModel):
    """Which rejections: all open ones of the territory and those below it that fit every field given."""

    model_config = ConfigDict(extra="forbid")

    territory: Annotated[str, Field(pattern=SLUG)] | None = Field(
        None, description="slug; may be left out where the key is for one territory", examples=["val-de-tille"]
    )
    reason: Annotated[str, Field(pattern=WORD)] | None = Field(None, examples=["unknown_device"])
    device: Text | None = Field(None, description="id as the device sends it")
    format: Annotated[str, Field(pattern=WORD)] | None = Field(None, examples=["native"])


class DeviceAcceptance(BaseModel):
    """How the device is taken over; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = None
    model: Text | None = None
    interval_s: Annotated[int, Field(ge=1, lt=2**31)] | None = Field(None, description="declared sending interval [s]")
    asset: Text | None = Field(None, description="slug of the asset it tells about, in its territory")
    channel: Text = Field("*", description="the channel placed there; `*` is all")


class Move(BaseModel):
    """Where to, and from when on."""

    model_config = ConfigDict(extra="forbid")

    asset: Text = Field(description="slug of the asset it tells about from then on, in its territory")
    channel: Text = Field("*", description="the channel that is moved; `*` is all that have no place of their own")
    at: Instant | None = Field(None, description="default now; a device never placed is placed for all its past too")


class Moved(BaseModel):
    """A device that tells about another asset."""

    device_id: int
    territory: str
    external_id: str
    asset: str


@router.post("/rejections/replay", status_code=202, response_model=Requested)
async def replay(request: Request, key: WriterKey, choice: ReplayChoice) -> Response:
    """Have kept messages read again by today's decoders and registry; needs the scope `write`.

    A worker begins within seconds. Each message is counted once, in the hour of its own arrival; one for which nothing
    is mended stays as it is.
    """
    async with changing(request.app.state.pool) as connection:
        try:
            request_id = await request_replay(
                connection, key, choice.territory, choice.reason, choice.device, choice.format
            )
        except NotThereError as error:
            raise ProblemError(422, f"territory: {error}") from error
    return accepted({"request_id": request_id})


@router.post("/devices/{device_id}/accept", status_code=202, response_model=Accepted)
async def accept(
    request: Request,
    key: WriterKey,
    device_id: DeviceId,
    acceptance: DeviceAcceptance | None = None,
) -> Response:
    """Accept a device that waits and have its kept messages replayed; needs the scope `write`."""
    chosen = Acceptance(**acceptance.model_dump()) if acceptance else Acceptance()
    async with changing(request.app.state.pool) as connection:
        try:
            found, request_id = await accept_device(connection, key, device_id, chosen)
        except NotThereError as error:
            raise ProblemError(404, str(error)) from error
        except (NotWaitingError, PlacedLaterError) as error:
            raise ProblemError(409, str(error)) from error
    return accepted(
        {
            "device_id": device_id,
            "territory": found.territory,
            "external_id": found.external_id,
            "request_id": request_id,
        }
    )


@router.post("/devices/{device_id}/move", response_model=Moved)
async def move(request: Request, key: WriterKey, device_id: DeviceId, where: Move) -> Response:
    """Have a device tell about another asset; what it measured before stays with the one it was on.

    Needs the scope `write`.
    """
    async with changing(request.app.state.pool) as connection:
        try:
            found = await move_device(connection, key, device_id, where.asset, where.channel, where.at)
        except NotThereError as error:
            raise ProblemError(404, str(error)) from error
        except PlacedLaterError as error:
            raise ProblemError(409, str(error)) from error
    return json_response(
        {
            "device_id": device_id,
            "territory": found.territory,
            "external_id": found.external_id,
            "asset": where.asset,
        }
    )


def accepted(body: object) -> Response:
    """Answer 202: it is written down and will be done."""
    answer = json_response(body)
    answer.status_code = 202
    return answer
