"""Sparkplug through broker, worker and store: what it remembers is as old as what is stored, whoever reads."""

import json
from datetime import timedelta

import psycopg
import pytest

from sensors.sparkplug import read_payload
from simulators.format_mix import choose_encoders
from simulators.stream import Stream
from store.registry import DeviceEntry
from tests.support.chain import Chain, make_chain, worker_process, working
from tests.support.edge_node import Node, wait_for_owner
from tests.support.publisher import Message, connected, listening, publish
from tests.support.sparkplug import a_payload, bd_seq
from tests.support.towns import START, a_quiet_town
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services

HUMIDITY = {"datatype": "integer", "unit": "%"}
DEVICES = ("boiler-1", "gw-hall")
SEEN = "select d.external_id, p.presence, p.through from device_presences p join devices d using (device_id) order by 1"
VALUES = "select value from measurements order by observed_at"


@pytest.fixture
def chain(database_url: str, mqtt_url: str, territory_slug: str) -> Chain:
    entries = [DeviceEntry(territory_slug, device) for device in DEVICES]
    return make_chain(database_url, mqtt_url, territory_slug, entries)


def test_alias_is_understood_by_the_next_worker_and_a_lost_birth_is_asked_for(chain: Chain) -> None:
    node = Node(chain)
    with working(chain):
        wait_for_owner(chain)
        node.give_birth()
        node.measure(1)
        chain.wait_for_stored(2)
        assert chain.fetch(SEEN) == [("boiler-1", "online", None), ("gw-hall", "online", None)]
    with psycopg.connect(chain.settings.database_url) as connection:
        connection.execute("delete from source_states")
    asked = f"spBv1.0/{chain.territory}/NCMD/gw-hall"
    with listening(chain.settings.mqtt_url, asked) as heard, working(chain):
        wait_for_owner(chain)
        node.measure(2)
        chain.wait_for_stored(3)
        assert not heard
        node.seq += 1
        node.measure(4)
        wait_until(lambda: len(heard) == 1, "a request for a rebirth")
        node.give_birth()
        node.measure(5)
        chain.wait_for_stored(4)
    assert b"Node Control/Rebirth" in heard[0].payload
    assert read_payload(heard[0].payload).metrics
    assert [value for (value,) in chain.fetch(VALUES)] == [20.0, 21.0, 22.0, 25.0]
    assert chain.fetch("select reason, n_measurements from rejections") == [("unknown_quantity", 1)]
    received, stored, duplicate, rejected = chain.ledger()
    assert (received, stored, duplicate, rejected) == (6, 4, 1, 1)


def test_death_makes_node_and_devices_offline(chain: Chain) -> None:
    node = Node(chain)
    with working(chain):
        wait_for_owner(chain)
        node.give_birth()
        will = Message(f"spBv1.0/{chain.territory}/NDEATH/gw-hall", a_payload(None, bd_seq(7)))
        publish(chain.settings.mqtt_url, [will])
        wait_until(
            lambda: chain.fetch(SEEN) == [("boiler-1", "offline", "gw-hall"), ("gw-hall", "offline", None)],
            "the death of the node",
        )


def test_edge_nodes_are_told_whether_their_host_is_there(chain: Chain) -> None:
    """STATE is retained: online once the owner listens, offline when it leaves, and when it is killed."""
    topic = f"spBv1.0/STATE/vigie-{chain.territory}"

    def told() -> list[tuple[bool, int]]:
        documents = [json.loads(message.payload) for message in heard]
        return [(document["online"], document["timestamp"]) for document in documents]

    with listening(chain.settings.mqtt_url, topic) as heard:
        with working(chain):
            wait_until(lambda: [online for online, _ in told()] == [True], "the host's birth")
            with listening(chain.settings.mqtt_url, topic) as late:
                wait_until(lambda: [message.retain for message in late] == [True], "the retained birth")
        wait_until(lambda: [online for online, _ in told()] == [True, False], "the host's death")
        with worker_process(chain) as process:
            wait_until(lambda: [online for online, _ in told()] == [True, False, True], "the host's next birth")
            process.kill()
            process.wait(10)
            wait_until(lambda: [online for online, _ in told()] == [True, False, True, False], "the host's will")
    (_, first), (_, left), (_, second), (_, lost) = told()
    assert first <= left <= second == lost


