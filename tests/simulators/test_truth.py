"""The truth file and the reference data: consistent with what is generated, and apart from each other."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from simulators.effect import faults
from simulators.reference import reference_of, write_reference
from simulators.rounds import SECTORS
from simulators.town import Town, TownError
from simulators.truth import Truth, find_earlier_run, read_truth, truth_of, write_truth
from tests.support.shared import REPOSITORY
from tests.support.towns import START, a_quiet_town, a_town, all_rows, by_series, generate_days

N_DAYS = 45


@pytest.fixture(scope="module")
def told() -> tuple[Town, Truth, dict[str, np.ndarray]]:
    """A town generated for some weeks, its truth, and each cabinet's metered energy [kWh]."""
    town = a_town(21, history_days=31)
    rows = all_rows(generate_days(town, N_DAYS))["cabinet"]
    registers = {
        town.devices[device].external_id: rows.values[rows.device == device, 0] for device in np.unique(rows.device)
    }
    return town, truth_of(town, START + timedelta(days=N_DAYS)), registers


def test_savings_of_a_year_are_those_drawn() -> None:
    """Between 5 and 60 % by cabinet, and within two points of the draw: the measures are sized for a whole year."""
    town = a_town(3, scale=0.5)
    generate_days(town, 365)
    for cabinet in truth_of(town, START + timedelta(days=365)).lighting:
        saved = 1 - sum(cabinet.kwh["switched_off"]) / sum(cabinet.kwh["baseline"])
        assert 0.05 <= cabinet.saving_target <= 0.60
        assert saved == pytest.approx(cabinet.saving_target, abs=0.02)


def test_each_measure_takes_its_step_of_the_ladder(told: tuple[Town, Truth, dict[str, np.ndarray]]) -> None:
    for cabinet in told[1].lighting:
        kwh = {name: sum(values) for name, values in cabinet.kwh.items()}
        assert kwh["baseline"] > kwh["relamped"] >= kwh["dimmed"] >= kwh["switched_off"] > 0


def test_meters_tell_what_the_truth_says_was_used(told: tuple[Town, Truth, dict[str, np.ndarray]]) -> None:
    """Within 1 %: the meter has its own noise, and its last register is read before the day's end."""
    _, truth, registers = told
    for cabinet in truth.lighting:
        full_days = [day >= START.date() for day in truth.days]
        used = sum(np.array(cabinet.kwh["used"])[full_days])
        register = registers[cabinet.asset]
        assert register[-1] - register[0] == pytest.approx(used, rel=0.01)


def test_truth_names_every_episode_that_was_drawn(told: tuple[Town, Truth, dict[str, np.ndarray]]) -> None:
    town, truth, _ = told
    end_s = town.setting.start_s + N_DAYS * 86_400
    drawn = [e for e in town.window(0) if e.touches(town.setting.history_s, end_s)]
    told_of = [e for e in truth.episodes if e.end_at > START]
    assert {(e.kind, e.asset) for e in drawn} <= {(e.kind, e.asset) for e in told_of}
    assert {e.is_fault for e in truth.episodes if e.kind in faults()} == {True}


def test_truth_survives_writing(told: tuple[Town, Truth, dict[str, np.ndarray]], tmp_path: Path) -> None:
    town, truth, _ = told
    path = tmp_path / "deep" / "truth.json"
    write_truth(path, town, START + timedelta(days=N_DAYS))
    assert read_truth(path) == truth
    assert [file.name for file in path.parent.iterdir()] == ["truth.json"]


def test_interrupted_day_is_not_told(told: tuple[Town, Truth, dict[str, np.ndarray]]) -> None:
    """Up to the middle of a day only whole days enter the daily lists."""
    town = told[0]
    half = truth_of(town, START + timedelta(days=10, hours=13))
    assert half.days[-1] == (START + timedelta(days=9)).date()
    assert len(half.lighting[0].kwh["used"]) == len(half.days)


def test_truth_of_another_town_is_not_written_over(
    told: tuple[Town, Truth, dict[str, np.ndarray]], tmp_path: Path
) -> None:
    path = tmp_path / "truth.json"
    assert find_earlier_run(path, 21, "val-de-tille") is None
    write_truth(path, told[0], START + timedelta(days=3))
    earlier = find_earlier_run(path, 21, "val-de-tille")
    assert earlier is not None
    assert earlier.generated_to == START + timedelta(days=3)
    with pytest.raises(TownError, match="another town"):
        find_earlier_run(path, 22, "val-de-tille")
    path.write_text("{}")
    with pytest.raises(TownError, match="not a truth file"):
        find_earlier_run(path, 21, "val-de-tille")


