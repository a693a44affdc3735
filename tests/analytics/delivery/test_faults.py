"""Gaps made by real faults of broker, worker, database and gateway: each is found and attributed to who made it."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import conninfo

from analytics.delivery.account import keep_account
from store.connect import connect
from store.ledger import fold
from store.registry import DeviceEntry
from tests.support.chain import Chain, end_sessions, make_chain, worker_process, working
from tests.support.own_broker import own_broker
from tests.support.proxy import proxied
from tests.support.publisher import Message, connected, publish
from tests.support.sparkplug import a_birth, a_payload, a_value, bd_seq
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.services, pytest.mark.faults]

DROPPING = """
persistence false
max_queued_messages 5
sys_interval 1
"""


def entries(territory: str) -> list[DeviceEntry]:
    """A gateway with three devices behind it."""
    return [DeviceEntry(territory, "gw"), *(DeviceEntry(territory, f"d-{n}", gateway="gw") for n in range(3))]


@pytest.fixture
def chain(database_url: str, mqtt_url: str, territory_slug: str) -> Iterator[Chain]:
    made = make_chain(database_url, mqtt_url, territory_slug, entries(territory_slug))
    yield made
    end_sessions(made)


def said(chain: Chain, device: str, seq: int, at: float | None = None) -> Message:
    """A message that carries its number; it was sent now, if not said otherwise."""
    payload = b'{"at":%.6f,"seq":%d,"values":{"voltage":230}}' % (time.time() if at is None else at, seq)
    return Message(chain.topic(device), payload)


def publish_at_most_once(mqtt_url: str, messages: Sequence[Message]) -> None:
    """Publish at QoS 0, which no broker keeps for whoever is away."""
    with connected(mqtt_url) as client:
        for message in messages:
            client.publish(message.topic, message.payload, qos=0).wait_for_publish(10)
    # the broker has taken them all: it answers in order
    publish(mqtt_url, [Message("vigie/nobody/listens/up", b"")])


def found(chain: Chain, device: str = "d-0") -> list[tuple[Any, ...]]:
    """Keep the account, and give how many are missing, cause and reason of each gap of a device."""
    with connect(chain.settings.database_url, program="test", autocommit=True) as connection:
        fold(connection)
        now = datetime.now(UTC)
        keep_account(connection, now, now)
    return chain.fetch(
        "select n_missing, cause, reason from gaps join devices using (device_id)"
        f" where external_id = '{device}' order by gap_id"
    )


def evidence(chain: Chain) -> dict[str, Any]:
    """What was seen around the only gap."""
    ((seen,),) = chain.fetch("select evidence from gaps")
    return dict(seen)


def wait_for_session(chain: Chain, n_changes: int = 1) -> None:
    """Wait until so many beginnings of sessions are written down, the last one standing."""
    query = "select count(*) from session_changes where is_connected and source = 'own' and session not like '%/state'"
    wait_until(lambda: chain.number(query) >= n_changes, f"{n_changes} beginnings of the session")


def outlast(began: float) -> None:
    """Wait until a fault that begins now has lasted twice as long as what came before: only so can it be the cause."""
    fault_at = time.monotonic()
    wait_until(lambda: time.monotonic() - fault_at > 2 * (fault_at - began), "a long enough fault", timeout_s=60)


@contextmanager
def away(chain: Chain) -> Iterator[None]:
    """Have a worker read the first message, kill it, and give back what happens until the next one reads."""
    with worker_process(chain) as process:
        wait_for_session(chain)
        began = time.monotonic()
        publish(chain.settings.mqtt_url, [said(chain, device, 0) for device in ("d-0", "d-1")])
        chain.wait_for_stored(2)
        process.kill()
        process.wait(10)
    outlast(began)
    yield
    publish(chain.settings.mqtt_url, [said(chain, "d-0", 4), said(chain, "d-1", 1)])
    with worker_process(chain):
        wait_for_session(chain, 2)
        last = (
            "select count(*) from message_counts join devices using (device_id)"
            " where (external_id, number) in (('d-0', 4), ('d-1', 1))"
        )
        wait_until(lambda: chain.number(last) == 2, "the last messages")


def test_nobody_read_and_nothing_was_kept_is_the_platforms(chain: Chain, mqtt_url: str) -> None:
    """The worker is killed; what is published at QoS 0 until the next one reads is lost."""
    with away(chain):
        publish_at_most_once(mqtt_url, [said(chain, "d-0", seq) for seq in (1, 2, 3)])
    assert found(chain) == [(3, "platform", "no_worker")]
    (outage,) = evidence(chain)["outages"]
    assert (outage["kind"], outage["n_others_heard_within"]) == ("no_worker", 0)


def test_nobody_read_and_the_broker_kept_is_no_gap(chain: Chain, mqtt_url: str) -> None:
    with away(chain):
        publish(mqtt_url, [said(chain, "d-0", seq) for seq in (1, 2, 3)])
        chain.wait_for_stored(2)
    with working(chain):
        chain.wait_for_stored(7)
    assert found(chain) == []


def test_device_that_said_nothing_while_nobody_read_is_not_the_platforms(chain: Chain, mqtt_url: str) -> None:
    """What another device sent at QoS 1 has come: the broker kept."""
    with away(chain):
        end = time.monotonic() + 1.0
        number = 10
        while time.monotonic() < end:
            publish(mqtt_url, [said(chain, "d-2", number := number + 1)])
    assert found(chain) == [(3, "device", "others_heard")]
    assert evidence(chain)["outages"][0]["n_others_heard_within"] == 1


def test_broker_out_of_reach_is_the_brokers(chain: Chain, mqtt_url: str) -> None:
    """The worker runs and its way to the broker is cut; what is published at QoS 0 meanwhile is lost."""
    port = int(mqtt_url.rsplit(":", 1)[1])
    lost = "select count(*) from session_changes where not is_connected and session not like '%/state'"
    with proxied(port) as proxy, working(chain, mqtt_url=mqtt_url.rsplit(":", 1)[0] + f":{proxy.port}"):
        wait_for_session(chain)
        began = time.monotonic()
        publish(mqtt_url, [said(chain, "d-0", 0)])
        chain.wait_for_stored(1)
        proxy.stop()
        outlast(began)
        publish_at_most_once(mqtt_url, [said(chain, "d-0", seq) for seq in (1, 2, 3)])
        wait_until(lambda: chain.number(lost) == 1, "the end of the session")
        publish(mqtt_url, [said(chain, "d-0", 4)])
        proxy.start()
        wait_for_session(chain, 2)
        chain.wait_for_stored(2)
    assert found(chain) == [(3, "broker", "unreachable")]


def test_broker_that_forgot_the_session_is_to_answer_for_what_it_held(
    tmp_path: Path, database_url: str, territory_slug: str
) -> None:
    """It loses its power with messages that it had acknowledged to the gateway."""
    with own_broker(tmp_path) as broker:
        chain = make_chain(database_url, broker.url(), territory_slug, entries(territory_slug))
        with away(chain):
            publish(broker.url(), [said(chain, "d-0", seq) for seq in (1, 2, 3)])
            broker.kill()
            broker.start()
            with worker_process(chain):
                wait_for_session(chain, 2)
        with worker_process(chain):
            chain.wait_for_stored(4)
    assert found(chain) == [(3, "broker", "forgot_session")]


def test_messages_that_the_broker_says_it_dropped_are_the_brokers(
    tmp_path: Path, database_url: str, territory_slug: str
) -> None:
    """Its queue holds five; the rest it acknowledges and drops, and counts where those may read that it lets."""
    with own_broker(tmp_path, further=DROPPING) as broker:
        (tmp_path / "acl").write_text("user gateway\ntopic readwrite vigie/#\ntopic read $SYS/#\n")
        broker.kill()
        broker.start()
        chain = make_chain(database_url, broker.url(), territory_slug, entries(territory_slug))
        with worker_process(chain):
            wait_for_session(chain)
            wait_until(lambda: chain.number("select count(*) from broker_drops") > 0, "the broker's count")
            publish(broker.url(), [said(chain, "d-0", 0)])
            chain.wait_for_stored(1)
        for seq in range(1, 30):  # one by one: whoever publishes is held back by nothing
            publish(broker.url(), [said(chain, "d-0", seq)])
        with worker_process(chain):
            wait_for_session(chain, 2)
            chain.wait_for_stored(2)
            dropped = "select coalesce(sum(n_dropped), 0) from broker_drops"
            wait_until(lambda: chain.number(dropped) > 0, "the dropped messages")
            publish(broker.url(), [said(chain, "d-0", 30)])
            wait_until(lambda: chain.number("select max(number) from message_counts") == 30, "the last message")
    ((n_missing, cause, reason),) = found(chain)
    assert (cause, reason) == ("broker", "dropped")
    assert n_missing == 30 + 1 - chain.number("select count(*) from measurements")


def test_store_that_was_away_is_seen_and_clears_itself_by_what_was_kept(chain: Chain, mqtt_url: str) -> None:
    """The way to the database is cut; another device's messages wait at broker and worker and come."""
    port = int(conninfo.conninfo_to_dict(chain.settings.database_url)["port"] or 0)
    with proxied(port) as proxy:
        way = chain.settings.database_url.replace(f":{port}/", f":{proxy.port}/")
        with working(chain, database_url=way):
            wait_for_session(chain)
            publish(mqtt_url, [said(chain, device, 0) for device in ("d-0", "d-1")])
            chain.wait_for_stored(2)
            proxy.stop()
            end, number = time.monotonic() + 4.0, 0
            while time.monotonic() < end:
                publish(mqtt_url, [said(chain, "d-1", number := number + 1)])
            proxy.start()
            publish(mqtt_url, [said(chain, "d-0", 4)])
            chain.wait_for_stored(number + 3)
            back = "select count(*) from session_changes where source = '*' and is_connected"
            wait_until(lambda: chain.number(back) == 1, "the store's return")
    assert found(chain) == [(3, "device", "others_heard")]
    assert {outage["kind"] for outage in evidence(chain)["outages"]} == {"store_away"}


