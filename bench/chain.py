"""Measurements a second through broker, ingest and TimescaleDB: `python -m bench.chain`. One JSON object a line.

Messages lie ready in the broker's queue of a persistent session before the clock starts, so that the publisher does
not compete with what is measured. The bare loop subscribes in the same way, acknowledges in batches and throws away.
"""

import argparse
import itertools
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import psycopg
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bench.database import fresh_database
from bench.figure import Figure
from deploy.local.services import Services, running
from ingest.settings import Settings
from ingest.slots import take_slot
from sensors.formats.native import NativeMessage, encode
from store.connect import connect as store_connect
from store.registry import DeviceEntry, TerritoryEntry, register
from store.slots import let_go_of_slot

CHECKOUT = Path(__file__).resolve().parent  # servers and data of their own, apart from the demo's and the tests'
TERRITORY = "bench"
N_DEVICES = 100
START_S = 1_780_000_000
PATIENCE_S = 120.0
GOAL_PACKED = 20_000
GOAL_SINGLE_RATIO = 0.8
WORKER = "from ingest.program import main; from ingest.settings import read_settings; main(read_settings())"


def main() -> None:
    """Measure packed and single-value messages, and the bare loop on the same single values."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=60_000, help="single-value messages, at most 60,000")
    n = min(parser.parse_args().messages, 60_000)  # paho queues 65,535 at most
    with running(CHECKOUT) as services, database_with_devices(services) as database_url:
        packed = measure_chain(services.mqtt_url, database_url, packed_messages(n // 10), 100)
        print(Figure("chain.packed", packed, "measurements/s", goal=GOAL_PACKED).line())
        single = measure_chain(services.mqtt_url, database_url, single_messages(n), 1)
        bare = max(
            measure_bare(services.mqtt_url, n, protocol)
            for protocol in (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311)
        )
        print(
            Figure(
                "chain.single", single, "messages/s", reference=bare, goal=GOAL_SINGLE_RATIO, is_goal_of_ratio=True
            ).line()
        )


def packed_messages(n: int) -> Iterator[tuple[str, bytes]]:
    """Make messages of one quantity at 100 instants."""
    for index in range(n):
        first = START_S + (index // N_DEVICES) * 100
        times: list[int] = list(range(first, first + 100))
        message = NativeMessage(values={"active_power": [40.5 + step % 7 for step in range(100)]}, at=times)
        yield topic(index), encode(message)


def single_messages(n: int) -> Iterator[tuple[str, bytes]]:
    """Make messages of one value, about 120 bytes with their topic."""
    for index in range(n):
        at = START_S - 1_000_000 + index // N_DEVICES
        message = NativeMessage(values={"voltage": 230.25 + index % 5}, at=at, id=f"single-message-{index:08d}")
        yield topic(index), encode(message)


def topic(index: int) -> str:
    """Spread messages over the devices."""
    return f"vigie/{TERRITORY}/bench-device-{index % N_DEVICES:04d}/up"


def measure_chain(mqtt_url: str, database_url: str, messages: Iterator[tuple[str, bytes]], n_values: int) -> float:
    """Queue the messages for a worker, start it, and give the values it committed a second."""
    client_id = open_slot(database_url, mqtt_url, TERRITORY)
    n_messages = publish(mqtt_url, messages)
    before = count_stored(database_url)
    environment = {
        **os.environ,
        "VIGIE_DATABASE_URL": database_url,
        "VIGIE_MQTT_URL": mqtt_url,
        "VIGIE_INGEST_TERRITORY": TERRITORY,
    }
    worker = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stdout=subprocess.DEVNULL)
    try:
        goal = before + n_messages * n_values
        deadline = time.monotonic() + PATIENCE_S
        while count_stored(database_url) < goal:
            if worker.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the worker stored {count_stored(database_url) - before} of {goal - before} values")
            time.sleep(0.02)
        ended_at = time.time()
    finally:
        worker.terminate()
        worker.wait(10)
        end_session(mqtt_url, client_id)
    return (goal - before) / (ended_at - first_arrival(database_url, before))


def first_arrival(database_url: str, n_before: int) -> float:
    """When the first message of the newest run arrived at the worker, in seconds since 1970."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "select extract(epoch from min(received_at))::float8 from batches where batch_id > ("
            " select coalesce(max(batch_id), 0) from ("
            "  select batch_id, sum(n_measurements) over (order by batch_id) as n from batches) as summed"
            " where n <= %s)",
            (n_before,),
        ).fetchone()
    return float(row[0]) if row else 0.0


