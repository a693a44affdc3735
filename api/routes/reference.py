"""`/v1/territories/{territory}/reference/{kind}`: what people know and enter, with a preview of what a change does.

Kinds and their fields come from `sensors.reference.resources`, checks from there and from `store.reference`: the same
that a file entered by `vigie reference enter` goes through.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import WRITE_PROBLEMS, ProblemError, describe_problem
from api.key_ring import KeyRing
from api.paging import Cursor, Limit, Page, after_id, json_response, page_response
from api.posting import read_body
from api.security import WriterKey, require_key
from api.thread import in_thread
from sensors.kpi import kpi_name
from sensors.reference.fault import Fault
from sensors.reference.field import Resource
from sensors.reference.resources import RESOURCES
from store.change import EntryNotThereError, Outcome, Wish, change_entry
from store.connect import connect
from store.entries import read_rounds, read_standing
from store.errors import ReferenceDataError
from store.keys import Key
from store.reference import TYPES
from store.technician import actor

router = APIRouter(prefix="/v1", tags=["reference data"], responses={**WRITE_PROBLEMS, 413: describe_problem(413)})

RESOURCE_BY_PATH: Mapping[str, Resource] = {resource.path: resource for resource in RESOURCES.values()}
KindName = Literal[
    "tariffs", "factors", "schedules", "collection-plans", "projects", "rounds-done", "notices", "intervals",
    "counter-ranges", "alarm-budgets",
]  # fmt: skip
Kind = Annotated[KindName, Path(description="the kind of entry; `GET /v1/reference-kinds` describes each")]
Slug = Annotated[str, Path(pattern="^[a-z0-9-]{1,63}$")]
EntryId = Annotated[int, Path(ge=1, lt=2**63)]
Preview = Annotated[bool, Query(description="say what would change, and write nothing")]
Cause = Annotated[
    str,
    Query(max_length=500, description="why days that have passed change; needed where they do, kept in the audit log"),
]
BODY = {
    "requestBody": {
        "required": True,
        "description": "the entry's fields, as `GET /v1/reference-kinds` describes them; days are YYYY-MM-DD",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


class ReferenceEntry(BaseModel):
    """An entry, with the fields of its kind. A changed entry has another number than before."""

    model_config = ConfigDict(extra="allow")

    id: int


class ChoiceText(BaseModel):
    """A value that a field may take; `unit` where the value is given in one."""

    value: str
    name_fr: str
    name_en: str
    unit: str


class FieldText(BaseModel):
    """A field. `choices` bind where the kind is `choice`, else they suggest; `parts` are fields of what it holds."""

    name: str
    kind: str
    name_fr: str
    name_en: str
    is_required: bool
    unit: str
    least: float | None
    most: float | None
    choices: list[ChoiceText]
    parts: list["FieldText"]


class ReferenceKind(BaseModel):
    """A kind of entry; two that agree in the fields `alike` never hold at the same time."""

    kind: str
    name_fr: str
    name_en: str
    alike: list[str]
    begins: str = Field(description="the field that says from when an entry holds; empty where nothing does")
    ends: str
    fields: list[FieldText]


class ToldAgainKpi(BaseModel):
    """A KPI that is told again, and the months in which its periods begin; values that come out equal stay."""

    kpi: str
    name_fr: str
    name_en: str
    domain: str
    months: list[str] = Field(examples=[["2026-03"]])
    n_values: int


class ReferenceChange(BaseModel):
    """What a change did, or (preview) would do; `ended` is the entry whose place a new one takes."""

    preview: bool
    needs_cause: bool
    id: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ended: dict[str, Any] | None
    told_again: list[ToldAgainKpi]


@router.get("/reference-kinds", response_model=Page[ReferenceKind])
async def reference_kinds(key: Annotated[Key, Depends(require_key)]) -> Response:
    """List the kinds of entries with their fields, in the words of a form."""
    return json_response({"items": [describe_kind(resource) for resource in RESOURCES.values()], "next": None})


@router.get("/territories/{territory}/reference/{kind}", response_model=Page[ReferenceEntry])
async def reference_entries(
    request: Request,
    key: Annotated[Key, Depends(require_key)],
    territory: Slug,
    kind: Kind,
    limit: Limit = 1000,
    cursor: Cursor = None,
) -> Response:
    """List what a territory's people have entered; rounds the newest first."""
    await require_territory(request, key, territory)
    after = after_id(cursor)
    name = RESOURCE_BY_PATH[kind].name
    rows = await in_thread(read_rows, request.app.state.database_url, territory, name, after, limit + 1)
    return page_response(request, rows, limit, ["id"])


@router.post(
    "/territories/{territory}/reference/{kind}", status_code=201, response_model=ReferenceChange, openapi_extra=BODY
)
async def enter_entry(
    request: Request,
    key: WriterKey,
    territory: Slug,
    kind: Kind,
    preview: Preview = False,
    ends_standing: Annotated[bool, Query(description="end the entry of its like that holds when this begins")] = False,
) -> Response:
    """Enter what holds; needs the scope `write`. A preview answers 200."""
    fields = await read_fields(request)
    wish = Wish(territory, RESOURCE_BY_PATH[kind].name, None, fields, actor(key), "", ends_standing, preview)
    return await change(request, key, wish, 200 if preview else 201)


