"""Health of assets out of findings, verdicts, rates and lives."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import numpy as np
import pytest

from analytics.clock.job import KIND_BY_VERDICT
from analytics.health.family import FAMILIES, SENSOR_FAILS
from analytics.health.known import Known
from analytics.health.mains import BreakRate
from analytics.health.reason import often
from analytics.health.scoring import score_assets
from analytics.health.signal import COMING, LEAST_LEADS, OF_SENSOR, Verdicts, meaning_of
from analytics.incidents.kinds import DELIVERY, DRIVER, ODD_VALUES, SILENCES, WEAR
from analytics.maintenance import hints
from analytics.remaining_life.comparison import score_of
from analytics.remaining_life.families import asset_life, failure_probability
from sensors.types import asset_types
from store.asset_health import FailureCost, Health, HealthAsset, KindVerdicts, OpenFinding, Outcome
from store.models import AssetLife

AT = datetime(2026, 5, 1, tzinfo=UTC)


def an_asset(number: int = 1, **changed: Any) -> HealthAsset:
    return replace(HealthAsset(number, f"Pompe {number}", "pump", 100.0, None, is_watched=True), **changed)


def a_finding(**changed: Any) -> OpenFinding:
    finding = OpenFinding(
        finding_id=1,
        asset_id=1,
        incident_id=None,
        kind="pump_wear",
        started_at=AT,
        severity="warning",
        is_confirmed=None,
        sentence_en="Pump 1 vibrates.",
        sentence_fr="La pompe 1 vibre.",
        days_left=None,
        breaks_a_year=None,
    )
    return replace(finding, **changed)


def score_one(asset: HealthAsset | None = None, *findings: OpenFinding, **known: Any) -> Health:
    (told,) = score_assets(Known([asset or an_asset()], findings, **known))
    return told


def test_asset_without_history_has_its_family_s_rate_marked_so() -> None:
    told = score_one()
    rate = FAMILIES["pump"].failures_per_year
    assert told.within_90 == pytest.approx(-np.expm1(-rate * 90 / 365.25), rel=0.01)
    assert (told.basis, told.calibration, told.health, told.signals) == ("prior", "prior", 1.0, ())
    assert "taux supposé de la famille" in told.reason_fr
    assert "rate assumed of its family" in told.reason_en


def test_main_s_own_rate_goes_before_its_type_s_and_says_what_it_rests_on() -> None:
    """Until enough breaks are known it is that of its material, marked as prior, and less sure than an entered one."""
    main = an_asset(type="water_pipe")
    by_material, learnt = BreakRate(0.08, is_prior=True), BreakRate(0.4, is_prior=False)
    usual, prior, own = (score_one(main, breaks=breaks) for breaks in ({}, {1: by_material}, {1: learnt}))
    assert usual.within_90 < prior.within_90 < own.within_90  # type: ignore[operator]
    assert prior.within_90 == pytest.approx(-np.expm1(-0.08 * 90 / 365.25), rel=0.01)
    assert (prior.basis, own.basis) == ("prior", "life")
    assert "usual rate of its material" in prior.reason_en
    assert "taux usuel de son matériau" in prior.reason_fr
    assert "by the network's breaks" in own.reason_en
    entered = [FailureCost("water_pipe", 0.02, 10.0, 0.0, 100.0, 0.0, "régie")]
    assert score_one(main, breaks={1: by_material}, costs=entered).basis == "entered"
    assert score_one(main, breaks={1: learnt}, costs=entered).within_90 == own.within_90


def test_main_that_is_told_to_break_counts_its_breaks_once() -> None:
    main, told = an_asset(type="water_pipe"), a_finding(kind="break_to_come", breaks_a_year=0.5)
    with_rate = score_one(main, told, breaks={1: BreakRate(0.5, is_prior=False)})
    assert with_rate.within_90 == score_one(main, told).within_90


def test_what_nobody_knows_is_said_not_to_be_known() -> None:
    told = score_one(an_asset(type="sculpture", is_watched=False))
    assert (told.basis, told.health, told.within_30, told.left_d, told.expected_loss_eur) == ("unknown", *[None] * 4)
    assert "on ne sait pas" in told.reason_fr
    assert "not known" in told.reason_en


def test_unknown_type_with_a_finding_has_a_probability_but_no_loss() -> None:
    told = score_one(an_asset(type="sculpture"), a_finding(kind="flicker"))
    assert told.within_7 == pytest.approx(0.8)
    assert (told.basis, told.expected_loss_eur) == ("signals", None)


def test_finding_raises_the_probability_and_says_why() -> None:
    told = score_one(None, a_finding())
    assert told.within_30 is not None
    assert told.within_30 > 0.45
    assert told.health == pytest.approx(1 - 0.8 * 0.5)
    assert told.finding_id == 1
    assert told.reason_fr.startswith("La pompe 1 vibre. Ce genre de constat est juste dans 80 % des cas (hypothèse).")
    assert "€ par jour" in told.reason_fr
    consequence = FAMILIES["pump"].consequence_eur
    assert told.expected_loss_eur == pytest.approx(told.within_30 * consequence, rel=0.01)


def test_what_waiting_costs_is_written_as_each_language_writes_it() -> None:
    bridge = score_one(an_asset(type="bridge_element"), a_finding(kind="settlement", severity="urgent"))
    assert re.search(r" Attendre coûte \d{1,3}\u202f\d{3} € par jour\.", bridge.reason_fr)
    assert re.search(r" Waiting costs \d{1,3},\d{3} € a day\.", bridge.reason_en)


def test_sensor_s_trouble_costs_a_visit_whatever_it_watches() -> None:
    """A bridge whose sensor's battery ends stands as it did: a cabinet that tripped goes before it."""
    bridge, cabinet = an_asset(1, type="bridge_element"), an_asset(2, type="light_cabinet")
    battery = a_finding(kind="battery_low", days_left=5)
    tripped = a_finding(finding_id=2, asset_id=2, kind="cabinet_tripped")
    of_bridge, of_cabinet = score_assets(Known([bridge, cabinet], [battery, tripped]))
    alone = score_one(bridge)
    assert (of_bridge.within_30 or 0) > 0.7 > (alone.within_30 or 0)  # a technician must be sent
    assert of_bridge.repair_eur == SENSOR_FAILS.repair_eur
    assert of_bridge.expected_loss_eur is not None
    assert 0 < of_bridge.expected_loss_eur - (alone.expected_loss_eur or 0) < SENSOR_FAILS.consequence_eur
    assert (of_cabinet.expected_loss_eur or 0) > of_bridge.expected_loss_eur
    assert score_one(an_asset(type="sculpture"), battery).expected_loss_eur is not None
    own = FailureCost("sensor", None, 0.0, 0.0, 1000.0, 0.0, "marché")
    assert score_one(bridge, battery, costs=[own]).repair_eur == 1000


