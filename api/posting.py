"""Reads what is posted: one message in its own format, or a list of messages in a JSON envelope."""

import re
from dataclasses import dataclass

import msgspec
from fastapi import Request

from api.errors import ProblemError
from sensors.formats import Format, find_format, formats
from sensors.json_text import UNREADABLE_JSON
from sensors.posting import DEFAULT_KIND, KIND_PATTERN, Post, needs_device
from sensors.stateful import stateful_formats
from sensors.topic import DEVICE_PATTERN

MAX_BODY_BYTES = 2_000_000  # as the broker's largest packet
MAX_MESSAGES = 10_000
MESSAGE_ID_PATTERN = "[!-~]{1,100}"
SOURCE_PATTERN = "[a-z0-9-]{1,63}"
TOPIC_PATTERN = r"[^+#\x00-\x1f\x7f]{1,300}"
LIST_TYPE = "application/json"
# A media type that says by itself in which format one message is
FORMAT_BY_TYPE = {
    "application/senml+json": "senml_json",
    "application/senml+cbor": "senml_cbor",
    "application/ld+json": "ngsi_ld",
}

_DEVICE = re.compile(DEVICE_PATTERN)
_KIND = re.compile(KIND_PATTERN)
_SOURCE = re.compile(SOURCE_PATTERN)
_TOPIC = re.compile(TOPIC_PATTERN)
_MESSAGE_ID = re.compile(MESSAGE_ID_PATTERN)


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message of the envelope. What it leaves out is taken from the query."""

    payload: msgspec.Raw = msgspec.Raw()
    payload_base64: bytes | None = None
    territory: str | None = None
    format: str | None = None
    device: str | None = None
    event: str | None = None
    id: str | None = None
    source: str | None = None
    topic: str | None = None


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several messages in one body."""

    messages: list[Item]


@dataclass(frozen=True, slots=True)
class Address:
    """What the query and the headers say of all messages of a body."""

    territory: str | None = None
    format: str | None = None
    device: str | None = None
    event: str | None = None
    message_id: str | None = None
    source: str | None = None
    topic: str | None = None


async def read_body(
    request: Request, most_bytes: int = MAX_BODY_BYTES, remedy: str = "send it in several posts"
) -> bytes:
    """Read the body, as far as it may be long; `remedy` says what to do where it is longer.

    Raises
    ------
    ProblemError
        413 where it is too long, 415 where it is compressed.
    """
    if (encoding := request.headers.get("content-encoding", "identity")) != "identity":
        raise ProblemError(415, f"Content-Encoding {encoding} is not taken: send the body as it is")
    pieces: list[bytes] = []
    n_bytes = 0
    declared = request.headers.get("content-length", "0")
    too_large = ProblemError(413, f"the body is longer than {most_bytes} bytes: {remedy}")
    if declared.isdecimal() and int(declared[:20]) > most_bytes:
        raise too_large
    async for piece in request.stream():
        n_bytes += len(piece)
        if n_bytes > most_bytes:
            raise too_large
        pieces.append(piece)
    return b"".join(pieces)