def test_bays_tell_what_the_truth_says_of_parking() -> None:
    """Where nothing is stuck: hours and cars counted from what bays report, but for the minute they report in."""
    town = a_quiet_town(22)
    n_days = 7
    rows = by_series(town, generate_days(town, n_days))
    truth = truth_of(town, START + timedelta(days=n_days)).parking
    end_s = START.timestamp() + n_days * 86_400
    occupied_s, cars = 0.0, 0
    for at_s, states in (series for (_, _, quantity), series in rows.items() if quantity == "occupancy"):
        occupied_s += float((np.diff(at_s, append=end_s) * (states == 1)).sum())
        cars += int((np.diff(states) == 1).sum())
    n_bays = town.setting.plan.n_bays
    assert sum(truth.bay_offered_s) == n_days * 86_400 * n_bays
    assert occupied_s == pytest.approx(sum(truth.bay_occupied_s), rel=0.01)
    assert cars == pytest.approx(sum(truth.bay_arrivals), abs=n_bays)  # the first state of each has none before it


def test_car_parks_tell_what_the_truth_says_of_parking() -> None:
    town = a_quiet_town(22)
    rows = by_series(town, generate_days(town, 7))
    truth = truth_of(town, START + timedelta(days=7)).parking
    inside = [values.mean() for (_, _, quantity), (_, values) in rows.items() if quantity == "occupied_places"]
    told = sum(truth.place_occupied_s) / (sum(truth.place_offered_s) / town.run.parking.capacity.sum())
    assert sum(inside) == pytest.approx(told, rel=0.01)


def test_overflows_are_what_containers_show() -> None:
    """Each of half a day and more shows as values near 100 %; no container that shows them is left out."""
    town = a_quiet_town(104, scale=0.3)
    rows = by_series(town, generate_days(town, N_DAYS))
    told = [e for e in truth_of(town, START + timedelta(days=N_DAYS)).episodes if e.kind == "overflow"]
    levels = {device: series for (device, _, quantity), series in rows.items() if quantity == "fill_level"}
    assert told
    for episode in told:
        at_s, percent = levels[episode.asset]
        during = (at_s > episode.start_at.timestamp() + 3600) & (at_s < episode.end_at.timestamp())
        assert np.median(percent[during]) >= 97
        assert episode.precursor_at < episode.start_at
    shown = {slug for slug, (_, percent) in levels.items() if np.count_nonzero(percent >= 103) > 6}
    assert shown <= {episode.asset for episode in told}


def test_rounds_avoided_are_those_drawn() -> None:
    town = a_town(30)
    end = START + timedelta(days=364)
    truth = truth_of(town, end)
    for index, sector in enumerate(SECTORS):
        own = [entry for entry in truth.rounds if entry.sector == sector]
        avoided = 1 - sum(entry.n_done for entry in own) / sum(entry.n_planned for entry in own)
        assert 0 <= avoided <= 0.46
        assert avoided == pytest.approx(float(town.run.waste.book.avoided_target[index]), abs=0.03)


def test_plan_of_the_reference_expects_the_rounds_of_the_truth() -> None:
    """Counting the fixed plan's rounds from the typed-in plan gives what the simulator planned."""
    town = a_town(30)
    end = START + timedelta(days=56)
    planned = {(e.sector, e.waste_stream): e.n_planned for e in truth_of(town, end).rounds}
    for plan in reference_of(town, end).collection_plans:
        days = [START.date() + timedelta(days=ahead) for ahead in range(56)]
        due = [
            day
            for day in days
            if day.weekday() in plan.weekdays and ((day - plan.first_on).days // 7) % plan.every_weeks == 0
        ]
        assert len(due) == planned[plan.sector, plan.waste_stream]


def test_reference_knows_what_people_know_and_not_what_was_drawn(tmp_path: Path) -> None:
    town = a_town(21, history_days=400)
    known_at = START + timedelta(days=30)
    reference = reference_of(town, known_at)
    assert all(entry.ended_at <= known_at for entry in reference.rounds_done)
    assert all(notice.from_at < known_at + timedelta(days=7) for notice in reference.notices)
    assert {schedule.kind for schedule in reference.schedules} <= {"switch_off", "dimming", "opening"}
    assert reference.tariffs[0].valid_from <= datetime.fromtimestamp(town.setting.history_s, UTC).date()
    path = tmp_path / "reference.json"
    write_reference(path, town, known_at)
    text = path.read_text(encoding="utf-8")
    for name in faults():
        assert f'"{name}"' not in text
    assert "saving" not in text
    assert "avoided" not in text


def test_inventory_is_not_the_truth() -> None:
    """People wrote down watts with mistakes: the list is near the truth and not equal to it."""
    plan = a_town(21).run.lighting.plan
    assert not np.allclose(plan.inventory_w, plan.old_w, rtol=0.001)
    assert plan.inventory_w.sum() == pytest.approx(plan.old_w.sum(), rel=0.06)


def test_truth_is_out_of_reach_of_what_is_evaluated() -> None:
    """The arrows forbid analytics, ingest, api and store to import the simulators, and so the truth."""
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    apart = next(contract for contract in contracts if contract["type"] == "independence")
    assert {"ingest", "analytics", "api", "simulators"} <= set(apart["modules"])
    store = next(contract for contract in contracts if contract.get("source_modules") == ["store"])
    assert "simulators" in store["forbidden_modules"]
