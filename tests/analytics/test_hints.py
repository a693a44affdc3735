"""Hints told step by step: a town with planted faults and look-alikes, what holds a step back, being cut."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from analytics.hint import HintReport, steps, tell_hints
from analytics.hvac.outlook import RULES_BY_KIND
from analytics.maintenance import Hint, Span, families, hints
from analytics.period import Rhythm
from analytics.rounds.batteries import plan_battery_rounds
from analytics.rounds.solver_builtin import solve
from deploy.local.services import Services
from deploy.reference import enter_file
from sensors.asset_entry import AssetEntry
from simulators.effect import Episode, faults, lookalikes
from simulators.reference import write_reference
from simulators.town import Town
from store import rollup
from store.connect import connect
from store.hints import HintMark
from store.inputs import Connection, Window
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.filled_town import fill_town
from tests.support.services import fresh_database
from tests.support.towns import a_town, an_episode, with_episodes

START = datetime(2025, 11, 10, tzinfo=UTC)
N_DAYS = 26
# What hints look at, and something of every device, so that its gateway is heard.
QUANTITIES = frozenset(
    {"active_power", "fill_level", "filter_pressure_drop", "fan_speed", "fan_on", "uptime"}
    | {"occupancy", "flow", "displacement", "vehicle_count", "rain_depth"}
    | {"battery_level", "air_temperature"}
    | {"water_pressure", "vibration_velocity", "rotation_speed", "bearing_temperature", "temperature", "power_factor"}
    | {"container_temperature", "container_state", "tilt"}
    | {"dimming_level", "gear_temperature", "noise_level", "snr", "co2"}
)
# Hints about what no fault of a simulated town shows, or what only the intake leaves in the store: tested apart.
ELSEWHERE = frozenset(
    {"counter_reset", "impossible_value", "late_messages", "noisy_value", "refused_messages", "repeated_messages"}
    | {"efficiency_loss", "lift_wear", "road_worn", "structural_change"}
    | {"unlike_peers", "short_cycling", *RULES_BY_KIND}  # units and boilers have a town of their own
    | {"break_to_come"}  # needs years of breaks
    | {"pump_off_curve"}  # needs a flow on the pump
    | {"bearing_damage", "current_unbalance", "fan_wear", "lift_doors_slow", "lift_vibration", "motor_current_high"}
)
# Hints about what no fault of a simulated town shows, although it measures what they look at.
QUIET = frozenset(
    {"lamps_lost", "feeder_out", "dimming_not_followed", "power_factor_low", "thermal_derating"}
    | {"radio_margin", "calibration_due"}
    | {"reported_fault", "reported_tampering"}
)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def a_hint(rhythm: Rhythm | timedelta, stride: timedelta = timedelta()) -> Hint:
    """A hint that says nothing."""
    return Hint("any", ("any",), rhythm, DAY, "1", lambda *_: (), lambda *_: (), stride)


@pytest.mark.parametrize(
    ("hint", "told_to", "until", "ends"),
    [
        (a_hint("day"), START, START + 23 * HOUR, [START + 23 * HOUR]),  # civil midnight is an hour before UTC's
        (a_hint("day"), START, START + 22 * HOUR, []),
        (a_hint("night"), START, START + 40 * HOUR, [START + 11 * HOUR, START + 35 * HOUR]),
        (a_hint(6 * HOUR), START + HOUR, START + 13 * HOUR, [START + 6 * HOUR, START + 12 * HOUR]),
        (a_hint(HOUR, DAY), START, START + 5 * HOUR, [START + 5 * HOUR]),
        (a_hint(HOUR, DAY), START, START + 30 * HOUR, [START + DAY, START + 30 * HOUR]),
        (a_hint("night", 2 * DAY), START, START + 90 * HOUR, [START + 35 * HOUR, START + 83 * HOUR]),
    ],
)
def test_steps_follow_the_rhythm_as_far_as_computed(
    hint: Hint, told_to: datetime, until: datetime, ends: list[datetime]
) -> None:
    mark = HintMark(1, "Europe/Paris", told_to)
    told = list(steps(hint, mark, until, 10))
    assert [span.ends_at for span in told] == ends
    assert [span.begins_at for span in told] == [told_to, *ends][: len(ends)]


@pytest.mark.parametrize("hint", hints().values(), ids=hints())
def test_hint_is_well_formed(hint: Hint) -> None:
    assert hint.reach >= timedelta(0)
    assert hint.version


def plan_town() -> tuple[Town, dict[str, Episode]]:
    """A town with one fault of each kind that a hint is about, and what resembles them; faults by the hint's name."""
    town = a_town(101, START, scale=0.15)
    planted = {
        "cabinet_tripped": an_episode(town, faults()["cabinet_tripped"], "armoire-01", 21.6, 1.2),
        "dead_lamp": an_episode(town, faults()["dead_lamp"], "lampe-00005", 12.1, 7, 1),
        "day_burner": an_episode(town, faults()["day_burner"], "lampe-00020", 9.3, 6),
        "fouled_filter": an_episode(town, faults()["fouled_filter"], "cta-mairie", 20, 6, 9),
        "overflow_to_come": an_episode(town, faults()["overflowing_bin"], "conteneur-0003", 14, 6, 3),
        "silent_gateway": an_episode(town, faults()["silent_gateway"], "gw-lora-2", 15.3, 0.9),
        "battery_low": an_episode(town, faults()["dead_battery"], "place-0004", 20, 4, 12),
        "sensor_drift": an_episode(town, faults()["sensor_drift"], "zone-mairie", 21, 4, 14),
        "stuck_value": an_episode(town, faults()["stuck_bay"], "place-0012", 14.4, 7),
        "leak": an_episode(town, faults()["leak_night"], "conduite-02", 12, 6, 3),
        "pipe_break": an_episode(town, faults()["pipe_break"], "conduite-01", 22.3, 0.6),
        "pump_wear": an_episode(town, faults()["pump_bearing"], "pompe-1", 20, 3, 12),
        "settlement": an_episode(town, faults()["bridge_settlement"], "pont-1-appui-sud-amont", 22, 3, 10),
        "driver_ageing": an_episode(town, faults()["driver_ageing"], "lampe-00030", 18, 6, 15),
        "flicker": an_episode(town, faults()["flicker"], "lampe-00011", 6, 6),
        "container_moved": an_episode(town, faults()["moved_container"], "conteneur-0007", 10.3, 4),
        "container_fire": an_episode(town, faults()["bin_fire"], "conteneur-0010", 16.2, 0.2, 0.1),
    }
    resembling = [
        an_episode(town, lookalikes()["switch_off_order"], "armoire-02", 6.5, 8),
        an_episode(town, lookalikes()["planned_restart"], "gw-lora-1", 11 + 2 / 24, 1 / 96),
        an_episode(town, lookalikes()["frost"], "", 8, 5),
        an_episode(town, lookalikes()["market_day"], "", 13.2, 11 / 24),
        an_episode(town, faults()["late_batch"], "gw-batiment-1", 10, 0.6),
    ]
    with_episodes(town, [*planted.values(), *resembling])
    return town, {**planted, "gear_overheating": planted["driver_ageing"]}  # which warms its gear