def test_killed_worker_leaves_its_memory_to_the_one_standing_by(chain: Chain) -> None:
    node = Node(chain)
    with worker_process(chain) as first:
        wait_for_owner(chain)
        node.give_birth()
        with working(chain):
            for second in range(1, 6):
                node.measure(second)
            first.kill()
            first.wait(10)
            for second in range(6, 11):
                node.measure(second)
            chain.wait_for_stored(11)
    assert [value for (value,) in chain.fetch(VALUES)] == [20.0 + second for second in range(11)]
    received, stored, duplicate, rejected = chain.ledger()
    assert (stored, rejected, received) == (11, 0, 11 + duplicate)


def test_database_outage_loses_nothing_of_what_is_by_alias_alone(chain: Chain) -> None:
    node = Node(chain)
    with working(chain):
        wait_for_owner(chain)
        node.give_birth()
        chain.wait_for_stored(1)
        with psycopg.connect(chain.settings.database_url) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and application_name = 'vigie ingest'"
            )
        for second in range(1, 40):
            node.measure(second)
        chain.wait_for_stored(40)
    received, stored, duplicate, rejected = chain.ledger()
    assert (stored, rejected, received) == (40, 0, 40 + duplicate)


def test_half_a_day_of_a_towns_buildings_is_stored_under_the_names_it_was_measured_under(
    database_url: str, mqtt_url: str, territory_slug: str
) -> None:
    town = a_quiet_town(scale=0.2, slug=territory_slug)
    entries = [DeviceEntry(territory_slug, device.external_id) for device in town.devices]
    chain = make_chain(database_url, mqtt_url, territory_slug, entries)
    stream = Stream(town, choose_encoders("real", town)).telegrams(START, START, START + timedelta(hours=12))
    telegrams = [telegram for telegram in stream if telegram.topic.startswith("spBv1.0/")]
    n_values = sum(telegram.n_values for telegram in telegrams)
    with working(chain):
        wait_for_owner(chain)
        with listening(mqtt_url, f"spBv1.0/{territory_slug}/NCMD/+") as asked:
            publish(mqtt_url, (Message(telegram.topic, telegram.payload) for telegram in telegrams))
            wait_until(lambda: chain.ledger()[0] >= n_values > 500, f"{n_values} values", 60)
    received, stored, duplicate, rejected = chain.ledger()
    assert (received, rejected) == (stored + duplicate, 0)
    assert stored >= n_values
    assert not asked


def test_retained_description_is_heard_and_retained_value_is_not_measured(
    database_url: str, mqtt_url: str, territory_slug: str
) -> None:
    device = f"office-{territory_slug[-12:]}"  # Homie's topics know no territory: a name that no other test uses
    chain = make_chain(database_url, mqtt_url, territory_slug, [DeviceEntry(territory_slug, device)])
    described = {"homie": "5.0", "version": 7, "nodes": {"room": {"properties": {"humidity": HUMIDITY}}}}
    retained = {"$description": json.dumps(described), "$state": "ready", "room/humidity": "40"}
    with connected(mqtt_url) as client:
        for path, text in retained.items():
            client.publish(f"homie/5/{device}/{path}", text, qos=1, retain=True).wait_for_publish(10)
        try:
            with working(chain):
                wait_until(lambda: chain.fetch(SEEN) == [(device, "online", None)], "the retained state")
                client.publish(f"homie/5/{device}/room/humidity", "41", qos=1, retain=True)
                chain.wait_for_stored(1)
        finally:
            for path in retained:
                client.publish(f"homie/5/{device}/{path}", b"", qos=1, retain=True).wait_for_publish(10)
    assert chain.fetch(VALUES) == [(41.0,)]
    assert chain.ledger() == (1, 1, 0, 0)