def count_stored(database_url: str) -> int:
    """Count what the ledger says is stored."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute("select coalesce(sum(n_stored), 0)::bigint from delivery_ledger").fetchone()
    return int(row[0]) if row else 0


def measure_bare(mqtt_url: str, n: int, protocol: MQTTProtocolVersion) -> float:
    """Messages a second of a loop that parses nothing and acknowledges each hundred; 3.1.1 costs the library less."""
    client_id = f"bench-{secrets.token_hex(6)}"
    open_session(mqtt_url, client_id, [f"vigie/{TERRITORY}/+/up"])
    publish(mqtt_url, single_messages(n))
    seen = itertools.count(1)
    ended = threading.Event()
    started: list[float] = []
    held: list[int] = []

    def on_message(client: mqtt.Client, userdata: Any, message: mqtt.MQTTMessage) -> None:  # Any: paho
        if not started:
            started.append(time.monotonic())
        held.append(message.mid)
        number = next(seen)
        if len(held) == 100 or number == n:
            for mid in held:
                client.ack(mid, 1)
            held.clear()
        if number == n:
            ended.set()

    client = make_client(mqtt_url, client_id, protocol)
    client.on_message = on_message
    connect(client, mqtt_url, session_s=3600)
    client.loop_start()
    if not ended.wait(PATIENCE_S):
        raise SystemExit("the bare loop did not receive everything")
    rate = n / (time.monotonic() - started[0])
    client.disconnect()
    client.loop_stop()
    end_session(mqtt_url, client_id)
    return rate


def make_client(
    mqtt_url: str, client_id: str, protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv5
) -> mqtt.Client:
    """Make a client that acknowledges by hand."""
    address = urlsplit(mqtt_url)
    clean = None if protocol == MQTTProtocolVersion.MQTTv5 else False
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id, clean_session=clean, protocol=protocol, manual_ack=True
    )
    client.username_pw_set(address.username or "", address.password)
    client.max_inflight_messages_set(1000)
    return client


def connect(client: mqtt.Client, mqtt_url: str, session_s: int) -> None:
    """Connect, going on with the session that is there."""
    address = urlsplit(mqtt_url)
    host, port = address.hostname or "", address.port or 1883
    if client.protocol != MQTTProtocolVersion.MQTTv5:
        client.connect(host, port)
        return
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = session_s
    client.connect(host, port, clean_start=session_s == 0, properties=properties)


def open_slot(database_url: str, mqtt_url: str, territory: str) -> str:
    """Have the broker keep a territory's messages for the worker that starts next, and give its client id."""
    with store_connect(database_url, program="bench", autocommit=True) as connection:
        slot = take_slot(connection, Settings(database_url, mqtt_url, territory=territory))
        if slot is None:
            raise SystemExit("another worker runs on this database")
        open_session(mqtt_url, slot.client_id, slot.topic_filters)
        let_go_of_slot(connection, slot)
    return slot.client_id


def open_session(mqtt_url: str, client_id: str, topic_filters: Sequence[str]) -> None:
    """Have the broker keep messages for a client that comes later."""
    is_subscribed = threading.Event()
    client = make_client(mqtt_url, client_id)
    client.on_subscribe = lambda *_: is_subscribed.set()
    connect(client, mqtt_url, session_s=3600)
    client.loop_start()
    client.subscribe([(topic_filter, 1) for topic_filter in topic_filters])
    if not is_subscribed.wait(10):
        raise SystemExit("the broker does not answer")
    client.disconnect()
    client.loop_stop()


def end_session(mqtt_url: str, client_id: str) -> None:
    """Have the broker forget the session."""
    client = make_client(mqtt_url, client_id)
    connect(client, mqtt_url, session_s=0)
    client.loop_start()
    client.disconnect()
    client.loop_stop()


def publish(mqtt_url: str, messages: Iterator[tuple[str, bytes]]) -> int:
    """Publish at QoS 1, wait for every acknowledgement, and give their number."""
    client = make_client(mqtt_url, f"bench-{secrets.token_hex(6)}")
    connect(client, mqtt_url, session_s=0)
    client.loop_start()
    sent = [client.publish(where, payload, qos=1) for where, payload in messages]
    for one in sent:
        one.wait_for_publish(PATIENCE_S)
    client.disconnect()
    client.loop_stop()
    return len(sent)


@contextmanager
def database_with_devices(services: Services) -> Iterator[str]:
    """A migrated database with the devices, dropped afterwards."""
    with fresh_database(services) as url:
        with psycopg.connect(url) as inside:
            devices = [DeviceEntry(TERRITORY, f"bench-device-{index:04d}") for index in range(N_DEVICES)]
            register(inside, [TerritoryEntry(TERRITORY, "Bench")], devices=devices)
        yield url


if __name__ == "__main__":
    main()
