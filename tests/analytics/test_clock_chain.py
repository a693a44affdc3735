"""Clocks through the whole chain: wrong times found, corrected, moved; messages decoded, stored and judged for real."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from analytics.clock.job import ClockReport, watch_clocks
from bench.virtual import VirtualWorker
from ingest.account import Outcome
from ingest.replay import replay
from sensors.asset_entry import AssetEntry
from sensors.formats.native import NativeMessage, encode
from sensors.instant import instant_text, read_instant_us
from store.clocks import decide_rule
from store.connect import connect
from store.quarantine import Choice
from store.registry import DeviceEntry, TerritoryEntry, register

pytestmark = pytest.mark.services

MIDNIGHT = datetime(2026, 2, 3, tzinfo=UTC)
STEP = timedelta(minutes=10)
HOUR = timedelta(hours=1)
CORRECTED = "select observed_at, original_at, detail from measurement_notes where flag = 'clock_corrected' order by 1"


@dataclass(slots=True)
class Town:
    """A territory with one meter, its worker and the judge of clocks."""

    worker: VirtualWorker
    connection: psycopg.Connection[tuple[Any, ...]]  # the judge's
    now: datetime = MIDNIGHT
    off: timedelta = timedelta()
    n: int = 0
    sent: list[tuple[datetime, bytes]] = field(default_factory=list)
    report: ClockReport = field(default_factory=ClockReport)

    def send(self, n: int = 1, at: str | None = None) -> Outcome:
        """Send so many messages, ten minutes apart; the clock is `off` by so much."""
        for _ in range(n):
            self.now += STEP
            self.n += 1
            own = at or instant_text(read_instant_us(self.now + self.off))
            payload = encode(NativeMessage({"active_power": float(self.n)}, own))
            outcome = self.arrive(payload, self.now + timedelta(seconds=2))
            self.sent.append((self.now, payload))
            self.judge()
        return outcome

    def arrive(self, payload: bytes, at: datetime) -> Outcome:
        """Let a message arrive."""
        return self.worker.settle([("vigie/town/meter/up", payload)], read_instant_us(at))

    def judge(self) -> None:
        """Judge all clocks."""
        self.report += watch_clocks(self.connection, self.now + timedelta(seconds=5), 5)

    def values(self) -> dict[datetime, float]:
        """Everything stored, by its instant."""
        return dict(self.fetch("select observed_at, value from measurements"))

    def wrong(self) -> dict[datetime, float]:
        """What stands at another instant than that at which it was measured."""
        right = {at: float(number) for number, (at, _) in enumerate(self.sent, 1)}
        return {at: value for at, value in self.values().items() if right.get(at) != value}

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode()).fetchall()


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    with connect(database_url, program="test", autocommit=True) as judge, connect(database_url, program="test") as own:
        register(
            judge,
            [TerritoryEntry("town", "Town")],
            [AssetEntry("town", "school", "School", "building")],
            [DeviceEntry("town", "meter", interval_s=600, placements={"*": "school"})],
        )
        yield Town(VirtualWorker(own, "town"), judge)


def findings(town: Town) -> list[tuple[Any, ...]]:
    return town.fetch("select kind, started_at, ended_at from findings order by finding_id")


def test_a_clock_an_hour_ahead_is_found_corrected_and_let_go(town: Town) -> None:
    """Everything stands at the instant at which it was measured, before, during and after; what was sent is kept."""
    town.send(12)
    town.off = 2 * HOUR
    began = town.now + STEP
    town.send(30)
    assert town.wrong() == {}
    (rule,) = town.fetch("select state, shift_s, lower(period), upper(period) from clock_rules")
    assert rule == ("active", -7200, began + 2 * HOUR, None)
    corrected = town.fetch(CORRECTED)
    assert [(at, own) for at, own, _ in corrected] == [
        (began + index * STEP, began + index * STEP + 2 * HOUR) for index in range(30)
    ]
    (finding,) = town.fetch("select kind, started_at, ended_at, sentence_en, sentence_fr, evidence from findings")
    assert finding[:3] == ("clock_hour_off", began + timedelta(seconds=2), None)
    assert "2 h ahead since" in finding[3]
    assert "avance de 2 h depuis le" in finding[4]
    assert len(finding[5]["curve"]) > 6
    town.off = timedelta()
    town.send(30)
    assert town.wrong() == {}
    assert [ended is not None for _, _, ended in findings(town)] == [True]
    (ends,) = town.fetch("select upper(period) from clock_rules")[0]
    assert ends == began + 29 * STEP + 2 * HOUR + timedelta(microseconds=1)
    assert len(town.values()) == 72
    assert town.fetch("select count(*) from rejections") == [(0,)]


def test_a_redelivered_message_of_a_wrong_clock_is_a_duplicate(town: Town) -> None:
    town.send(12)
    town.off = 2 * HOUR
    town.send(12)
    before = town.values()
    for at, payload in town.sent[12:]:
        outcome = town.arrive(payload, at + timedelta(hours=5))
        assert (outcome.n_stored, outcome.n_duplicate) == (0, 1)
    assert town.values() == before


@pytest.mark.parametrize(
    ("day", "n_wrong_at_most"),
    [(datetime(2026, 3, 28, 20, tzinfo=UTC), 0), (datetime(2026, 10, 24, 20, tzinfo=UTC), 0)],
)
def test_local_time_written_as_utc_is_right_over_the_change(town: Town, day: datetime, n_wrong_at_most: int) -> None:
    """Summer and winter time begin in the night: the device's clock jumps, its true times do not."""
    from zoneinfo import ZoneInfo

    town.now = day
    paris = ZoneInfo("Europe/Paris")
    for _ in range(72):
        town.off = (town.now + STEP).astimezone(paris).utcoffset() or timedelta()
        town.send()
    assert len(town.wrong()) == n_wrong_at_most
    assert len(town.values()) == 72
    assert town.fetch("select distinct state, time_zone from clock_rules") == [("active", "Europe/Paris")]
    assert {kind for kind, _, ended in findings(town) if ended is None} == {"clock_local_time"}


