"""`/open`: what territories publish, without a key: the catalogue, data sets, their files, the record."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from api.conditional import has_tag
from api.errors import OPEN_PROBLEMS, ProblemError, describe_problem
from api.open_data.shelf import Shelf
from api.paging import Cursor, Limit, after_id, json_response, page_response
from api.paging import Page as ListPage
from api.parameters import Territory
from api.security import PublicReader, allow_open
from sensors.data_sets import DATA_SETS
from sensors.publication import LICENCES
from store.publications import find_open, find_open_file, list_open, list_releases, read_open_part
from store.reader import Connection, Pool, Row, limited

PROBLEMS = {**OPEN_PROBLEMS, 410: describe_problem(410), 429: describe_problem(429)}
router = APIRouter(prefix="/open", tags=["open data"], responses=PROBLEMS, dependencies=[Depends(allow_open)])

Slug = Annotated[str, Path(pattern="^[a-z0-9-]{1,63}$")]
FileName = Annotated[str, Path(pattern="^[a-z]{1,20}[.](csv|parquet|geojson)$")]
N_CATALOGUED = 50  # data sets on a page of the catalogue
PART_BYTES = 1 << 20
HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
NEVER_STORED = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
MEDIA_TYPES = {"jsonld": "application/ld+json", "ttl": "text/turtle; charset=utf-8", "rdf": "application/rdf+xml"}
TEXT = {"schema": {"type": "string"}}
OBJECT = {"schema": {"type": "object"}}
CATALOGUE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "DCAT-AP 3.0",
        "content": {
            "application/ld+json": OBJECT,
            "text/turtle; charset=utf-8": TEXT,
            "application/rdf+xml": TEXT,
        },
    }
}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the file as it was published",
        "content": {
            "text/csv; charset=utf-8": TEXT,
            "application/vnd.apache.parquet": TEXT,
            "application/geo+json": OBJECT,
        },
    },
    304: {"description": "Not modified since the answer with the ETag in `If-None-Match`", "content": {}},
}


class OpenFile(BaseModel):
    """A file as it was published."""

    name: str
    media_type: str
    n_bytes: int
    sha256: str
    path: str | None = Field(
        None, description="where it is fetched; none once it is withdrawn or another took its place"
    )


class OpenDataSet(BaseModel):
    """What a territory publishes now; `completeness` is that of the latest release, null where nobody knows."""

    publication_id: int
    territory: str
    territory_name: str
    publication: str
    dataset: str
    title_fr: str
    title_en: str
    about_fr: str
    about_en: str
    licence: str
    licence_address: str
    frequency: str
    step: Literal["hour", "day", "month", "none"]
    least_group: int = Field(description="fewest bays, containers or persons that are told of together")
    contact: str | None
    issued_at: datetime
    published_at: datetime
    release: int
    n_rows: int
    n_hidden: int
    completeness: float | None
    told_from: datetime | None
    told_to: datetime | None
    files: list[OpenFile]


class OpenRelease(BaseModel):
    """What was published when; it stays after a withdrawal."""

    release_id: int
    territory: str
    publication: str
    dataset: str
    release: int
    published_at: datetime
    from_: datetime | None = Field(alias="from")
    to: datetime | None
    n_rows: int
    n_hidden: int
    completeness: float | None
    files: list[OpenFile]
    withdrawn_at: datetime | None


@router.get("/catalogue.{notation}", response_class=Response, responses=CATALOGUE)
async def catalogue(
    request: Request,
    notation: Annotated[Literal["jsonld", "ttl", "rdf"], Path()],
    territory: Territory = None,
    after: Annotated[int, Query(ge=0, lt=2**31, description="of the page before")] = 0,
) -> Response:
    """Give the catalogue that portals harvest (DCAT-AP 3), fifty data sets a page."""
    async with limited(request.app.state.pool, ()) as reader:
        rows = await list_open(reader, territory, after=after, n=N_CATALOGUED + 1)
    root = root_of(request)
    own, chosen = f"{root}/open/catalogue.{notation}", f"territory={territory}" if territory else ""
    last = rows[N_CATALOGUED - 1]["publication_id"] if len(rows) > N_CATALOGUED else None
    addresses = (
        linked(own, chosen, f"after={after}" if after else ""),
        linked(own, chosen),
        linked(own, chosen, f"after={last}") if last else None,
    )
    shelf: Shelf = request.app.state.shelf
    body = await shelf.catalogue(root, rows[:N_CATALOGUED], addresses, notation)
    return Response(body, headers=NEVER_STORED, media_type=MEDIA_TYPES[notation])


@router.get("/datasets", response_model=ListPage[OpenDataSet])
async def datasets(
    request: Request, reader: PublicReader, territory: Territory = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List what is published now."""
    rows = await list_open(reader, territory, after=after_id(cursor), n=limit + 1)
    return page_response(request, [describe(row) for row in rows], limit, ["publication_id"])


