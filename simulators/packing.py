"""Measurements packed into native messages: several instants each, none larger than the limit."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sensors.formats.native import NativeMessage, encode
from sensors.instant import SECOND_US, instant_text
from sensors.topic import uplink_topic
from simulators.outbox import OutgoingMessage
from simulators.row_reader import Part

MOST_BYTES = 64_000  # of a payload
MOST_VALUES = 2_500  # of a message: about 40 kB, so that splitting is rare
MOST_PARTS = 100_000  # that wait, over all devices: bounds the memory


@dataclass(slots=True)
class Packet:
    """Parts of one device on their way into a message."""

    parts: list[Part] = field(default_factory=list)
    n_values: int = 0


class Packer:
    """Collects parts and gives messages as they become full. `run` makes the ids of this run unlike any other's."""

    def __init__(self, territory: str, gateway: str, run: str) -> None:
        self.territory = territory
        self.gateway = gateway
        self.run = run
        self._packets: dict[str, Packet] = {}
        self._n_parts = 0
        self._n_messages = 0

    def add(self, part: Part) -> Iterator[OutgoingMessage]:
        """Take a part; give the messages that are full now."""
        packet = self._packets.setdefault(part.device, Packet())
        last = packet.parts[-1] if packet.parts else None
        if last is not None and last.time_us == part.time_us and not last.values.keys() & part.values.keys():
            last.values |= part.values
            last.units |= part.units
        else:
            packet.parts.append(part)
            self._n_parts += 1
        packet.n_values += len(part.values)
        if packet.n_values >= MOST_VALUES:
            yield from self._pack(part.device)
        elif self._n_parts >= MOST_PARTS:
            yield from self.flush()

    def flush(self) -> Iterator[OutgoingMessage]:
        """Give messages of all that waits."""
        for device in list(self._packets):
            yield from self._pack(device)

    def _pack(self, device: str) -> Iterator[OutgoingMessage]:
        packet = self._packets.pop(device)
        self._n_parts -= len(packet.parts)
        yield from self._split(device, packet.parts)

    def _split(self, device: str, parts: list[Part]) -> Iterator[OutgoingMessage]:
        """Give one message, or two halves where it would be too large."""
        message_id = f"{self.run}-{self._n_messages}"
        payload = encode(make_message(parts, message_id, self.gateway))
        if len(payload) > MOST_BYTES and len(parts) > 1:
            half = len(parts) // 2
            yield from self._split(device, parts[:half])
            yield from self._split(device, parts[half:])
            return
        self._n_messages += 1
        yield OutgoingMessage(uplink_topic(self.territory, device), payload, message_id, self.gateway)


def make_message(parts: list[Part], message_id: str, gateway: str) -> NativeMessage:
    """Write parts as columns parallel to their instants; a value that is absent is null."""
    keys = {key: None for part in parts for key in part.values}
    units = {key: unit for part in parts for key, unit in part.units.items()}
    return NativeMessage(
        values={key: [part.values.get(key) for part in parts] for key in keys},
        at=[written_time(part.time_us) for part in parts],
        id=message_id,
        units=units or None,
        gateway=gateway,
    )


def written_time(time_us: int) -> int | str:
    """Write an instant as whole Unix seconds where it is, else as text, which is exact too."""
    seconds, rest = divmod(time_us, SECOND_US)
    return instant_text(time_us) if rest else seconds
