"""Headers and parameters of NGSI-LD: which form is wanted, which came, and which context goes with it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import Request
from fastapi.responses import Response

from api.errors import ProblemError
from api.ngsi.context import CORE_ONLY, Context, load
from api.ngsi.refusal import INVALID_REQUEST, bad, invalid
from api.ngsi.vocabulary import CORE_CONTEXT
from api.posting import read_body
from sensors.json_text import UNREADABLE_JSON
from store.reader import Connection

JSON, LD_JSON, GEO_JSON = "application/json", "application/ld+json", "application/geo+json"
LISTS = frozenset({"attrs", "type", "id", "pick", "omit", "datasetId", "options", "format", "aggrMethods"})
MERGE_PATCH = "application/merge-patch+json"
REL = "http://www.w3.org/ns/json-ld#context"
_LINK = re.compile(r"<([^<>]*)>\s*((?:;\s*[\w-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+)\s*)*)", re.ASCII)
_REL = re.compile(r";\s*rel\s*=\s*\"?" + re.escape(REL) + r"\"?\s*(;|$)")


@dataclass(frozen=True, slots=True)
class Form:
    """How an answer is to be written: its media type and by which context names are shortened."""

    media_type: str
    context: Context
    context_in_body: bool

    @property
    def link(self) -> str:
        """Give the Link header that names the context."""
        written = self.context.written
        url = written if isinstance(written, str) else CORE_CONTEXT
        return f'<{url}>; rel="{REL}"; type="{LD_JSON}"'

    def answer(self, body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        """Write an answer; an object or the objects of a list get their context where it belongs into the body."""
        found = dict(headers or {})
        if self.context_in_body:
            listed = body if isinstance(body, list) else [body]
            for one in listed:
                if isinstance(one, dict):
                    one["@context"] = self.context.written
        else:
            found["Link"] = self.link
        return Response(msgspec.json.encode(body), status, found, media_type=self.media_type)


async def read_form(request: Request, connection: Connection, *, geo: bool = False) -> Form:
    """Find the form of an answer. Raises ProblemError (406 where none of what is accepted can be given)."""
    media_type = accepted(request.headers.get("accept", "*/*"), geo=geo)
    context = await linked_context(request, connection)
    in_body = media_type == LD_JSON or (
        media_type == GEO_JSON and "body=json" not in request.headers.get("prefer", "").replace(" ", "")
    )
    return Form(media_type, context, in_body)


def accepted(header: str, *, geo: bool) -> str:
    """Choose what is liked best; of what is liked alike, JSON. Raises ProblemError.

    >>> accepted("application/ld+json;q=0.5, application/json;q=0.4", geo=False)
    'application/ld+json'
    """
    wishes = [read_wish(part) for part in header.split(",")]
    best = (0.0, "")
    for media_type in (JSON, LD_JSON, *((GEO_JSON,) if geo else ())):
        likings = [(len(range_.strip("*/")), quality) for range_, quality in wishes if fits(media_type, range_)]
        liking = max(likings)[1] if likings else 0.0
        if liking > best[0]:
            best = (liking, media_type)
    if not best[1]:
        raise ProblemError(
            406,
            f"Accept {header[:80]!r}: answers are {JSON}, {LD_JSON}" + (f" or {GEO_JSON}" if geo else ""),
            type_uri=INVALID_REQUEST,
        )
    return best[1]


def read_wish(part: str) -> tuple[str, float]:
    """Read one media range with how much it is liked (0 to 1)."""
    range_, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        name, _, text = parameter.partition("=")
        if name == "q":
            try:
                return range_, min(max(float(text), 0.0), 1.0)
            except ValueError:
                return range_, 0.0
    return range_, 1.0


def fits(media_type: str, range_: str) -> bool:
    """Say whether a media type is meant by a range."""
    return range_ in {media_type, "*/*", "*", f"{media_type.partition('/')[0]}/*"}


async def linked_context(request: Request, connection: Connection) -> Context:
    """Give the context that the Link header names, else the core one. Raises ProblemError."""
    url = find_link(request)
    return CORE_ONLY if url is None else await load(connection, url)


def find_link(request: Request) -> str | None:
    """Give the address of the context in the Link header. Raises ProblemError."""
    urls = [
        match.group(1)
        for header in request.headers.getlist("link")
        for match in _LINK.finditer(header)
        if _REL.search(match.group(2))
    ]
    if len(urls) > 1:
        raise bad("Link: name one context only; it may be made of several")
    return urls[0] if urls else None


@dataclass(frozen=True, slots=True)
class Written:
    """A body as it came: where each object of it is read by its own context, `context` is None."""

    document: Any
    context: Context | None


async def read_document(
    request: Request, connection: Connection, *, many: bool = False, patch: bool = False
) -> Written:
    """Read a body and the context by which it is to be read; with `many` each object of a list may have its own.

    Raises
    ------
    ProblemError
        400 for what is no JSON or has its context in the wrong place, 415 for another media type.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in {JSON, LD_JSON, *((MERGE_PATCH,) if patch else ())}:
        raise ProblemError(415, f"Content-Type {media_type[:60]!r}: send {JSON} or {LD_JSON}", type_uri=INVALID_REQUEST)
    document = decode(await read_body(request))
    link = find_link(request)
    listed = document if isinstance(document, list) else [document]
    with_own = [one for one in listed if isinstance(one, dict) and "@context" in one]
    if media_type == LD_JSON:
        if link is not None:
            raise bad(f"with {LD_JSON} the context stands in the body as @context, not in the header Link")
        if not many and not with_own and isinstance(document, dict):
            raise bad(f"with {LD_JSON} the body names its context in @context")
        return Written(document, None)
    if with_own and media_type == JSON:
        raise bad(f"@context stands in a body only with {LD_JSON}; with {media_type} send it as the header Link")
    return Written(document, None if with_own else await linked_context(request, connection))


