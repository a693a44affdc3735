"""The table of limits says what the code does, and beyond a limit nothing is done."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api import body_limit, place, posting
from api.app import create_app
from api.bulk import gate
from api.exports import clerk
from api.limits import Limits
from api.live import hub
from api.parameters import MOST_SERIES
from api.routes import bulk
from store import bulk as stored_bulk
from store import connect, exports, resolution
from tests.support.api import api_client

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "limits.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].replace("`", ""): cells[1]
    for line in PAGE.splitlines()
    if line.startswith("| ") and (cells := [cell.strip() for cell in line.strip("|").split("|")])[0] != "what"
}
DOCUMENT = create_app("postgresql://nobody@127.0.0.1:1/none").openapi()
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def most_of(path: str, name: str) -> int:
    """Read the greatest value that a parameter may have."""
    parameters = DOCUMENT["paths"][path]["get"]["parameters"]
    return int(next(one for one in parameters if one["name"] == name)["schema"]["maximum"])


CODE = {
    "items of a page (limit)": most_of("/v1/assets", "limit"),
    "items of a page of rejections": most_of("/v1/rejections", "limit"),
    "series named in one question": MOST_SERIES,
    "span with bucket=raw": resolution.LONGEST_SPAN["raw"].days,
    "span with bucket=hour": resolution.LONGEST_SPAN["hour"].days,
    "span with bucket=day": resolution.LONGEST_SPAN["day"].days,
    "points of a curve (points)": most_of("/v1/curves", "points"),
    "rows that one curve may read": resolution.MOST_ROWS,
    "corners of a polygon": place.MOST_CORNERS,
    "radius around near": int(place.FARTHEST_M),
    "tags in one question": place.MOST_TAGS,
    "series of one file": stored_bulk.MOST_SERIES,
    "rows of a file sent at once": bulk.MOST_ROWS,
    "rows of an ordered file": clerk.MOST_ROWS,
    "files that a key may have waiting": exports.MOST_OPEN,
    "bulk answers at once": gate.MOST_AT_ONCE,
    "listeners of /v1/events": hub.MOST_LISTENERS,
    "messages that a key may post": int(Limits().posts_per_s),
    "messages in one post": posting.MAX_MESSAGES,
    "body of a post of messages": posting.MAX_BODY_BYTES,
    "body of any request": body_limit.MOST_BYTES,
    "time of a query in the database": int(connect.open_async_pool.__kwdefaults__["statement_timeout_s"]),
}


def test_every_row_is_compared() -> None:
    assert set(ROWS) == set(CODE)


@pytest.mark.parametrize("what", CODE)
def test_the_table_says_what_the_code_does(what: str) -> None:
    (number,) = re.findall(r"\d[\d,]*", ROWS[what])
    assert int(number.replace(",", "")) == CODE[what]


@pytest.mark.parametrize("is_declared", [True, False])
def test_a_body_that_is_too_long_is_not_read_to_its_end(is_declared: bool) -> None:
    """Of a hundred times what is taken at most a little more than the limit is read, whether its length was told."""
    piece = b"x" * (1 << 20)
    n_sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal n_sent
        for _ in range(1600):
            n_sent += len(piece)
            yield piece

    async def story() -> httpx.Response:
        async with api_client(NOWHERE) as client:
            headers = {"Content-Type": "application/json"}
            if is_declared:
                headers["Content-Length"] = str(1600 << 20)
            return await client.post("/v1/work-orders", content=body(), headers=headers)

    answer = asyncio.run(story())
    assert answer.status_code == 413
    assert "several" in answer.json()["detail"]
    assert n_sent <= body_limit.MOST_BYTES + (2 << 20)
