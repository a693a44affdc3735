"""A record sets its own limit: ordinary rows stay below it, a broken relation does not."""

import numpy as np

from analytics.joint.record import Settings, learn_record, score_record
from tests.analytics.joint.test_model import a_pump

SETTINGS = Settings(n_mean=3, n_lags=1, tolerance=0.1, n_index=4, quantile=0.99, margin=1.5)


def test_ordinary_rows_stay_below_the_limit() -> None:
    rows = a_pump(3000)
    learnt = learn_record(rows[:1500], SETTINGS)
    assert learnt is not None
    assert (score_record(learnt, rows, SETTINGS, 1500).ratio > 1).mean() < 0.01


def test_broken_relation_is_above_it() -> None:
    """The flow stays at its mean while the speed goes up and down: each value alone is ordinary."""
    rows = a_pump(1600)
    rows[1500:, 1] = rows[:1500, 1].mean()
    learnt = learn_record(rows[:1500], SETTINGS)
    assert learnt is not None
    scored = score_record(learnt, rows, SETTINGS, 1500)
    assert (scored.ratio > 1).mean() > 0.5
    assert scored.judged.parts[int(scored.ratio.argmax())][:5].argmax() == 1


def test_record_whose_parts_differ_has_a_higher_limit() -> None:
    alike, unlike = a_pump(1000), a_pump(1000)
    unlike[800:, 4] += 10
    limits = [learnt.limit for rows in (alike, unlike) if (learnt := learn_record(rows, SETTINGS)) is not None]
    assert limits[1] > 2 * limits[0]


def test_too_few_rows_teach_nothing() -> None:
    assert learn_record(a_pump(40), SETTINGS) is None
    assert learn_record(np.full((1000, 3), np.nan), SETTINGS) is None


def test_constant_record_makes_no_alarm_of_itself() -> None:
    rows = np.full((500, 3), 4.0)
    learnt = learn_record(rows, SETTINGS)
    assert learnt is None or not (score_record(learnt, rows, SETTINGS).ratio > 1).any()
