"""What the town's gateways publish: packed messages of the past, then one by one as time goes on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from simulators.gateway_native import NativeGateway
from simulators.message import Message, each_row, packed
from simulators.town import Town, between


@dataclass(frozen=True, slots=True)
class Telegram:
    """One publish: which gateway sends it, where, what, and when it is due (Unix seconds; of the past: at once).

    `message_id` is what its receipt will name, None where no receipt can: the payload is damaged, or its format has no
    place for an identity of the sender.
    """

    gateway: str
    topic: str
    payload: bytes
    message_id: str | None
    due_s: int
    is_live: bool
    n_values: int
    qos: int = 1


class Encoder(Protocol):
    """Writes messages as one kind of gateway does."""

    @property
    def is_single(self) -> bool:
        """A message can carry one instant only."""
        ...

    @property
    def has_identity(self) -> bool:
        """A receipt can name the message."""
        ...

    @property
    def qos(self) -> int:
        """Quality of service at which such gateways publish."""
        ...

    def announce(self, message: Message) -> list[tuple[str, bytes]]:
        """Give topics and payloads that must go out before."""
        ...

    def encode(self, message: Message) -> tuple[str, bytes]:
        """Give topic and payload."""
        ...


class Stream:
    """The publishes of one town, in the formats of its gateways."""

    def __init__(self, town: Town, encoders: Sequence[Encoder] | None = None) -> None:
        """`encoders` holds one per device of the town; by default all speak the native format."""
        native = NativeGateway(town.slug, town.devices)
        self.town = town
        self.encoders: Sequence[Encoder] = encoders or [native] * len(town.devices)

    def telegrams(self, from_at: datetime, live_from: datetime, to_at: datetime) -> Iterator[Telegram]:
        """Give the past up to `live_from` in packed messages, then each message when it is due, up to `to_at`.

        Live messages come in the order in which they are due; late ones of the past come when their gateway is back.
        """
        live_s = int(live_from.timestamp())
        waiting: list[Message] = []
        for block in self.town.generate(from_at, to_at):
            for message in self.loosen(packed(between(block.tables, block.start_s, live_s))):
                if message.sent_s >= live_s:
                    waiting.append(message)
                else:
                    yield from self.write(message, is_live=False)
            waiting += each_row(between(block.tables, live_s, block.end_s))
            waiting.sort(key=lambda message: message.sent_s)
            n_due = sum(message.sent_s < block.end_s for message in waiting)
            for message in waiting[:n_due]:
                yield from self.write(message, is_live=True)
            waiting = waiting[n_due:]
        for message in waiting:
            yield from self.write(message, is_live=True)

    def loosen(self, messages: Iterator[Message]) -> Iterator[Message]:
        """Take packed messages apart where the gateway's format carries one instant only."""
        for message in messages:
            if self.encoders[message.device].is_single and len(message.at_s) > 1:
                yield from singles(message)
            else:
                yield message

    def write(self, message: Message, is_live: bool) -> Iterator[Telegram]:
        """Encode a message, after what must go out before it; a garbled one loses its last third on the way."""
        device, encoder = self.town.devices[message.device], self.encoders[message.device]
        gateway, due_s = device.gateway or device.external_id, message.sent_s
        for topic, payload in encoder.announce(message):
            yield Telegram(gateway, topic, payload, None, due_s, is_live, 0, encoder.qos)
        topic, payload = encoder.encode(message)
        if message.is_garbled:
            payload = payload[: len(payload) * 2 // 3]
        message_id = message.id if encoder.has_identity and not message.is_garbled else None
        yield Telegram(gateway, topic, payload, message_id, due_s, is_live, message.n_values(), encoder.qos)


def singles(message: Message) -> Iterator[Message]:
    """Give one message for each instant of a packed one."""
    for position, at_s in enumerate(message.at_s):
        cells = [(column[position],) for column in message.values]
        yield replace(message, sent_s=at_s, at_s=(at_s,), values=cells)
