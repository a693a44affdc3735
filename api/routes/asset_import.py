"""`/v1/territories/{territory}/assets/import`: a file of assets, and a preview of what it would change."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.body_limit import MOST_BYTES
from api.errors import WRITE_PROBLEMS, ProblemError, describe_problem
from api.key_ring import KeyRing
from api.paging import json_response
from api.posting import read_body
from api.security import WriterKey
from sensors.asset_file import read_records
from sensors.asset_file.changes import AssetChange, Plan, plan_import
from sensors.asset_file.entry import AssetLine, RefusedLine, read_lines
from sensors.asset_file.record import UnreadableFileError
from sensors.asset_file.wish import Meaning, Wish, find_meaning
from store.asset_import import await_plan, await_standing
from store.technician import changing

router = APIRouter(prefix="/v1", tags=["who and what"], responses={**WRITE_PROBLEMS, 413: describe_problem(413)})

MOST_ITEMS = 1000
Pairs = Annotated[list[str], Query(max_length=100)]


class FieldChanged(BaseModel):
    """A field's value before and after; null: none."""

    field: str
    before: str | float | bool | None
    after: str | float | bool | None


class AssetOutcome(BaseModel):
    """What becomes of one line."""

    line: int
    slug: str
    fate: Literal["new", "changed", "refused"]
    changes: list[FieldChanged]
    moved_m: float | None
    reason: str | None


class AssetImportAnswer(BaseModel):
    """What an import changes, or has changed; refused lines first, at most 1,000 items."""

    preview: bool
    format: str
    crs: str
    notes: list[str]
    columns: dict[str, str]
    ignored: list[str]
    n_new: int
    n_changed: int
    n_unchanged: int
    n_refused: int
    n_moved: int
    items: list[AssetOutcome]
    truncated: bool


@router.post(
    "/territories/{territory}/assets/import",
    response_model=AssetImportAnswer,
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "the file: CSV, GeoJSON or GeoPackage, told by its first bytes",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def import_assets(  # each argument is a parameter of the route
    request: Request,
    key: WriterKey,
    territory: Annotated[str, Path(pattern="^[a-z0-9-]{1,63}$")],
    preview: Annotated[bool, Query(description="say what would change, and write nothing")] = False,
    type: Annotated[str | None, Query(pattern="^[a-z0-9_]{1,64}$", description="of all assets")] = None,  # noqa: A002
    column: Pairs = [],  # noqa: B006  # read only
    set: Pairs = [],  # noqa: A002, B006  # the option's name on the command line too
    crs: Annotated[str | None, Query(pattern="^EPSG:[0-9]{4,5}$", examples=["EPSG:2154"])] = None,
    layer: Annotated[str | None, Query(max_length=200, description="of a GeoPackage that has several")] = None,
    moved_m: Annotated[float, Query(ge=0, description="from which distance a move is counted")] = 1.0,
    skip_refused: Annotated[bool, Query(description="write the other lines all the same")] = False,
) -> Response:
    """Register the assets of a file, or say what it would change; needs the scope `write`.

    What the file does not say of an asset stays as it is. Where a line is refused nothing is written, unless
    `skip_refused` is said. `column` and `set` are FIELD=COLUMN and FIELD=TEXT.
    """
    ring: KeyRing = request.app.state.key_ring
    if territory not in await ring.find_territories(key):
        raise ProblemError(404, f"there is no territory {territory!r} for this key")
    constants = split(set, "set") | {"territory": territory} | ({"type": type} if type else {})
    wish = Wish(split(column, "column"), constants, int(crs.removeprefix("EPSG:")) if crs else None)
    body = await read_body(request, MOST_BYTES)
    try:
        format_, meaning, lines, refused = await asyncio.to_thread(understand, body, wish, layer)
    except UnreadableFileError as error:
        raise ProblemError(422, str(error)) from error
    async with changing(request.app.state.pool) as connection:
        standing = await await_standing(connection, [territory])
        plan = await asyncio.to_thread(plan_import, lines, refused, standing, frozenset({territory}))
        if plan.refused and not (preview or skip_refused):
            first = plan.refused[0]
            raise ProblemError(422, f"{len(plan.refused)} lines are refused, line {first.line}: {first.reason}")
        if not preview:
            await await_plan(connection, key, territory, plan)
    return json_response(answer(format_, meaning, plan, moved_m) | {"preview": preview})


def understand(
    body: bytes, wish: Wish, layer: str | None
) -> tuple[str, Meaning, Sequence[AssetLine], Sequence[RefusedLine]]:
    """Read a file. Raises UnreadableFileError."""
    records = read_records(body, layer)
    meaning = find_meaning(records, wish)
    return (records.format, meaning, *read_lines(records.records, meaning))


def split(pairs: Sequence[str], name: str) -> dict[str, str]:
    """Read NAME=TEXT. Raises ProblemError."""
    found = {}
    for pair in pairs:
        field, is_pair, text = pair.partition("=")
        if not (is_pair and field and text):
            raise ProblemError(422, f"{name}: NAME=TEXT is expected, not {pair!r}")
        found[field] = text
    return found


def answer(format_: str, meaning: Meaning, plan: Plan, least_moved_m: float) -> dict[str, Any]:
    """Describe what an import changes."""
    items = list(describe(plan))
    return {
        "format": format_,
        "crs": f"EPSG:{meaning.epsg}",
        "notes": list(meaning.notes),
        "columns": dict(meaning.columns),
        "ignored": list(meaning.ignored),
        "n_new": plan.count("new"),
        "n_changed": plan.count("changed"),
        "n_unchanged": plan.count("unchanged"),
        "n_refused": len(plan.refused),
        "n_moved": sum(change.moved_m is not None and change.moved_m >= least_moved_m for change in plan.changes),
        "items": items[:MOST_ITEMS],
        "truncated": len(items) > MOST_ITEMS,
    }


def describe(plan: Plan) -> Iterable[Mapping[str, Any]]:
    """Give the items: refused lines, then changed assets, then new ones."""
    for line in plan.refused:
        yield item(line.line, line.slug, "refused", reason=line.reason)
    for fate in ("changed", "new"):
        for change in plan.changes:
            if change.fate == fate:
                yield item(change.line, change.asset.slug, fate, change)


def item(
    line: int, slug: str, fate: str, change: AssetChange | None = None, reason: str | None = None
) -> dict[str, Any]:
    """Give one item."""
    changes = [] if change is None else change.changes
    return {
        "line": line,
        "slug": slug,
        "fate": fate,
        "changes": [{"field": found.field, "before": found.before, "after": found.after} for found in changes],
        "moved_m": None if change is None else change.moved_m,
        "reason": reason,
    }
