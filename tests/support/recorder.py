"""A listener on the real broker that keeps what a territory publishes and receipts it, as the platform would."""

import threading
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from sensors.formats.native import FORMAT
from sensors.receipt import Receipt, encode_receipts, receipt_topic
from sensors.rejection import DecodeError

READY_S = 10.0


class Recorder:
    """Hears `vigie/<territory>/+/up`; `is_answering` false keeps receipts back."""

    def __init__(self, mqtt_url: str, territory: str) -> None:
        self.address, self.territory = urlsplit(mqtt_url), territory
        self.values: dict[tuple[str, str, str, int], float] = {}
        self.n_messages = self.n_broken = self.n_repeated = 0
        self.is_answering = True
        self._ready = threading.Event()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"rec-{territory}", protocol=mqtt.MQTTv5)
        self.client.username_pw_set(unquote(self.address.username or ""), unquote(self.address.password or ""))
        self.client.on_connect = lambda client, *_: client.subscribe(f"vigie/{territory}/+/up", qos=1)
        self.client.on_subscribe = lambda *_: self._ready.set()
        self.client.on_message = self._hear

    def __enter__(self) -> Self:
        self.client.connect(self.address.hostname or "127.0.0.1", self.address.port or 1883)
        self.client.loop_start()
        assert self._ready.wait(READY_S)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def _hear(self, client: mqtt.Client, userdata: Any, message: mqtt.MQTTMessage) -> None:  # Any: paho
        self.n_messages += 1
        try:
            (uplink,) = FORMAT.decode(message.topic, bytes(message.payload), int(4e15))
        except DecodeError:
            self.n_broken += 1
            return
        new = {
            (uplink.device, column.channel, column.quantity, at_us // 1_000_000): value
            for column in uplink.columns
            for at_us, value in zip(column.times_us, column.values, strict=True)
        }
        n_known = sum(key in self.values for key in new)
        self.n_repeated += n_known
        self.values |= new
        if self.is_answering:
            receipt = Receipt(uplink.message_id, stored=len(new) - n_known, duplicate=n_known)
            sender = uplink.gateway or uplink.device
            client.publish(receipt_topic(self.territory, sender), encode_receipts((receipt,)), qos=1)
