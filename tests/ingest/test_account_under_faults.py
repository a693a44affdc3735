"""Received equals stored, duplicate and rejected, and an independent tap says so too, whatever is killed meanwhile.

The tap is another subscriber of the broker; it judges each message for itself, knowing nothing of the worker. It hears
each publication once. A redelivery is no publication: the ledger counts it as one more arrival, with its own outcome
(docs/reference/delivery.md). So while no worker dies, tap and ledger are equal; where one does, the ledger may hold
more by what was delivered twice: values that are duplicates now, garbage refused again, never a value stored twice.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from paho.mqtt.client import MQTTMessage
from psycopg import conninfo

from store.ledger import fold
from tests.support.chain import START_US, Chain, end_sessions, make_chain, worker_process, working
from tests.support.publisher import Message, listening, publish
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.services, pytest.mark.faults]

N = 3000
STRANGERS = "strangers"
Fates = dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class Tap:
    """What the broker let out to another subscriber, and the fates that it ought to have, by device."""

    heard: Sequence[MQTTMessage]

    def judge(self) -> Fates:
        """Fill a dict value by value."""
        held: dict[tuple[str, float], float] = {}
        fates: Fates = defaultdict(Counter)
        for message in list(self.heard):
            device = message.topic.split("/")[2]
            try:
                body = json.loads(message.payload)
                key, value = (device, body["at"]), body["values"]["active_power"]
            except (ValueError, TypeError, LookupError):
                fates[device]["rejected"] += 1
                continue
            if device.startswith("stranger"):
                fates[STRANGERS]["rejected"] += 1
            elif key not in held:
                held[key] = value
                fates[device]["stored"] += 1
            else:
                fates[device]["duplicate" if held[key] == value else "rejected"] += 1
        return fates


def ledger(chain: Chain) -> Fates:
    """Give the counts by device; those of no registered device together."""
    rows = chain.fetch(
        "select coalesce(d.external_id, 'strangers'), sum(n_received), sum(n_stored), sum(n_duplicate), sum(n_rejected)"
        " from delivery_ledger left join devices d using (device_id) group by 1"
    )
    return {
        device: Counter(received=int(received), stored=int(stored), duplicate=int(duplicate), rejected=int(rejected))
        for device, received, stored, duplicate, rejected in rows
    }


def mixed(chain: Chain, first: int, n: int) -> list[Message]:
    """Values, and among them repetitions, other values for the same instant, garbage, and strangers."""
    messages: list[Message] = []
    for i in range(first, first + n):
        at, topic = START_US // 1_000_000 + i, chain.topic(f"d-{i % 10}")
        good = Message(topic, b'{"at":%d.25,"values":{"active_power":%d.5}}' % (at, i))
        messages.append(good)
        if i % 7 == 0:
            messages.append(good)
        if i % 31 == 0:
            messages.append(Message(topic, b'{"at":%d.25,"values":{"active_power":%d.75}}' % (at, i)))
        if i % 50 == 0:
            messages.append(Message(topic, b'{"at":'))
        if i % 97 == 0:
            messages.append(Message(chain.topic(f"stranger-{i}"), good.payload))
    return messages


@pytest.fixture
def chain(database_url: str, mqtt_url: str, territory_slug: str) -> Iterator[Chain]:
    made = make_chain(database_url, mqtt_url, territory_slug)
    yield made
    end_sessions(made)


@contextmanager
def tapped(chain: Chain) -> Iterator[Tap]:
    with listening(chain.settings.mqtt_url, f"vigie/{chain.territory}/+/up") as heard:
        yield Tap(heard)


def settle(chain: Chain, tap: Tap, n_published: int) -> None:
    """Wait until the tap has heard all that was published, and the ledger counts at least as much."""
    wait_until(lambda: len(tap.heard) == n_published, "the tap")
    n_values = sum(sum(fates.values()) for fates in tap.judge().values())
    wait_until(lambda: chain.ledger()[0] >= n_values, f"{n_values} values in the ledger")


def assert_adds_up(fates: Fates) -> None:
    for counts in fates.values():
        assert counts["received"] == counts["stored"] + counts["duplicate"] + counts["rejected"]


def test_ledger_equals_the_tap_while_the_database_fails(chain: Chain, mqtt_url: str, admin_database_url: str) -> None:
    """The worker's sessions at the database are ended again and again; what it read is written, and counted, once."""
    database = conninfo.conninfo_to_dict(chain.settings.database_url)["dbname"]
    n_published = 0
    with tapped(chain) as tap, working(chain), psycopg.connect(admin_database_url, autocommit=True) as admin:
        for first in range(0, N, N // 6):
            n_published += publish(mqtt_url, mixed(chain, first, N // 6))
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = %s and application_name like 'vigie ingest%%'",
                (database,),
            )
        settle(chain, tap, n_published)
        expected = tap.judge()
    with psycopg.connect(chain.settings.database_url) as connection:
        fold(connection)
    counted = ledger(chain)
    assert_adds_up(counted)
    for fates in expected.values():
        fates["received"] = fates.total()
    assert counted == dict(expected)


def test_ledger_holds_more_than_the_tap_only_by_redeliveries_when_workers_are_killed(
    chain: Chain, mqtt_url: str
) -> None:
    """SIGKILL three workers in mid-stream; a fourth finishes what the broker still holds."""
    n_published = 0
    with tapped(chain) as tap:
        for turn in range(3):
            with worker_process(chain) as process:
                n_published += publish(mqtt_url, mixed(chain, turn * N // 4, N // 4))
                chain.wait_for_stored(turn * N // 4 + N // 8)
                process.kill()
        with worker_process(chain):
            n_published += publish(mqtt_url, mixed(chain, 3 * N // 4, N // 4))
            chain.wait_for_stored(N)
            settle(chain, tap, n_published)
        expected = tap.judge()
    counted = ledger(chain)
    assert_adds_up(counted)
    assert counted.keys() == expected.keys()
    for device, fates in expected.items():
        assert counted[device]["stored"] == fates["stored"]
        assert counted[device]["rejected"] >= fates["rejected"]
        assert counted[device]["duplicate"] >= fates["duplicate"]
