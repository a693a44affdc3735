"""What comes over HTTP beside the standards: posts, cursors, places, headers, forms, positions, webhooks."""

from contextlib import suppress
from math import isfinite
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request

from api.errors import ProblemError
from api.live.interest import read_position, write_position
from api.paging import Aware, Number, Slug, Text, after_id, decode_cursor, encode_cursor, next_link
from api.parameters import EARLIEST, LATEST
from api.place import read_place, read_tags
from api.posting import Address, read_posts
from api.routes.citizen_form import find_faults, read_fields, read_report
from api.routes.measurements import read_position as read_after
from api.routes.rounds import read_day
from api.screening import admits, read_ranges, require_known
from bench.fuzz.inputs.target import ARRIVAL_US, BETWEEN, Target, cut, require, text_of
from sensors.posting import Post, topic_of
from sensors.rejection import DecodeError
from sensors.webhook import LONGEST_URL, AddressError, check_address
from store.live import Position
from tests.support.uplinks import check_uplink

MINE = frozenset({"dole", "dijon"})
KEY = tuple[Slug, Text, Number, Aware, Annotated[float, msgspec.Meta(ge=-1e300)]]
NOTHING: tuple[object, ...] = ()
CURSOR = encode_cursor(["dole", "x", 5, "2026-03-01T00:00:00Z", 1.5]).encode()
ENVELOPE = (
    b'{"messages":[{"format":"native","territory":"dole","device":"a","payload":{"values":{"co2":1}}},{"format":'
    b'"cayenne","territory":"dole","device":"a","payload_base64":"AWcBEA==","id":"x"},{"source":"s","topic":"a/b",'
    b'"territory":"dijon","event":"up","payload":[]}]}'
)


def post(data: bytes) -> None:
    """Address the messages of a body and decode those that name a format: each is for a territory that may be named."""
    body, content_type, format_name = cut(data, 3)
    with suppress(ProblemError):
        address = Address("dole", text_of(format_name) or None)
        for one in read_posts(body, text_of(content_type) or "application/json", address, MINE):
            require(one.territory in MINE, "nobody speaks for a territory that is not his")
            settle(one)


def settle(one: Post) -> None:
    """Decode a post as the ingest does."""
    if one.format is None:
        return
    try:
        for uplink in one.format.decode(topic_of(one), one.payload, ARRIVAL_US):
            check_uplink(uplink, ARRIVAL_US)
    except DecodeError as error:
        require(error.detail.isprintable(), "the detail of a refusal is printable")


def page(data: bytes) -> None:
    """Read a cursor; what is taken is written as one that reads the same; links name it in one line."""
    text = text_of(data)
    with suppress(ProblemError):
        require(0 <= after_id(text) < 2**63, "an id is one that the store can hold")
    with suppress(ProblemError):
        require(EARLIEST <= read_after(text)[1] < LATEST, "an instant is one that the store can hold")
    with suppress(ProblemError):
        found = decode_cursor(text, KEY, NOTHING)  # type: ignore[type-var,arg-type]  # a tuple stands for its kind
        require(decode_cursor(encode_cursor(found), KEY, NOTHING) == found, "a cursor survives")  # type: ignore
    query = urlencode({"cursor": text, "x": text}).encode()
    request = Request(
        {"type": "http", "headers": [(b"host", b"a")], "query_string": query, "path": "/v1/x", "scheme": "http"}
    )
    link = next_link(request, text)["Link"]
    require("\n" not in link and "\r" not in link and link.count(">; rel=") == 2, "a header is one line with two links")


def look(data: bytes) -> None:
    """Read a place and tags: numbers are finite and on the earth."""
    bbox, near, polygon, tag = (text_of(piece) or None for piece in cut(data, 4))
    with suppress(ProblemError):
        found = read_place(bbox, near, 500.0, polygon)
        require(all(isfinite(one) for one in found.values() if isinstance(one, float)), "places are finite")
        require("nan" not in str(found["polygon"]), "corners are numbers")
    with suppress(ProblemError):
        read_tags([tag or ""])


def accept(data: bytes) -> None:
    """Read the header Accept: whatever is said, a form is admitted or not; unknown parameters are named."""
    header = data.decode("latin-1")
    weights = list(read_ranges(header))
    answer = admits(header, "application/json")
    require(answer or bool(weights), "a header that names nothing admits all")
    with suppress(ProblemError):
        require_known([text_of(data)], frozenset({"from", "to", "bucket"}))


def fill_form(data: bytes) -> None:
    """Read a citizen's form; what has no fault is a report."""
    filled = read_fields(data)
    require("\x00" not in "".join(filled.values()), "no NUL is passed on")
    if not find_faults(filled):
        report = read_report(filled, "fr")
        require(report.longitude is None or abs(report.longitude) <= 180, "a place is on the earth")


def small(data: bytes) -> None:
    """Read positions of events, days, addresses of webhooks."""
    text = text_of(data)
    found = read_position(text)
    if found is not None and found[1] is not None and found[2] is not None:
        again = read_position(write_position(Position(found[0], found[1], found[2])))
        require(again == found, "a position survives")
    with suppress(ProblemError):
        read_day(text)
    try:
        check_address(text)
    except AddressError:
        return
    require(len(text) <= LONGEST_URL and text.isprintable(), "an address that may be called is printable")


TARGETS = (
    Target(
        "http.posts",
        post,
        [
            ENVELOPE,
            b'{"values":{"co2":1}}' + BETWEEN + b"application/json" + BETWEEN + b"native",
            b"\x81" + BETWEEN + b"application/senml+cbor",
        ],
        (b'"payload_base64":"', b'"messages":[', b'"format":"senml_json"', b'"topic":"', b'"source":"'),
        weight=2.0,
    ),
    Target(
        "http.page",
        page,
        [CURSOR, b"WzVd", encode_cursor([2**63]).encode(), encode_cursor([5, "2026-03-01T00:00:00Z"]).encode()],
        longest=400,
    ),
    Target(
        "http.place",
        look,
        [BETWEEN.join((b"5,47,6,48", b"5.1,47.5", b"5,47;5.2,47.4;5.1,47.6", b"zone:centre"))],
        (b"nan", b"inf", b"1e999", b"-180"),
    ),
    Target("http.accept", accept, [b"text/csv;q=0.5, application/*;q=0, */*", b"application/json; q=nan"], longest=500),
    Target(
        "http.form",
        fill_form,
        [b"kind=lamp&asset=l-1&place=x&note=a%0D%0Ab&latitude=47,3&longitude=5.0", b"kind=other&place=%E9%00"],
    ),
    Target("http.small", small, [b"12-3-4", b"17", b"2026-03-01", b"https://x.org:8080/a?b=c"], (b"@", b"#", b"[::1]")),
)
