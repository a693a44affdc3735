"""`/v1/reports`: KPI reports as they were signed, and each of their files, byte for byte."""

from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import PROBLEMS, ProblemError
from api.paging import Cursor, Limit, Page, after_id, page_response
from api.parameters import Territory
from api.security import Reader
from store.result_lists import list_reports, read_report_file

router = APIRouter(prefix="/v1", tags=["results"], responses=PROBLEMS)

OTHER = "application/octet-stream"
MEDIA_TYPES = {".json": "application/json", ".pdf": "application/pdf", ".parquet": "application/vnd.apache.parquet"}
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the file",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in {OTHER, *MEDIA_TYPES.values()}
        },
    }
}
FILES[200]["content"]["application/json"] = {"schema": {"type": "object"}}


class ReportFile(BaseModel):
    """A file of a report."""

    name: str = Field(examples=["report.pdf"])
    about: str
    n_bytes: int
    sha256: str


class Report(BaseModel):
    """A signed report; `manifest.json` and `signature.json` are fetched like its files."""

    report_id: int
    territory: str
    period: str = Field(examples=["2026-03"])
    language: Literal["fr", "en"]
    signed_at: datetime
    kept_until: datetime
    files: list[ReportFile]


@router.get("/reports", response_model=Page[Report])
async def reports(
    request: Request, reader: Reader, territory: Territory = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List signed reports, the newest first, each with its files."""
    rows = await list_reports(reader, territory, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["report_id"])


@router.get("/reports/{report_id}/files/{name:path}", responses=FILES, response_class=Response)
async def report_file(
    reader: Reader,
    report_id: Annotated[int, Path(ge=1, lt=2**31)],
    name: Annotated[str, Path(pattern="^[A-Za-z0-9._/-]{1,200}$", examples=["report.pdf"])],
) -> Response:
    """Give a file of a report as it was signed: its SHA-256 is that of the manifest."""
    content = await read_report_file(reader, report_id, name)
    if content is None:
        raise ProblemError(404, "there is no such file that this key may see; list /v1/reports")
    # Nothing of it is shown as a page of this server: HTML comes as a file to keep.
    file_name = PurePosixPath(name).name
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(content, headers=headers, media_type=MEDIA_TYPES.get(PurePosixPath(name).suffix, OTHER))
