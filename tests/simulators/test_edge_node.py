"""Edge nodes over a real broker: the will is the death, a rebirth is answered, and what is read then has its name."""

import socket
import threading
from collections.abc import Iterator

import pytest
from paho.mqtt.client import MQTTMessage

from sensors.formats.sparkplug_b import STATEFUL_FORMAT
from sensors.sparkplug import read_payload
from sensors.sparkplug_metrics import find_bd_seq
from simulators.description import Device
from simulators.edge_node import EdgeNodes
from simulators.gateway_sparkplug import AWAY_S, SparkplugGateway
from simulators.grid import Column
from simulators.message import Message
from tests.support.publisher import Message as Publish
from tests.support.publisher import listening, publish
from tests.support.sparkplug import NOW_US, Host, values_of
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services
START_S = NOW_US // 1_000_000 - 600
STOP = threading.Event()


class Hall:
    """A node `gw-hall` with a boiler and a meter, whose messages go over the broker."""

    def __init__(self, mqtt_url: str, territory: str) -> None:
        names = ("boiler-1", "meter-1")
        devices = [Device(name, name, "building", "x", "gw-hall", 600, {"*": name}) for name in names]
        self.gateway = SparkplugGateway(territory, devices)
        self.nodes = EdgeNodes(mqtt_url, [self.gateway])

    def measure(self, second: int, device: int = 0) -> None:
        """Send one temperature, after what must be said before."""
        at_s = START_S + second
        message = Message(device, at_s, (at_s,), [Column("", "temperature", 1)], [(20.0 + second % 50,)])
        for topic, payload in [*self.gateway.announce(message), self.gateway.encode(message)]:
            self.nodes.send(topic, payload, STOP)


@pytest.fixture
def hall(mqtt_url: str, territory_slug: str) -> Iterator[Hall]:
    hall = Hall(mqtt_url, territory_slug)
    yield hall
    hall.nodes.close()


def kinds(heard: list[MQTTMessage]) -> list[str]:
    return [message.topic.split("/")[2] for message in heard]


def test_lost_connection_is_a_death_by_the_brokers_hand_and_a_new_birth(
    hall: Hall, mqtt_url: str, territory_slug: str
) -> None:
    with listening(mqtt_url, f"spBv1.0/{territory_slug}/#") as heard:
        hall.measure(0)
        hall.measure(AWAY_S + 1)
        wait_until(lambda: len(heard) == 7, "death and second birth")
        hall.nodes.close()
        wait_until(lambda: len(heard) == 8, "the last death")
    assert kinds(heard) == ["NBIRTH", "DBIRTH", "DDATA", "NDEATH", "NBIRTH", "DBIRTH", "DDATA", "NDEATH"]
    births = [find_bd_seq(read_payload(m.payload)) for m in heard if m.topic.split("/")[2] in ("NBIRTH", "NDEATH")]
    assert births == [0, 0, 1, 1]


def test_rebirth_is_answered_with_every_birth_and_aliases_are_read_again(
    hall: Hall, mqtt_url: str, territory_slug: str
) -> None:
    """A host that comes late knows no alias; it asks, and from the next message on it reads all."""
    host = Host(STATEFUL_FORMAT)
    with listening(mqtt_url, f"spBv1.0/{territory_slug}/#") as heard:
        hall.measure(0)
        hall.measure(1, device=1)
        hall.measure(2)
        wait_until(lambda: len(heard) == 6, "two births and the data")
        decoded = host.hear(heard[5].topic, heard[5].payload)
        assert values_of(decoded) == {}
        (request,) = decoded.requests
        publish(mqtt_url, [Publish(request.topic, request.payload)])
        wait_until(lambda: hall.gateway._asked == {"gw-hall"}, "the command at the node")
        hall.measure(3)
        wait_until(lambda: len(heard) == 11, "the births")
    assert kinds(heard)[6:] == ["NCMD", "NBIRTH", "DBIRTH", "DBIRTH", "DDATA"]
    found = [host.hear(message.topic, message.payload) for message in heard[7:]]
    assert all(not decoded.requests for decoded in found)
    assert [values_of(decoded) for decoded in found] == [
        {},
        {"boiler-1 temperature": [22.0]},
        {"meter-1 temperature": [21.0]},
        {"boiler-1 temperature": [23.0]},
    ]


def test_connection_cut_by_the_broker_is_renewed_under_the_next_bd_seq(
    hall: Hall, mqtt_url: str, territory_slug: str
) -> None:
    with listening(mqtt_url, f"spBv1.0/{territory_slug}/+/gw-hall") as heard:
        hall.measure(0)
        wait_until(lambda: kinds(heard) == ["NBIRTH"], "the first birth")
        line = hall.nodes.lines[territory_slug, "gw-hall"].socket()
        assert isinstance(line, socket.socket)
        line.shutdown(socket.SHUT_RDWR)
        wait_until(lambda: not hall.nodes.is_connected((territory_slug, "gw-hall")), "the lost connection")
        hall.measure(1)
        hall.measure(2)
        wait_until(lambda: len(heard) == 3, "the second birth")
    assert kinds(heard) == ["NBIRTH", "NDEATH", "NBIRTH"]
    assert [find_bd_seq(read_payload(message.payload)) for message in heard] == [0, 0, 1]
