"""The MQTT client library as the session needs it: the only module that imports it.

The library connects, keeps the session alive, subscribes and publishes receipts. Application messages do not pass
through it (see `ingest.wire`), nor do their acknowledgements, which go out in one piece for a whole batch.
"""

import socket
import time
from collections.abc import Sequence
from typing import Any

import structlog
from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from ingest.broker import Broker
from ingest.listener import Listener
from ingest.reply import Reply
from ingest.tap import Tap
from ingest.wire import PUBACK, acknowledgements
from sensors.broker_tls import make_tls_context
from sensors.sparkplug_state import state_topic, write_state

LOG = structlog.get_logger()
NEVER_EXPIRES = 0xFFFFFFFF
KEEPALIVE_S = 30
CONNECT_TIMEOUT_S = 5.0
MAX_RECEIPTS_WAITING = 20_000
DROPPED_TOPIC = "$SYS/broker/publish/messages/dropped"  # Mosquitto's, every sys_interval (10 s) when it has changed
UNSUPPORTED_VERSION = 0x84
TAKEN_OVER = 0x8E
NO_SHARES = (
    "the broker has no shared subscriptions, which need MQTT 5: give another as the own broker"
    " and read this one as a source (`vigie source add`)"
)
OURS = {0x85, 0x86, 0x87}  # client identifier, user name or password, not authorised: no use in trying again


