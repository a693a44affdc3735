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

from sensors.broker_tls import make_tls_context, read_tls_files
from sensors.receipt import decode_receipts
from sensors.rejection import DecodeError
from simulators.outbox import Counts, Outbox, OutgoingMessage

CONNECT_TIMEOUT_S = 10.0
CHECK_S = 0.25  # how often to look for overdue messages
MOST_IN_FLIGHT = 1000
# MQTT 5.0, 3.2.2.2: the broker says that it may take us later. Any other refusal stands until a person mends it.
PASSING_CODES = frozenset({136, 137, 151, 159})
TAKEN_OVER = 142
NOT_AUTHORIZED = 135


class PublisherError(Exception):
    """The broker cannot be reached, or refuses us."""


class Publisher:
    """Publishes for the gateways of one territory and waits for their receipts. One thread may use it.

    Parameters
    ----------
    mqtt_url
        `mqtt://user:password@host:port`, or `mqtts://`, whose query may name the files of `sensors.broker_tls`.
    territory
        Slug; receipts are awaited on `vigie/<territory>/<gateway>/receipts`.
    window_n
        How many messages may be without a receipt; `publish` blocks beyond.
    patience_s
        How long to wait for a receipt before sending again [s]; doubles with each attempt, up to a minute.
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
        self._check_at_s = 0.0
        self._client_id = client_id
        self._most_in_flight = MOST_IN_FLIGHT
        self.client = self._make_client(client_id, MOST_IN_FLIGHT)

    def __enter__(self) -> Self:
        self._connect()
        if self._most_in_flight < MOST_IN_FLIGHT:  # known only now, and paho changes its limit only when closed
            self._close()
            self._is_ready = False
            self.client = self._make_client(self._client_id, self._most_in_flight)
            self._connect()
        return self

    def _connect(self) -> None:
        """Connect and wait until receipts are subscribed. Raises PublisherError."""
        place = self.address.netloc.rpartition("@")[2]
        try:
            self.client.connect(
                self.address.hostname or "127.0.0.1",
                self.address.port or (8883 if self.address.scheme == "mqtts" else 1883),
                keepalive=30,
            )
        except (OSError, ValueError) as error:
            raise PublisherError(f"no broker answers at {place}: {error}") from error
        self.client.loop_start()
        with self._changed:
            self._changed.wait_for(lambda: self._is_ready or self._refusal is not None, CONNECT_TIMEOUT_S)
        if not self._is_ready or self._refusal:
            self._close()
            wait = f"does not let us in within {CONNECT_TIMEOUT_S:g} s"
            raise PublisherError(f"the broker at {place} {self._refusal or wait}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def publish(self, message: OutgoingMessage, timeout_s: float | None = None) -> None:
        """Keep a message and send it; waits while the window is full. Sends again what is overdue.

        Raises
        ------
        PublisherError
            The broker refused us, or the window was full for `timeout_s`.
        """
        if not self._wait_until(lambda: len(self.outbox) < self.window_n, timeout_s):
            raise PublisherError(f"{len(self.outbox)} messages have no receipt: does `vigie ingest` run?")
        with self._changed:
            self.outbox.keep(message, time.monotonic())
        self._send(message)

    def drain(self, timeout_s: float) -> Counts:
        """Wait until every message has its receipt, at most `timeout_s`, and give the counts.

        What is left without a receipt is `len(publisher.outbox)`. Raises PublisherError when the broker refuses us.
        """
        self._wait_until(lambda: len(self.outbox) == 0, timeout_s)
        return self.outbox.counts

    def _wait_until(self, is_met: Callable[[], bool], timeout_s: float | None) -> bool:
        """Wait, sending again what is overdue; False when the time is over."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while True:
            self._send_overdue()
            with self._changed:
                if self._refusal is not None:
                    raise PublisherError(f"the broker {self._refusal}")
                left_s = CHECK_S if deadline is None else min(CHECK_S, deadline - time.monotonic())
                if is_met() or self._changed.wait_for(is_met, max(left_s, 0.0)):
                    return True
            if deadline is not None and time.monotonic() >= deadline:
                return False

    def _send_overdue(self) -> None:
        now_s = time.monotonic()
        if now_s < self._check_at_s or not self.client.is_connected():
            return
        self._check_at_s = now_s + CHECK_S
        with self._changed:
            overdue = list(self.outbox.overdue(now_s))
        for message in overdue:
            self._send(message)

    def _send(self, message: OutgoingMessage) -> None:
        """Hand a message to the client, unless the connection is away: then it is overdue at the next one."""
        if not self.client.is_connected():
            return
        info = self.client.publish(message.topic, message.payload, qos=1)
        if info.rc == mqtt.MQTT_ERR_SUCCESS:
            with self._changed:
                self.outbox.hand_over(message.message_id, lambda: not info.is_published())

    def _close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()
        self.client._reset_sockets()  # paho leaves its pair of wake-up sockets open until the object dies

    def _refuse(self, sentence: str) -> None:
        with self._changed:
            self._refusal = sentence
            self._changed.notify_all()

    def _make_tls_context(self) -> ssl.SSLContext:
        try:
            return make_tls_context(read_tls_files(self.address.geturl()))
        except ValueError as error:
            raise PublisherError(str(error)) from error

    def _make_client(self, client_id: str, most_in_flight: int) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
        if self.address.username:
            client.username_pw_set(unquote(self.address.username), unquote(self.address.password or ""))
        if self.address.scheme == "mqtts":
            client.tls_set_context(self._make_tls_context())
        client.max_inflight_messages_set(most_in_flight)
        client.reconnect_delay_set(1, 10)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _on_connect(
        self, client: mqtt.Client, userdata: Any, flags: Any, code: Any, properties: Any
    ) -> None:  # Any: paho
        if not code.is_failure:
            # MQTT 5.0, 3.2.2.3.3 Receive Maximum: a broker may close the connection when more are in flight
            self._most_in_flight = min(getattr(properties, "ReceiveMaximum", MOST_IN_FLIGHT), MOST_IN_FLIGHT)
            client.subscribe(self.receipts_filter, qos=1)
        elif code.value not in PASSING_CODES:
            self._refuse(f"refuses us: {code}")
            client.disconnect()

    def _on_disconnect(
        self, client: mqtt.Client, userdata: Any, flags: Any, code: Any, properties: Any
    ) -> None:  # Any: paho
        if code.value == TAKEN_OVER:
            self._refuse("closed our session: another gateway uses the same client id")
            client.disconnect()

    def _on_subscribe(
        self, client: mqtt.Client, userdata: Any, mid: int, codes: Any, properties: Any
    ) -> None:  # Any: paho
        if any(code.is_failure for code in codes):
            self._refuse(f"does not let us read {self.receipts_filter}: {codes[0]}")
        with self._changed:
            self._is_ready = True
            self._check_at_s = 0.0
            self.outbox.hurry()
            self._changed.notify_all()

    def _on_publish(
        self, client: mqtt.Client, userdata: Any, mid: int, code: Any, properties: Any
    ) -> None:  # Any: paho
        if code.value == NOT_AUTHORIZED:
            self._refuse("does not let us publish: check the user's rights on the topics of this territory")

    def _on_message(self, client: mqtt.Client, userdata: Any, message: mqtt.MQTTMessage) -> None:  # Any: paho
        try:
            receipts = decode_receipts(bytes(message.payload))
        except DecodeError:
            return  # not ours: somebody else may write below the territory
        with self._changed:
            for receipt in receipts:
                self.outbox.settle(receipt)
            self._changed.notify_all()
