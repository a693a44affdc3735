"""The other side of a gateway: takes messages from the broker and sends receipts, when the test wants it to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from sensors.receipt import Receipt, encode_receipts, receipt_topic
from sensors.topic import read_uplink_topic


class Receipter:
    """`seen` lists the message ids in order of arrival; receipts go out while `is_answering` is set."""

    def __init__(self, mqtt_url: str, territory: str) -> None:
        self.seen: list[str] = []
        self.is_answering = True
        self.ready = threading.Event()
        address = urlsplit(mqtt_url)
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        self.client.username_pw_set(address.username or "", address.password)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_message = self._on_message
        self.client.on_connect = lambda client, *_: client.subscribe(f"vigie/{territory}/+/up", qos=1)
        self.client.on_subscribe = lambda *_: self.ready.set()
        self.client.on_disconnect = lambda *_: self.ready.clear()
        self.client.connect(str(address.hostname), int(address.port or 0))
        self.client.loop_start()

    def _on_message(self, client: mqtt.Client, userdata: Any, message: mqtt.MQTTMessage) -> None:
        document = json.loads(message.payload)
        is_known = document["id"] in self.seen
        self.seen.append(document["id"])
        if self.is_answering:
            receipt = Receipt(document["id"], stored=0 if is_known else 1, duplicate=1 if is_known else 0)
            territory, _ = read_uplink_topic(message.topic)
            client.publish(receipt_topic(territory, document["gateway"]), encode_receipts((receipt,)), qos=1)


@contextmanager
def receipting(mqtt_url: str, territory: str) -> Iterator[Receipter]:
    """Run a receipter for a territory."""
    receipter = Receipter(mqtt_url, territory)
    try:
        assert receipter.ready.wait(10)
        yield receipter
    finally:
        receipter.client.disconnect()
        receipter.client.loop_stop()
        receipter.client._reset_sockets()
