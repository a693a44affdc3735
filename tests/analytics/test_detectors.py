"""One suite over all detectors: any input gives a defined score or "not known", and parts score as the whole."""

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.detectors import DetectorEntry, Score, detectors

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
ENTRIES = pytest.mark.parametrize("entry", detectors().values(), ids=lambda entry: entry.name)
MINUTES_10 = timedelta(minutes=10)


def a_rhythm(n_values: int, step: timedelta = MINUTES_10) -> list[datetime]:
    return [BEGIN + index * step for index in range(n_values)]


def a_diurnal_series(n_days: int, seed: int) -> tuple[list[datetime], list[float]]:
    """A day's wave with a weekend, noise and a slow drift, every ten minutes."""
    times = a_rhythm(n_days * 144)
    rng = np.random.default_rng(seed)
    phases = np.arange(len(times)) / 144
    weekend = np.where(phases % 7 >= 5, 0.6, 1.0)
    values = 20 + 8 * weekend * np.sin(2 * np.pi * phases) + 0.05 * phases + rng.normal(0, 1, len(times))
    return times, values.tolist()


def assert_defined(scores: Sequence[Score | None]) -> None:
    for score in scores:
        if score is not None:
            numbers = (score.value, score.looked_at, score.expected_low, score.expected_high)
            assert all(math.isfinite(number) for number in numbers)
            assert score.value >= 0


@ENTRIES
@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=80),
    steps=st.lists(st.integers(-3600, 40 * 86_400), min_size=80, max_size=80),
)
def test_detector_never_raises_whatever_comes(entry: DetectorEntry, values: list[float], steps: list[int]) -> None:
    """NaN, infinities, any float, gaps of weeks, equal instants and time running backwards."""
    times, at = [], BEGIN
    for step in steps[: len(values)]:
        at += timedelta(seconds=step)
        times.append(at)
    assert_defined(entry.make().score(times, values))


@ENTRIES
@pytest.mark.parametrize(
    "values",
    [
        [0.0] * 3000,
        [21.5] * 3000,
        [1.0] * 2000 + [1e10] * 1000,
        [1e-5 * 10 ** (i % 11) for i in range(3000)],
        [math.nan] * 100 + [3.0] * 2900,
        [1.0],
        [],
    ],
    ids=["zeros", "constant", "jump of ten orders", "swing of ten orders", "NaN first", "one value", "none"],
)
def test_detector_gives_defined_scores(entry: DetectorEntry, values: list[float]) -> None:
    assert_defined(entry.make().score(a_rhythm(len(values)), values))


@ENTRIES
def test_detector_scores_constant_series_as_ordinary(entry: DetectorEntry) -> None:
    scores = entry.make().score(a_rhythm(3000), [21.5] * 3000)
    assert all(score is None or score.value == 0 for score in scores)
    assert scores[-1] is not None


@ENTRIES
@pytest.mark.parametrize("n_part", [1, 7, 1000])
def test_detector_in_parts_saved_between_equals_whole(entry: DetectorEntry, n_part: int) -> None:
    """Online, with its memory written as JSON and read again after each part, it gives the same bits."""
    times, values = a_diurnal_series(14, seed=3)
    whole = entry.make().score(times, values)
    parts: list[Score | None] = []
    state = entry.make().save()
    for begin in range(0, len(times), n_part):
        detector = entry.make()
        detector.load(json.loads(json.dumps(state)))
        parts += detector.score(times[begin : begin + n_part], values[begin : begin + n_part])
        state = detector.save()
    assert parts == whole


@ENTRIES
def test_detector_knows_nothing_of_a_repeated_instant(entry: DetectorEntry) -> None:
    times, values = a_diurnal_series(14, seed=4)
    detector = entry.make()
    detector.score(times, values)
    before = detector.save()
    assert detector.score([times[-1], times[-5]], [1e9, -1e9]) == [None, None]
    assert detector.save() == before


@ENTRIES
def test_detector_stays_calm_on_ordinary_diurnal_series(entry: DetectorEntry) -> None:
    """Forty sensors for six weeks, weekends and drift included: less than one false alarm per 100 sensors and week."""
    series = [a_diurnal_series(42, seed) for seed in range(40)]
    if entry.score_together is None:
        scores = [entry.make().score(*one) for one in series]
    else:
        parts = [(np.array([at.timestamp() for at in times]), np.array(values)) for times, values in series]
        scores = [one.listed() for one in entry.score_together([entry.make() for _ in parts], parts)]
    alarms = sum(score is not None and score.value >= entry.open_at for own in scores for score in own)
    assert alarms / (40 * 6 / 100) < 1


@pytest.mark.parametrize(("fault", "aspect"), [(40.0, "value"), (-30.0, "value")])
def test_robust_level_finds_a_value_out_of_its_hour(fault: float, aspect: str) -> None:
    entry = detectors()["robust_level"]
    times, values = a_diurnal_series(28, seed=1)
    values[-50] += fault
    scores = entry.make().score(times, values)
    found = [index for index, score in enumerate(scores) if score is not None and score.value >= entry.open_at]
    assert found[0] == len(values) - 50
    hit = scores[found[0]]
    assert hit is not None
    assert not hit.expected_low <= hit.looked_at <= hit.expected_high
    assert hit.aspect == aspect


def test_robust_level_uses_the_hour_of_the_day() -> None:
    """The value of noon at midnight is ordinary for the day, not for the hour."""
    times = a_rhythm(28 * 144)
    values = [100.0 if 6 <= at.hour < 18 else 10.0 for at in times]
    rng = np.random.default_rng(5)
    values = [value + float(rng.normal(0, 1)) for value in values]
    midnight = 27 * 144
    values[midnight] = 100.0
    score = detectors()["robust_level"].make().score(times, values)[midnight]
    assert score is not None
    assert score.aspect == "hour"
    assert score.value > 20


def test_silence_grows_with_the_pause() -> None:
    entry = detectors()["silence"]
    detector = entry.make()
    times = a_rhythm(1000)
    detector.score(times, [1.0] * 1000)
    late = detector.score([times[-1] + 10 * MINUTES_10], [1.0])[0]
    assert late is not None
    assert late.value == pytest.approx(9.0)
    assert late.looked_at == 6000


def test_silence_allows_the_usual_night() -> None:
    """A bay that is quiet each night is not silent in the morning."""
    times = [at for at in a_rhythm(20 * 144) if 7 <= at.hour < 21]
    scores = detectors()["silence"].make().score(times, [1.0] * len(times))
    known = [score.value for score in scores if score is not None]
    assert known
    assert max(known) < 0.1