def test_both_troubles_of_an_asset_cost() -> None:
    battery, worn = a_finding(finding_id=2, kind="battery_low", days_left=5), a_finding()
    both, one = score_one(None, worn, battery), score_one(None, worn)
    more = (both.expected_loss_eur or 0) - (one.expected_loss_eur or 0)
    assert 0 < more <= SENSOR_FAILS.consequence_eur


def test_rate_of_zero_is_told_not_divided_by() -> None:
    told = score_one(costs=[FailureCost("pump", 0.0, 10.0, 20.0, 70.0, 5.0, "factures")])
    assert (told.basis, told.within_90) == ("entered", 0.0)
    assert "no failure expected" in told.reason_en


@pytest.mark.parametrize(
    ("rate", "french", "english"),
    [
        (12.0, "12 pannes par an", "12 failures a year"),
        (1.5, "1,5 panne par an", "1.5 failures a year"),
        (1.0, "une panne par an", "one failure a year"),
        (0.6, "une panne en 1,7 an", "one failure in 1.7 years"),
        (0.001, "une panne en 1000 ans", "one failure in 1000 years"),
    ],
)
def test_rates_are_said_as_people_say_them(rate: float, french: str, english: str) -> None:
    assert often(rate) == (french, english)


def test_other_findings_are_counted_in_words() -> None:
    one, several = (score_one(None, *(a_finding(finding_id=n) for n in range(n_all))) for n_all in (2, 3))
    assert " 1 autre constat en cours. " in one.reason_fr
    assert " 1 more finding goes on. " in one.reason_en
    assert " 2 autres constats en cours. " in several.reason_fr
    assert " 2 more findings go on. " in several.reason_en


def test_asset_that_was_replaced_is_not_blamed_for_the_one_before_it() -> None:
    """What began before it was installed was said of another; its age counts from then."""
    replaced = an_asset(installed_at=AT + timedelta(days=1), age_d=0.0)
    assert score_one(replaced, a_finding()).basis == "prior"
    assert score_one(an_asset(installed_at=AT - timedelta(days=1)), a_finding()).basis == "signals"


def test_lives_of_a_type_make_the_old_likelier_to_end_and_begin_anew_with_a_new_one() -> None:
    random = np.random.default_rng(3)
    ends, ages = 3000 * random.weibull(3, 400), random.uniform(10, 4000, 400)
    lives = [
        AssetLife(f"pump-{n}", "pump", 0.0, float(min(end, age)), is_ended=bool(end <= age))
        for n, (end, age) in enumerate(zip(ends, ages, strict=True))
    ]
    life = asset_life.train(asset_life.data_of(lives))
    old, new = score_assets(Known([an_asset(1, age_d=4000.0), an_asset(2, age_d=0.0)], [], life=life))
    assert old.basis == new.basis == "life"
    assert (old.within_90 or 0) > 2 * (new.within_90 or 1)
    other = score_one(an_asset(type="lift"), life=life)  # no lift has ended
    assert other.basis == "prior"


