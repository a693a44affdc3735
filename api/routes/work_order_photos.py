"""`/v1/work-orders/{id}/photos`: what technicians photograph, written anew so that only the picture is kept."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS, WRITE_PROBLEMS, ProblemError, describe_problem
from api.faults import faults
from api.paging import Cursor, Limit, Page, after_id, json_response, page_response
from api.parameters import IdempotencyKey
from api.posting import read_body
from api.security import Reader, WriterKey
from api.work_order_models import TEXT, asked_by
from api.work_order_writing import write
from sensors.photo import LONGEST_SIDE_PX, MOST_PIXELS, Photo, PhotoError, PhotoTypeError, develop
from store.work_order_photos import MOST_PHOTOS, add_photo, find_photo, list_photos, remove_photo

router = APIRouter(prefix="/v1/work-orders", tags=["work"])

MOST_BYTES = 12 << 20
JPEG = "image/jpeg"
Number = Annotated[int, Path(ge=1, lt=2**63)]
BINARY = {"schema": {"type": "string", "format": "binary"}}
BODY = {
    "requestBody": {
        "required": True,
        "description": f"JPEG, PNG or WebP, told by its content; at most {MOST_BYTES >> 20} MiB and "
        f"{MOST_PIXELS // 1_000_000} million pixels",
        "content": dict.fromkeys(("image/jpeg", "image/png", "image/webp", "application/octet-stream"), BINARY),
    }
}
ADDING: dict[int | str, dict[str, Any]] = {
    **WRITE_PROBLEMS,
    **{status: describe_problem(status) for status in (413, 415)},
}
FILE: dict[int | str, dict[str, Any]] = {**PROBLEMS, 200: {"description": "the photo", "content": {JPEG: BINARY}}}


class WorkOrderPhoto(BaseModel):
    """What is known of a photo; nothing of where, when and with what it was taken."""

    photo_id: int
    work_order_id: int
    added_at: datetime
    who: str
    given_by: str
    width_px: int = Field(description=f"neither side is longer than {LONGEST_SIDE_PX} px")
    height_px: int
    n_bytes: int


@router.post(
    "/{work_order_id}/photos", status_code=201, response_model=WorkOrderPhoto, responses=ADDING, openapi_extra=BODY
)
async def add(
    request: Request,
    key: WriterKey,
    work_order_id: Number,
    who: Annotated[str | None, Query(pattern=TEXT, min_length=1, max_length=100, description="who took it")] = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Add a photo to a work order, whatever state that is in; needs the scope `write`.

    It is decoded and written anew as JPEG: turned upright, made smaller, without metadata. Its version stays.
    """
    body = await read_body(request, MOST_BYTES, "make the photo smaller")
    photo = await developed(request, body)
    asked = asked_by(key, who, None, idempotency_key)
    row = await write(request, lambda connection: add_photo(connection, work_order_id, photo, asked))
    answer = json_response(row)
    answer.status_code = 201
    return answer


@router.get("/{work_order_id}/photos", response_model=Page[WorkOrderPhoto], responses=PROBLEMS)
async def photos(
    request: Request, reader: Reader, work_order_id: Number, limit: Limit = MOST_PHOTOS, cursor: Cursor = None
) -> Response:
    """List what is known of a work order's photos, the first first."""
    rows = await list_photos(reader, work_order_id, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["photo_id"])


@router.get("/{work_order_id}/photos/{photo_id}", responses=FILE, response_class=Response)
async def photo_file(reader: Reader, work_order_id: Number, photo_id: Number) -> Response:
    """Give a photo."""
    content = await find_photo(reader, work_order_id, photo_id)
    if content is None:
        raise ProblemError(404, "there is no such photo that this key may see; list the photos of the work order")
    headers = {"Content-Disposition": f'inline; filename="work-order-{work_order_id}-photo-{photo_id}.jpg"'}
    return Response(content, headers=headers, media_type=JPEG)


@router.delete("/{work_order_id}/photos/{photo_id}", status_code=204, responses=WRITE_PROBLEMS)
async def remove(request: Request, key: WriterKey, work_order_id: Number, photo_id: Number) -> Response:
    """Take a photo away for good; needs the scope `write`."""
    asked = asked_by(key, None, None, None)
    await write(request, lambda connection: remove_photo(connection, work_order_id, photo_id, asked))
    return Response(status_code=204)


async def developed(request: Request, body: bytes) -> Photo:
    """Write a photo anew, one at a time, beside the loop. Raises ProblemError."""
    darkroom: asyncio.Semaphore = request.app.state.darkroom
    try:
        async with darkroom:
            return await asyncio.to_thread(develop, body)
    except PhotoError as error:
        status = 415 if isinstance(error, PhotoTypeError) else 422
        raise ProblemError(status, str(error), members=faults(error.sentence_fr, error.sentence_en)) from error
