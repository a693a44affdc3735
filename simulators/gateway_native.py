"""A gateway that speaks Vigie's own JSON."""

from collections.abc import Sequence

from sensors.formats.native import NativeMessage, encode
from sensors.topic import uplink_topic
from simulators.description import Device
from simulators.message import Message


class NativeGateway:
    """Writes messages in the native format for one territory."""

    name = "native"
    is_single = False
    has_identity = True
    qos = 1

    def __init__(self, territory: str, devices: Sequence[Device]) -> None:
        self.devices = devices
        self.topics = [uplink_topic(territory, device.external_id) for device in devices]

    def announce(self, message: Message) -> list[tuple[str, bytes]]:
        """Nothing has to be said before."""
        return []

    def encode(self, message: Message) -> tuple[str, bytes]:
        """Give topic and payload; several instants go as lists, a device without a clock states none."""
        keys = [
            f"{column.channel}/{column.quantity}" if column.channel else column.quantity for column in message.columns
        ]
        is_single = len(message.at_s) == 1
        cells = [column[0] if is_single else column for column in message.values]
        at = (message.at_s[0] if is_single else list(message.at_s)) if message.is_timed else None
        gateway = self.devices[message.device].gateway
        payload = encode(NativeMessage(dict(zip(keys, cells, strict=True)), at, message.id, gateway=gateway))
        return self.topics[message.device], payload