@router.patch(
    "/territories/{territory}/reference/{kind}/{entry_id}", response_model=ReferenceChange, openapi_extra=BODY
)
async def change_fields(
    request: Request,
    key: WriterKey,
    territory: Slug,
    kind: Kind,
    entry_id: EntryId,
    preview: Preview = False,
    cause: Cause = "",
) -> Response:
    """Give an entry an end (`valid_to`), or correct it; needs the scope `write`. Fields not given stay."""
    fields = await read_fields(request)
    wish = Wish(territory, RESOURCE_BY_PATH[kind].name, entry_id, fields, actor(key), cause.strip(), False, preview)
    return await change(request, key, wish)


@router.delete("/territories/{territory}/reference/{kind}/{entry_id}", response_model=ReferenceChange)
async def remove_entry(
    request: Request,
    key: WriterKey,
    territory: Slug,
    kind: Kind,
    entry_id: EntryId,
    preview: Preview = False,
    cause: Cause = "",
) -> Response:
    """Take away an entry that never held; one that no longer holds is given an end. Needs the scope `write`."""
    wish = Wish(territory, RESOURCE_BY_PATH[kind].name, entry_id, None, actor(key), cause.strip(), False, preview)
    return await change(request, key, wish)


async def require_territory(request: Request, key: Key, territory: str) -> None:
    """End with 404 where the key does not see the territory."""
    ring: KeyRing = request.app.state.key_ring
    if territory not in await ring.find_territories(key):
        raise ProblemError(404, f"there is no territory {territory!r} for this key")


async def read_fields(request: Request) -> dict[str, Any]:
    """Read the body. Raises ProblemError."""
    try:
        return msgspec.json.decode(await read_body(request), type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ProblemError(422, f"the body is no JSON object: {error}") from error


async def change(request: Request, key: Key, wish: Wish, status: int = 200) -> Response:
    """Do what is wished, and describe it."""
    await require_territory(request, key, wish.territory)
    try:
        outcome = await in_thread(do, request.app.state.database_url, wish)
    except EntryNotThereError as error:
        raise ProblemError(404, str(error)) from error
    except ReferenceDataError as error:
        raise ProblemError(422, str(error), members={"faults": list(describe_faults(wish, error))}) from error
    answer = json_response(describe_outcome(wish, outcome))
    answer.status_code = status
    return answer


def do(database_url: str, wish: Wish) -> Outcome:
    """Do it on a connection of its own: people do this rarely."""
    with connect(database_url, program="api", statement_timeout_s=30.0) as connection:
        return change_entry(connection, wish)


def read_rows(database_url: str, territory: str, name: str, after: int, n: int) -> list[dict[str, Any]]:
    """Read a page of entries."""
    with connect(database_url, program="api", statement_timeout_s=30.0) as connection:
        if name == "rounds_done":
            found = read_rounds(connection, territory, TYPES, n=n, before=after or None)
        else:
            found = read_standing(connection, territory, TYPES)[name]
            found = {id_: entry for id_, entry in found.items() if id_ > after}
    return [{"id": id_, **msgspec.to_builtins(entry)} for id_, entry in list(found.items())[:n]]


def describe_kind(resource: Resource) -> dict[str, Any]:
    """Describe a kind of entry."""
    fields = msgspec.to_builtins(resource)
    return {"kind": resource.path, **{name: fields[name] for name in ReferenceKind.model_fields if name != "kind"}}


def describe_faults(wish: Wish, error: ReferenceDataError) -> Iterator[dict[str, str]]:
    """Give the faults: those of the entry itself by their field, others without one."""
    for name, index, fault in error.faults:
        is_own = index == 0 and name in (wish.name, "")
        yield msgspec.to_builtins(fault if is_own else Fault("", fault.sentence_fr, fault.sentence_en))


def describe_outcome(wish: Wish, outcome: Outcome) -> dict[str, Any]:
    """Describe what a change did."""
    return {
        "preview": wish.is_preview,
        "needs_cause": outcome.needs_cause,
        "id": None if wish.is_preview else outcome.id,
        "before": msgspec.to_builtins(outcome.before),
        "after": msgspec.to_builtins(outcome.after),
        "ended": msgspec.to_builtins(outcome.ended),
        "told_again": list(describe_told_again(outcome)),
    }


def describe_told_again(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """Give one item for each KPI."""
    for kpi in dict.fromkeys(told.kpi for told in outcome.told_again):
        own = [told for told in outcome.told_again if told.kpi == kpi]
        name = kpi_name(kpi)
        yield {
            "kpi": kpi,
            "name_fr": name.name_fr,
            "name_en": name.name_en,
            "domain": name.domain,
            "months": [told.month for told in own],
            "n_values": sum(told.n_values for told in own),
        }
