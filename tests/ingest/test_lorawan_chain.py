"""A network server's events through broker, worker and store."""

import json

import pytest

from store.registry import DeviceEntry
from tests.support.chain import make_chain, working
from tests.support.lorawan import EUI, a_chirpstack_event, chirpstack_topic
from tests.support.publisher import Message, publish
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services

N_LINK_VALUES = 4  # rssi, snr, spreading_factor, frame_count


def event(kind: str, **fields: object) -> Message:
    return Message(chirpstack_topic(kind), json.dumps(a_chirpstack_event(**fields)).encode())


def test_uplinks_are_stored_once_and_a_join_costs_nothing(
    database_url: str, mqtt_url: str, territory_slug: str
) -> None:
    """The server publishes an uplink again after a restart; a join between them carries no value and is no fault."""
    entries = [DeviceEntry(territory_slug, EUI), DeviceEntry(territory_slug, "d-0")]
    chain = make_chain(database_url, mqtt_url, territory_slug, entries)
    with working(chain):
        publish(mqtt_url, [Message(chain.topic("d-0"), b'{"at":1780000000,"values":{"voltage":230.5}}')])
        chain.wait_for_stored(1)  # from here on the worker listens to all its topics
        publish(mqtt_url, [event("join"), event("up", object={"co2": 612.0}), event("join")])
        chain.wait_for_stored(2 + N_LINK_VALUES)
        publish(mqtt_url, [event("up", object={"co2": 612.0}), event("up", time="2026-03-01T12:15:00Z", data="AQID")])
        wait_until(lambda: chain.ledger()[3] == 1, "the payload that nobody reads")
    n_stored, n_twice = 2 + 2 * N_LINK_VALUES, 1 + N_LINK_VALUES
    assert chain.ledger() == (n_stored + n_twice + 1, n_stored, n_twice, 1)
    assert chain.fetch("select reason from rejections") == [("codec_failed",)]
    stored = chain.fetch("select s.quantity, m.value from measurements m join series s using (series_id)")
    assert ("co2", 612.0) in stored