class TappedClient(Client):
    """The library's client, reading through a tap."""

    generation = 0
    _opened_ms = 0

    def __init__(self, broker: Broker, topic_filters: Sequence[str], listener: Listener, *, has_mqtt5: bool) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            broker.client_id,
            clean_session=None if has_mqtt5 else not broker.is_kept,
            protocol=MQTTProtocolVersion.MQTTv5 if has_mqtt5 else MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        self.has_mqtt5 = has_mqtt5
        self._broker = broker
        self._topic_filters = topic_filters
        self._listener = listener
        self.connect_timeout = CONNECT_TIMEOUT_S
        self.max_inflight_messages_set(1000)
        self.max_queued_messages_set(MAX_RECEIPTS_WAITING)
        self.on_connect, self.on_disconnect = on_connect, on_disconnect
        self.on_subscribe, self.on_unsubscribe = on_subscribe, on_unsubscribe
        if broker.user is not None:
            self.username_pw_set(broker.user, broker.password)
        if broker.is_tls:
            self.tls_set_context(make_tls_context(broker.tls))

    @property
    def tap(self) -> Tap | None:
        """Give the tap of the present connection."""
        tap = self.socket()
        return tap if isinstance(tap, Tap) else None

    def open(self) -> None:
        """Connect, or connect again, to a session that never expires. Raises OSError."""
        broker = self._broker
        self._prepare_state()
        if self.host:
            self.reconnect()
        elif self.has_mqtt5:
            properties = make_properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = NEVER_EXPIRES if broker.is_kept else 0
            properties.ReceiveMaximum = min(broker.window_n, broker.receive_maximum)
            self.connect(broker.host, broker.port, KEEPALIVE_S, clean_start=not broker.is_kept, properties=properties)
        else:
            self.connect(broker.host, broker.port, KEEPALIVE_S)

    def acknowledge(self, mids: list[int]) -> None:
        """Send acknowledgements for messages that the library has not seen, in one piece."""
        self._packet_queue(PUBACK, acknowledgements(mids), 0, 1)

    def reply(self, reply: Reply) -> bool:
        """Publish a receipt; false where too many wait already."""
        properties = None
        if reply.correlation_data is not None and self.has_mqtt5:
            properties = make_properties(PacketTypes.PUBLISH)
            properties.CorrelationData = reply.correlation_data
        sent = self.publish(reply.topic, reply.payload, qos=reply.qos, properties=properties)
        return sent.rc != MQTTErrorCode.MQTT_ERR_QUEUE_SIZE

    def tell_state(self, *, is_online: bool) -> None:
        """Publish the Sparkplug host's birth or death, where this session is that of a host."""
        if host := self._broker.sparkplug_host:
            at_ms = self._opened_ms if is_online else max(time.time_ns() // 1_000_000, self._opened_ms)
            self.publish(state_topic(host), write_state(at_ms, is_online=is_online), qos=1, retain=True)

    def ping(self) -> None:
        """Give a sign of life without expecting to read the answer soon."""
        self._send_pingreq()
        self._ping_t = 0.0

    def abort(self) -> None:
        """Drop the connection without a word."""
        self._sock_close()

    def end_subscriptions(self) -> None:
        """Have the broker take nothing more for us; it answers after what it had to deliver."""
        self.unsubscribe(list(self._topic_filters))

    def leave_for_good(self) -> None:
        """Leave, and have the broker forget the session."""
        properties = make_properties(PacketTypes.DISCONNECT)
        properties.SessionExpiryInterval = 0
        self.disconnect(properties=properties)

    def greet(self, reason: ReasonCode, *, session_present: bool, has_shares: bool) -> None:
        """Go on from the broker's answer to CONNECT."""
        if not reason.is_failure and not has_shares and needs_shares(self._topic_filters):
            self._listener.refused(NO_SHARES)
            self.abort()
        elif not reason.is_failure:
            LOG.info("broker_connected", mqtt5=self.has_mqtt5, session_present=session_present)
            self._listener.connected(is_kept=session_present)
            if not self._broker.is_ending:
                self._subscribe()
        elif reason.value == UNSUPPORTED_VERSION and self.has_mqtt5:
            self._listener.lacks_mqtt5()
        elif reason.value in OURS:
            address = f"{self._broker.host}:{self._broker.port}"
            self._listener.refused(f"the broker at {address} refuses us: {reason}")
        else:
            LOG.warning("broker_refused", reason=str(reason))

    def check_subscriptions(self, reasons: Sequence[ReasonCode]) -> None:
        """Go on from the broker's answer to SUBSCRIBE."""
        answers = zip(self._topic_filters, reasons, strict=False)
        refused = [topic_filter for topic_filter, reason in answers if reason.is_failure]
        if refused:
            self._listener.refused(f"the broker's access rights forbid us to read {', '.join(refused)}")
            self.abort()
            return
        self._listener.subscribed()
        self.tell_state(is_online=True)

    def check_end_of_subscriptions(self, reasons: Sequence[ReasonCode]) -> None:
        """Go on from the broker's answer to UNSUBSCRIBE; as long as one goes on, the session is not empty."""
        if not any(reason.is_failure for reason in reasons):
            self._listener.unsubscribed()

    def tell_end(self, reason: ReasonCode) -> None:
        """Tell the listener why the connection ended."""
        self._listener.disconnected(str(reason), is_taken_over=reason.value == TAKEN_OVER)

    def _prepare_state(self) -> None:
        """Have the broker publish the Sparkplug host's death when the connection is lost."""
        self._opened_ms = time.time_ns() // 1_000_000
        if host := self._broker.sparkplug_host:
            self.will_set(state_topic(host), write_state(self._opened_ms, is_online=False), qos=1, retain=True)

    def _subscribe(self) -> None:
        if self.has_mqtt5:
            # A retained message was a measurement when it was published; it is none again at each subscription.
            handling = (
                SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE
                if self._broker.wants_retained
                else SubscribeOptions.RETAIN_DO_NOT_SEND
            )
            options = SubscribeOptions(qos=1, retainHandling=handling)
            self.subscribe([(topic_filter, options) for topic_filter in self._topic_filters])
        else:
            self.subscribe([(topic_filter, 1) for topic_filter in self._topic_filters])

    def _create_socket(self) -> Any:  # the library's own type for sockets is private
        self.generation += 1
        wrapped = super()._create_socket()
        if not isinstance(wrapped, socket.socket):
            raise TypeError("only plain and TLS sockets can be tapped")
        return Tap(wrapped, self.generation, has_properties=self.has_mqtt5)


class DroppedCount:
    """How many messages the broker says it has dropped, None while it does not say; over a connection of its own."""

    def __init__(self, broker: Broker) -> None:
        self.total: int | None = None
        self._broker = broker
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda client, *_: client.subscribe(DROPPED_TOPIC)
        self._client.on_message = lambda _client, _data, message: self._take(message.payload)
        if broker.user is not None:
            self._client.username_pw_set(broker.user, broker.password)
        if broker.is_tls:
            self._client.tls_set_context(make_tls_context(broker.tls))

    def start(self) -> None:
        """Begin to listen, in a thread; it connects again by itself."""
        self._client.connect_async(self._broker.host, self._broker.port, KEEPALIVE_S)
        self._client.loop_start()

    def stop(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()

    def _take(self, payload: bytes | bytearray) -> None:
        if payload.isdigit():
            self.total = int(payload)


def on_connect(
    client: Client, _data: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None
) -> None:
    """Pass on the library's call."""
    if isinstance(client, TappedClient):
        has_shares = bool(getattr(properties, "SharedSubscriptionAvailable", True))  # absent: it has them
        client.greet(reason, session_present=flags.session_present, has_shares=has_shares)


def on_subscribe(
    client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], _properties: Properties | None
) -> None:
    """Pass on the library's call."""
    if isinstance(client, TappedClient):
        client.check_subscriptions(reasons)


def on_unsubscribe(
    client: Client, _data: Any, _mid: int, reasons: list[ReasonCode], _properties: Properties | None
) -> None:
    """Pass on the library's call."""
    if isinstance(client, TappedClient):
        client.check_end_of_subscriptions(reasons)


def on_disconnect(
    client: Client, _data: Any, _flags: DisconnectFlags, reason: ReasonCode, _properties: Properties | None
) -> None:
    """Pass on the library's call."""
    LOG.info("broker_disconnected", reason=str(reason))
    if isinstance(client, TappedClient):
        client.tell_end(reason)


def needs_shares(topic_filters: Sequence[str]) -> bool:
    """Say whether a filter is a shared subscription (MQTT 5.0, 4.8.2)."""
    return any(topic_filter.startswith("$share/") for topic_filter in topic_filters)


def make_properties(packet_type: int) -> Properties:
    """Make an empty table of properties."""
    return Properties(packet_type)  # type: ignore[no-untyped-call]  # the library has no types here
