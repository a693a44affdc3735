"""Formats that say only whether devices are there: last wills, availability topics, connect and disconnect.

They are retained by the broker or repeated by the gateway, so what was known is remembered: only a change is a fact.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from sensors.rejection import DecodeError, Reason, shown
from sensors.stateful import Decoded, Liveness, Presence, Received, Record, Records, check_room

MAX_PAYLOAD_BYTES = 65_536


class Known(msgspec.Struct, frozen=True):
    """What was last said of a device. `gateway` is the one behind which it is, "" where the format names none."""

    presence: Presence
    gateway: str = ""


class Statement(msgspec.Struct, frozen=True):
    """What a message says: a device, whether it is there, the gateway behind which it is or ""."""

    device: str
    presence: Presence
    gateway: str = ""


class _Availability(msgspec.Struct):
    state: str


@dataclass(frozen=True, slots=True)
class PresenceFormat:
    """The registry's entry for such a format. `read` gives a message's statement, None where it makes none."""

    name: str
    topic_filters: tuple[str, ...]
    read: Callable[[str, bytes], Statement | None]

    @property
    def version(self) -> str:
        """Name the decoder's behaviour."""
        return f"{self.name}/1"

    def decode(self, records: Records, received: Received) -> Decoded:
        """Give the facts that are new: about the device, and about those behind it if it is a gateway."""
        if not received.payload:
            return Decoded()  # a retained message is taken off the broker
        if len(received.payload) > MAX_PAYLOAD_BYTES:
            raise DecodeError(Reason.TOO_LARGE, f"{len(received.payload)} B / {MAX_PAYLOAD_BYTES} B")
        statement = self.read(received.topic, received.payload)
        if statement is None:
            return Decoded()
        check_room(records, statement.device)
        return _state(records, statement, received.received_at_us)

    def load(self, key: str, document: bytes) -> Record:
        """Read a device's record back."""
        try:
            return msgspec.json.decode(document, type=Known)
        except (msgspec.MsgspecError, ValueError) as error:
            raise DecodeError(Reason.WRONG_SHAPE, shown(str(error))) from error


def read_word(payload: bytes) -> str:
    """Give the word of a payload: plain text, or the field `state` of a JSON object. Raises DecodeError."""
    try:
        text = payload.decode().strip()
        return msgspec.json.decode(text, type=_Availability).state if text.startswith("{") else text
    except UnicodeDecodeError as error:
        raise DecodeError(Reason.INVALID_UTF8, f"byte {error.start}") from error
    except msgspec.ValidationError as error:
        raise DecodeError(Reason.WRONG_SHAPE, shown(str(error))) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise DecodeError(Reason.INVALID_JSON, shown(str(error))) from error


def read_presence(payload: bytes) -> Presence:
    """Give what a payload such as `Online` or `{"state": "offline"}` says. Raises DecodeError."""
    word = read_word(payload)
    match word.lower():
        case "online":
            return "online"
        case "offline":
            return "offline"
        case _:
            raise DecodeError(Reason.WRONG_SHAPE, f"{shown(word)!r} / online, offline")


def _state(records: Records, statement: Statement, at_us: int) -> Decoded:
    known = records.get(statement.device)
    said = Known(statement.presence, statement.gateway)
    if known == said:
        return Decoded()
    facts = [Liveness(statement.device, said.presence, at_us)]
    was_offline = isinstance(known, Known) and known.presence == "offline"
    if said.presence == "offline" or was_offline:
        facts += (
            Liveness(key, said.presence, at_us, statement.device)
            for key, record in records.items()
            if isinstance(record, Known) and record.gateway == statement.device and record.presence == "online"
        )
    return Decoded(changes={statement.device: said}, liveness=tuple(facts))
