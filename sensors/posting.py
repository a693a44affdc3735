"""Messages that come without a broker: what a post carries, on which topic its format would read it, what became of it.

Here two programs meet that do not know one another: the API, which takes posts, and the ingest, which settles them.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Literal, Protocol

import msgspec

from sensors.formats import Format
from sensors.rejection import Reason
from sensors.topic import ROOT

Status = Literal["stored", "duplicate", "partly_rejected", "rejected", "empty"]

DEFAULT_KIND = "up"
KIND_PATTERN = "[a-z0-9_-]{1,32}"
# Their payloads name their devices. Any other wants the device beside the payload, as MQTT has it in the topic.
NAMES_ITS_DEVICES = frozenset(
    {"senml_json", "senml_cbor", "chirpstack", "chirpstack_protobuf", "ngsi_ld", "ngsi_v2", "thingsboard_gateway"}
)
_TOPICS = {
    "native": f"{ROOT}/{{territory}}/{{device}}/up",
    "chirpstack": "chirpstack/json/{kind}",
    "chirpstack_protobuf": "chirpstack/protobuf/{kind}",
    "the_things_stack": "v3/http/devices/{device}/{kind}",
}


class Post(msgspec.Struct, frozen=True):
    """One message as posted, addressed and not decoded.

    `territory` is a slug for which the sender may speak. It is read in `format`, or, where that is None, as if it had
    come on `topic` of the source named `source`. `device` is None where the format names its devices, or the topic.
    `kind` is the kind of message where a format has several (ChirpStack's events). `message_id` is the sender's own
    identity of the message, for formats that carry none.
    """

    territory: str
    format: Format | None
    payload: bytes
    device: str | None = None
    kind: str = DEFAULT_KIND
    message_id: str | None = None
    source: str = ""
    topic: str = ""


class Refused(msgspec.Struct, frozen=True, omit_defaults=True):
    """Values of a message that were refused and kept: the reason's code, how many, what was found, of which device."""

    reason: Reason
    n: int
    detail: str = ""
    device: str | None = None


class PostOutcome(msgspec.Struct, frozen=True):
    """What became of one message, counted in values, all of it committed.

    `is_repeatable`: the same message posted again is known again; else it has neither a time nor an id of its own.
    """

    stored: int = 0
    duplicate: int = 0
    rejected: tuple[Refused, ...] = ()
    is_repeatable: bool = True

    @property
    def status(self) -> Status:
        """Say it in one word; `empty` was understood and holds no measurement."""
        n_accepted = self.stored + self.duplicate
        if self.rejected:
            return "partly_rejected" if n_accepted else "rejected"
        if not n_accepted:
            return "empty"
        return "stored" if self.stored else "duplicate"


class UndeliveredError(Exception):
    """A post could not be settled now: its sender keeps it and sends it again."""


class Desk(Protocol):
    """Who settles posts. May be called from any thread."""

    def deliver(self, posts: Sequence[Post]) -> "Future[Sequence[PostOutcome]]":
        """Give the outcome of each post, once it is committed. Raises, or its future does, UndeliveredError."""
        ...

    def close(self) -> None:
        """Settle what was taken, if that goes fast, and end."""
        ...


def needs_device(format_name: str) -> bool:
    """Say whether messages of this format must be posted with the device beside them."""
    return format_name not in NAMES_ITS_DEVICES


def topic_of(post: Post) -> str:
    """Give the topic on which the format would have read this message.

    >>> from sensors.formats import formats
    >>> topic_of(Post("dijon", formats()["native"], b"", "lamp-1"))
    'vigie/dijon/lamp-1/up'
    >>> topic_of(Post("dijon", formats()["senml_json"], b""))
    'senml/json'
    """
    if post.format is None:
        return post.topic
    if (template := _TOPICS.get(post.format.name)) is not None:
        return template.format(territory=post.territory, device=post.device, kind=post.kind)
    levels = (post.device if level in {"+", "#"} else level for level in post.format.topic_filter.split("/"))
    return "/".join(level for level in levels if level is not None)