def test_territory_s_own_costs_and_rate_go_before_the_assumed_ones() -> None:
    own = FailureCost("pump", 2.0, 10.0, 20.0, 70.0, 5.0, "factures")
    told = score_one(costs=[own])
    assert (told.people_eur, told.safety_eur, told.repair_eur, told.basis) == (10, 20, 70, "entered")
    assert told.expected_loss_eur == pytest.approx(100 * -np.expm1(-2 * 30 / 365.25), rel=0.01)
    assert "taux saisi" in told.reason_fr
    keep_rate = FailureCost("pump", None, 10.0, 20.0, 70.0, 5.0, "factures")
    assert score_one(costs=[keep_rate]).basis == "prior"


def test_verdicts_move_precision_and_measured_leads_take_over() -> None:
    assumed = meaning_of("pump_wear")
    wrong = meaning_of("pump_wear", Verdicts(0, 12))
    assert (assumed.precision, assumed.is_measured) == (0.8, False)
    assert wrong.precision == pytest.approx(0.2)
    assert wrong.lead_d == assumed.lead_d
    soon = meaning_of("pump_wear", Verdicts(9, 1, LEAST_LEADS, 48.0))
    assert (soon.lead_d, soon.is_measured) == (2.0, True)
    late = meaning_of("pump_wear", Verdicts(9, 1, LEAST_LEADS, -5.0))
    assert late.is_there
    told = score_one(None, a_finding(), verdicts=[KindVerdicts("pump_wear", "pump", 0, 12, 0, None)])
    assert told.signals[0].precision == pytest.approx(0.2)
    assert "mesuré sur vos avis" in told.reason_fr
    elsewhere = score_one(None, a_finding(), verdicts=[KindVerdicts("pump_wear", "lift", 0, 12, 0, None)])
    assert elsewhere.signals[0].precision == 0.8


def test_finding_s_own_time_goes_before_the_usual_one() -> None:
    soon = score_one(None, a_finding(kind="lift_wear", days_left={"early": 1, "likely": 2, "late": 9}))
    later = score_one(None, a_finding(kind="lift_wear", days_left=28.5))
    assert (soon.signals[0].lead_d, later.signals[0].lead_d) == (2.0, 28.5)
    pipe = score_one(an_asset(type="water_pipe"), a_finding(kind="break_to_come", breaks_a_year=0.5))
    assert pipe.signals[0].lead_d == pytest.approx(506.3)
    there = score_one(None, a_finding(kind="flicker", days_left=12))
    assert there.signals[0].lead_d == 0


def test_what_a_technician_confirmed_is_taken_for_true() -> None:
    told = score_one(None, a_finding(kind="flicker", is_confirmed=True))
    assert told.within_7 == pytest.approx(0.99, abs=0.001)
    assert told.health == pytest.approx(0.5)


def test_calibration_maps_a_type_that_has_enough_failures_and_marks_the_others() -> None:
    """Of pumps told 0.8 only half had failed; lifts have too few failures to say."""
    outcomes = [
        Outcome(kind, place, held, told, 100, failed, n)
        for kind, n in (("pump", 20), ("lift", 19))
        for place in (1, 2, 3)
        for held in (False, True)
        for told, failed in ((0.01, 1), (0.8, 50))
    ]
    data = failure_probability.data_of(outcomes)
    model = failure_probability.train(data)
    assert model is not None
    told, is_fitted = failure_probability.calibrate(model, "pump", np.array([[0.01, 0.8, 0.9], [0.0, 0.405, 0.405]]))
    assert is_fitted
    assert told == pytest.approx(np.array([[0.01, 0.5, 0.5], [0.01, 0.255, 0.255]]))
    same, is_lift_fitted = failure_probability.calibrate(model, "lift", told)
    assert (same.tolist(), is_lift_fitted) == (told.tolist(), False)
    assert failure_probability.train(failure_probability.data_of([])) is None
    judged = failure_probability.judge(model, data)
    assert judged is not None
    assert score_of(judged) < 1
    assert data.contents["pump"] == {"told": 1200, "came": 306, "failures": 20}
    marked = score_one(None, a_finding(), calibration=model)
    assert marked.calibration == "fitted"
    assert score_one(an_asset(type="lift"), calibration=model).calibration == "prior"


def test_every_kind_named_is_a_kind_that_is_found_and_every_type_is_looked_up() -> None:
    found = {*hints(), *KIND_BY_VERDICT.values(), "level_shift", "unusual_together", "unusual_value", "silent"}
    assert found >= {*COMING, *OF_SENSOR, *SILENCES, *ODD_VALUES, *DELIVERY, *DRIVER, *chain(*WEAR)}
    assert set(FAMILIES) <= set(asset_types())