def decode(body: bytes) -> Any:
    """Read JSON. Raises ProblemError."""
    if not body.strip():
        raise invalid("the body is empty: send JSON")
    try:
        return msgspec.json.decode(body)
    except UNREADABLE_JSON as error:
        raise invalid(f"the body is no JSON: {str(error)[:200]}") from error


async def context_of(written: Written, document: Any, connection: Connection) -> Context:
    """Give the context by which an object of a body is read. Raises ProblemError."""
    if written.context is not None:
        return written.context
    if isinstance(document, dict) and "@context" in document:
        return await load(connection, document["@context"])
    if isinstance(document, dict):
        raise bad(f"with {LD_JSON} each object names its context in @context")
    return CORE_ONLY


def read_parameters(request: Request, known: Collection[str]) -> dict[str, str]:
    """Give the parameters of a query; lists may stand several times. Raises ProblemError for one that there is not."""
    found: dict[str, str] = {}
    for name, text in request.query_params.multi_items():
        if name not in known:
            raise invalid(f"there is no parameter {name[:60]!r} here; there are: {', '.join(sorted(known)) or 'none'}")
        if name in found and name not in LISTS:
            raise invalid(f"{name} stands twice")
        if "\x00" in text:
            raise bad(f"{name}: the character NUL cannot be stored and is not looked for")
        found[name] = f"{found[name]},{text}" if name in found else text
    return found


def read_flag(parameters: Mapping[str, str], name: str) -> bool:
    """Read a parameter that is true or false. Raises ProblemError."""
    text = parameters.get(name, "false")
    if text.lower() not in {"true", "false"}:
        raise bad(f"{name} is true or false, not {text[:40]!r}")
    return text.lower() == "true"


def read_count(parameters: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """Read a parameter that is a whole number. Raises ProblemError."""
    text = parameters.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and low <= int(text) <= high):
        raise bad(f"{name} is a whole number from {low} to {high}, not {text[:40]!r}")
    return int(text)


def read_names(text: str | None) -> list[str] | None:
    """Read a list of names with commas between."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]
