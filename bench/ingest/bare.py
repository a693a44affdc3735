"""The bare loop: the client library receives, parses nothing, acknowledges each hundred and throws away."""

import subprocess
import sys
import time
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import MQTTProtocolVersion

from bench.ingest.chain import PATIENCE_S, BenchError
from bench.ingest.loading import load
from bench.ingest.messages import OTHERS, single_messages
from bench.ingest.sessions import KEPT_S, connect, end_session, make_client, open_session

ACKNOWLEDGED_N = 100
QUIET_S = 4.0  # without a message for so long, a loop takes the queue for empty
PROTOCOLS = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}


def measure_bare(mqtt_url: str, first_s: int, n: int, protocol: str, n_workers: int = 1) -> float:
    """Give the messages a second of so many loops, each a process, that share what lies ready."""
    ids = [f"bench-bare-{index}" for index in range(n_workers)]
    for client_id in ids:
        open_session(mqtt_url, client_id, [topic_filter(n_workers)])
    load(mqtt_url, single_messages(first_s, n, OTHERS))
    loops = [start_loop(mqtt_url, client_id, protocol) for client_id in ids]
    told = [loop.communicate(timeout=PATIENCE_S)[0].split() for loop in loops]
    for client_id in ids:
        end_session(mqtt_url, client_id)
    n_seen = sum(int(words[0]) for words in told)
    if n_seen != n:
        raise BenchError(f"the bare loops received {n_seen} of {n} messages")
    return n / (max(float(words[2]) for words in told) - min(float(words[1]) for words in told))


def topic_filter(n_workers: int) -> str:
    """Share the topic between several."""
    plain = f"{OTHERS}/+/up"
    return plain if n_workers == 1 else f"$share/bench/{plain}"


def start_loop(mqtt_url: str, client_id: str, protocol: str) -> "subprocess.Popen[str]":
    """Start a process that prints its number of messages, the time of the first and that of the last."""
    command = [sys.executable, "-m", "bench.ingest.bare", mqtt_url, client_id, protocol]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def loop(mqtt_url: str, client_id: str, protocol: str) -> tuple[int, float, float]:
    """Receive until nothing comes; give the number of messages, the time of the first and of the last."""
    times: list[float] = []
    held: list[int] = []
    n_seen = 0

    def acknowledge(client: mqtt.Client) -> None:
        for mid in held:
            client.ack(mid, 1)
        held.clear()

    def on_message(client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:  # Any: the library's
        nonlocal n_seen
        n_seen += 1
        held.append(message.mid)
        if n_seen == 1:
            times.append(time.time())
        if len(held) == ACKNOWLEDGED_N:
            acknowledge(client)
            times[1:] = [time.time()]

    client = make_client(mqtt_url, client_id, PROTOCOLS[protocol])
    client.on_message = on_message
    connect(client, mqtt_url, KEPT_S)
    client.loop_start()
    n_before = -1
    while n_seen != n_before:
        n_before = n_seen
        time.sleep(QUIET_S)
    acknowledge(client)
    client.disconnect()
    client.loop_stop()
    return n_seen, times[0], times[-1]


if __name__ == "__main__":
    print(*loop(*sys.argv[1:]))
