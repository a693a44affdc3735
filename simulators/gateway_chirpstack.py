"""A LoRaWAN gateway behind ChirpStack v4: uplink events as JSON, in the mapping of protobuf."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid5

import msgspec
import numpy as np

from simulators.description import Device
from simulators.message import Message

NAMESPACE = UUID("9d0b6c34-3c3e-5d1f-8a0e-5a1f7a2c4b10")
CHANNELS_HZ = (868_100_000, 868_300_000, 868_500_000)  # the three channels every EU868 device knows


class ChirpStackGateway:
    """Writes uplink events as ChirpStack's MQTT integration does; fields with default values are left out.

    An instant of its own belongs to each uplink: packed messages are not to be had from a LoRaWAN network.
    """

    name = "chirpstack"
    is_single = True
    has_identity = False
    qos = 1

    def __init__(self, territory: str, devices: Sequence[Device]) -> None:
        self.territory, self.devices = territory, devices
        self.application = str(uuid5(NAMESPACE, territory))
        self.tenant = str(uuid5(NAMESPACE, f"tenant {territory}"))
        self.counters: dict[int, int] = {}
        self.rssi: dict[int, int] = {}

    def announce(self, message: Message) -> list[tuple[str, bytes]]:
        """Nothing has to be said before."""
        return []

    def encode(self, message: Message) -> tuple[str, bytes]:
        """Give topic and payload of one uplink. Raises ValueError for a packed message."""
        if len(message.at_s) != 1:
            raise ValueError("a LoRaWAN uplink carries one instant")
        device = self.devices[message.device]
        eui = dev_eui(self.territory, device.external_id)
        counter = self.counters.get(message.device, 0)
        self.counters[message.device] = counter + 1
        measured = {
            column.quantity: float(cells[0]) for column, cells in zip(message.columns, message.values, strict=True)
        }
        event = {
            "deduplicationId": str(uuid5(NAMESPACE, f"{self.territory} {message.id}")),
            "time": timestamp(message.sent_s),
            "deviceInfo": self.device_info(device, eui),
            "devAddr": eui[8:],
            "adr": True,
            "dr": 5,
            **({"fCnt": counter} if counter else {}),
            "fPort": 10,
            "data": b64encode(pack(message)).decode(),
            "object": {name: value for name, value in measured.items() if name not in ("rssi", "snr")},
            "rxInfo": [self.reception(message, device, measured)],
            "txInfo": transmission(counter),
            "regionConfigId": "eu868",
        }
        return f"application/{self.application}/device/{eui}/event/up", msgspec.json.encode(event)

    def device_info(self, device: Device, eui: str) -> dict[str, object]:
        """Describe the device as its registration does."""
        return {
            "tenantId": self.tenant,
            "tenantName": self.territory,
            "applicationId": self.application,
            "applicationName": self.territory,
            "deviceProfileId": str(uuid5(NAMESPACE, device.model)),
            "deviceProfileName": device.model,
            "deviceName": device.external_id,
            "devEui": eui,
            "tags": {"family": device.family},
        }

    def reception(self, message: Message, device: Device, measured: dict[str, float]) -> dict[str, object]:
        """Say how the gateway heard it; between heartbeats as it last did."""
        if "rssi" in measured:
            self.rssi[message.device] = int(measured["rssi"])
        gateway = device.gateway or self.territory
        return {
            "gatewayId": dev_eui(self.territory, gateway),
            "uplinkId": message.sent_s % 2**32,
            "gwTime": timestamp(message.sent_s),
            "rssi": self.rssi.get(message.device, -100),
            "snr": measured.get("snr", 7.5),
            "crcStatus": "CRC_OK",
        }


def dev_eui(territory: str, external_id: str) -> str:
    """Give a device its EUI-64 (16 hexadecimal digits), always the same."""
    return uuid5(NAMESPACE, f"{territory} {external_id}").hex[:16]


def timestamp(at_s: int) -> str:
    """Write an instant as ChirpStack does: with nine decimals and +00:00."""
    return f"{datetime.fromtimestamp(at_s, UTC):%Y-%m-%dT%H:%M:%S}.000000000+00:00"


def transmission(counter: int) -> dict[str, object]:
    """Say how it was sent."""
    lora = {"bandwidth": 125_000, "spreadingFactor": 7, "codeRate": "CR_4_5"}
    return {"frequency": CHANNELS_HZ[counter % len(CHANNELS_HZ)], "modulation": {"lora": lora}}


def pack(message: Message) -> bytes:
    """Give the bytes on the air: each value as a little-endian 32-bit float, in the order of the columns."""
    return np.array([cells[0] for cells in message.values], dtype="<f4").tobytes()
