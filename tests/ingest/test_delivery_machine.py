"""Batch, writer, acknowledgement and ledger against a dict.

Promise: whatever is sent, repeated, contradicted, redelivered and cut, the store equals a dict filled value by value;
the ledger counts each arrival once; every message is acknowledged once per delivery that was settled, in its order, and
never before it is committed.
"""

import secrets

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from sensors.formats.native import NativeMessage, encode
from store.ledger import fold
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.desk import Desk

pytestmark = pytest.mark.services

START_S = 1_780_000_000
DEVICES = ("plain", "revisable", "unregistered")
QUANTITIES = ("voltage", "current")
IMPOSSIBLE = 1e9  # out of range for both quantities

VALUES = st.dictionaries(st.sampled_from(QUANTITIES), st.sampled_from([1.0, 2.0, 2.5, IMPOSSIBLE]), min_size=1)
MESSAGES = st.lists(st.tuples(st.sampled_from(DEVICES), st.integers(0, 3), VALUES), min_size=1, max_size=6)
GARBAGE = (b"", b"{", b"\xff", b"[1]", b'{"values":{}}')

Key = tuple[str, str, int]  # device, quantity, second


class DeliveryMachine(RuleBasedStateMachine):
    """Messages lie at the broker until they are settled; the model takes them one value after the other."""

    database_url = ""

    def __init__(self) -> None:
        super().__init__()
        self.territory = f"t-{secrets.token_hex(6)}"
        with psycopg.connect(self.database_url) as connection:
            devices = [DeviceEntry(self.territory, name, is_revisable=name == "revisable") for name in DEVICES[:2]]
            register(connection, territories=[TerritoryEntry(self.territory, "Test")], devices=devices)
        self.desk = Desk(self.database_url, self.territory)
        self.at_broker: list[tuple[str, bytes, list[tuple[Key, float]]]] = []
        self.held: dict[Key, float] = {}
        self.ledger = dict.fromkeys(("messages", "received", "stored", "duplicate", "rejected", "revised"), 0)
        self.n_rejections = 0

    @rule(messages=MESSAGES)
    def publish(self, messages: list[tuple[str, int, dict[str, float]]]) -> None:
        """Devices publish; the same instants come again and again, with the same values or others."""
        for device, second, values in messages:
            payload = encode(NativeMessage(values=dict(values), at=START_S + second))
            sent = [((device, quantity, START_S + second), value) for quantity, value in values.items()]
            self.at_broker.append((f"vigie/{self.territory}/{device}/up", payload, sent))

    @rule(payload=st.sampled_from(GARBAGE))
    def publish_garbage(self, payload: bytes) -> None:
        """A message that nobody can read."""
        self.at_broker.append((f"vigie/{self.territory}/plain/up", payload, []))

    @precondition(lambda self: self.at_broker)
    @rule(n_chunks=st.integers(1, 3), lose_after=st.sampled_from([None, None, False, True]))
    def deliver(self, n_chunks: int, lose_after: bool | None) -> None:
        """A worker, new or started again, settles what lies there; its first commit may lose its answer."""
        self.settle(n_chunks, lose_after)
        self.at_broker.clear()

    @precondition(lambda self: self.at_broker)
    @rule()
    def deliver_without_acknowledgement(self) -> None:
        """The connection to the broker is lost after the commit: everything is delivered again."""
        self.settle(1, None)

    @rule()
    def fold_ledger(self) -> None:
        """A job folds the log meanwhile."""
        with psycopg.connect(self.database_url) as connection:
            fold(connection)

    def settle(self, n_chunks: int, lose_after: bool | None) -> None:
        messages = [(topic, payload) for topic, payload, _ in self.at_broker]
        size = -(-len(messages) // n_chunks)
        chunks = [self.desk.chunk(messages[i : i + size], first_mid=i + 1) for i in range(0, len(messages), size)]
        self.desk.acknowledged.clear()
        self.desk.work(chunks, lose_after=lose_after)
        assert self.desk.acknowledged == list(range(1, len(messages) + 1))
        for _, _, sent in self.at_broker:
            self.take(sent)

    def take(self, sent: list[tuple[Key, float]]) -> None:
        """Do to the model what the chain must do."""
        fates = [self.fate(key, value) for key, value in sent] or ["rejected"]
        self.ledger["messages"] += 1
        self.ledger["received"] += len(fates)
        for fate in fates:
            self.ledger["stored" if fate == "revised" else fate.split()[0]] += 1
        self.ledger["revised"] += fates.count("revised")
        self.n_rejections += len({fate for fate in fates if fate.startswith("rejected")})

    def fate(self, key: Key, value: float) -> str:
        """Give the outcome of one value; refused values of one message are kept once for each reason."""
        if key[0] == "unregistered":
            return "rejected"
        if value == IMPOSSIBLE:
            return "rejected out_of_range"
        if key not in self.held:
            self.held[key] = value
            return "stored"
        if self.held[key] == value:
            return "duplicate"
        if key[0] == "revisable":
            self.held[key] = value
            return "revised"
        return "rejected conflicting_value"

    @invariant()
    def store_equals_model(self) -> None:
        rows = self.desk.fetch(
            """
            select d.external_id, s.quantity, extract(epoch from m.observed_at)::bigint, m.value
            from measurements m join series s using (series_id) join devices d using (device_id)
            join territories t on t.territory_id = d.territory_id
            where t.slug = %(territory)s
            """
        )
        assert {(row[0], row[1], row[2]): row[3] for row in rows} == self.held
        assert len(rows) == len(self.held)

    @invariant()
    def ledger_equals_model(self) -> None:
        rows = self.desk.fetch(
            """
            select coalesce(sum(n_messages), 0)::int, coalesce(sum(n_received), 0)::int,
                   coalesce(sum(n_stored), 0)::int, coalesce(sum(n_duplicate), 0)::int,
                   coalesce(sum(n_rejected), 0)::int, coalesce(sum(n_revised), 0)::int
            from delivery_ledger join territories using (territory_id)
            where slug = %(territory)s
            """
        )
        assert rows == [tuple(self.ledger.values())]
        assert self.ledger["received"] == sum(self.ledger[outcome] for outcome in ("stored", "duplicate", "rejected"))

    @invariant()
    def rejections_are_kept(self) -> None:
        rows = self.desk.fetch(
            "select count(*) from rejections join territories using (territory_id) where slug = %(territory)s"
        )
        assert rows == [(self.n_rejections,)]


def test_delivery_holds_against_a_dict(database_url: str) -> None:
    machine = type("Machine", (DeliveryMachine,), {"database_url": database_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            derandomize=True,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
