"""One list body, `{items, next}`, with RFC 8288 links; cursors name the last row seen, never a number of pages."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.errors import ProblemError

Item = TypeVar("Item")


# Parts of cursors: what comes back is checked like any other input.
Slug = Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]{0,63}$")]
Text = Annotated[str, msgspec.Meta(pattern="^[^\x00]*$")]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Aware = Annotated[datetime, msgspec.Meta(tz=True)]


class Page(BaseModel, Generic[Item]):
    """A page of a list; `next` is the cursor of the next page, null at the end."""

    items: list[Item]
    next: str | None


Limit = Annotated[int, Query(ge=1, le=10_000, description="most items of a page")]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]


def page_response(request: Request, rows: Sequence[dict[str, Any]], limit: int, key: Sequence[str]) -> Response:
    """Write a page out of at most `limit + 1` rows: the extra one says that there are more."""
    cursor = next_cursor(rows, limit, key)
    return json_response({"items": rows[:limit], "next": cursor}, next_link(request, cursor))


def next_cursor(rows: Sequence[dict[str, Any]], limit: int, key: Sequence[str]) -> str | None:
    """Give the cursor behind the last row of a page, null where no row is left."""
    return encode_cursor([rows[limit - 1][name] for name in key]) if len(rows) > limit else None


def next_link(request: Request, cursor: str | None) -> dict[str, str]:
    """Write the links to the next and, behind it, to the first page; relative: a proxy may know us by another name."""
    links = []
    if cursor is not None:
        url = request.url.include_query_params(cursor=cursor)
        links.append(f'<{url.path}?{url.query}>; rel="next"')
    if "cursor" in request.query_params:
        first = request.url.remove_query_params("cursor")
        links.append(f'<{first.path}{first.query and "?" + first.query}>; rel="first"')
    return {"Link": ", ".join(links)} if links else {}


def json_response(
    body: object, headers: dict[str, str] | None = None, media_type: str = "application/json"
) -> Response:
    """Write JSON; instants are RFC 3339 in UTC with `Z`."""
    return Response(msgspec.json.encode(body), headers=headers, media_type=media_type)


def encode_cursor(values: Sequence[object]) -> str:
    """Write the last row's key as an opaque text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def decode_cursor(cursor: str | None, kind: type[Item], default: Item) -> Item:
    """Read a cursor back, checked against the kind of key of this list.

    Raises
    ------
    ProblemError
        422 for anything but a cursor of this list.
    """
    if cursor is None:
        return default
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise ProblemError(422, "cursor: use the `next` of the page before, unchanged") from error


def after_id(cursor: str | None) -> int:
    """Read the cursor of a list that is ordered by one id; 0 at the start."""
    values = decode_cursor(cursor, tuple[int], (0,))
    if not 0 <= values[0] < 2**63:
        raise ProblemError(422, "cursor: use the `next` of the page before, unchanged")
    return values[0]
