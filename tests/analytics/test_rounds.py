"""Rounds avoided: the plan written out, rounds seen in fill levels, bounds where nothing is known."""

from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics.kpi.figure import Figure
from analytics.kpi.rounds import RoundInputs, is_of, one_per_round, tell_rounds, was_driven
from analytics.plan import slots_of
from store.baseline import DoneRound, PlannedRounds, SeenFill, Slot

ZONE = ZoneInfo("Europe/Paris")
PLAN = PlannedRounds("nord", "glass", (1, 4), 2, date(2026, 3, 4), time(5, 30), None)
MONTH = (date(2026, 3, 1), date(2026, 4, 1))
SLOTS = list(slots_of(PLAN, MONTH, ZONE))


def done(slot: Slot, source: str = "declared") -> DoneRound:
    return DoneRound(slot.sector, slot.waste_stream, slot.begins_at.astimezone(UTC), source)


def told(inputs: RoundInputs) -> dict[str, Figure]:
    return {figure.kpi: figure for figure in tell_rounds(inputs)}


def test_plan_sends_every_second_week_from_its_first_day_on() -> None:
    """The week of Wednesday 4 March counts, its Tuesday lies before the plan; civil time over the change of clocks."""
    days = [slot.begins_at.date() for slot in SLOTS]
    assert days == [date(2026, 3, 6), date(2026, 3, 17), date(2026, 3, 20), date(2026, 3, 31)]
    assert {slot.begins_at.time() for slot in SLOTS} == {time(5, 30)}
    assert SLOTS[-1].begins_at.utcoffset() == timedelta(hours=2)
    assert SLOTS[0].begins_at.utcoffset() == timedelta(hours=1)


def test_plan_ends_with_its_validity() -> None:
    ended = PlannedRounds("nord", "glass", (1, 4), 2, date(2026, 3, 4), time(5, 30), date(2026, 3, 17))
    assert [slot.begins_at.date() for slot in slots_of(ended, MONTH, ZONE)] == [date(2026, 3, 6)]


def test_rounds_not_driven_are_avoided() -> None:
    fills = [SeenFill(0, 5, 60.0, 61.0), SeenFill(1, 5, 80.0, 81.0)]
    figures = told(RoundInputs(SLOTS, [done(SLOTS[0]), done(SLOTS[1])], [2, 3], fills))
    assert (figures["rounds_avoided"].low, figures["rounds_avoided"].value, figures["rounds_avoided"].high) == (2, 2, 2)
    assert figures["rounds_avoided"].baseline == 4
    assert figures["rounds_avoided_ratio"].value == 0.5


def test_a_round_nobody_declared_shows_in_the_containers() -> None:
    fills = [SeenFill(0, 5, 60.0, 3.0), SeenFill(0, 6, 45.0, 4.0), SeenFill(0, 7, 50.0, 51.0)]
    figures = told(RoundInputs(SLOTS, [done(slot) for slot in SLOTS[:3]], [3], fills))
    assert figures["rounds_avoided"].value == 0
    assert figures["rounds_avoided"].proof["n_inferred"] == 1


def test_a_round_nobody_knows_of_is_no_saving_but_may_be_one() -> None:
    figures = told(RoundInputs(SLOTS, [done(slot) for slot in SLOTS[:3]], [3], [SeenFill(0, 5, 12.0, 13.0)]))
    rounds = figures["rounds_avoided"]
    assert (rounds.low, rounds.value, rounds.high) == (0, 0, 1)
    assert rounds.completeness == pytest.approx(0.75)


def test_too_many_unknown_rounds_withhold_the_figure() -> None:
    figures = told(RoundInputs(SLOTS, [done(SLOTS[0])], [1, 2, 3], []))
    assert {figure.value for figure in figures.values()} == {None}


def test_a_round_on_another_day_is_a_round_driven() -> None:
    moved = DoneRound("nord", "glass", SLOTS[0].begins_at + timedelta(days=1), "declared")
    assert not is_of(moved, SLOTS[0], ZONE)
    figures = told(RoundInputs(SLOTS, [moved, *map(done, SLOTS[1:])], [0], [SeenFill(0, 5, 60.0, 61.0)]))
    assert figures["rounds_avoided"].value == 0


def test_two_sources_of_one_round_count_once() -> None:
    entries = [done(SLOTS[0]), done(SLOTS[0], "telematics"), done(SLOTS[1])]
    assert one_per_round(entries) == [entries[0], entries[2]]


def test_containers_that_were_empty_or_silent_show_nothing() -> None:
    assert was_driven([]) is None
    assert was_driven([SeenFill(0, 1, 10.0, 2.0), SeenFill(0, 2, None, 3.0), SeenFill(0, 3, 70.0, None)]) is None
    assert was_driven([SeenFill(0, 1, 40.0, 39.0)]) is False


def test_without_a_plan_nothing_is_told() -> None:
    assert tell_rounds(RoundInputs([], [DoneRound("nord", "glass", SLOTS[0].begins_at, "declared")], [], [])) == []
