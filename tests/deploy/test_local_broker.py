"""What the embedded broker promises: closed to strangers, keeps what waits, tells when it drops."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from deploy.local import Services, place_of
from deploy.local.alarm import broker_alarms, judge
from deploy.local.mosquitto import mqtt_address, start_mosquitto, stop_mosquitto
from deploy.local.place import make_place
from deploy.local.process import wait_until
from deploy.local.services import Embedded
from deploy.local.state import State, WantedPorts, make_state
from deploy.local.tree import SERVICES, ensure_tree
from tests.support.checkouts import a_checkout

DEADLINE_S = 30.0
N_MESSAGES = 3_000
PAYLOAD = b"x" * 100
SMALL_LIMIT_BYTES = 50_000


class Broker:
    """A broker of the test's own, without a database."""

    def __init__(self, folder: Path) -> None:
        self.place = place_of(folder)
        make_place(self.place)
        self.state: State = make_state(self.place, WantedPorts())

    def start(self, **limit: int) -> Services:
        tree = ensure_tree(SERVICES, self.place.cache)
        pid = start_mosquitto(self.place, tree, self.state, **limit)
        embedded = Embedded(self.place, self.state.postgres_port, self.state.mqtt_port, 0, pid)
        return Services("", "", mqtt_address(self.state), embedded)

    def stop(self) -> None:
        stop_mosquitto(self.place)


@pytest.fixture
def broker(tmp_path: Path, services: Services) -> Iterator[Broker]:
    with a_checkout(tmp_path / "broker") as folder:
        yield Broker(folder)


def connect(url: str, client_id: str, **callbacks: Any) -> mqtt.Client:  # Any: paho's callbacks
    """Open a session that never expires."""
    address = urlsplit(url)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
    client.username_pw_set(address.username, address.password)
    for name, callback in callbacks.items():
        setattr(client, name, callback)
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call] # paho's is not annotated
    properties.SessionExpiryInterval = 0xFFFFFFFF
    # A session begun with a clean start is not among those that Mosquitto 2.0 saves.
    client.connect(address.hostname or "", address.port or 0, clean_start=False, properties=properties)
    client.loop_start()
    return client


def close(client: mqtt.Client) -> None:
    client.disconnect()
    client.loop_stop()


def leave_a_subscription(url: str, topic: str, client_id: str) -> None:
    """Subscribe for ever and go away."""
    subscribed = threading.Event()
    client = connect(url, client_id, on_subscribe=lambda *_: subscribed.set())
    assert wait_until(client.is_connected, DEADLINE_S)
    client.subscribe(topic, qos=1)
    assert subscribed.wait(DEADLINE_S)
    close(client)


def publish(url: str, topic: str) -> list[str]:
    """Publish N_MESSAGES at QoS 1 and give the broker's answers."""
    answers: list[str] = []
    client = connect(url, "gateway", on_publish=lambda _c, _u, _mid, reason, _p: answers.append(str(reason)))
    for _ in range(N_MESSAGES):
        client.publish(topic, PAYLOAD, qos=1)
    assert wait_until(lambda: len(answers) == N_MESSAGES, DEADLINE_S)
    close(client)
    return answers


def collect(url: str, client_id: str, n_expected: int) -> int:
    """Come back to a session and count what waited there."""
    bodies: list[bytes] = []
    client = connect(url, client_id, on_message=lambda _c, _u, message: bodies.append(message.payload))
    wait_until(lambda: len(bodies) >= n_expected, DEADLINE_S)
    close(client)
    return len(bodies)


@pytest.mark.services
@pytest.mark.parametrize("password", [None, "wrong"])
def test_broker_refuses_strangers(mqtt_url: str, password: str | None) -> None:
    address = urlsplit(mqtt_url)
    reasons: list[str] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    if password:
        client.username_pw_set(address.username, password)
    client.on_connect = lambda _c, _u, _f, reason, _p: reasons.append(str(reason))
    client.connect(address.hostname or "", address.port or 0)
    client.loop_start()
    assert wait_until(lambda: bool(reasons), DEADLINE_S)
    close(client)
    assert reasons[0] == "Not authorized"


@pytest.mark.services
def test_all_messages_wait_for_an_absent_session_even_over_a_restart(broker: Broker) -> None:
    """Mosquitto's default keeps 1,000 for each client and says "Success" to the rest."""
    url = broker.start().mqtt_url
    leave_a_subscription(url, "vigie/#", "ingest-1")
    assert set(publish(url, "vigie/commune/device/up")) == {"Success"}
    broker.stop()
    broker.start()
    assert collect(url, "ingest-1", N_MESSAGES) == N_MESSAGES


@pytest.mark.services
def test_alarm_tells_of_messages_dropped_although_the_publisher_heard_success(broker: Broker) -> None:
    services = broker.start(queue_limit_bytes=SMALL_LIMIT_BYTES)
    assert broker_alarms(services, SMALL_LIMIT_BYTES) == []
    leave_a_subscription(services.mqtt_url, "vigie/#", "ingest-1")
    assert set(publish(services.mqtt_url, "vigie/commune/device/up")) == {"Success"}
    n_kept = SMALL_LIMIT_BYTES // len(PAYLOAD)
    told = f"dropped {N_MESSAGES - n_kept} messages"  # its counts follow once a second

    def is_told() -> bool:
        return any(told in alarm.message for alarm in broker_alarms(services, SMALL_LIMIT_BYTES))

    assert wait_until(is_told, DEADLINE_S)
    dropped, nearly_full = broker_alarms(services, SMALL_LIMIT_BYTES)
    assert collect(services.mqtt_url, "ingest-1", n_kept) == n_kept
    assert dropped.kind == "dropped"
    assert "ingest-1" in dropped.message
    assert nearly_full.kind == "nearly_full"


@pytest.mark.services
def test_alarm_tells_of_a_broker_that_does_not_answer(broker: Broker) -> None:
    services = broker.start()
    broker.stop()
    assert [alarm.kind for alarm in broker_alarms(services)] == ["unreachable"]


@pytest.mark.parametrize(("held_bytes", "kinds"), [(79, []), (80, ["nearly_full"])])
def test_alarm_comes_at_four_fifths_of_the_limit(held_bytes: int, kinds: list[str]) -> None:
    alarms = judge({"dropped": 0, "stored_bytes": held_bytes}, queue_limit_bytes=100, losing=[])
    assert [alarm.kind for alarm in alarms] == kinds
