"""From publishing to readable over SQL, at a steady rate."""

import threading
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import psycopg

from bench.ingest.chain import PATIENCE_S, BenchError, Chain
from bench.ingest.loading import connected, publish_packet, read_acknowledgements
from bench.ingest.messages import Message, device_of, steady_messages

RATE = 1000
BURST_S = 0.005  # what falls due meanwhile goes out together
POLL_S = 0.002
NEWER = (
    "select count(*)::int, max(observed_at) from measurements"
    " where series_id = %s and observed_at > %s and observed_at < %s"
)
SERIES = "select s.series_id from series s join devices d using (device_id) where d.external_id = %s"


def measure_delay(chain: Chain, first_s: int, seconds: int) -> npt.NDArray[np.float64]:
    """Give the delay of each message [s], as a reader sees it who asks again and again; one worker, one device."""
    messages = list(steady_messages(first_s, RATE, seconds))
    published_at = np.zeros(len(messages))
    publisher = threading.Thread(target=publish, args=(chain.mqtt_url, messages, published_at), daemon=True)
    with chain.workers():
        chain.wait_for_sessions(1)
        publisher.start()
        seen_at = watch(chain.database_url, first_s, len(messages))
        publisher.join()
    return seen_at - published_at


def watch(database_url: str, first_s: int, n: int) -> npt.NDArray[np.float64]:
    """Give when each of so many measurements of one series could be read first: they come in their order."""
    seen_at = np.zeros(n)
    n_seen = 0
    first = datetime.fromtimestamp(first_s, UTC)
    newest, end = first - timedelta(seconds=1), first + timedelta(days=1)  # other runs lie elsewhere
    deadline = time.monotonic() + PATIENCE_S
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute(SERIES, (device_of(0),)).fetchone()
        while n_seen < n:
            found = connection.execute(NEWER, (row and row[0], newest, end)).fetchone()
            if found and found[0]:
                seen_at[n_seen : n_seen + found[0]] = time.time()
                n_seen, newest = n_seen + found[0], found[1]
            if time.monotonic() > deadline:
                raise BenchError(f"{n - n_seen} messages cannot be read")
            time.sleep(POLL_S)
    return seen_at


def publish(mqtt_url: str, messages: list[Message], published_at: npt.NDArray[np.float64]) -> None:
    """Send each message when it is due, and note when it was handed to the socket."""
    began = time.time()
    n = n_acknowledged = 0
    with connected(mqtt_url) as connection:
        while n < len(messages):
            n_due = min(int((time.time() - began) * RATE), len(messages))
            packets = [publish_packet(*messages[index], index % 65_535 + 1) for index in range(n, n_due)]
            published_at[n:n_due] = time.time()
            connection.sendall(b"".join(packets))
            n = n_due
            time.sleep(BURST_S)
        while n_acknowledged < n:
            n_acknowledged += read_acknowledgements(connection)
