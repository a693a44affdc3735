"""Models beside one another on what was held out: which is better, and on which types one is clearly worse."""

import numpy as np
import pytest

from analytics.remaining_life.comparison import Judged, JudgedByType, score_of, worse_types
from analytics.remaining_life.model_file import ModelFile
from analytics.remaining_life.registry import decide

RIVAL = ModelFile("any", "1", {}, {})


def errors(mean: float, n: int) -> Judged:
    """Errors around a mean, the same way round each time."""
    return Judged(mean * (1 + 0.2 * np.sin(np.arange(float(n)))), np.ones(n), float(n))


def judged(lamps: float, pumps: float, n_pumps: int = 40) -> JudgedByType:
    """A hundred lamps that were held out, and fewer pumps."""
    return {"street_light": errors(lamps, 100), "pump": errors(pumps, n_pumps)}


def test_a_model_that_is_better_on_many_and_clearly_worse_on_a_type_waits() -> None:
    """By the mean over all runs it would have taken over."""
    own, champion = judged(10, 12), judged(20, 6)
    assert score_of(own) < score_of(champion)
    is_promoted, reason = decide(own, champion, RIVAL)
    assert not is_promoted
    assert "clearly worse on pump" in reason


@pytest.mark.parametrize(("pumps", "n_pumps"), [(6.1, 40), (12.0, 2)])
def test_what_is_hardly_worse_or_rests_on_two_units_does_not_hold_a_better_one_back(pumps: float, n_pumps: int) -> None:
    own, champion = judged(10, pumps, n_pumps), judged(20, 6, n_pumps)
    assert worse_types(own, champion) == []
    assert decide(own, champion, RIVAL)[0]


def test_differences_that_waver_more_than_they_say_are_not_clear() -> None:
    draws = np.random.default_rng(2)
    before = errors(6, 40)
    own = Judged(before.losses + 0.5 + draws.normal(0, 4, 40), before.counts, before.n)
    assert worse_types({"pump": own}, {"pump": before}) == []


def test_units_that_count_often_weigh_as_much_as_so_many() -> None:
    often = Judged(np.array([1.0, 3.0]), np.array([3.0, 1.0]), 4.0)
    assert often.score == 1.5
    assert score_of({"a": often, "b": Judged(np.zeros(0), np.zeros(0), 0.0)}) == 1.5
