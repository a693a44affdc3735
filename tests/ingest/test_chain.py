"""Broker, worker and store together on ordinary input: values, receipts, newest values, both protocol versions."""

import json
import queue
import threading
from dataclasses import replace

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from ingest.arrival import Chunk
from ingest.broker import read_broker_url
from ingest.counters import Counters
from ingest.errors import RefusedError
from ingest.program import run
from ingest.session import Session
from ingest.worker import Done
from sensors.receipt import Receipt, decode_receipts
from store.connect import connect
from store.newest import rebuild_newest
from tests.support.chain import (
    Chain,
    expected_values,
    make_chain,
    open_slot,
    single_values,
    stored_values,
    worker_process,
    working,
)
from tests.support.publisher import Message, end_session, listening, publish
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services
WORKERS = "select distinct worker from batches"


@pytest.fixture
def chain(database_url: str, mqtt_url: str, territory_slug: str) -> Chain:
    return make_chain(database_url, mqtt_url, territory_slug)


def count(counters: Counters, name: str) -> float:
    """Read a counter as Prometheus would."""
    return counters.registry.get_sample_value(f"vigie_{name}_total") or 0.0


def test_every_value_is_stored_as_it_was_sent(chain: Chain, mqtt_url: str) -> None:
    with working(chain) as worker:
        publish(mqtt_url, single_values(chain, 2000))
        chain.wait_for_stored(2000)
    assert set(stored_values(chain)) == expected_values(2000)
    assert chain.ledger() == (2000, 2000, 0, 0)
    counters = worker.result()
    names = ("messages_received", "messages_acked", "measurements_received", "measurements_stored")
    assert [count(counters, name) for name in names] == [2000.0] * 4


def test_stopped_worker_leaves_nothing_unacknowledged(chain: Chain, mqtt_url: str) -> None:
    """A second worker under the same name gets only what the first had not settled: nothing."""
    with worker_process(chain) as first:
        publish(mqtt_url, single_values(chain, 300))
        chain.wait_for_stored(300)
        first.terminate()
        assert first.wait(10) == 0
    with working(chain):
        publish(mqtt_url, single_values(chain, 1, first=300))
        chain.wait_for_stored(301)
    assert chain.ledger() == (301, 301, 0, 0)


def test_gateway_is_told_after_the_commit(chain: Chain, mqtt_url: str) -> None:
    """Receipts go to the gateway's topic, or where MQTT 5 says, with the correlation data copied back."""
    by_id = Message(chain.topic("d-1"), b'{"id":"m-1","gateway":"gw","at":1780000000,"values":{"voltage":230.5}}')
    asked = f"vigie/{chain.territory}/answers"
    by_data = Message(
        chain.topic("d-2"), b'{"at":1780000000,"values":{"voltage":230.5,"colour":1}}', asked, b"\x00\xff42"
    )
    with listening(mqtt_url, f"vigie/{chain.territory}/#") as heard, working(chain):
        publish(mqtt_url, [by_id, by_data])
        wait_until(lambda: sum(not m.topic.endswith("/up") for m in heard) >= 2, "two receipts")
    receipts = {m.topic: m for m in heard if not m.topic.endswith("/up")}
    assert set(receipts) == {f"vigie/{chain.territory}/gw/receipts", asked}
    assert decode_receipts(receipts[f"vigie/{chain.territory}/gw/receipts"].payload) == (Receipt("m-1", 1),)
    assert receipts[asked].properties is not None
    assert receipts[asked].properties.CorrelationData == b"\x00\xff42"
    told = json.loads(receipts[asked].payload)["receipts"][0]
    assert (told["stored"], told["rejected"][0]["reason"]) == (1, "unknown_quantity")