def test_gateway_whose_will_came_is_to_answer(chain: Chain, mqtt_url: str) -> None:
    """The edge node dies and is born again; the device behind it had numbered its messages."""
    node = f"spBv1.0/{chain.territory}"
    with working(chain):
        owned = "select count(*) from source_states where session like '%/state' and is_connected"
        wait_until(lambda: chain.number(owned), "an owner of the topics with state")
        publish(mqtt_url, [Message(f"{node}/NBIRTH/gw", a_payload(0, bd_seq(7))), said(chain, "d-0", 0)])
        chain.wait_for_stored(1)
        publish(mqtt_url, [Message(f"{node}/NDEATH/gw", a_payload(None, bd_seq(7)))])
        offline = "select count(*) from presence_changes where presence = 'offline'"
        wait_until(lambda: chain.number(offline) == 1, "the gateway's end")
        publish(mqtt_url, [said(chain, "d-0", 3)])
        chain.wait_for_stored(2)
    assert found(chain) == [(2, "gateway", "went_offline")]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({"d-1": [-300, 1200], "d-2": [-200]}, ("device", "others_heard")),
        ({"d-1": [-300], "d-2": [-200]}, ("gateway", "others_silent")),
        ({"d-1": [-300]}, ("unknown", "too_few_others")),
    ],
)
def test_neighbours_tell_device_from_gateway(
    chain: Chain, mqtt_url: str, others: dict[str, list[int]], expected: tuple[str, str]
) -> None:
    """Two messages 40 minutes apart with three between them missing, in front of what others behind the gateway did."""
    begin = time.time() - 7200
    sent = [said(chain, device, seq, begin + at) for device, spoke in others.items() for seq, at in enumerate(spoke)]
    with working(chain):
        publish(mqtt_url, [*sent, said(chain, "d-0", 0, begin), said(chain, "d-0", 4, begin + 2400)])
        chain.wait_for_stored(len(sent) + 2)
    assert found(chain) == [(3, *expected)]


