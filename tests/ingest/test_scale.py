"""Several workers on several hosts, killed, cut off and sent away under load: every message is stored exactly once."""

import json
import os
import signal
from collections.abc import Iterator

import pytest
from psycopg import conninfo

from ingest.slots import take_slot
from store.connect import connect
from store.registry import DeviceEntry
from store.slots import Slot, make_slot
from tests.support.chain import Chain, end_sessions, expected_values, make_chain, single_values, stored_values, working
from tests.support.crew import crew, load, wait_for_served
from tests.support.edge_node import Node, wait_for_owner
from tests.support.proxy import proxied
from tests.support.publisher import connected, has_session, listening, open_session, publish
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.services, pytest.mark.faults]

SLOTS = "select client_id from ingest_slots order by slot_id"
BOILER, OFFICE = (
    "select m.value from measurements m join series using (series_id) join devices d using (device_id)"
    f" where d.external_id like '{name}' order by m.observed_at"
    for name in ("boiler-1", "office-%")
)
PRESENT = (
    "select d.external_id from device_presences p join devices d using (device_id) where presence = 'online' order by 1"
)
HUMIDITY = {"datatype": "integer", "unit": "%"}
PATIENCE_S = 60.0


@pytest.fixture
def chain(database_url: str, mqtt_url: str, territory_slug: str) -> Iterator[Chain]:
    devices = [*(f"d-{number}" for number in range(10)), "gw-hall", "boiler-1", f"office-{territory_slug[-12:]}"]
    chain = make_chain(database_url, mqtt_url, territory_slug, [DeviceEntry(territory_slug, one) for one in devices])
    yield chain
    end_sessions(chain)


def slots(chain: Chain) -> list[str]:
    """Give the client ids of all slots."""
    return [str(client_id) for (client_id,) in chain.fetch(SLOTS)]


def assert_all_stored_once(chain: Chain, n_messages: int) -> None:
    """Wait for what the sender counted; each value is there once, and each arrival has exactly one outcome."""
    chain.wait_for_stored(n_messages)
    stored = stored_values(chain)
    assert len(stored) == n_messages
    assert set(stored) == expected_values(n_messages)
    received, n_stored, duplicate, rejected = chain.ledger()
    assert (n_stored, rejected, received) == (n_messages, 0, n_messages + duplicate)


def test_workers_killed_in_turn_under_load_lose_and_double_nothing(chain: Chain) -> None:
    """Each dies once, is started again and finds the session as it was: no more slots than workers."""
    with crew(chain, 3) as host:
        wait_for_served(chain, 3)
        before = host.workers()
        with load(chain) as under_way:
            for pid in before:
                under_way.wait_for_more()
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: len(set(host.workers()) - set(before)) == 3, "others in their places")
            wait_for_served(chain, 3)
            under_way.wait_for_more()
        assert_all_stored_once(chain, under_way.n_sent)
    assert len(slots(chain)) == 3


def test_two_hosts_become_one_under_load_and_the_backlog_of_the_dead_is_adopted(chain: Chain, mqtt_url: str) -> None:
    """Four workers to two: one host loses its power, and its sessions are emptied and ended by the other's workers."""
    with crew(chain, 2) as staying, crew(chain, 2) as leaving:
        wait_for_served(chain, 4)
        with load(chain) as under_way:
            under_way.wait_for_more()
            leaving.kill()
            wait_until(lambda: len(slots(chain)) == 2, "two slots", PATIENCE_S)
            under_way.wait_for_more()
        assert_all_stored_once(chain, under_way.n_sent)
        assert len(staying.workers()) == 2


def test_worker_cut_off_from_the_store_is_replaced_and_comes_back(chain: Chain) -> None:
    """It still hears the broker, so its slot must change hands without a loss, and its return disturb nobody."""
    port = int(conninfo.conninfo_to_dict(chain.settings.database_url)["port"] or 0)
    with proxied(port) as proxy:
        way = chain.settings.database_url.replace(f":{port}/", f":{proxy.port}/")
        with working(chain, database_url=way), working(chain):
            wait_for_served(chain, 2)
            with load(chain) as under_way:
                under_way.wait_for_more()
                proxy.stop()
                wait_until(lambda: len(slots(chain)) == 1, "the other to adopt its slot", PATIENCE_S)
                proxy.start()
                wait_for_served(chain, 2)
                under_way.wait_for_more()
            assert_all_stored_once(chain, under_way.n_sent)


def test_session_with_other_subscriptions_is_not_taken_but_emptied_and_ended(chain: Chain, mqtt_url: str) -> None:
    """Of an older version, say, with plain filters: what waits there is stored, and the broker forgets it."""
    with connect(chain.settings.database_url, program="test", autocommit=True) as connection:
        taken = take_slot(connection, chain.settings)
        assert isinstance(taken, Slot)
        old = make_slot(connection, taken.pool, f"old-{chain.territory}", [f"vigie/{chain.territory}/+/up"])
    open_session(mqtt_url, old.client_id, *old.topic_filters)
    publish(mqtt_url, single_values(chain, 500))
    with working(chain):
        wait_until(lambda: slots(chain) == [taken.client_id], "the old session's end", PATIENCE_S)
        assert not has_session(mqtt_url, old.client_id)
        assert_all_stored_once(chain, 500)
        assert chain.ledger() == (1000, 500, 500, 0)  # each message waited in both sessions


def test_sparkplug_and_retained_state_stay_right_while_workers_die(chain: Chain, mqtt_url: str) -> None:
    """Each worker, so also the owner of these topics, dies in mid-stream: no alias is lost and no rebirth needed."""
    office = f"office-{chain.territory[-12:]}"
    node, asked = Node(chain), f"spBv1.0/{chain.territory}/NCMD/gw-hall"
    described = {"homie": "5.0", "version": 7, "nodes": {"room": {"properties": {"humidity": HUMIDITY}}}}
    retained = {"$description": json.dumps(described), "$state": "ready", "room/humidity": "40"}
    with connected(mqtt_url) as client, listening(mqtt_url, asked) as heard:
        for path, text in retained.items():
            client.publish(f"homie/5/{office}/{path}", text, qos=1, retain=True).wait_for_publish(10)
        with crew(chain, 2) as host:
            wait_for_owner(chain)
            wait_until(lambda: len(host.workers()) == 2, "both workers")
            victims = dict(zip((10, 20), host.workers(), strict=True))
            node.give_birth()
            for second in range(1, 31):
                if second in victims:
                    os.kill(victims[second], signal.SIGKILL)
                node.measure(second)
            client.publish(f"homie/5/{office}/room/humidity", "41", qos=1, retain=True).wait_for_publish(10)
            chain.wait_for_stored(32)
        for path in retained:
            client.publish(f"homie/5/{office}/{path}", b"", qos=1, retain=True).wait_for_publish(10)
    assert not heard
    assert [value for (value,) in chain.fetch(BOILER)] == [20.0 + second for second in range(31)]
    assert chain.fetch(OFFICE) == [(41.0,)]
    assert chain.fetch(PRESENT) == [("boiler-1",), ("gw-hall",), (office,)]
    received, stored, duplicate, rejected = chain.ledger()
    assert (stored, rejected, received) == (32, 0, 32 + duplicate)
