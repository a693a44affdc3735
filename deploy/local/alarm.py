"""Watches the broker's queues: Mosquitto answers "Success" for a message it drops, so someone else must tell.

Why and what was tried: docs/decisions/0002-broker-queue.md
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from deploy.local.log_limit import kept_beside
from deploy.local.mosquitto import QUEUE_LIMIT_BYTES
from deploy.local.process import wait_until
from deploy.local.services import Services

NEAR_RATIO = 0.8
TOPICS = {
    "dropped": "$SYS/broker/publish/messages/dropped",
    "stored_bytes": "$SYS/broker/store/messages/bytes",
}
DROPPING = re.compile(r"Outgoing messages are being dropped for client (?P<client>.*)\.$", re.MULTILINE)
Kind = Literal["dropped", "nearly_full", "unreachable"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something about the broker's queues that a person must know."""

    kind: Kind
    message: str


def broker_alarms(
    services: Services, queue_limit_bytes: int = QUEUE_LIMIT_BYTES, timeout_s: float = 5.0
) -> list[Alarm]:
    """Ask the broker and its log; an empty list when all is well.

    Parameters
    ----------
    services
        The running services.
    queue_limit_bytes
        The broker's `max_queued_bytes` [bytes]; an alarm comes at 80 % of it.
    timeout_s
        How long the broker may take to answer [s].
    """
    counts = read_counts(services.mqtt_url, timeout_s)
    if counts is None:
        return [Alarm("unreachable", f"the broker does not tell its counts within {timeout_s:.0f} s")]
    losing = clients_losing(services.embedded.place.broker_log) if services.embedded else []
    return judge(counts, queue_limit_bytes, losing)


def judge(counts: dict[str, int], queue_limit_bytes: int, losing: list[str]) -> list[Alarm]:
    """Turn counts and the clients named in the log into alarms."""
    alarms = []
    if counts["dropped"] or losing:
        names = f" (clients {', '.join(losing)})" if losing else ""
        alarms.append(Alarm("dropped", f"the broker dropped {counts['dropped']} messages since its start{names}"))
    if counts["stored_bytes"] >= NEAR_RATIO * queue_limit_bytes:
        held_mb, limit_mb = counts["stored_bytes"] / 1e6, queue_limit_bytes / 1e6
        alarms.append(Alarm("nearly_full", f"{held_mb:.0f} MB wait in the broker, it drops above {limit_mb:.0f} MB"))
    return alarms


def clients_losing(log: Path) -> list[str]:
    """Give the clients that lost messages, as the log of the broker's present run names them."""
    parts = [path.read_text(encoding="utf-8", errors="replace") for path in (kept_beside(log), log) if path.exists()]
    return sorted({found["client"] for text in parts for found in DROPPING.finditer(text)})


def read_counts(mqtt_url: str, timeout_s: float) -> dict[str, int] | None:
    """Read the broker's own counts, which it publishes retained; None if they do not come in time."""
    address = urlsplit(mqtt_url)
    counts: dict[str, int] = {}
    name_by_topic = {topic: name for name, topic in TOPICS.items()}

    def note(_client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:  # Any: paho's userdata
        counts[name_by_topic[message.topic]] = int(message.payload)

    def subscribe(client: mqtt.Client, *_: Any) -> None:  # Any: paho's flags, reason and properties
        client.subscribe([(topic, 0) for topic in TOPICS.values()])

    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
    client.username_pw_set(address.username, address.password)
    client.on_connect = subscribe
    client.on_message = note
    try:
        client.connect(address.hostname or "", address.port or 1883)
    except OSError:
        return None
    client.loop_start()
    is_whole = wait_until(lambda: len(counts) == len(TOPICS), timeout_s)
    client.disconnect()
    client.loop_stop()
    return counts if is_whole else None
