"""Runs of lamps and the hours they burned, out of what is known of them; curves by batch."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.health.known import Known
from analytics.health.scoring import score_assets
from analytics.health.survival import base_of
from analytics.remaining_life.comparison import score_of
from analytics.remaining_life.families import asset_life, lamp_life
from analytics.remaining_life.lamp import ASSUMED_A_DAY, LampLife, hours_a_day, life_of, runs_of
from analytics.remaining_life.model_file import ModelFile
from analytics.remaining_life.survival import fit_weibull
from store.asset_health import Health, HealthAsset
from store.lamp_lives import Lamp, LampCount, LampRun
from store.models import AssetLife

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ENTERED = NOW - 1000 * DAY


def a_lamp(*installed_days_ago: int, retired_at: datetime | None = None) -> Lamp:
    return Lamp(1, 1, "lamp-1", "alpha", ENTERED, retired_at, [NOW - days * DAY for days in installed_days_ago])


def spans_of(runs: Sequence[LampRun]) -> list[tuple[int, int, bool, bool]]:
    """Begin and end as days ago, whether it ended, whether its batch is known."""
    return [
        ((NOW - one.begins_at).days, (NOW - one.ends_at).days, one.is_ended, one.installed_at is not None)
        for one in runs
    ]


def a_count(days: float, hours: float, begins_days_ago: int, read_h: float | None) -> LampCount:
    year_days = min(days, 365.25)
    return LampCount(0, hours, days, hours * year_days / days, year_days, NOW - begins_days_ago * DAY, read_h)


def hours_of(lamp: Lamp, *counts: LampCount) -> LampLife:
    (run,) = runs_of(lamp, [], NOW)
    return life_of(run, counts)


def test_lamp_that_is_still_there_goes_on() -> None:
    assert spans_of(runs_of(a_lamp(), [], NOW)) == [(1000, 0, False, False)]
    assert spans_of(runs_of(a_lamp(3000), [], NOW)) == [(3000, 0, False, True)]
    assert spans_of(runs_of(a_lamp(3000, retired_at=NOW - 9 * DAY), [], NOW)) == [(3000, 9, True, True)]


def test_failure_ends_a_run_and_the_lamp_put_in_its_place_begins_anew() -> None:
    failed = [NOW - 400 * DAY, NOW - 397 * DAY]  # one failure, told twice
    assert spans_of(runs_of(a_lamp(3000), failed, NOW)) == [(3000, 400, True, True), (393, 0, False, False)]
    assert spans_of(runs_of(a_lamp(3000, 380), failed, NOW)) == [(3000, 400, True, True), (380, 0, False, True)]


def test_lamp_replaced_on_the_day_on_which_it_failed_is_one_end() -> None:
    """A date says midnight: the lamp that failed at three that night is the one before."""
    runs = runs_of(a_lamp(3000, 380), [NOW - 380 * DAY + timedelta(hours=3)], NOW)
    assert spans_of(runs) == [(3000, 379, True, True), (380, 0, False, True)]


def test_lamp_replaced_without_a_failure_came_to_its_end_too() -> None:
    assert spans_of(runs_of(a_lamp(3000, 380), [], NOW)) == [(3000, 380, True, True), (380, 0, False, True)]
    assert spans_of(runs_of(a_lamp(380), [], NOW)) == [(1000, 380, True, False), (380, 0, False, True)]


def test_hours_are_counted_where_a_counter_began_with_its_lamp() -> None:
    life = hours_of(a_lamp(3000), a_count(900, 6300, 900, 14_000))
    assert (life.hours, life.is_assumed) == (20_300, False)
    assert life.a_day == pytest.approx(7)
    assert life.seen_from_h == pytest.approx(20_300 * 2 / 3)  # entered after two thirds of its life


def test_counter_that_began_after_its_lamp_tells_only_its_own_days() -> None:
    life = hours_of(a_lamp(3000), a_count(900, 9000, 900, 3))
    assert life.hours == pytest.approx(9000 + 2100 * 10)
    assert life.is_assumed


def test_counter_that_went_on_counting_does_not_age_the_new_lamp() -> None:
    """A controller that read 40,000 hours when the lamp below it was replaced."""
    _, new = runs_of(a_lamp(380), [], NOW)
    life = life_of(new, [a_count(380, 3800, 380, 40_000)])
    assert life.hours == pytest.approx(3800)
    assert not life.is_assumed


def test_counter_dates_a_lamp_whose_installation_nobody_entered() -> None:
    life = hours_of(a_lamp(), a_count(1000, 11_000, 1000, 30_000))
    assert (life.hours, life.seen_from_h, life.batch) == (41_000, 30_000, None)


def test_lamp_that_nobody_counts_burns_as_the_sun_asks() -> None:
    life = hours_of(a_lamp(3653))
    assert life.hours == pytest.approx(41_000, rel=0.001)
    assert life.is_assumed
    assert hours_a_day(0, 0) == pytest.approx(ASSUMED_A_DAY)
    assert hours_a_day(365.25 * 6, 365.25) == pytest.approx(6)  # off for part of the night


def drawn_lives(model: str, year: int, scale_h: float, n: int = 150, upto_h: float = 45_000) -> list[LampLife]:
    """Lamps of one batch of shape 4, looked at when each has had so many hours to burn."""
    ends = scale_h * np.random.default_rng(year).weibull(4, n)
    return [
        LampLife(k, f"{model}-{year}-{k}", model, f"1 {model} {year}", 0.0, float(min(end, upto_h)), 11.2,
                 is_ended=bool(end <= upto_h), is_assumed=False)
        for k, end in enumerate(ends)
    ]  # fmt: skip


BAD, GOOD = drawn_lives("alpha", 2015, 40_000), drawn_lives("alpha", 2016, 200_000)
OTHER = replace(BAD[0], model="beta", batch="1 beta 2020", hours=8000.0, is_ended=False)


def model_of(*batches: Sequence[LampLife]) -> ModelFile:
    model = lamp_life.train(lamp_life.data_of([one for batch in batches for one in batch]))
    assert model is not None
    return model


def test_each_batch_has_the_curve_that_its_lives_were_drawn_from() -> None:
    bad, good = lamp_life.curves_of(model_of(BAD, GOOD), [BAD[0], GOOD[0]])
    assert (bad.group, bad.is_prior) == ("batch", False)
    # about 90 ends teach: a standard error near 8 % of the shape and 3 % of the scale
    assert bad.curve.scale == pytest.approx(40_000, rel=0.1)
    assert bad.curve.shape == pytest.approx(4, rel=0.25)
    assert good.group == "model"  # hardly one of it has ended
    assert good.curve.scale > 1.3 * bad.curve.scale


def test_batch_that_is_not_known_has_its_model_s_curve_and_a_model_that_is_not_the_prior() -> None:
    file = model_of(BAD, GOOD)
    young, other = lamp_life.curves_of(file, [replace(BAD[0], batch="1 alpha 2024"), OTHER])
    assert (young.group, young.is_prior) == ("model", False)
    assert (other.group, other.is_prior) == ("all", True)


def test_few_ends_move_a_batch_from_its_model_s_curve_by_what_it_lived_through() -> None:
    """None of 40 lamps ended where the model expects 20: a fifth of its hazard. (0 + 5) / (20 + 5)."""
    wider = fit_weibull(lamp_life.lives_of(BAD))
    assert wider is not None
    hours = float(wider.scale * 0.5 ** (1 / wider.shape))
    lives = lamp_life.lives_of([replace(BAD[0], hours=hours, is_ended=False)] * 40)
    moved = lamp_life.fit_within(wider, lives)
    ages = np.array([10_000.0])
    assert moved.hazard(ages) == pytest.approx(wider.hazard(ages) / 5)


def test_fewer_than_five_ends_in_all_teach_nothing() -> None:
    assert lamp_life.train(lamp_life.data_of([])) is None
    assert lamp_life.train(lamp_life.data_of([replace(one, is_ended=False) for one in BAD])) is None


def test_model_by_batch_does_better_on_lamps_held_out_than_one_of_all() -> None:
    data = lamp_life.data_of([*BAD, *GOOD])
    mixed = lamp_life.data_of([replace(one, model="", batch=None) for one in (*BAD, *GOOD)])
    by_batch, of_all = lamp_life.train(data), lamp_life.train(mixed)
    assert by_batch is not None
    assert of_all is not None
    own, wider = lamp_life.judge(by_batch, data), lamp_life.judge(of_all, data)
    assert own is not None
    assert wider is not None
    assert score_of(own) < score_of(wider)
    few = lamp_life.data_of([replace(one, is_ended=False) for one in BAD])
    assert lamp_life.judge(by_batch, few) is None


def told_of(*lives: LampLife) -> list[Health]:
    """Health of lamps that go on with these hours."""
    lamps = {k: replace(life, asset_id=k, is_ended=False) for k, life in enumerate(lives)}
    assets = [HealthAsset(k, f"Lampe {k}", "street_light", 3000.0, None, is_watched=True) for k in lamps]
    return score_assets(Known(assets, (), lamp_life=model_of(BAD, GOOD), lamps=lamps))


def test_health_of_a_lamp_goes_by_its_hours_and_its_batch() -> None:
    worn, fresh, good, other = told_of(
        replace(BAD[0], hours=38_000.0), replace(BAD[0], hours=5_000.0), replace(GOOD[0], hours=38_000.0), OTHER
    )
    assert [one.basis for one in (worn, fresh, good, other)] == ["life", "life", "life", "prior"]
    for sounder in (fresh, good):
        assert (worn.within_90 or 0) > 2 * (sounder.within_90 or 0)
        assert (worn.left_d or 0) < (sounder.left_d or 0)
    assert "38000 heures d'allumage (comptées)" in worn.reason_fr
    assert "lives of its batch" in worn.reason_en
    assert "lives of its model" in good.reason_en
    assert "rate assumed of its family" in other.reason_en


def test_days_left_are_hours_left_by_what_the_lamp_burns_a_day() -> None:
    life = replace(BAD[0], hours=38_000.0)
    whole, half = told_of(replace(life, a_day=11.2), replace(life, a_day=5.6))
    assert half.left_d == pytest.approx(2 * (whole.left_d or 0), rel=0.02)


def test_lamp_s_hours_take_the_place_of_its_type_s_lives() -> None:
    """Lamps that were retired are lives of the type and lives in hours: they count once."""
    lives = [AssetLife(f"l-{n}", "street_light", 0.0, 800.0 + 7 * n, is_ended=n % 2 == 0) for n in range(60)]
    asset = HealthAsset(1, "Lampe 1", "street_light", 1200.0, None, is_watched=True)
    lamps = {1: replace(GOOD[0], asset_id=1, is_ended=False, hours=5000.0)}
    by_age = Known([asset], (), life=asset_life.train(asset_life.data_of(lives)))
    by_hours = Known([asset], (), lamp_life=model_of(BAD, GOOD), lamps=lamps)
    both = replace(by_age, lamp_life=by_hours.lamp_life, lamps=lamps)
    assert base_of(both).survival == pytest.approx(base_of(by_hours).survival)
    assert base_of(both).survival != pytest.approx(base_of(by_age).survival)
