"""`/v1/verdicts`, `/v1/finding-precisions`: what technicians say of findings, and how right it shows models to be."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.errors import PROBLEMS, WRITE_PROBLEMS, ProblemError
from api.paging import Cursor, Limit, Page, Slug, Text, after_id, decode_cursor, json_response, page_response
from api.parameters import IdempotencyKey, Instant, Territory
from api.security import Reader, WriterKey
from api.thread import in_thread
from store.connect import connect
from store.feedback import Given, Opinion, give_verdict, list_precisions, list_verdicts
from store.idempotency import KeyTakenError, once
from store.keys import Key
from store.reader import Row
from store.technician import NotThereError, actor

router = APIRouter(prefix="/v1", tags=["results"])

FindingId = Annotated[int, Path(ge=1, lt=2**63)]
TEXT = "^[^\\x00-\\x08\\x0b-\\x1f]*$"
Word = Literal["confirmed", "false_alarm", "known", "withdrawn"]


class VerdictChoice(BaseModel):
    """What is said of a finding. The same once more changes nothing; another one keeps the one before."""

    model_config = ConfigDict(extra="forbid")

    verdict: Word = Field(description="known: right, but no news; withdrawn: as if nothing had been said")
    who: Annotated[str, Field(pattern=TEXT, min_length=1, max_length=100)] | None = Field(
        None, description="who says it, as the team names them; default the key's name"
    )
    note: Annotated[str, Field(pattern=TEXT, max_length=2000)] = ""
    failed_at: Instant | None = Field(
        None, description="when the thing had failed, as it was found; with `confirmed` only: lead times rest on it"
    )


class Verdict(BaseModel):
    """A verdict; one that was restated stays, no longer current."""

    verdict_id: int
    finding_id: int
    territory: str
    verdict: Word
    who: str
    note: str
    failed_at: datetime | None
    given_at: datetime
    is_current: bool


class Precision(BaseModel):
    """How often a model was right about a type of asset, by the verdicts of the last 365 days.

    `precision` is confirmed / (confirmed + false alarms), with Wilson's interval of 95 %; null where nobody judged.
    `lead_h` is the median time [h] from a finding's begin to `failed_at`, `warned_h` that from when Vigie said it, both
    over the `n_lead` confirmed findings of which it is said when the thing had failed; below 0: after it.
    """

    territory: str
    kind: str
    model: str
    asset_type: str = Field(description="empty: about no asset")
    n_findings: int
    n_confirmed: int
    n_false: int
    n_known: int
    precision: float | None
    low: float | None
    high: float | None
    n_lead: int
    lead_h: float | None
    warned_h: float | None
    factor: float = Field(description="on the model's own threshold, as the territory has moved it")
    is_held: bool = Field(description="set by a person: the daily rule leaves it alone")


@router.post("/findings/{finding_id}/verdict", response_model=Verdict, responses=WRITE_PROBLEMS)
async def judge(
    request: Request,
    key: WriterKey,
    finding_id: FindingId,
    choice: VerdictChoice,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Say that a finding is confirmed, a false alarm, or known; needs the scope `write`.

    Known and false alarms are no alarms any more until they close, except of kinds that safety hangs on.
    """
    opinion = read_opinion(key, choice)
    try:
        given = await in_thread(do, request.app.state.database_url, finding_id, opinion, key, idempotency_key)
    except NotThereError as error:
        raise ProblemError(404, str(error)) from error
    except KeyTakenError as error:
        raise ProblemError(422, str(error)) from error
    return json_response(given)


def read_opinion(key: Key, choice: VerdictChoice) -> Opinion:
    """Check what is said. Raises ProblemError."""
    failed_at = choice.failed_at
    if failed_at is not None and choice.verdict != "confirmed":
        raise ProblemError(422, "failed_at: only a confirmed finding has one")
    if failed_at is not None and not datetime(1970, 1, 1, tzinfo=UTC) <= failed_at <= datetime.now(UTC):
        raise ProblemError(422, "failed_at: give an instant that has passed")
    return Opinion(choice.verdict, choice.who or key.name, choice.note.strip(), failed_at)


def do(database_url: str, finding_id: int, opinion: Opinion, key: Key, idempotency_key: str | None) -> Row:
    """Write it down on a connection of its own, once where it comes with a key for that."""
    with connect(database_url, program="api", statement_timeout_s=30.0) as connection:
        return once(
            connection,
            (actor(key), idempotency_key),
            ("judge", finding_id, asdict(opinion)),
            lambda: describe(give_verdict(connection, finding_id, opinion, actor(key), key.territory_ids)),
        )


def describe(given: Given) -> Row:
    """Describe a verdict as the list does."""
    return {
        "verdict_id": given.verdict_id,
        "finding_id": given.finding_id,
        "territory": given.territory,
        "verdict": given.opinion.verdict,
        "who": given.opinion.who,
        "note": given.opinion.note,
        "failed_at": given.opinion.failed_at,
        "given_at": given.given_at,
        "is_current": True,
    }


@router.get("/verdicts", response_model=Page[Verdict], responses=PROBLEMS)
async def verdicts(
    request: Request,
    reader: Reader,
    territory: Territory = None,
    finding_id: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List verdicts, the latest first, those that were restated too."""
    filters = {"territory": territory, "finding_id": finding_id}
    rows = await list_verdicts(reader, filters, after=after_id(cursor), n=limit + 1)
    return page_response(request, rows, limit, ["verdict_id"])


@router.get("/finding-precisions", response_model=Page[Precision], responses=PROBLEMS)
async def finding_precisions(
    request: Request, reader: Reader, territory: Territory = None, limit: Limit = 1000, cursor: Cursor = None
) -> Response:
    """List how often each model was right, by territory, kind of finding and type of asset."""
    after = decode_cursor(cursor, tuple[Slug, Text, Text, Text], ("", "", "", ""))
    rows = await list_precisions(reader, territory, after=after, n=limit + 1)
    return page_response(request, rows, limit, ["territory", "kind", "model", "asset_type"])
