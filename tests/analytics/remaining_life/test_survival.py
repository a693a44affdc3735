"""Weibull curves find what lives were drawn from; drift and files say what they should."""

import io

import numpy as np
import pytest

from analytics.remaining_life.drift import MOVED, describe, stability
from analytics.remaining_life.families.asset_life import METHOD_VERSION, NAME, data_of, tell, train
from analytics.remaining_life.model_file import ModelFile, ModelRefusedError, pack, unpack
from analytics.remaining_life.survival import Lives, Weibull, fit_weibull
from store.models import AssetLife


def drawn_lives(seed: int, n_lives: int = 4000) -> Lives:
    """Lives of shape 3 and scale 1,000, watched from some age on, for a while."""
    random = np.random.default_rng(seed)
    ends = 1000 * random.weibull(3.0, n_lives)
    seen_from = random.uniform(0, 800, n_lives)
    until = seen_from + random.uniform(50, 600, n_lives)
    watched = ends > seen_from
    return Lives(seen_from[watched], np.minimum(ends, until)[watched], (ends <= until)[watched])


def test_weibull_is_found_in_censored_and_truncated_lives() -> None:
    curve = fit_weibull(drawn_lives(1))
    assert curve is not None
    # about 1,700 ends: a standard error near 2 % of the shape, 1 % of the scale
    assert curve.shape == pytest.approx(3.0, rel=0.08)
    assert curve.scale == pytest.approx(1000.0, rel=0.04)


def test_fewer_than_five_ends_tell_nothing() -> None:
    lives = Lives(np.zeros(50), np.linspace(1, 50, 50), np.arange(50) < 4)
    assert fit_weibull(lives) is None


def test_time_left_and_probability_agree() -> None:
    curve, ages = Weibull(2.5, 900.0, 50), np.array([0.0, 300.0, 1500.0])
    left = curve.remaining(ages, 0.5)
    for age, span in zip(ages, left, strict=True):
        assert curve.fails_within(np.array([age]), float(span))[0] == pytest.approx(0.5)


def test_a_type_without_ends_gets_the_prior_marked_so() -> None:
    ended = [AssetLife(f"lamp-{n}", "street_light", 0.0, 800.0 + 7 * n, is_ended=n % 2 == 0) for n in range(60)]
    fresh = [AssetLife(f"pump-{n}", "pump", 0.0, 100.0, is_ended=False) for n in range(9)]
    model = train(data_of(ended + fresh))
    assert model is not None
    assert tell(model, "pump", np.array([100.0])).is_prior
    lamp = tell(model, "street_light", np.array([700.0]))
    assert not lamp.is_prior
    assert lamp.low[0] < lamp.left[0] < lamp.high[0]
    assert lamp.within_7[0] < lamp.within_30[0] < lamp.within_90[0]


def test_a_file_of_another_version_is_refused_with_the_reason() -> None:
    content = pack(ModelFile(NAME, "0", {"types": [""]}, {"shape": np.ones(1)}))
    with pytest.raises(ModelRefusedError, match="method version is '0', this version reads '1'"):
        unpack(content, NAME, METHOD_VERSION)
    assert unpack(content, NAME, "0").arrays["shape"].tolist() == [1.0]


def test_a_file_with_pickled_objects_is_refused() -> None:
    stream = io.BytesIO()
    np.savez(stream, head=np.array([{"layout": 1}], dtype=object))
    for content in (stream.getvalue(), b"", b"PK\x03\x04 cut"):
        with pytest.raises(ModelRefusedError, match="no model file"):
            unpack(content, NAME, METHOD_VERSION)


def test_drift_is_seen_where_values_have_moved() -> None:
    random = np.random.default_rng(0)
    then = describe(random.normal(0, 1, 5000))
    same, moved = stability(then, random.normal(0, 1, 5000)), stability(then, random.normal(1, 1, 5000))
    assert same is not None
    assert moved is not None
    assert same < 0.02 < MOVED < moved


def test_few_values_differ_by_chance_and_do_not_count_as_moved() -> None:
    """Of twenty values the plain index passes the limit nearly always."""
    indices = []
    for seed in range(50):
        random = np.random.default_rng(seed)
        index = stability(describe(random.normal(0, 1, 20)), random.normal(0, 1, 20))
        assert index is not None
        indices.append(index)
    assert sum(index >= MOVED for index in indices) <= 2
    random = np.random.default_rng(0)
    moved = stability(describe(random.normal(0, 1, 20)), random.normal(6, 1, 20))
    assert moved is not None
    assert moved > MOVED
