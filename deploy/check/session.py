"""One MQTT connection of the check: everything it waits for has an end."""

import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from sensors.broker_tls import make_tls_context, read_tls_files

TIMEOUT_S = 10.0
PAUSE_S = 0.02
MOST_INFLIGHT = 1_000
NO_CONNACK = "no answer to CONNECT"


class ProbeError(Exception):
    """The broker could not be asked."""


class ProbeSession:
    """A connection with a name of its own. Messages stay unacknowledged until `acknowledge_all`."""

    def __init__(
        self, mqtt_url: str, client_id: str, *, has_mqtt5: bool = True, most_inflight: int = MOST_INFLIGHT
    ) -> None:
        self.url, self.has_mqtt5 = mqtt_url, has_mqtt5
        self.messages: list[MQTTMessage] = []
        self.answers: list[ReasonCode] = []  # to publishes
        self.grants: list[ReasonCode] = []
        self.session_present = self.is_lost = False
        self.reason: ReasonCode | None = None
        self.limits: dict[str, Any] = {}  # Any: a property of CONNACK is a number or a text
        self._acknowledges = False
        self._lock = threading.Lock()
        version = MQTTProtocolVersion.MQTTv5 if has_mqtt5 else MQTTProtocolVersion.MQTTv311
        # For 3.1.1 the kind of session is chosen here, for 5 when connecting.
        self._client_id, self._version, self._most_inflight = client_id, version, most_inflight
        self._client: Client | None = None

    def open(self, *, clean: bool, expiry_s: int = 0) -> None:
        """Connect and wait for the broker's answer, which is then in `reason`. Raises ProbeError where none comes."""
        client = self._make_client(clean=clean)
        parts = urlsplit(self.url)
        is_tls = parts.scheme == "mqtts"
        if is_tls:
            try:
                client.tls_set_context(make_tls_context(read_tls_files(self.url)))
            except ValueError as error:
                raise ProbeError(str(error)) from error
        if parts.username:
            client.username_pw_set(unquote(parts.username), unquote(parts.password) if parts.password else None)
        arguments: dict[str, Any] = {}  # Any: keyword arguments of the library
        if self.has_mqtt5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # the library has no types here
            properties.SessionExpiryInterval, properties.ReceiveMaximum = expiry_s, 65_535
            arguments = {"clean_start": clean, "properties": properties}
        try:
            client.connect(parts.hostname or "", parts.port or (8883 if is_tls else 1883), 30, **arguments)
        except (OSError, ValueError) as error:
            raise ProbeError(str(error)) from error
        client.loop_start()
        self._client = client
        if not wait(lambda: self.reason is not None or self.is_lost) or self.reason is None:
            self.close()
            raise ProbeError(NO_CONNACK)

    def close(self) -> None:
        """Part in an orderly way."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    def subscribe(self, topic_filter: str) -> ReasonCode:
        """Subscribe at QoS 1 and give the broker's answer. Raises ProbeError."""
        self.grants.clear()
        self._need().subscribe(topic_filter, qos=1)
        if not wait(lambda: self.grants or self.is_lost) or not self.grants:
            raise ProbeError("no answer to SUBSCRIBE")
        return self.grants[0]

    def publish(self, topic: str, payload: bytes, *, n: int = 1, retain: bool = False) -> bool:
        """Publish so many at QoS 1 and say whether the broker answered all of them in time."""
        self.answers.clear()
        for index in range(n):
            self._need().publish(topic, b"%08d" % index + payload if payload else b"", qos=1, retain=retain)
        return wait(lambda: len(self.answers) >= n or self.is_lost) and not self.is_lost

    def acknowledge_all(self) -> None:
        """Acknowledge what has come and, from now on, what comes."""
        with self._lock:
            self._acknowledges = True
            for message in self.messages:
                self._need().ack(message.mid, message.qos)

    def _need(self) -> Client:
        if self._client is None:
            raise ProbeError("the connection is closed")
        return self._client

    def _make_client(self, *, clean: bool) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            clean_session=None if self.has_mqtt5 else clean,
            protocol=self._version,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        self.is_lost = False
        client.max_inflight_messages_set(self._most_inflight)
        client.connect_timeout = TIMEOUT_S
        client.on_connect, client.on_message = self._on_connect, self._on_message
        client.on_subscribe, client.on_publish = self._on_subscribe, self._on_publish
        client.on_disconnect = self._on_disconnect
        return client

    def _on_connect(
        self, _client: Client, _data: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
    ) -> None:
        self.session_present = flags.session_present
        self.limits = dict(properties.json()) if properties is not None else {}  # type: ignore[no-untyped-call]
        self.reason = reason

    def _on_disconnect(self, *_: Any) -> None:
        self.is_lost = True

    def _on_message(self, client: Client, _data: Any, message: MQTTMessage) -> None:
        with self._lock:
            self.messages.append(message)
            if self._acknowledges:
                client.ack(message.mid, message.qos)

    def _on_subscribe(self, _client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], *_: Any) -> None:
        self.grants = list(reasons)

    def _on_publish(self, _client: Client, _data: Any, _mid: int, reason: ReasonCode, *_: Any) -> None:
        self.answers.append(reason)


def wait(is_met: Callable[[], object], timeout_s: float = TIMEOUT_S) -> bool:
    """Wait until the condition holds, and say whether it does."""
    ends_at = time.monotonic() + timeout_s
    while not is_met():
        if time.monotonic() > ends_at:
            return False
        time.sleep(PAUSE_S)
    return True


def wait_still(count: Callable[[], int], goal: int, still_s: float, timeout_s: float = 3 * TIMEOUT_S) -> int:
    """Wait until a count reaches its goal or has not changed for `still_s`, and give it."""
    ends_at = time.monotonic() + timeout_s
    last, since = count(), time.monotonic()
    while last < goal and time.monotonic() - since < still_s and time.monotonic() < ends_at:
        time.sleep(PAUSE_S)
        if (now := count()) != last:
            last, since = now, time.monotonic()
    return last
