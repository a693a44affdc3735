"""`/v1/acceptances`: batches of new sensors that are watched, what was found by now, and the signed list."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import PROBLEMS, WRITE_PROBLEMS, ProblemError
from api.paging import Cursor, Limit, Page, Text, after_id, decode_cursor, json_response, page_response
from api.parameters import Instant, Territory
from api.security import Reader, WriterKey
from api.thread import in_thread
from store.acceptance import NewBatch, begin_batch, list_acceptances, list_results, read_bundle
from store.connect import connect
from store.keys import Key
from store.technician import NotThereError, actor

router = APIRouter(prefix="/v1", tags=["quality"])

Number = Annotated[int, Path(ge=1, lt=2**31)]
ExternalId = Annotated[str, Field(pattern="^[^\\x00-\\x1f]{1,200}$")]
CheckName = Literal["battery", "clock", "completeness", "peers", "plausibility", "position", "rhythm", "unit"]
ZIP: dict[int | str, dict[str, Any]] = {200: {"content": {"application/zip": {"schema": {"type": "string"}}}}}


class BatchChoice(BaseModel):
    """What is to be watched: devices by their ids, or those that something accepted."""

    model_config = ConfigDict(extra="forbid")

    territory: Annotated[str, Field(pattern="^[a-z0-9-]{1,63}$")] = Field(examples=["val-de-tille"])
    name: Annotated[str, Field(pattern="^[^\\x00-\\x1f]{1,200}$")]
    devices: Annotated[list[ExternalId], Field(max_length=10_000)] = Field([], description="ids, as devices send them")
    accepted_by: Annotated[str, Field(pattern="^(rule [0-9]{1,9}|import.{0,100})$")] | None = Field(
        None, description="`rule 3`, or `import`: those that it accepted", examples=["rule 3"]
    )
    since: Instant | None = Field(None, description="with `accepted_by`: accepted since")
    n_days: Annotated[int, Field(ge=1, le=90)] = 14
    from_: Instant | None = Field(None, alias="from", description="begin of the watch; default now")
    left_out: list[CheckName] = Field([], description="checks that do not apply: battery, of devices on the mains")


class Begun(BaseModel):
    """The batch that is watched from now on."""

    acceptance_id: int
    n_devices: int


class Acceptance(BaseModel):
    """A batch: a device fails with any check, and passes with all; of the others too little is known."""

    acceptance_id: int
    territory: str
    name: str
    started_at: datetime
    due_at: datetime
    n_days: int
    left_out: list[str]
    looked_at: datetime | None
    finished_at: datetime | None
    n_devices: int
    n_pass: int
    n_fail: int


class CheckResult(BaseModel):
    """What a check found of a device; `unknown` is not passed."""

    device_id: int
    external_id: str
    name: str
    topic: CheckName
    result: Literal["pass", "fail", "unknown"]
    sentence_fr: str
    sentence_en: str
    detail: dict[str, Any]


@router.post("/acceptances", status_code=201, response_model=Begun, responses=WRITE_PROBLEMS)
async def begin(request: Request, key: WriterKey, choice: BatchChoice) -> Response:
    """Begin to watch a batch; needs the scope `write`. `vigie analyse` looks at it every hour."""
    if bool(choice.devices) == bool(choice.accepted_by):
        raise ProblemError(422, "devices, accepted_by: give one of the two")
    try:
        number, n = await in_thread(do, request.app.state.database_url, choice, key)
    except NotThereError as error:
        raise ProblemError(404, str(error)) from error
    answer = json_response({"acceptance_id": number, "n_devices": n})
    answer.status_code = 201
    return answer


def do(database_url: str, choice: BatchChoice, key: Key) -> tuple[int, int]:
    """Begin on a connection of its own."""
    new = NewBatch(
        territory=choice.territory,
        name=choice.name,
        started_at=choice.from_ or datetime.now(UTC),
        n_days=choice.n_days,
        external_ids=tuple(dict.fromkeys(choice.devices)),
        accepted_by=choice.accepted_by,
        since=choice.since,
        left_out=tuple(sorted(set(choice.left_out))),
    )
    with connect(database_url, program="api", statement_timeout_s=30.0) as connection:
        return begin_batch(connection, new, actor(key), key.territory_ids)


@router.get("/acceptances", response_model=Page[Acceptance], responses=PROBLEMS)
async def acceptances(
    request: Request, reader: Reader, territory: Territory = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List batches, the newest first."""
    filters = {"territory": territory, "acceptance_id": None}
    rows = await list_acceptances(reader, filters, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["acceptance_id"])


@router.get("/acceptances/{acceptance_id}/results", response_model=Page[CheckResult], responses=PROBLEMS)
async def results(
    request: Request, reader: Reader, acceptance_id: Number, limit: Limit = 1000, cursor: Cursor = None
) -> Response:
    """List what was found of each device by now, or in the end."""
    after = decode_cursor(cursor, tuple[int, Text], (0, ""))
    rows = await list_results(reader, acceptance_id, after=(min(max(after[0], 0), 2**31 - 1), after[1]), n=limit + 1)
    return page_response(request, rows, limit, ["device_id", "topic"])


@router.get("/acceptances/{acceptance_id}", response_model=Acceptance, responses={**PROBLEMS, **ZIP})
async def acceptance(
    reader: Reader,
    acceptance_id: Number,
    format: Annotated[Literal["json", "zip"], Query()] = "json",  # noqa: A002 - a parameter's name
) -> Response:
    """Give a batch in numbers, or the signed list of one that is finished, for `vigie acceptance verify`."""
    if format == "zip":
        bundle = await read_bundle(reader, acceptance_id)
        if bundle is None:
            raise ProblemError(404, "no finished acceptance of this number that the key may see; list /v1/acceptances")
        return Response(bundle, media_type="application/zip")
    rows = await list_acceptances(reader, {"territory": None, "acceptance_id": acceptance_id}, after=0, n=1)
    if not rows:
        raise ProblemError(404, "no acceptance of this number that the key may see; list /v1/acceptances")
    return json_response(rows[0])
