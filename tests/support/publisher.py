"""A sender for tests: publishes at QoS 1 and returns when the broker has acknowledged everything."""

import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from tests.support.waiting import wait_until

TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message to publish."""

    topic: str
    payload: bytes
    response_topic: str | None = None
    correlation_data: bytes | None = None


@contextmanager
def connected(mqtt_url: str, client_id: str | None = None, session_s: int = 0) -> Iterator[Client]:
    """Give a connected client, its network thread running, with a new session kept for so many seconds afterwards."""
    parts = urlsplit(mqtt_url)
    client = Client(
        CallbackAPIVersion.VERSION2, client_id or f"test-{secrets.token_hex(6)}", protocol=MQTTProtocolVersion.MQTTv5
    )
    client.username_pw_set(parts.username or "", parts.password)
    is_up = threading.Event()
    client.on_connect = lambda *_: is_up.set()
    client.max_inflight_messages_set(500)
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = session_s
    client.connect(parts.hostname or "", parts.port or 1883, clean_start=True, properties=properties)
    client.loop_start()
    try:
        assert is_up.wait(TIMEOUT_S), "the broker does not answer"
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


def publish(mqtt_url: str, messages: Iterable[Message]) -> int:
    """Publish all messages, wait for each acknowledgement, and give their number."""
    with connected(mqtt_url) as client:
        sent = [client.publish(m.topic, m.payload, qos=1, properties=properties_of(m)) for m in messages]
        for one in sent:
            one.wait_for_publish(TIMEOUT_S)
            assert one.is_published()
    return len(sent)


@contextmanager
def listening(mqtt_url: str, topic_filter: str) -> Iterator[list[MQTTMessage]]:
    """Collect what is published on these topics meanwhile."""
    received: list[MQTTMessage] = []
    is_subscribed = threading.Event()
    with connected(mqtt_url) as client:
        client.on_subscribe = lambda *_: is_subscribed.set()
        client.on_message = lambda _client, _data, message: received.append(message)
        client.subscribe(topic_filter, qos=1)
        assert is_subscribed.wait(TIMEOUT_S)
        yield received


def open_session(mqtt_url: str, client_id: str, *topic_filters: str) -> None:
    """Have the broker keep messages for a client that is not there yet."""
    is_subscribed = threading.Event()
    with connected(mqtt_url, client_id, session_s=3600) as client:
        client.on_subscribe = lambda *_: is_subscribed.set()
        client.subscribe([(topic_filter, 1) for topic_filter in topic_filters])
        assert is_subscribed.wait(TIMEOUT_S)


def has_session(mqtt_url: str, client_id: str) -> bool:
    """Ask the broker whether it keeps a session, which this ends."""
    parts = urlsplit(mqtt_url)
    client = Client(CallbackAPIVersion.VERSION2, client_id, protocol=MQTTProtocolVersion.MQTTv5)
    client.username_pw_set(parts.username or "", parts.password)
    answers: list[bool] = []
    client.on_connect = lambda _client, _data, flags, *_: answers.append(flags.session_present)
    client.connect(parts.hostname or "", parts.port or 1883, clean_start=False)
    client.loop_start()
    try:
        wait_until(lambda: answers, "the broker's answer")
    finally:
        client.disconnect()
        client.loop_stop()
    return answers[0]


def end_session(mqtt_url: str, client_id: str) -> None:
    """Have the broker forget a persistent session and what it keeps for it."""
    with connected(mqtt_url, client_id):
        pass


def properties_of(message: Message) -> Any:
    """Give the MQTT 5 properties of a message, None where it has none."""
    if message.response_topic is None and message.correlation_data is None:
        return None
    properties = Properties(PacketTypes.PUBLISH)
    if message.response_topic is not None:
        properties.ResponseTopic = message.response_topic
    if message.correlation_data is not None:
        properties.CorrelationData = message.correlation_data
    return properties
