"""`POST /v1/messages`: messages of gateways and devices that have no MQTT."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from api.courier import Courier
from api.errors import PROBLEMS, Problem, ProblemError, describe_problem, problem_body
from api.models import MessageResults
from api.paging import json_response
from api.parameters import Territory
from api.posting import (
    MAX_BODY_BYTES,
    MESSAGE_ID_PATTERN,
    SOURCE_PATTERN,
    TOPIC_PATTERN,
    Address,
    read_body,
    read_posts,
)
from api.posting_examples import LIST_EXAMPLES, NATIVE_EXAMPLE, REFUSED_EXAMPLE, RESULT_EXAMPLE, SENML_EXAMPLE
from api.security import Speaker
from sensors.posting import KIND_PATTERN, PostOutcome, Refused, UndeliveredError
from sensors.rejection import Reason
from sensors.topic import DEVICE_PATTERN

router = APIRouter(prefix="/v1", tags=["messages"], responses=PROBLEMS)
RETRY_AFTER_S = "5"
BINARY = {"schema": {"type": "string", "format": "binary"}}
BODY = {
    "required": True,
    "description": f"One message in the format named, or a list of them; at most {MAX_BODY_BYTES} bytes.",
    "content": {
        "application/json": {
            "schema": {"type": "object"},
            "examples": {
                "one message in the native format (?format=native&device=lamp-1)": {"value": NATIVE_EXAMPLE},
                **LIST_EXAMPLES,
            },
        },
        "application/senml+json": {"schema": {"type": "array"}, "example": SENML_EXAMPLE},
        "application/senml+cbor": BINARY,
        "application/ld+json": {"schema": {}},
        "application/octet-stream": BINARY,
    },
}
REFUSED = {
    "description": "The parameters cannot be used and nothing was taken; or (with `messages`) every message was taken "
    "and refused: each is kept as a rejection and need not be sent again",
    "content": {
        "application/problem+json": {"schema": Problem.model_json_schema(), "example": REFUSED_EXAMPLE},
    },
}
ANSWERS: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "Every message is settled and committed; what became of each",
        "content": {"application/json": {"example": RESULT_EXAMPLE}},
    },
    **{status: describe_problem(status) for status in (413, 415, 429)},
    422: REFUSED,
}


@router.post(
    "/messages",
    status_code=202,
    response_model=MessageResults,
    responses=ANSWERS,
    openapi_extra={"requestBody": BODY},
)
async def post_messages(
    request: Request,
    speaks_for: Speaker,
    territory: Territory = None,
    format: Annotated[  # noqa: A002  # the parameter's name
        str | None,
        Query(max_length=100, description="format of the message; without it the body is a list", examples=["native"]),
    ] = None,
    device: Annotated[
        str | None,
        Query(
            pattern=f"^{DEVICE_PATTERN}$",
            description="external id of the device, or of the gateway, where the payload names none",
            examples=["lamp-1"],
        ),
    ] = None,
    event: Annotated[
        str | None, Query(pattern=f"^{KIND_PATTERN}$", description="kind of message of a LoRaWAN server; `up` without")
    ] = None,
    source: Annotated[
        str | None, Query(pattern=f"^{SOURCE_PATTERN}$", description="name of a source whose rules read the message")
    ] = None,
    topic: Annotated[
        str | None, Query(pattern=f"^{TOPIC_PATTERN}$", description="topic on which the source would have brought it")
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=f"^{MESSAGE_ID_PATTERN}$",
            description="the sender's own identity of the body, for messages that have neither time nor id",
        ),
    ] = None,
) -> Response:
    """Take messages and say what became of each, once that is committed.

    202: at least one was stored, was there already, or holds no measurement. 422 with `messages`: all were refused and
    are kept. 429: too many posts of this key. 503: not known to be stored; send the same again, nothing will be there
    twice. Wants the scope `ingest`.
    """
    address = Address(territory, format, device, event, idempotency_key, source, topic)
    posts = read_posts(await read_body(request), request.headers.get("content-type", ""), address, speaks_for)
    courier: Courier = request.app.state.courier
    try:
        outcomes = await courier.deliver(posts)
    except UndeliveredError as error:
        raise ProblemError(
            503, f"{error}: keep the messages and send them again", {"Retry-After": RETRY_AFTER_S}
        ) from error
    return answer(request, outcomes)


def answer(request: Request, outcomes: Sequence[PostOutcome]) -> Response:
    """Write what became of each message."""
    results = [describe(index, outcome) for index, outcome in enumerate(outcomes)]
    if any(result["status"] != "rejected" for result in results):
        response = json_response({"messages": results})
        response.status_code = 202
        return response
    detail = results[0]["rejected"][0]["sentence_en"] if len(results) == 1 else "every message was refused"
    body = {**problem_body(request, 422, f"{detail} It is kept: do not send it again."), "messages": results}
    return Response(msgspec.json.encode(body), 422, media_type="application/problem+json")


def describe(index: int, outcome: PostOutcome) -> dict[str, Any]:
    """Write one outcome."""
    return {
        "index": index,
        "status": outcome.status,
        "stored": outcome.stored,
        "duplicate": outcome.duplicate,
        "rejected": [describe_refused(refused) for refused in outcome.rejected],
        "is_repeatable": outcome.is_repeatable,
    }


def describe_refused(refused: Refused) -> dict[str, Any]:
    """Write why values were refused, with a sentence in both languages."""
    device = refused.device or ""
    detail = "" if refused.reason is Reason.UNKNOWN_DEVICE else refused.detail
    return {
        "reason": refused.reason,
        "n": refused.n,
        "detail": refused.detail,
        "device": refused.device,
        "sentence_fr": refused.reason.sentence("fr", device=device, detail=detail),
        "sentence_en": refused.reason.sentence("en", device=device, detail=detail),
    }
