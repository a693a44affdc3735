"""The contract of formats whose messages can be read only with what came before: births, descriptions, presence.

Such a format is a pure function from records and a message to what the message says and which records change. Whoever
runs it keeps the records by their key, writes the changed ones in the transaction that stores the uplinks, and may hand
them to another worker at any time: nothing else is remembered anywhere. Messages of one format and source are decoded
by one worker, in the order of their arrival.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, Protocol

import msgspec

from sensors.measurement import Count, Uplink
from sensors.rejection import DecodeError, Reason

Presence = Literal["online", "offline"]
Record = msgspec.Struct  # frozen, JSON-able; each format has its own kinds
Records = Mapping[str, Record]
# Refused for what the registry did not know: what the message had said by then is kept with it, and can be replayed.
KEPT_AS_SAID = frozenset({Reason.UNKNOWN_DEVICE.value, Reason.UNKNOWN_TERRITORY.value})
NOT_ALONE = (
    "Ce message ne se lit qu'avec ceux qui l'ont précédé : il n'est pas repris. Corrigez, puis attendez les suivants.",
    "This message can be read only with those before it: it will not be replayed. Mend, then await the next.",
)
MAX_RECORDS = 200_000  # of one format and source: no stranger fills the memory with births of made-up names


class Received(msgspec.Struct, frozen=True):
    """A message as it came. `is_retained`: the broker kept it and gives it to a new subscriber; it may be old."""

    topic: str
    payload: bytes
    received_at_us: int
    is_retained: bool = False


class Liveness(msgspec.Struct, frozen=True):
    """A fact about a device at an instant, not a measurement.

    "online": it speaks, its last values stand. "offline": it cannot be reached, its last values are stale, which is not
    the same as zero. `through` is the gateway with which it went, None where the fact is about the device itself.
    `at_us` is the arrival, so that facts are in the order of the messages, whatever the clocks of the field say.
    `territory` is the slug the message itself names, None where the source decides.
    """

    device: str
    presence: Presence
    at_us: int
    through: str | None = None
    territory: str | None = None


class Counted(msgspec.Struct, frozen=True):
    """That a message was one of those that `device` counts, whether it carried measurements or not.

    `territory` is the slug the message itself names, None where the source decides.
    """

    device: str
    count: Count
    territory: str | None = None


class Request(msgspec.Struct, frozen=True):
    """A message to publish at QoS 0, not retained, after the commit; it may be lost, and is then asked for again."""

    topic: str
    payload: bytes


class Decoded(msgspec.Struct, frozen=True):
    """What one message says. All empty: it was understood and carries no measurement, such as a command.

    `changes` holds the new record of each key that changed, None where the record is to be forgotten.
    """

    uplinks: tuple[Uplink, ...] = ()
    changes: Mapping[str, Record | None] = MappingProxyType({})
    requests: tuple[Request, ...] = ()
    liveness: tuple[Liveness, ...] = ()
    counted: Counted | None = None


class StatefulFormat(Protocol):
    """How messages become uplinks where a message alone does not say enough. See also `sensors.formats.Format`."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def topic_filters(self) -> tuple[str, ...]: ...

    def decode(self, records: Records, received: Received) -> Decoded:
        """Give what the message says, given all that is remembered. Changes nothing. Raises DecodeError only.

        After a DecodeError the records are as before.
        """
        ...

    def load(self, key: str, document: bytes) -> Record:
        """Read back a record written by `save`. Raises DecodeError (wrong_shape): the caller then forgets the key."""
        ...


def why_not_again(format_name: str | None, reason: str) -> tuple[str, str] | None:
    """Say in French and in English why a kept message cannot be read again alone; None where it can."""
    if format_name in stateful_formats() and reason not in KEPT_AS_SAID:
        return NOT_ALONE
    return None


def start() -> dict[str, Record]:
    """Give the records of a format that has heard nothing yet."""
    return {}


def apply_changes(records: dict[str, Record], changes: Mapping[str, Record | None]) -> None:
    """Take over what a message changed."""
    for key, record in changes.items():
        if record is None:
            records.pop(key, None)
        else:
            records[key] = record


def check_room(records: Records, key: str) -> None:
    """Refuse to remember one more. Raises DecodeError (not_allowed) where there are too many records already."""
    if len(records) >= MAX_RECORDS and key not in records:
        raise DecodeError(Reason.NOT_ALLOWED, f"> {MAX_RECORDS}")


def save(record: Record) -> bytes:
    """Write a record as JSON."""
    return msgspec.json.encode(record)


@cache
def stateful_formats() -> Mapping[str, StatefulFormat]:
    """Give every stateful format by its name: each module of `sensors.formats` that exposes `STATEFUL_FORMAT`."""
    package = importlib.import_module("sensors.formats")
    modules = (
        importlib.import_module(f"sensors.formats.{module.name}") for module in pkgutil.iter_modules(package.__path__)
    )
    found: dict[str, StatefulFormat] = {
        module.STATEFUL_FORMAT.name: module.STATEFUL_FORMAT for module in modules if hasattr(module, "STATEFUL_FORMAT")
    }
    return MappingProxyType(found)
