"""What the town's gateways publish: packed messages of the past, then one by one as time goes on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


class Encoder(Protocol):
    """Writes messages as one kind of gateway does."""

    name: str

    def encode(self, message: Message) -> tuple[str, bytes]: ...


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
            for message in packed(between(block.tables, block.start_s, live_s)):
                if message.sent_s >= live_s:
                    waiting.append(message)
                else:
                    yield self.write(message, is_live=False)
            waiting += each_row(between(block.tables, live_s, block.end_s))
            waiting.sort(key=lambda message: message.sent_s)
            n_due = sum(message.sent_s < block.end_s for message in waiting)
            yield from (self.write(message, is_live=True) for message in waiting[:n_due])
            waiting = waiting[n_due:]
        yield from (self.write(message, is_live=True) for message in waiting)

    def write(self, message: Message, is_live: bool) -> Telegram:
        """Encode a message; a garbled one loses its last third on the way."""
        device = self.town.devices[message.device]
        topic, payload = self.encoders[message.device].encode(message)
        if message.is_garbled:
            payload = payload[: len(payload) * 2 // 3]
        gateway = device.gateway or device.external_id
        message_id = None if message.is_garbled else message.id
        return Telegram(gateway, topic, payload, message_id, message.sent_s, is_live, message.n_values())
