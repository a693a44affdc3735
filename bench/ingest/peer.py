"""A peer written in Rust, mq-bridge: the same messages into a plain table of its own, by COPY.

It is told the most favourable settings that were found: it keeps four flat fields of each message, checks nothing,
knows no devices and would store a message twice that comes twice.
"""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import psycopg
from mq_bridge import Route

from bench.ingest.chain import PATIENCE_S, BenchError
from bench.ingest.loading import load
from bench.ingest.messages import OTHERS, single_messages
from bench.ingest.sessions import KEPT_S, end_session, open_session

TABLE = "peer_measurements"
BATCH_N = 2000
N_ATTEMPTS = 5
POLL_S = 0.05


def measure_peer(mqtt_url: str, database_url: str, first_s: int, n: int, n_workers: int = 1) -> float:
    """Give the messages a second of so many processes that share what lies ready."""
    plain = f"{OTHERS}/+/up"
    topic = plain if n_workers == 1 else f"$share/bench/{plain}"
    ids = [f"bench-peer-{index}" for index in range(n_workers)]
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"create table {TABLE} (device text, quantity text, observed_at timestamptz, value float8)")
        for client_id in ids:
            open_session(mqtt_url, client_id, [topic])
        load(mqtt_url, single_messages(first_s, n, OTHERS))
        routes = [start_route(mqtt_url, database_url, client_id, topic) for client_id in ids]
        try:
            ended_at = wait_for_rows(connection, n, routes)
        finally:
            for route in routes:
                route.kill()
            began_at = [float(route.communicate()[0].split()[-1]) for route in routes]
            for client_id in ids:
                end_session(mqtt_url, client_id)
            connection.execute(f"drop table {TABLE}")
    return n / (ended_at - min(began_at))


def start_route(mqtt_url: str, database_url: str, client_id: str, topic: str) -> "subprocess.Popen[str]":
    """Start a process that prints the time and begins."""
    command = [sys.executable, "-m", "bench.ingest.peer", mqtt_url, database_url, client_id, topic]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def wait_for_rows(
    connection: "psycopg.Connection[tuple[int, ...]]", n: int, routes: "Sequence[subprocess.Popen[str]]"
) -> float:
    """Wait until the table has so many rows, and give the time [s since 1970]."""
    deadline = time.monotonic() + PATIENCE_S
    while (row := connection.execute(f"select count(*) from {TABLE}").fetchone()) is None or row[0] < n:
        if time.monotonic() > deadline or any(route.poll() is not None for route in routes):
            raise BenchError(f"the peer stored {row} of {n} messages")
        time.sleep(POLL_S)
    return time.time()


def run_route(mqtt_url: str, database_url: str, client_id: str, topic: str) -> None:
    """Run until killed."""
    address = urlsplit(mqtt_url)
    route = {
        "input": {
            "mqtt": {
                "url": f"tcp://{address.hostname}:{address.port}",
                "username": address.username,
                "password": address.password,
                "topic": topic,
                "qos": 1,
                "client_id": client_id,
                "queue_capacity": 20_000,
                "max_inflight": 20_000,
                "clean_session": False,
                "session_expiry_interval": KEPT_S,
            }
        },
        "output": {
            "sqlx": {
                "url": database_url,
                "table": TABLE,
                "insert_query": f"insert into {TABLE} (device, quantity, observed_at, value)"
                " values (${payload:device}, ${payload:quantity}, ${payload:at}, ${payload:value})",
                "bulk_copy": True,
            }
        },
        "batch_size": BATCH_N,
    }
    for is_last in [False] * (N_ATTEMPTS - 1) + [True]:
        print(time.time(), flush=True)
        try:
            Route.from_str(json.dumps({"routes": {"bench": route}}), "bench").run()
        except RuntimeError:  # not ready within its five seconds: a broker with a long queue may take them
            if is_last:
                raise


if __name__ == "__main__":
    run_route(*sys.argv[1:])