@router.get("/datasets/{territory}/{publication}", response_model=OpenDataSet)
async def dataset(reader: PublicReader, territory: Slug, publication: Slug) -> Response:
    """Describe a data set; 410 says since when it is withdrawn, and why."""
    return json_response(describe(await find(reader, territory, publication)), NEVER_STORED)


@router.get("/datasets/{territory}/{publication}/{file}", response_class=Response, responses=FILE)
async def dataset_file(
    request: Request, reader: PublicReader, territory: Slug, publication: Slug, file: FileName
) -> Response:
    """Give a file of the latest release, as the catalogue describes it; its ETag is its SHA-256."""
    row = await find(reader, territory, publication)
    found = await find_open_file(reader, row["publication_id"], file)
    if found is None:
        names = ", ".join(one["name"] for one in row["files"])
        raise ProblemError(404, f"the data set has no file {file}; it has {names}")
    etag = f'"{found["sha256"]}"'
    headers = NEVER_STORED | {"ETag": etag, "Content-Length": str(found["n_bytes"])}
    if has_tag(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=NEVER_STORED | {"ETag": etag})
    headers |= {"Content-Disposition": f'attachment; filename="{territory}-{publication}-{file}"'}
    return StreamingResponse(parts_of(request.app.state.pool, found), headers=headers, media_type=found["media_type"])


@router.get("/releases", response_model=ListPage[OpenRelease])
async def releases(
    request: Request,
    reader: PublicReader,
    territory: Territory = None,
    publication: Annotated[str | None, Query(pattern="^[a-z0-9-]{1,63}$")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List what was published when, the latest first: rows, completeness, SHA-256 of each file, withdrawn ones too."""
    rows = await list_releases(reader, territory, publication, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["release_id"])


async def find(reader: Connection, territory: str, publication: str) -> Row:
    """Give what is published by a name. Raises ProblemError."""
    row = await find_open(reader, territory, publication)
    if row is None:
        raise ProblemError(404, "nothing is published here; /open/datasets lists what is")
    if row["withdrawn_at"] is not None:
        said = f"withdrawn on {row['withdrawn_at']:%Y-%m-%d}: {row['withdrawn_because']}"
        record = f"/open/releases?territory={territory}&publication={publication}"
        raise ProblemError(410, f"{said}; what was published when stays at {record}", {}, {"record": record})
    return row


def describe(row: Row) -> dict[str, Any]:
    """Describe a data set with where its files are."""
    kind, licence = DATA_SETS[row["dataset"]], LICENCES[row["licence"]]
    root = f"/open/datasets/{row['territory']}/{row['publication']}"
    told = {name: row[name] for name in OpenDataSet.model_fields if name in row}
    more = {"about_fr": kind.about_fr, "about_en": kind.about_en, "licence_address": licence.address}
    files = [{**file, "path": f"{root}/{file['name']}"} for file in row["files"]]
    return {**told, **more, "licence": licence.title, "files": files}


async def parts_of(pool: Pool, file: Row) -> AsyncIterator[bytes]:
    """Give a file part by part, holding no connection in between; it ends early where another takes its place."""
    for begin in range(0, file["n_bytes"], PART_BYTES):
        async with limited(pool, ()) as reader:
            part = await read_open_part(reader, file["file_id"], begin, PART_BYTES)
        if part is None:
            raise ConnectionAbortedError("the file was withdrawn or renewed while it was sent")
        yield part


def root_of(request: Request) -> str:
    """Give this server's address, as the client reached it. Raises ProblemError for what is no name of a host."""
    if not HOST.fullmatch(request.url.netloc):
        raise ProblemError(422, "Host: name this server as in its address")
    return f"{request.url.scheme}://{request.url.netloc}"


def linked(address: str, *pairs: str) -> str:
    """Write an address with its query."""
    query = "&".join(pair for pair in pairs if pair)
    return f"{address}?{query}" if query else address