def test_newest_value_of_each_series_is_kept(chain: Chain, mqtt_url: str) -> None:
    newest = """
        select d.external_id, l.value
        from last_values l join series using (series_id) join devices d using (device_id)
    """
    wanted = {(f"d-{i}", 90 + i + 0.5) for i in range(10)}
    with working(chain):
        publish(mqtt_url, [*single_values(chain, 100)[50:], *single_values(chain, 50)])
        chain.wait_for_stored(100)
        wait_until(lambda: set(chain.fetch(newest)) == wanted, "the newest values")
    with connect(chain.settings.database_url, program="test") as connection:
        connection.execute("delete from last_values")
        connection.commit()
        assert rebuild_newest(connection, [worker for (worker,) in chain.fetch(WORKERS)]) == 10
    assert set(chain.fetch(newest)) == wanted


def test_older_protocol_and_full_window_lose_nothing(chain: Chain, mqtt_url: str) -> None:
    """MQTT 3.1.1, a window of 50 and nothing settled: reading stops there, and goes on as work is handed back."""
    broker = replace(read_broker_url(mqtt_url, f"{chain.territory}-old", 50), window_bytes=1_000_000)
    inbox: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
    session = Session(broker, [f"vigie/{chain.territory}/+/up"], inbox, Counters())
    session.lacks_mqtt5()
    thread = threading.Thread(target=session.run)
    thread.start()
    try:
        wait_until(lambda: session._connected_at is not None, "the connection")
        seen: list[bytes] = []
        sent = single_values(chain, 3000)
        sender = threading.Thread(target=publish, args=(mqtt_url, sent))
        sender.start()
        while len(seen) < len(sent):
            chunk = inbox.get(timeout=20)
            assert chunk is not None
            seen += [arrival.payload for arrival in chunk.arrivals]
            session.hand_back(Done([chunk]))
        sender.join()
    finally:
        session.finish()
        session.close()
        thread.join(10)
        end_session(mqtt_url, broker.client_id)
    assert seen == [message.payload for message in sent]


def test_reading_stops_at_the_window_and_the_connection_lives_on(chain: Chain, mqtt_url: str) -> None:
    """Nothing is handed back: no more than the window comes, whatever the broker holds."""
    counters = Counters()
    slot = open_slot(chain.settings)
    broker = read_broker_url(mqtt_url, slot.client_id, 100)
    inbox: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
    publish(mqtt_url, single_values(chain, 1000))
    session = Session(broker, slot.topic_filters, inbox, counters)
    thread = threading.Thread(target=session.run)
    thread.start()
    try:
        wait_until(lambda: count(counters, "messages_received") >= 100, "a full window")
        chunks = [chunk for chunk in iter(lambda: inbox.get(timeout=5) if not inbox.empty() else None, None)]
        assert count(counters, "messages_received") == 100  # the broker keeps to the Receive Maximum
        session.hand_back(Done(chunks))
        wait_until(lambda: count(counters, "messages_received") == 200, "the next window")
    finally:
        session.finish()
        session.close()
        thread.join(10)
    with working(chain):
        chain.wait_for_stored(900)
    assert len(stored_values(chain)) == 900


def test_wrong_password_ends_the_worker_with_a_sentence(chain: Chain, mqtt_url: str) -> None:
    wrong = replace(chain.settings, mqtt_url=mqtt_url.replace("@", "x@"))
    with pytest.raises(RefusedError, match="refuses us"):
        run(wrong, threading.Event())


def test_broker_without_shared_subscriptions_is_refused_with_a_sentence(mqtt_url: str) -> None:
    """One that speaks MQTT 3.1.1 only, and one that says in its answer that it has none."""
    for is_old in (True, False):
        session = Session(
            read_broker_url(mqtt_url, "none", 50), ["$share/x/vigie/+/+/up"], queue.SimpleQueue(), Counters()
        )
        if is_old:
            session.lacks_mqtt5()
        else:
            session._client.greet(ReasonCode(PacketTypes.CONNACK), session_present=False, has_shares=False)
        with pytest.raises(RefusedError, match="no shared subscriptions"):
            session.run()
