"""Findings against truth, on a small town made by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bench.evaluation.matching import Found, Ground, Judged, judge
from simulators.truth import TrueEpisode, TrueParking, Truth

DAY = timedelta(days=1)
START = datetime(2026, 1, 10, tzinfo=UTC)
N_DAYS = 56
GROUND = Ground(
    type_by_asset={"lamp-1": "street_light", "lamp-2": "street_light", "bin-1": "waste_container", "gw-1": "gateway"},
    assets_by_device={"d1": ("lamp-1",), "d2": ("lamp-2",), "d3": ("bin-1",), "g1": ("gw-1",)},
)


def a_truth(*episodes: TrueEpisode) -> Truth:
    """A town of eight weeks to which these happen."""
    return Truth(
        version=3,
        seed=1,
        territory="town",
        scale=1.0,
        n_lamps=2,
        history_days=30,
        full_from=START,
        generated_to=START + N_DAYS * DAY,
        days=[],
        episodes=list(episodes),
        lighting=[],
        rounds=[],
        parking=TrueParking(START, [], [], [], [], []),
        buildings=[],
        temperature_low_c=[],
        temperature_high_c=[],
    )


def an_episode(kind: str, asset: str, first_day: float, days: float, **more: object) -> TrueEpisode:
    """Something that happens to an asset, without signs before."""
    start_at = START + first_day * DAY
    fields: dict[str, object] = {"devices": (), "is_fault": True, "is_lasting": False, "precursor_at": start_at, **more}
    return TrueEpisode(kind=kind, asset=asset, start_at=start_at, end_at=start_at + days * DAY, strength=0.5, **fields)  # type: ignore[arg-type]


def a_finding(kind: str, asset: str, day: float, device: str = "") -> Found:
    """A finding told on the day its signs began."""
    return Found(kind, asset, device, START + day * DAY, START + day * DAY)


def judged(episode: TrueEpisode, *found: Found) -> Judged:
    """Judge one episode."""
    return judge(found, a_truth(episode), GROUND)


def test_hint_on_the_asset_finds_the_fault_and_says_how_late() -> None:
    one = judged(an_episode("dead_lamp", "lamp-1", 10, 5), a_finding("dead_lamp", "lamp-1", 12))
    assert [(case.kind, case.is_found, case.delay_h) for case in one.cases] == [("dead_lamp", True, 48.0)]
    assert (one.n_false, one.n_named) == ({}, {"dead_lamp": 1})


@pytest.mark.parametrize(
    "finding",
    [
        a_finding("dead_lamp", "lamp-2", 12),  # on another lamp
        a_finding("day_burner", "lamp-1", 12),  # of another kind
        a_finding("dead_lamp", "lamp-1", 8),  # before there was anything to see
        a_finding("dead_lamp", "lamp-1", 20),  # long after
    ],
)
def test_what_is_not_about_the_fault_does_not_find_it(finding: Found) -> None:
    assert [case.is_found for case in judged(an_episode("dead_lamp", "lamp-1", 10, 5), finding).cases] == [False]


def test_sign_told_before_the_full_effect_counts_and_is_early() -> None:
    fault = an_episode("fouled_filter", "bin-1", 10, 5, precursor_at=START + 6 * DAY)
    one = judged(fault, a_finding("fouled_filter", "bin-1", 8))
    assert one.cases[0].delay_h == -48.0


def test_fault_of_a_gateway_is_found_on_what_its_devices_tell_of() -> None:
    fault = an_episode("late_batch", "gw-1", 10, 2, devices=("d1", "d2"))
    assert judged(fault, a_finding("late_messages", "", 11, device="d2")).cases[0].is_found
    assert judged(fault, a_finding("late_messages", "lamp-1", 11)).cases[0].is_found
    assert not judged(fault, a_finding("late_messages", "bin-1", 11)).cases[0].is_found


def test_false_is_what_no_fault_accounts_for() -> None:
    fault = an_episode("dead_lamp", "lamp-1", 10, 5)
    told = [a_finding("unusual_value", "lamp-1", day) for day in (9, 12, 16, 18)]
    one = judged(fault, *told, a_finding("unusual_value", "lamp-2", 12))
    assert one.n_told == {"unusual_value": 5}
    assert one.n_false == {"unusual_value": 3}  # the day before, three days after its end, the other lamp


def test_lasting_fault_accounts_for_all_that_follows() -> None:
    fault = an_episode("sensor_drift", "lamp-1", 10, 5, is_lasting=True)
    assert judged(fault, a_finding("unusual_value", "lamp-1", 40)).n_false == {}


def test_overflow_accounts_for_nothing_but_the_hint_about_it() -> None:
    full = an_episode("overflow", "bin-1", 10, 2, precursor_at=START + 5 * DAY)
    told = a_finding("overflow_to_come", "bin-1", 8), a_finding("unusual_value", "bin-1", 8)
    one = judged(full, *told)
    assert (one.cases[0].delay_h, one.n_false, one.n_named) == (-48, {"unusual_value": 1}, {"overflow_to_come": 1})


def test_look_alike_is_raised_by_what_no_fault_accounts_for() -> None:
    fair = an_episode("market_day", "bin-1", 20, 1, is_fault=False)
    fire = an_episode("bin_fire", "bin-1", 20, 1)
    finding = a_finding("container_fire", "bin-1", 20.5)
    assert (judged(fair, finding).cases[0].is_found, judged(fair, finding).cases[0].is_loud) == (True, True)
    quiet = judged(fair, replace(finding, is_quiet=True)).cases[0]
    assert (quiet.is_found, quiet.is_loud) == (True, False)
    cases = {case.kind: case for case in judge([finding], a_truth(fair, fire), GROUND).cases}
    assert (cases["market_day"].is_found, cases["bin_fire"].is_found) == (False, True)


def test_chance_is_how_often_other_weeks_would_have_been_accused() -> None:
    fair = an_episode("market_day", "bin-1", 21, 0.5, is_fault=False)
    quiet, busy = judged(fair), judged(fair, *(a_finding("unusual_value", "bin-1", day + 0.25) for day in range(56)))
    assert (quiet.cases[0].by_chance, busy.cases[0].by_chance) == (0.0, 1.0)


def test_chance_of_a_fault_is_how_many_sound_assets_were_accused() -> None:
    fault = an_episode("flicker", "lamp-1", 10, 5)
    assert judged(fault, a_finding("flicker", "lamp-1", 12)).cases[0].by_chance == 0.0
    assert judged(fault, a_finding("flicker", "lamp-2", 12)).cases[0].by_chance == 1.0


def test_episode_that_is_not_over_is_not_judged() -> None:
    assert judged(an_episode("dead_lamp", "lamp-1", N_DAYS - 2, 5)).cases == ()
    assert judged(an_episode("dead_lamp", "lamp-1", -5, 7)).cases == ()


def test_findings_of_the_metered_past_are_no_false_alarms() -> None:
    one = judge([a_finding("unusual_value", "lamp-1", -3)], a_truth(), GROUND)
    assert (one.n_told, one.n_false) == ({}, {})


def test_asset_weeks_count_the_assets_that_a_hint_can_be_about() -> None:
    one = judge([], a_truth(), GROUND)
    assert one.asset_weeks["dead_lamp"] == 2 * N_DAYS / 7
    assert one.asset_weeks["overflow_to_come"] == N_DAYS / 7
    assert one.asset_weeks["unusual_value"] == 4 * N_DAYS / 7


def test_hint_that_looks_at_all_devices_may_accuse_each_measured_asset() -> None:
    weeks = judged(an_episode("dead_lamp", "lamp-1", 10, 5)).asset_weeks
    assert weeks["repeated_messages"] == 4 * N_DAYS / 7
    assert weeks["dead_lamp"] == 2 * N_DAYS / 7