def read_posts(body: bytes, content_type: str, address: Address, speaks_for: frozenset[str]) -> list[Post]:
    """Give the messages of a body, in their order, each with its address.

    Raises
    ------
    ProblemError
        403 for a territory that the sender may not speak for, 415 for a body whose format nothing names, 422 where a
        message cannot be addressed. Nothing of the body is taken then.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    format_name = address.format or (None if address.source else FORMAT_BY_TYPE.get(media_type))
    if format_name is not None or address.topic is not None:
        item = Item(payload=msgspec.Raw(body), format=format_name)
        return [make_post(item, address, speaks_for, "")]
    if media_type != LIST_TYPE:
        raise ProblemError(415, f"say in which format the message is, as ?format=native; known: {', '.join(formats())}")
    items = read_envelope(body).messages
    if not 1 <= len(items) <= MAX_MESSAGES:
        raise ProblemError(422, f"messages: from 1 to {MAX_MESSAGES}, not {len(items)}")
    return [make_post(item, address, speaks_for, f"messages[{index}].", index) for index, item in enumerate(items)]


def read_envelope(body: bytes) -> Envelope:
    """Read the envelope; the payloads in it stay as they are. Raises ProblemError."""
    try:
        return _ENVELOPE.decode(body)
    except UNREADABLE_JSON as error:
        raise ProblemError(
            422,
            f'without a format the body is a list, {{"messages": [...]}}: {error}; for one message give its ?format=',
        ) from error


def make_post(item: Item, address: Address, speaks_for: frozenset[str], where: str, index: int | None = None) -> Post:
    """Address one message; `where` it stands leads each complaint. Raises ProblemError."""
    territory = find_territory(item.territory or address.territory, speaks_for, where)
    format_, source, topic = find_reading(item, address, where)
    device = item.device or address.device
    if device is None and format_ is not None and needs_device(format_.name):
        raise ProblemError(422, f"{where}device: messages in the format {format_.name} want the device beside them")
    given = address.message_id if index is None or address.message_id is None else f"{address.message_id}/{index}"
    return Post(
        territory=territory,
        format=format_,
        payload=find_payload(item, where),
        device=matching(device, _DEVICE, f"{where}device"),
        kind=matching(item.event or address.event, _KIND, f"{where}event") or DEFAULT_KIND,
        message_id=matching(item.id, _MESSAGE_ID, f"{where}id") or given,
        source=source,
        topic=topic,
    )


def find_reading(item: Item, address: Address, where: str) -> tuple[Format | None, str, str]:
    """Give how a message is to be read: its format, or source and topic. Raises ProblemError."""
    source, topic = item.source or address.source, item.topic or address.topic
    if source is None and topic is None:
        return require_format(item.format or address.format, where), "", ""
    if item.format or address.format:
        raise ProblemError(422, f"{where}format: the rules of the source say it; leave out format, or source and topic")
    if source is None or topic is None:
        raise ProblemError(422, f"{where}source: give source and topic together: its rules read the topic")
    matching(source, _SOURCE, f"{where}source")
    matching(topic, _TOPIC, f"{where}topic")
    return None, source, topic


def find_payload(item: Item, where: str) -> bytes:
    """Give the bytes of the message. Raises ProblemError where there are none or two."""
    payload = bytes(item.payload)
    if item.payload_base64 is not None and not payload:
        return item.payload_base64
    if item.payload_base64 is not None or (not payload and where):
        raise ProblemError(422, f"{where}payload: give payload (JSON) or payload_base64 (any other bytes)")
    return payload


def find_territory(asked: str | None, speaks_for: frozenset[str], where: str) -> str:
    """Give the territory of a message; where the key speaks for one only, it need not be named. Raises ProblemError."""
    if asked is None:
        if len(speaks_for) == 1:
            return next(iter(speaks_for))
        raise ProblemError(
            422, f"{where}territory: this key speaks for {len(speaks_for)} territories, name one of them"
        )
    if asked not in speaks_for:
        raise ProblemError(403, f"{where}territory: this key does not speak for the territory {asked!r}")
    return asked


def require_format(name: str | None, where: str) -> Format:
    """Give the format of this name. Raises ProblemError."""
    if name is None:
        raise ProblemError(422, f"{where}format: say in which format the message is, as ?format=native")
    if name in stateful_formats():
        raise ProblemError(
            422, f"{where}format: messages in the format {name} depend on those before them: send them by MQTT"
        )
    if (found := find_format(name)) is None:
        raise ProblemError(422, f"{where}format: {name!r} is none of {', '.join(formats())}")
    return found


def matching(text: str | None, pattern: re.Pattern[str], name: str) -> str | None:
    """Pass on a text of the right form, or none. Raises ProblemError."""
    if text is not None and pattern.fullmatch(text) is None:
        raise ProblemError(422, f"{name}: {text[:50]!r} is not of the form {pattern.pattern}")
    return text


_ENVELOPE = msgspec.json.Decoder(Envelope)
