"""Hints about arrivals through the real intake: messages come when they are sent, late, twice, damaged, impossible."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import pytest

from analytics.hint import HintReport, tell_hints
from analytics.maintenance import Span
from analytics.maintenance.refused_messages import HINT as REFUSED_MESSAGES
from bench.virtual import VirtualWorker
from deploy.local.services import Services
from sensors.asset_entry import AssetEntry
from sensors.formats.native import NativeMessage, encode
from sensors.instant import instant_text, read_instant_us
from store import ledger, rollup
from store.connect import connect
from store.inputs import Connection, Window
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.services import fresh_database

pytestmark = pytest.mark.services

START = datetime(2026, 2, 2, tzinfo=UTC)
STEP, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
N_DAYS = 6
FAULT = (START + 3 * DAY, START + 4 * DAY)  # twice, damaged, impossible
AWAY = (START + 4 * DAY + 6 * HOUR, START + 4 * DAY + 16 * HOUR)  # the gateway's link
PROBES = ("twice", "damaged", "impossible", "sound", "meter")
SWAPPED_AT, ANNOUNCED_AT = START + 3 * DAY + 10 * HOUR, START + 1 * DAY + 10 * HOUR
KINDS = ("repeated_messages", "refused_messages", "impossible_value", "late_messages", "counter_reset")


def payloads(probe: str, at: datetime) -> list[bytes]:
    """What a device sends of an instant."""
    number = (at - START) // STEP
    is_struck = FAULT[0] <= at < FAULT[1]
    value = 900.0 if probe == "impossible" and is_struck and number % 3 == 0 else 15.0 + number % 7
    values = {"temperature": value}
    if probe in ("meter", "sound"):
        began = next((since for since in (SWAPPED_AT, ANNOUNCED_AT) if probe == "meter" and at >= since), START)
        if probe == "sound":
            began = ANNOUNCED_AT if at >= ANNOUNCED_AT else START
        values = {"active_energy": (at - began) / HOUR + (0.0 if began > START else 1000.0)}
    payload = encode(NativeMessage(values, instant_text(read_instant_us(at)), f"{probe}-{number}"))
    if probe == "damaged" and is_struck and number % 3 == 0:
        payload = payload[: len(payload) // 2]
    return [payload, payload] if probe == "twice" and is_struck else [payload]


def arrivals() -> list[tuple[datetime, str, bytes]]:
    """Everything in the order in which it arrives."""
    sent = []
    for number in range(N_DAYS * DAY // STEP):
        at = START + number * STEP
        arrives_at = AWAY[1] if AWAY[0] <= at < AWAY[1] else at
        sent += [(arrives_at, probe, payload) for probe in PROBES for payload in payloads(probe, at)]
    return sorted(sent, key=lambda one: one[0])


class Told(NamedTuple):
    """A store whose hints were told, and what is in it by kind: device, begin, end, sentences."""

    connection: Connection
    findings: dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def told(services: Services, database_template: str) -> Iterator[Told]:
    with fresh_database(services, database_template) as url, connect(url, program="test", autocommit=True) as judge:
        register(
            judge,
            [TerritoryEntry("town", "Town")],
            [AssetEntry("town", "gw", "Passerelle", "gateway"), AssetEntry("town", "home", "Maison", "building_zone")],
            [
                DeviceEntry("town", "gw-1", placements={"*": "gw"}),
                *(DeviceEntry("town", probe, gateway="gw-1", placements={"*": "home"}) for probe in PROBES),
            ],
        )
        judge.execute(
            "insert into calendars (territory_id, asset_id, kind, period)"
            " select territory_id, asset_id, 'meter_swap', tstzrange(%s, %s) from assets where slug = 'home'",
            (ANNOUNCED_AT - HOUR, ANNOUNCED_AT + HOUR),
        )
        with connect(url, program="test") as own:
            worker = VirtualWorker(own, "town")
            for at, together in groupby(arrivals(), key=lambda one: one[0]):
                messages = [(f"vigie/town/{probe}/up", payload) for _, probe, payload in together]
                worker.settle(messages, read_instant_us(at) + 2_000_000)
        ledger.fold(judge)
        while rollup.refresh(judge, START + N_DAYS * DAY, grace_s=0, settle_s=0).computed_to < START + N_DAYS * DAY:
            pass
        while tell_hints(judge, START + N_DAYS * DAY, n_steps=60).n_steps:
            pass
        rows = judge.execute(
            "select f.kind, d.external_id, f.started_at, f.ended_at, f.sentence_en, f.sentence_fr, a.slug"
            " from findings f join devices d using (device_id) left join assets a using (asset_id)"
            " order by f.started_at"
        ).fetchall()
        yield Told(judge, {kind: [row[1:] for row in rows if row[0] == kind] for kind in KINDS})


@pytest.mark.parametrize(
    ("kind", "probe"),
    [("repeated_messages", "twice"), ("refused_messages", "damaged"), ("impossible_value", "impossible")],
)
def test_device_is_told_while_it_does_so_and_no_other(told: Told, kind: str, probe: str) -> None:
    ((device, started_at, ended_at, english, french, asset),) = told.findings[kind]
    assert (device, asset) == (probe, "home")
    assert FAULT[0] <= started_at <= FAULT[0] + 2 * HOUR
    assert FAULT[1] <= ended_at <= FAULT[1] + 3 * DAY
    assert "To do:" in english
    assert "À faire :" in french


def test_device_whose_refused_messages_were_replayed_is_well_again(told: Told) -> None:
    """The codec was mended and all that waited was read: an open finding is to end."""
    (territory_id,) = told.connection.execute("select territory_id from territories").fetchone() or (0,)
    window, hint = Window(territory_id, (), *FAULT), REFUSED_MESSAGES
    span = Span(*FAULT, "UTC", (FAULT[1],))
    with told.connection.transaction(force_rollback=True):
        assert any(one.is_present for one in hint.tell(hint.read(told.connection, window), span))
        told.connection.execute("update rejections set resolved_at = received_at, resolution = 'replayed'")
        verdicts = hint.tell(hint.read(told.connection, window), span)
    assert verdicts
    assert {one.is_present for one in verdicts} == {False}


def test_gateway_whose_link_was_away_is_told_when_it_is_back(told: Told) -> None:
    ((device, started_at, ended_at, english, _, asset),) = told.findings["late_messages"]
    assert (device, asset) == ("gw-1", "gw")
    assert AWAY[0] <= started_at < AWAY[0] + HOUR
    assert ended_at == AWAY[1] + HOUR
    assert "came all together" in english


def test_counter_that_fell_is_told_and_an_announced_swap_is_not(told: Told) -> None:
    assert [(row[0], row[1]) for row in told.findings["counter_reset"]] == [("meter", SWAPPED_AT)]


def test_second_round_tells_nothing_more(told: Told) -> None:
    assert tell_hints(told.connection, START + N_DAYS * DAY) == HintReport()


def test_a_few_hours_at_a_time_find_the_same(told: Told) -> None:
    """Findings do not depend on how much is told at a time."""
    state = "select kind, device_id, started_at, ended_at, score from findings order by 1, 2, 3"
    before = told.connection.execute(state).fetchall()
    with told.connection.transaction(force_rollback=True):
        told.connection.execute("delete from findings")
        told.connection.execute("delete from hint_marks")
        for hour in range(7, N_DAYS * 24 + 1, 7):
            tell_hints(told.connection, START + hour * HOUR, n_steps=60)
        tell_hints(told.connection, START + N_DAYS * DAY, n_steps=60)
        assert told.connection.execute(state).fetchall() == before
