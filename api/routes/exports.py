"""`/v1/exports`: files that are ordered, written while nobody waits, and fetched in parts."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS, WRITE_PROBLEMS, ProblemError, describe_problem
from api.exports.clerk import Clerk
from api.exports.folder import FolderError
from api.exports.order import ExportOrder, State
from api.key_ring import KeyRing
from api.paging import Cursor, Limit, Page, after_id, json_response, page_response
from api.security import require_key
from store.exports import MOST_OPEN, drop_export, insert_export, list_exports
from store.keys import Key
from store.reader import Pool
from store.technician import note

router = APIRouter(prefix="/v1", tags=["bulk"])

ExportId = Annotated[int, Path(ge=1, lt=2**63)]
Owner = Annotated[Key, Depends(require_key)]
FILE: dict[int | str, dict[str, Any]] = {
    **PROBLEMS,
    200: {"description": "the file", "content": {"application/octet-stream": {"schema": {"type": "string"}}}},
    206: {
        "description": "a part of the file, as asked for by `Range`",
        "content": {"application/octet-stream": {"schema": {"type": "string"}}},
    },
    409: describe_problem(409),
    416: {"description": "the file has no such part", "content": {"text/plain; charset=utf-8": {}}},
}


class Export(BaseModel):
    """An ordered file; `sha256` is of the file as it is fetched. Only the key that ordered it sees it."""

    export_id: int
    state: State
    format: str
    asked_at: datetime
    question: dict[str, Any] = Field(description="as it was ordered, with the span that was made of it")
    n_rows: int
    n_bytes: int
    sha256: str | None
    error: str | None
    finished_at: datetime | None
    expires_at: datetime | None
    file: str | None = Field(description="path of the file, once it is ready")


@router.post(
    "/exports", response_model=Export, status_code=202, responses={**WRITE_PROBLEMS, 429: describe_problem(429)}
)
async def order(request: Request, key: Owner, wish: ExportOrder) -> Response:
    """Order a file of measurements; at most 10 orders of a key are open at once, a file is kept for three days.

    The file is written with the rights the key has then. `Location` names the export.
    """
    clerk: Clerk = request.app.state.clerk
    wish.style()
    ring: KeyRing = request.app.state.key_ring
    if wish.territory is not None and wish.territory not in await ring.find_territories(key):
        raise ProblemError(404, f"there is no territory {wish.territory!r} for this key")
    try:
        place = clerk.folder.ensure()
    except FolderError as error:
        raise ProblemError(503, str(error), {"Retry-After": "60"}) from error
    async with pool_of(request).connection() as connection:
        export_id = await insert_export(connection, key, wish.kept(), wish.ending, place)
        if export_id is None:
            raise ProblemError(429, f"{MOST_OPEN} exports of this key are open: wait for them", {"Retry-After": "30"})
        await note(connection, key, "export", f"export {export_id}", wish.kept())
        (row,) = await list_exports(connection, key, export_id)
    clerk.wake()
    response = json_response(describe(row), {"Location": f"/v1/exports/{export_id}"})
    response.status_code = 202
    return response


@router.get("/exports", response_model=Page[Export], responses=PROBLEMS)
async def exports(request: Request, key: Owner, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """List the files that this key has ordered, the latest first."""
    async with pool_of(request).connection() as connection:
        rows = await list_exports(connection, key, after=after_id(cursor), n=limit + 1)
    return page_response(request, [describe(row) for row in rows], limit, ["export_id"])


@router.get("/exports/{export_id}", response_model=Export, responses=PROBLEMS)
async def export(request: Request, key: Owner, export_id: ExportId) -> Response:
    """Say how far an export is."""
    return json_response(describe(await find_export(request, key, export_id)))


@router.get("/exports/{export_id}/file", responses=FILE, response_class=Response)
async def export_file(request: Request, key: Owner, export_id: ExportId) -> Response:
    """Give the file, or the part of it that `Range` asks for: what was cut off is fetched from there on."""
    row = await find_export(request, key, export_id)
    clerk: Clerk = request.app.state.clerk
    if row["state"] != "ready":
        raise ProblemError(409, refusal(row))
    if row["place"] != clerk.folder.place or not clerk.folder.file(export_id).is_file():
        raise ProblemError(409, "the file lies with another server: ask there, or have them share VIGIE_API_EXPORT_DIR")
    etag = f'"{row["sha256"]}"'
    async with pool_of(request).connection() as connection:
        part = {"range": request.headers.get("range", "")[:100]}
        await note(connection, key, "fetch export", f"export {export_id}", part)
    return FileResponse(
        clerk.folder.file(export_id),
        media_type="application/octet-stream",
        filename=f"measurements-{export_id}.{row['extension']}",
        headers={"ETag": etag},
    )


@router.delete("/exports/{export_id}", status_code=204, responses=WRITE_PROBLEMS, response_class=Response)
async def delete_export(request: Request, key: Owner, export_id: ExportId) -> Response:
    """End an export and remove its file, before its time or before it is written."""
    async with pool_of(request).connection() as connection:
        if not await drop_export(connection, key, export_id):
            raise ProblemError(404, "this key has no such export, or it is over")
        await note(connection, key, "delete export", f"export {export_id}", {})
    request.app.state.clerk.folder.file(export_id).unlink(missing_ok=True)
    return Response(status_code=204)


async def find_export(request: Request, key: Key, export_id: int) -> dict[str, Any]:
    """Give an export of this key. Raises ProblemError."""
    async with pool_of(request).connection() as connection:
        rows = await list_exports(connection, key, export_id)
    if not rows:
        raise ProblemError(404, "this key has ordered no such export")
    return rows[0]


def describe(row: dict[str, Any]) -> dict[str, Any]:
    """Describe an export."""
    told = {name: row[name] for name in Export.model_fields if name in row}
    file = f"/v1/exports/{row['export_id']}/file" if row["state"] == "ready" else None
    return {**told, "format": row["question"].get("format", row["extension"]), "file": file}


def refusal(row: dict[str, Any]) -> str:
    """Say why there is no file."""
    return {
        "waiting": "the file waits for its turn: ask GET /v1/exports/{id} until `state` is ready",
        "running": "the file is being written: ask GET /v1/exports/{id} until `state` is ready",
        "failed": f"there is no file: {row['error']}",
        "expired": "the file is no longer kept: order it again",
    }[row["state"]]


def pool_of(request: Request) -> Pool:
    """Give the application's pool."""
    pool: Pool = request.app.state.pool
    return pool