class Told(NamedTuple):
    """A town whose hints were told: its store, the faults planted by the hint's name, containers that got full."""

    connection: Connection
    planted: dict[str, Episode]
    full: frozenset[str]


@pytest.fixture(scope="module")
def told(services: Services, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """The town in the store, its rollups computed, its hints told."""
    town, planted = plan_town()
    with fresh_database(services, database_template) as url:
        end = fill_town(url, town, N_DAYS, QUANTITIES)
        path: Path = tmp_path_factory.mktemp("town") / "reference.json"
        write_reference(path, town, end)
        enter_file(url, path)
        with connect(url, program="test", autocommit=True, statement_timeout_s=120) as connection:
            while rollup.refresh(connection, end, grace_s=0, settle_s=0).computed_to < end:
                pass
            while tell_hints(connection, end, n_steps=60).n_steps:
                pass
            full = connection.execute(
                "select distinct a.slug from measurements m join series_assets sa using (series_id)"
                " join series s using (series_id) join assets a on a.asset_id = sa.asset_id"
                " where s.quantity = 'fill_level' and m.value >= 98"
            )
            yield Told(connection, planted, frozenset(slug for (slug,) in full))


@pytest.mark.services
@pytest.mark.parametrize("name", sorted(hints().keys() - ELSEWHERE - QUIET))
def test_planted_fault_is_found_and_nothing_else(told: Told, name: str) -> None:
    """Every hint has a fault in the town that it must find; what it says of any other asset is a false alarm."""
    connection, planted, full = told
    rows = connection.execute(
        "select a.slug, f.started_at, f.ended_at, f.sentence_en, f.sentence_fr"
        " from findings f join assets a using (asset_id) where f.kind = %s order by f.started_at",
        (name,),
    ).fetchall()
    episode = planted[name]
    assert episode.asset in {row[0] for row in rows}
    assert {row[0] for row in rows} <= {episode.asset, *(full if name == "overflow_to_come" else ())}
    rows = [row[1:] for row in rows if row[0] == episode.asset]
    begins_at, ends_at = (datetime.fromtimestamp(at_s, UTC) for at_s in (episode.precursor_s, episode.end_s))
    for started_at, ended_at, english, french in rows:
        assert begins_at - HOUR <= started_at <= ends_at
        assert "To do:" in english
        assert "À faire :" in french
        assert ended_at is None or ended_at <= ends_at + 7 * DAY  # a container waits for its next round
    assert rows[-1][1] is not None or ends_at >= START + (N_DAYS - 2) * DAY


@pytest.mark.services
@pytest.mark.parametrize("name", sorted(QUIET))
def test_hint_without_a_fault_in_the_town_tells_nothing(told: Told, name: str) -> None:
    """It was told up to the end all the same: its mark says so."""
    sql = "select count(*) from findings where kind = %s", "select max(told_to) from hint_marks where hint = %s"
    n_told, told_to = (told.connection.execute(query, (name,)).fetchone() for query in sql)
    assert n_told == (0,)
    assert told_to is not None
    assert told_to[0] > START + (N_DAYS - 8) * DAY


@pytest.mark.services
def test_battery_that_dies_is_on_a_walk_of_the_weeks_before(told: Told) -> None:
    """Planned three days before it is empty: the battery that was planted to die, and by far the first."""
    at = START + 17 * DAY
    found = plan_battery_rounds(told.connection, "val-de-tille", at, 21 * DAY, solve)
    due = [stop for walk in found.walks for stop in walk.stops]
    assert {stop.place.asset for stop in due} == {told.planted["battery_low"].asset}
    assert at < due[0].empty_at < at + 10 * DAY
    assert due[0].place.longitude is not None


@pytest.mark.services
def test_second_round_tells_nothing_more(told: Told) -> None:
    connection = told.connection
    before = connection.execute("select count(*), max(updated_at) from findings").fetchone()
    assert tell_hints(connection, START + N_DAYS * DAY) == HintReport()
    assert connection.execute("select count(*), max(updated_at) from findings").fetchone() == before


@pytest.mark.services
def test_steps_told_a_few_at_a_time_find_the_same(told: Told) -> None:
    """A round that is cut short goes on where it was: findings are those of the run that was not."""
    connection = told.connection
    state = "select kind, asset_id, started_at, ended_at from findings order by 1, 2, 3"
    before = connection.execute(state).fetchall()
    with connection.transaction(force_rollback=True):
        connection.execute("delete from findings")
        connection.execute("delete from hint_marks")
        for day in range(1, N_DAYS + 1):
            while tell_hints(connection, START + day * DAY, n_steps=3).n_steps:
                pass
        assert connection.execute(state).fetchall() == before


@pytest.mark.services
def test_a_hint_told_anew_leaves_those_that_read_the_same_where_they_are(told: Told) -> None:
    """A new version begins at the first hour again, its family does not."""
    connection = told.connection
    marks = "select hint, told_to from hint_marks where hint = any (%s) order by hint"
    names = [hint.name for hint in families()["damper_leaking"]]
    with connection.transaction(force_rollback=True):
        before = connection.execute(marks, (names,)).fetchall()
        connection.execute("update hint_marks set version = 'older' where hint = 'valve_stuck'")
        assert tell_hints(connection, START + 3 * DAY) == HintReport(n_steps=1)
        after = connection.execute(marks, (names,)).fetchall()
        assert [row for row in before if row not in after] == [
            (name, at) for name, at in before if name == "valve_stuck"
        ]
        assert dict(after)["valve_stuck"] <= START + 3 * DAY


def test_each_hint_is_in_one_family() -> None:
    told = [hint.name for family in families().values() for hint in family]
    assert sorted(told) == sorted(hints())
    assert [hint.name for hint in families()["driver_ageing"]] == ["driver_ageing", "power_factor_low"]


@pytest.mark.services
@pytest.mark.parametrize("hint", hints().values(), ids=hints())
def test_territory_without_data_gives_no_verdict(database_url: str, hint: Hint) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        lamp, device = (
            AssetEntry("a", "lamp", "Lamp", "street_light"),
            DeviceEntry("a", "dev", placements={"*": "lamp"}),
        )
        register(connection, [TerritoryEntry("a", "A")], [lamp], [device])
        window = Window(read_territory(connection), hint.asset_types, START - hint.reach, START + DAY)
        assert (
            list(hint.tell(hint.read(connection, window), Span(START, START + DAY, "Europe/Paris", (START + DAY,))))
            == []
        )
        assert tell_hints(connection, START).n_opened == 0


def read_territory(connection: Connection) -> int:
    """Give the only territory."""
    row = connection.execute("select territory_id from territories").fetchone()
    assert row is not None
    return int(row[0])
