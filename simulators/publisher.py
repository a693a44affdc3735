"""A gateway that stores and forwards: it keeps each message until Vigie's receipt says that it is held for good.

MQTT 5 at QoS 1 over one connection, which may carry many gateways. A broker's acknowledgement is not enough: a broker
that is killed before it saved forgets what it acknowledged. So what has no receipt is sent again after a while, and at
once after a reconnect; Vigie counts the second arrival as a duplicate.
"""

import ssl
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from sensors.receipt import decode_receipts
from sensors.rejection import DecodeError
from simulators.outbox import Counts, Outbox, OutgoingMessage

CONNECT_TIMEOUT_S = 10.0


class PublisherError(Exception):
    """The broker cannot be reached, or refuses us."""


class Publisher:
    """Publishes for the gateways of one territory and waits for their receipts.

    Parameters
    ----------
    mqtt_url
        `mqtt://user:password@host:port`, or `mqtts://`.
    territory
        Slug; receipts are awaited on `vigie/<territory>/<gateway>/receipts`.
    window_n
        How many messages may be without a receipt; `publish` blocks beyond.
    """

    def __init__(
        self, mqtt_url: str, client_id: str, territory: str, window_n: int = 2000, patience_s: float = 10.0
    ) -> None:
        self.address = urlsplit(mqtt_url)
        self.receipts_filter = f"vigie/{territory}/+/receipts"
        self.window_n = window_n
        self.outbox = Outbox(patience_s)
        self._changed = threading.Condition()
        self._refusal: str | None = None
        self._is_ready = False
        self.client = self._make_client(client_id)

    def __enter__(self) -> Self:
        host, port = self.address.hostname or "127.0.0.1", self.address.port or 1883
        try:
            self.client.connect(host, port, keepalive=30)
        except (OSError, ValueError) as error:
            raise PublisherError(f"no broker answers at {host}:{port}: {error}") from error
        self.client.loop_start()
        with self._changed:
            self._changed.wait_for(lambda: self._is_ready or self._refusal is not None, CONNECT_TIMEOUT_S)
        if not self._is_ready:
            self.client.loop_stop()
            raise PublisherError(f"the broker at {host}:{port} {self._refusal or 'does not let us in within 10 s'}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def publish(self, message: OutgoingMessage, timeout_s: float | None = None) -> None:
        """Keep a message and send it; waits while the window is full, sending again what is overdue.

        Raises
        ------
        PublisherError
            The broker refused us, or no receipt came within `timeout_s`.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        self._wait_until(lambda: len(self.outbox) < self.window_n, deadline)
        with self._changed:
            self.outbox.keep(message, time.monotonic())
        self._send(message)

    def drain(self, timeout_s: float) -> Counts:
        """Wait until every message has its receipt, at most `timeout_s`, and give the counts.

        What is left without a receipt is `len(publisher.outbox)`.
        """
        self._wait_until(lambda: len(self.outbox) == 0, time.monotonic() + timeout_s, is_strict=False)
        return self.outbox.counts

    def _wait_until(self, is_met: Callable[[], bool], deadline: float | None, *, is_strict: bool = True) -> None:
        while True:
            with self._changed:
                if self._refusal is not None:
                    raise PublisherError(f"the broker {self._refusal}")
                if is_met() or self._changed.wait_for(is_met, 0.25):
                    return
                overdue = list(self.outbox.overdue(time.monotonic())) if self.client.is_connected() else []
            for message in overdue:
                self._send(message)
            if deadline is not None and time.monotonic() > deadline:
                if is_strict:
                    raise PublisherError(f"{len(self.outbox)} messages have no receipt: does `vigie ingest` run?")
                return

    def _send(self, message: OutgoingMessage) -> None:
        """Hand a message to the client, unless the connection is away: then it is overdue at the next one."""
        if self.client.is_connected():
            self.client.publish(message.topic, message.payload, qos=1)

    def _make_client(self, client_id: str) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
        if self.address.username:
            client.username_pw_set(unquote(self.address.username), unquote(self.address.password or ""))
        if self.address.scheme == "mqtts":
            client.tls_set_context(ssl.create_default_context())
        client.max_inflight_messages_set(1000)
        client.reconnect_delay_set(1, 10)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    def _on_connect(
        self, client: mqtt.Client, userdata: Any, flags: Any, code: Any, properties: Any
    ) -> None:  # Any: paho
        if code.is_failure:
            with self._changed:
                self._refusal = f"refuses us: {code}"
                self._changed.notify_all()
            client.disconnect()
            return
        client.subscribe(self.receipts_filter, qos=1)

    def _on_subscribe(
        self, client: mqtt.Client, userdata: Any, mid: int, codes: Any, properties: Any
    ) -> None:  # Any: paho
        with self._changed:
            if any(code.is_failure for code in codes):
                self._refusal = f"does not let us read {self.receipts_filter}: {codes[0]}"
            self._is_ready = True
            self.outbox.hurry()
            self._changed.notify_all()

    def _on_message(self, client: mqtt.Client, userdata: Any, message: mqtt.MQTTMessage) -> None:  # Any: paho
        try:
            receipts = decode_receipts(bytes(message.payload))
        except DecodeError:
            return  # not ours: somebody else may write below the territory
        with self._changed:
            for receipt in receipts:
                self.outbox.settle(receipt)
            self._changed.notify_all()
