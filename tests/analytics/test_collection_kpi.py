"""Lifts and amounts as figures: the proof lists every skipped lift; what is not entered is withheld with its reason."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from analytics.collection.inputs import CollectionInputs
from analytics.kpi.collection import MOST_LISTED, tell_collection
from analytics.kpi.figure import Figure
from analytics.kpi.round_amounts import FUEL_HIGH, FUEL_LOW, AmountInputs, tell_amounts
from analytics.kpi.rounds import RoundInputs, tell_rounds
from store.baseline import DatedFactor, DoneRound, SeenFill, Slot
from store.collection import ContainerLevels, PlanAmounts, WatchedContainer

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 4, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLAN = PlanAmounts("nord", "glass", date(2026, 1, 1), None, 30.0, 40.0, 4.0, 5.0, 300.0, 340.0)
FUEL = [
    DatedFactor(FUEL_LOW, 0.5, "L/km", "fleet", date(2026, 1, 1)),
    DatedFactor(FUEL_HIGH, 0.7, "L/km", "fleet", date(2026, 1, 1)),
]


def a_slot(day: int, sector: str = "nord", stream: str = "glass") -> Slot:
    begins_at = BEGIN + day * DAY + 6 * HOUR
    return Slot(sector, stream, begins_at, begins_at + 10 * HOUR)


def watched(asset_id: int, sector: str | None = "nord") -> WatchedContainer:
    return WatchedContainer(asset_id, sector, "glass", BEGIN - 30 * DAY)


def levels(asset_id: int, level: float, hours: int = 31 * 24) -> ContainerLevels:
    at_s = tuple(int((BEGIN + hour * HOUR).timestamp()) for hour in range(hours))
    return ContainerLevels(asset_id, asset_id, f"Bin {asset_id}", "nord", "glass", None, at_s, (level,) * hours)


def collection(**more: object) -> CollectionInputs:
    slots = [a_slot(day) for day in (3, 10, 17, 24)]
    inputs = CollectionInputs(
        slots, [], [0, 1, 2, 3], [], [watched(1), watched(2)], [levels(1, 50.0), levels(2, 60.0)], [], [], BEGIN, END
    )
    return replace(inputs, **more)  # type: ignore[arg-type]  # fields by name


def by_key(figures: list[Figure]) -> dict[tuple[str, int | None], Figure]:
    return {(figure.kpi, figure.asset_id): figure for figure in figures}


def test_every_skipped_lift_is_listed_with_its_level() -> None:
    figures = by_key(tell_collection(collection()))
    town = figures["lifts_avoided", None]
    assert (town.low, town.value, town.high, town.baseline) == (8, 8, 8, 8)
    assert [(one["container"], one["fill_percent"]) for one in town.proof["skipped"]] == [
        ("Bin 1", 50.0),
        ("Bin 2", 60.0),
    ] * 4
    assert town.proof["skipped"][0]["planned_at"] == "2026-03-04T06:00:00+00:00"
    assert figures["lifts_avoided_ratio", None].value == 1.0
    assert len(figures["lifts_avoided", 2].proof["skipped"]) == 4
    assert [run["full_at_percent"] for run in town.proof["what_if"]] == [50, 60, 70, 80, 90, 100]
    assert [run["n_lifts"] for run in town.proof["what_if"]] == [2, 1, 0, 0, 0, 0]  # emptied once, nothing comes in


def test_list_of_the_territory_is_capped_and_says_how_many_there_are() -> None:
    many = [watched(n) for n in range(1, 61)]
    inputs = collection(watched=many, levels=[levels(n, 50.0) for n in range(1, 61)])
    town = by_key(tell_collection(inputs))["lifts_avoided", None]
    assert (len(town.proof["skipped"]), town.proof["n_skipped"]) == (MOST_LISTED, 240)


def test_lifts_followed_by_overflow_are_held_against_the_saving() -> None:
    figures = by_key(tell_collection(collection(levels=[levels(1, 50.0), levels(2, 101.0)])))
    town = figures["lifts_avoided", None]
    assert (town.value, town.proof["n_skipped"], town.proof["n_overflowed"]) == (4, 8, 4)
    minutes = (END - a_slot(3).begins_at).total_seconds() / 60
    assert figures["overflow_after_skip", None].value == pytest.approx(minutes)
    assert figures["overflow_after_skip", 1].value == 0


def test_silent_containers_withhold_the_figure() -> None:
    figures = by_key(tell_collection(collection(levels=[])))
    assert figures["lifts_avoided", None].value is None
    assert figures["lifts_avoided", None].completeness == 0
    assert "too little data" in str(figures["lifts_avoided", 1].withheld)


def test_half_silent_town_is_bounded_by_both_cases() -> None:
    short = [levels(n, 50.0) for n in (1, 2, 3)]
    inputs = collection(watched=[watched(n) for n in (1, 2, 3, 4)], levels=short)
    town = by_key(tell_collection(inputs))["lifts_avoided", None]
    assert town.completeness == 0.75
    assert (town.low, town.value, town.high) == (12, 12, 16)


def test_without_a_plan_nothing_is_invented() -> None:
    figures = by_key(tell_collection(collection(slots=[], untold=[])))
    assert {figure.value for figure in figures.values()} == {None}
    assert "no collection plan" in str(figures["lifts_avoided", None].withheld)
    assert figures["lifts_avoided", None].completeness is None


def test_container_of_no_sector_is_withheld_and_left_out_of_the_town() -> None:
    figures = by_key(tell_collection(collection(watched=[watched(1), watched(2, None)])))
    assert "no collection plan" in str(figures["lifts_avoided", 2].withheld)
    assert figures["lifts_avoided", None].baseline == 4


def test_hash_of_a_container_changes_with_its_levels_alone() -> None:
    before = by_key(tell_collection(collection()))
    after = by_key(tell_collection(collection(levels=[levels(1, 50.0), levels(2, 61.0)])))
    assert before["lifts_avoided", 1].inputs_hash == after["lifts_avoided", 1].inputs_hash
    assert before["lifts_avoided", 2].inputs_hash != after["lifts_avoided", 2].inputs_hash
    assert before["lifts_avoided", None].inputs_hash != after["lifts_avoided", None].inputs_hash


def amounts(plans: list[PlanAmounts], factors: list[DatedFactor], fills: list[SeenFill]) -> AmountInputs:
    """Four rounds planned, the first declared, the others told by containers or not at all."""
    slots = [a_slot(day) for day in (3, 10, 17, 24)]
    done = [DoneRound("nord", "glass", slots[0].begins_at, "declared")]
    return AmountInputs(slots, done, [1, 2, 3], fills, plans, factors, BEGIN, "Europe/Paris")


STOOD = [SeenFill(position, 1, 60.0, 61.0) for position in (0, 1, 2)]


def test_amounts_are_rounds_avoided_times_what_a_round_takes() -> None:
    figures = by_key(tell_amounts(amounts([PLAN], FUEL, STOOD)))
    distance, fuel = figures["rounds_distance_avoided", None], figures["rounds_fuel_avoided", None]
    assert (distance.low, distance.value, distance.high) == (90, 105, 120)
    assert (fuel.low, fuel.value, fuel.high) == pytest.approx((45, 63, 84))
    assert figures["rounds_time_avoided", None].value == pytest.approx(13.5)
    assert figures["rounds_cost_saved", None].value == pytest.approx(960)
    emitted = figures["rounds_emissions_avoided", None]
    assert emitted.value == pytest.approx(63 * 3.10)
    assert "ADEME" in emitted.proof["diesel_source"]


def test_amounts_rest_on_the_very_rounds_that_are_told_as_avoided() -> None:
    inputs = amounts([PLAN], FUEL, STOOD)
    (avoided, _) = tell_rounds(RoundInputs(inputs.slots, inputs.done, inputs.untold, inputs.fills))
    (by_plan,) = tell_amounts(inputs)[0].proof["rounds_avoided"]
    assert (avoided.low, avoided.high) == (by_plan["n_low"], by_plan["n_high"])


def test_rounds_of_which_nothing_is_known_widen_the_range() -> None:
    distance = by_key(tell_amounts(amounts([PLAN], FUEL, STOOD[:2])))["rounds_distance_avoided", None]
    assert (distance.low, distance.value, distance.high) == (60, 70, 120)
    assert distance.completeness == 0.75


def test_what_is_not_entered_is_withheld_with_its_reason() -> None:
    bare = PlanAmounts("nord", "glass", date(2026, 1, 1), None, 30.0, 40.0)
    figures = by_key(tell_amounts(amounts([bare], [], STOOD)))
    assert figures["rounds_distance_avoided", None].value is not None
    assert "hours of a round are not entered for nord (glass)" in str(figures["rounds_time_avoided", None].withheld)
    assert FUEL_LOW in str(figures["rounds_fuel_avoided", None].withheld)
    assert FUEL_LOW in str(figures["rounds_emissions_avoided", None].withheld)


def test_tonnes_stand_in_for_kilometres_of_residual_waste_alone() -> None:
    slots = [a_slot(day, stream="residual") for day in (3, 10)]
    fills = [SeenFill(position, 1, 60.0, 61.0) for position in (0, 1)]
    plan = PlanAmounts("nord", "residual", date(2026, 1, 1), None, tonnage_t=5.0)
    inputs = AmountInputs(slots, [], [0, 1], fills, [plan], [], BEGIN, "Europe/Paris")
    distance = by_key(tell_amounts(inputs))["rounds_distance_avoided", None]
    assert (distance.low, distance.value, distance.high) == pytest.approx((72, 122, 196))
    assert "ADEME 2007" in distance.proof["assumption"]
    glass = by_key(
        tell_amounts(amounts([PlanAmounts("nord", "glass", date(2026, 1, 1), None, tonnage_t=5.0)], [], STOOD))
    )
    assert "kilometres of a round are not entered" in str(glass["rounds_distance_avoided", None].withheld)


def test_more_rounds_than_planned_are_a_loss_at_its_worst_below() -> None:
    inputs = amounts([PLAN], FUEL, [])
    extra = [DoneRound("nord", "glass", a_slot(day).begins_at, "declared") for day in (3, 4, 5, 10, 17, 24)]
    distance = by_key(tell_amounts(replace(inputs, done=extra, untold=[])))["rounds_distance_avoided", None]
    assert (distance.low, distance.value, distance.high) == (-80, -70, -60)


def test_amounts_without_a_plan_are_not_told() -> None:
    assert tell_amounts(AmountInputs([], [], [], [], [], [], BEGIN, "Europe/Paris")) == []


def test_inputs_hold_no_arrays() -> None:
    inputs = collection()
    assert not any(isinstance(getattr(inputs, name), np.ndarray) for name in CollectionInputs.__slots__)