def test_a_clock_that_keeps_winter_time_is_found_after_the_change(town: Town) -> None:
    """In winter nothing tells it from local time; from the change on it is another hour off, and all is moved right."""
    town.now = datetime(2026, 3, 28, 20, tzinfo=UTC)
    town.off = HOUR
    town.send(80)
    assert town.wrong() == {}
    assert town.fetch("select time_zone, shift_s from clock_rules where state = 'active' order by rule_id") == [
        ("Europe/Paris", None),
        (None, -3600),
    ]


def test_messages_from_next_year_are_replayed_once_a_person_accepts_the_correction(
    town: Town, database_url: str
) -> None:
    """Refused for their time; the shift is proposed, never made; accepted, they and those to come are stored right."""
    town.send(3)
    town.off = timedelta(days=365)
    town.send(12)
    assert town.fetch("select count(*) from rejections where reason = 'time_in_future'") == [(12,)]
    assert [kind for kind, _, _ in findings(town)] == ["clock_ahead"]
    ((rule_id, state),) = town.fetch("select rule_id, state from clock_rules")
    assert state == "proposed"
    decide_rule(town.connection, rule_id, "active", "a person")
    assert town.send(6).n_stored == 1  # the worker knows within a minute
    with connect(database_url, program="test") as connection:
        counts = replay(connection, Choice(reason="time_in_future"))
    assert counts.n_stored == counts.n_messages >= 12
    assert town.wrong() == {}
    assert len(town.values()) == 21


def test_a_clock_behind_is_only_proposed(town: Town) -> None:
    """A slow way, or stamping the begin of an hour, looks the same."""
    town.send(12)
    town.off = -HOUR
    town.send(12)
    assert town.fetch("select state, shift_s from clock_rules") == [("proposed", 3600)]
    assert len(town.wrong()) > 0


def test_a_declined_correction_is_not_made_again(town: Town) -> None:
    town.send(12)
    town.off = -HOUR
    town.send(14)  # those of the first hour say otherwise what is stored already, and are refused
    decide_rule(town.connection, town.fetch("select rule_id from clock_rules")[0][0], "declined", "a person")
    town.send(8)
    assert town.fetch("select state from clock_rules") == [("declined",)]


def test_a_lost_clock_is_told_once_and_one_that_never_was_not(town: Town) -> None:
    town.send(12)
    for _ in range(8):
        town.now += STEP
        town.arrive(b'{"values":{"active_power":1}}', town.now)
        town.judge()
    assert [(kind, ended) for kind, _, ended in findings(town)] == [("clock_lost", None)]
    town.send(8)
    assert [ended is not None for _, _, ended in findings(town)] == [True]


def test_a_device_that_never_had_a_clock_has_lost_none(town: Town) -> None:
    for _ in range(12):
        town.now += STEP
        town.arrive(b'{"values":{"active_power":1}}', town.now)
        town.judge()
    assert findings(town) == []
    assert town.fetch("select verdict from device_clocks") == [("no_clock",)]


def test_a_late_batch_is_no_fault_of_the_clock(town: Town) -> None:
    """A gateway without a link for five hours sends what it kept, at once; then all is as before."""
    town.send(12)
    held = []
    for _ in range(30):
        town.now += STEP
        town.n += 1
        held.append(encode(NativeMessage({"active_power": float(town.n)}, instant_text(read_instant_us(town.now)))))
        town.sent.append((town.now, held[-1]))
    for index, payload in enumerate(held):
        town.arrive(payload, town.now + timedelta(seconds=index + 1))
    town.judge()
    town.send(12)
    assert (findings(town), town.wrong(), town.fetch("select count(*) from clock_rules")) == ([], {}, [(0,)])


def test_times_without_offset_are_read_in_the_zone_of_the_territory(town: Town) -> None:
    town.send(at="2026-02-03T01:09:00")
    assert list(town.values()) == [datetime(2026, 2, 3, 0, 9, tzinfo=UTC)]
    assert town.fetch("select flag from measurement_notes") == [("local_time",)]