def test_gap_in_a_sparkplug_sequence_is_the_nodes(chain: Chain, mqtt_url: str) -> None:
    """Also messages of its devices count; a rebirth begins the sequence anew and loses nothing."""
    node, at_ms = f"spBv1.0/{chain.territory}", int(time.time() * 1000)

    def data(seq: int) -> Message:
        return Message(f"{node}/DDATA/gw/d-0", a_payload(seq, a_value(1, 20.0 + seq, at_ms + seq), at_ms=at_ms))

    births = [
        Message(f"{node}/NBIRTH/gw", a_payload(0, bd_seq(7))),
        Message(f"{node}/DBIRTH/gw/d-0", a_payload(1, a_birth(1, "temperature", 20.0, at_ms))),
    ]
    with working(chain):
        owned = "select count(*) from source_states where session like '%/state' and is_connected"
        wait_until(lambda: chain.number(owned), "an owner of the topics with state")
        publish(mqtt_url, [*births, data(2), data(6)])
        wait_until(lambda: chain.number("select count(*) from rejections") == 1, "the alias that nobody may read")
        publish(mqtt_url, [*births, data(2), data(3)])
        wait_until(lambda: chain.number("select count(*) from message_counts") == 8, "eight messages")
    assert [row[0] for row in found(chain, "gw")] == [3]
    assert found(chain) == []


def test_frame_counter_of_a_network_server_counts(chain: Chain, mqtt_url: str) -> None:
    with psycopg.connect(chain.settings.database_url) as connection:
        connection.execute("update devices set external_id = 'a84041000000011c' where external_id = 'd-0'")
    topic = "application/a/device/a84041000000011c/event/up"
    event = (
        '{"deviceInfo":{"devEui":"a84041000000011c"},"devAddr":"01","deduplicationId":"%d","fCnt":%d,"fPort":1,'
        '"time":"2026-03-01T12:%02d:00Z","object":{"co2":600}}'
    )
    with working(chain):
        publish(mqtt_url, [said(chain, "d-1", 0)])
        chain.wait_for_stored(1)  # from here on the worker listens to all its topics
        publish(mqtt_url, [Message(topic, (event % (number, number, number)).encode()) for number in (5, 6, 9)])
        chain.wait_for_stored(7)
    assert [row[0] for row in found(chain, "a84041000000011c")] == [2]
    assert chain.fetch("select distinct basis from gaps") == [("frame_counter",)]
