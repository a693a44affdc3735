"""From publishing to readable over SQL, at a steady rate."""

import select
import threading
import time

import numpy as np
import numpy.typing as npt
import psycopg

from bench.ingest.chain import PATIENCE_S, BenchError, Chain
from bench.ingest.loading import connected, publish_packet, read_acknowledgements
from bench.ingest.messages import Message, device_of, steady_messages

RATE = 1000
BURST_S = 0.005  # what falls due meanwhile goes out together
POLL_S = 0.002
UNSEEN = (
    "select extract(epoch from observed_at)::float8 from measurements"
    " where series_id = %s and observed_at >= to_timestamp(%s) and observed_at < to_timestamp(%s)"
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
    """Give when each of so many measurements of one series could be read first; they may come out of their order."""
    seen_at = np.zeros(n)
    n_first = 0  # of the first that is not seen
    deadline = time.monotonic() + PATIENCE_S
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute(SERIES, (device_of(0),)).fetchone()
        while n_first < n:
            asked = row and row[0], first_s + (n_first - 0.5) / RATE, first_s + n / RATE
            found: npt.NDArray[np.float64] = np.array(connection.execute(UNSEEN, asked).fetchall()).ravel()
            places = np.rint((found - first_s) * RATE).astype(int)
            seen_at[places[seen_at[places] == 0]] = time.time()
            n_first = n if seen_at.all() else int(np.argmin(seen_at > 0))
            if time.monotonic() > deadline:
                raise BenchError(f"{np.count_nonzero(seen_at == 0)} messages cannot be read")
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
            while select.select([connection], [], [], BURST_S)[0] and n_acknowledged < n:
                n_acknowledged += read_acknowledgements(connection)
        while n_acknowledged < n:
            n_acknowledged += read_acknowledgements(connection)
