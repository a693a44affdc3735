"""Faults that devices report themselves: passed on as they are said, taken back by the device alone."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analytics.hint import tell_hints
from analytics.incidents.job import keep_incidents
from analytics.maintenance import Hint, Span, Verdict, hints, reported_fault, reported_tampering
from analytics.maintenance.lwm2m import RESOURCE_BY_KIND, RESOURCE_BY_STATE, resource_of
from analytics.maintenance.reported import FAULTS, TAMPERING, read
from sensors.asset_entry import AssetEntry
from sensors.limit import LIMITS
from sensors.quantity import QUANTITIES
from store import rollup
from store.connect import connect
from store.inputs import Connection, Window
from store.registry import DeviceEntry, TerritoryEntry, register
from store.reported_states import ReportedState

START = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
NORMAL, ALARM, DAMAGED, FULL = 0, 1, 6, 5
HINTS_MD = Path(__file__).resolve().parents[3] / "docs" / "reference" / "hints.md"
# Alarms that are told elsewhere: by hints about containers, on arrival; or that name no fault.
ELSEWHERE = {"temperature_alarm", "out_of_location", "forbidden_parking"} | {limit.quantity for limit in LIMITS}


def say(quantity: str, codes: Sequence[int | None], series_id: int = 1, channel: str = "") -> list[ReportedState]:
    """What a device said last in each hour, twenty minutes past; None: nothing."""
    return [
        ReportedState(series_id, 5, 7, "Thing", channel, quantity, START + i * HOUR + HOUR / 3, code)
        for i, code in enumerate(codes)
        if code is not None
    ]


def tell(states: Sequence[ReportedState], hint: Hint = reported_fault.HINT) -> list[Verdict]:
    return list(hint.tell(states, Span(START, START + 24 * HOUR, "Europe/Paris", (START + 24 * HOUR,))))


def test_fault_goes_on_until_the_device_takes_it_back_and_silence_says_nothing() -> None:
    told = tell(say("lamp_failure", [NORMAL, ALARM, ALARM, None, None, NORMAL]))
    assert [(one.is_present, one.at - HOUR / 3 - START) for one in told] == [
        (False, 0 * HOUR),
        (True, HOUR),
        (True, 2 * HOUR),
        (False, 5 * HOUR),
    ]
    assert {one.started_at for one in told if one.is_present} == {START + HOUR + HOUR / 3}
    assert {(one.series_id, one.device_id, one.asset_id) for one in told} == {(1, 5, 7)}


def test_states_and_series_are_told_apart() -> None:
    told = tell([*say("lamp_failure", [ALARM]), *say("relay_failure", [NORMAL, ALARM], 2)])
    assert [(one.series_id, one.is_present) for one in told] == [(1, True), (2, False), (2, True)]
    assert [one.started_at - START for one in told if one.is_present] == [HOUR / 3, HOUR + HOUR / 3]


@pytest.mark.parametrize(("quantity", "fault"), {**FAULTS, **TAMPERING}.items(), ids={**FAULTS, **TAMPERING})
def test_each_fault_says_what_is_reported_since_when_and_what_to_do(quantity: str, fault: object) -> None:
    hint = reported_tampering.HINT if quantity in TAMPERING else reported_fault.HINT
    code = QUANTITIES[quantity].code_number(({**FAULTS, **TAMPERING})[quantity].slug)
    assert code is not None
    (told,) = tell(say(quantity, [code], channel="d2"), hint)
    assert told.sentence_en.startswith("Thing (d2) reports ")
    assert "since 2026-03-02 at 01:20. To do: " in told.sentence_en
    assert told.sentence_fr.startswith("Thing (d2) signale ")
    assert "depuis le 02/03/2026 à 01 h 20. À faire : " in told.sentence_fr
    assert told.evidence is not None
    assert (told.evidence["quantity"], told.score) == (quantity, 1.0)
    other = reported_fault.HINT if hint is reported_tampering.HINT else reported_tampering.HINT
    assert tell(say(quantity, [code]), other) == []


def test_other_states_of_a_container_are_no_damage() -> None:
    told = tell(say("container_state", [FULL, DAMAGED, FULL, NORMAL]))
    assert [one.is_present for one in told] == [False, True, False, False]


def test_no_alarm_of_the_vocabulary_is_told_by_nothing() -> None:
    """A new state that names a fault is passed on, or named here with its reason."""
    alarms = {name for name, one in QUANTITIES.items() if "alarm" in {code.slug for code in one.codes}}
    assert alarms == {*FAULTS, *TAMPERING, *ELSEWHERE} & alarms
    assert not {*FAULTS, *TAMPERING} & ELSEWHERE


def test_docs_name_each_state_and_each_resource_as_the_code_does() -> None:
    text = HINTS_MD.read_text(encoding="utf-8")
    states = text.split("## What devices report themselves")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.+`) \| `(\w+)` \| (\w+) \|$", states, re.MULTILINE)
    named = {name: (slug, severity) for names, slug, severity in rows for name in re.findall(r"`(\w+)`", names)}
    assert named == {name: (one.slug, one.severity) for name, one in {**FAULTS, **TAMPERING}.items()}
    resources = text.split("## Names in LwM2M")[1]
    found = re.findall(r"^\| (?:`(\w+)`)? ?\| (?:`(\w+)`)? ?\| (\d+/\d+) \| (.+) \|$", resources, re.MULTILINE)
    by_kind = {kind: (path, name) for kind, _, path, name in found if kind}
    by_state = {state: (path, name) for _, state, path, name in found if state}
    assert by_kind == {kind: (one.path, one.name) for kind, one in RESOURCE_BY_KIND.items()}
    assert by_state == {state: (one.path, one.name) for state, one in RESOURCE_BY_STATE.items()}


def test_resources_are_of_hints_about_lamps_and_of_states_that_are_told() -> None:
    assert all(hints()[kind].asset_types == ("street_light",) for kind in RESOURCE_BY_KIND)
    assert RESOURCE_BY_STATE.keys() <= FAULTS.keys()
    relay = resource_of("reported_fault", {"quantity": "relay_failure"})
    assert relay is not None
    assert relay.path == "3416/9"
    assert resource_of("reported_fault", {"quantity": "breaker"}) is None
    assert resource_of("driver_ageing", {}) is None


@pytest.fixture
def lamp(database_url: str) -> Iterator[Connection]:
    """A lamp whose controller tells its failures, and a sensor placed nowhere that tells of tampering."""
    with connect(database_url, program="test", autocommit=True) as connection:
        register(
            connection,
            [TerritoryEntry("town", "Ville", time_zone="Europe/Paris")],
            [AssetEntry("town", "lamp", "Lampe 12", "street_light")],
            [DeviceEntry("town", "controller", placements={"*": "lamp"}), DeviceEntry("town", "loose")],
        )
        connection.execute("update placements set period = tstzrange('2026-01-01', null)")
        for device, quantity in (("controller", "lamp_failure"), ("controller", "relay_failure"), ("loose", "tamper")):
            connection.execute(
                "insert into series (territory_id, device_id, quantity, unit)"
                " select territory_id, device_id, %s, '1' from devices where external_id = %s",
                (quantity, device),
            )
        yield connection


def store(connection: Connection, quantity: str, minute: int, code: int) -> None:
    """Store a state, so many minutes past START."""
    connection.execute(
        "insert into measurements (series_id, batch_id, observed_at, value)"
        " select series_id, 1, %s, %s from series where quantity = %s",
        (START + timedelta(minutes=minute), code, quantity),
    )


def open_kinds(connection: Connection, to: datetime) -> list[tuple[str, str | None, str | None]]:
    """Tell all hints up to an instant, and give the findings that go on: kind, sentence, LwM2M resource."""
    rollup.refresh(connection, to, grace_s=0, settle_s=0)
    while tell_hints(connection, to).n_steps:
        pass
    return connection.execute(
        "select kind, sentence_en, evidence ->> 'lwm2m' from findings where ended_at is null order by kind"
    ).fetchall()


@pytest.mark.services
def test_report_in_the_store_opens_a_finding_and_only_its_own_all_clear_ends_it(lamp: Connection) -> None:
    for minute, code in ((10, NORMAL), (70, ALARM)):
        store(lamp, "lamp_failure", minute, code)
    store(lamp, "relay_failure", 10, NORMAL)
    store(lamp, "tamper", 20, ALARM)
    failure = (
        "reported_fault",
        "Lampe 12 reports a lamp failure, since 2026-03-02 at 02:10. To do: check lamp, driver and fuse.",
        "3416/5",
    )
    loose = (
        "reported_tampering",
        "loose reports that it was opened or torn off, since 2026-03-02 at 01:20. To do: look at the device, close and"
        " fasten it.",
        None,
    )
    assert open_kinds(lamp, START + 2 * HOUR) == [failure, loose]
    store(lamp, "relay_failure", 130, NORMAL)
    assert open_kinds(lamp, START + 40 * HOUR) == [failure, loose]  # held on for a day, then unknown
    store(lamp, "lamp_failure", 41 * 60 + 15, NORMAL)
    assert open_kinds(lamp, START + 42 * HOUR) == [loose]
    ended = lamp.execute("select ended_at from findings where kind = 'reported_fault'").fetchall()
    assert ended == [(START + 41 * HOUR + HOUR / 4,)]


@pytest.mark.services
def test_states_in_which_nothing_was_ever_wrong_are_not_read(lamp: Connection) -> None:
    """Thousands of lamps say every hour that all is well; what is over is read as long as its finding goes on."""
    for quantity in ("lamp_failure", "relay_failure"):
        store(lamp, quantity, 10, ALARM if quantity == "lamp_failure" else NORMAL)
        store(lamp, quantity, 70, NORMAL)
    rollup.refresh(lamp, START + 2 * HOUR, grace_s=0, settle_s=0)
    (territory_id,) = lamp.execute("select territory_id from territories").fetchone() or (0,)
    hours = [Window(territory_id, (), START + i * HOUR, START + (i + 1) * HOUR) for i in range(2)]
    assert [(one.quantity, one.code) for one in read(lamp, hours[0])] == [("lamp_failure", ALARM)]
    assert read(lamp, hours[1]) == []
    open_kinds(lamp, START + HOUR)
    assert [(one.quantity, one.code) for one in read(lamp, hours[1])] == [("lamp_failure", NORMAL)]
    assert open_kinds(lamp, START + 2 * HOUR) == []


@pytest.mark.services
def test_report_and_what_measurements_show_are_one_incident(lamp: Connection) -> None:
    store(lamp, "lamp_failure", 10, ALARM)
    open_kinds(lamp, START + HOUR)
    lamp.execute(
        "insert into findings (territory_id, asset_id, kind, model, model_version, started_at, score, severity,"
        " sentence_en, sentence_fr, evidence) select territory_id, asset_id, 'dead_lamp', 'dead_lamp', '2', %s, 9,"
        " 'warning', 'dark', 'éteinte', '{}' from assets",
        (START + 5 * timedelta(days=1),),
    )
    keep_incidents(lamp, START + 6 * timedelta(days=1))
    assert lamp.execute("select n_findings from incidents where ended_at is null").fetchall() == [(2,)]
