"""A level that shifts is told after days, a spike or a weekend is not; many series together are as each alone."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.detectors import ASPECTS, Score, detectors
from analytics.detectors.change_point import ChangePoint, score_together

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
ENTRY = detectors()["change_point"]
N_DAYS = 45


def an_office(seed: int, n_days: int = N_DAYS) -> tuple[list[datetime], list[float]]:
    """Half-hourly watts: a day's wave, weekends at two thirds, noise."""
    times = [BEGIN + index * timedelta(minutes=30) for index in range(n_days * 48)]
    phase = np.arange(len(times)) / 48
    weekend = np.where(phase % 7 >= 5, 0.66, 1.0)
    noise = np.random.default_rng(seed).normal(0, 3, len(times))
    return times, (100 * weekend + 20 * np.sin(2 * np.pi * phase) + noise).tolist()


def opened_on(scores: list[Score | None]) -> list[int]:
    """Days on which the score reached the threshold."""
    return sorted(
        {index // 48 for index, score in enumerate(scores) if score is not None and score.value >= ENTRY.open_at}
    )


@pytest.mark.parametrize("by", [60.0, -60.0])
def test_shift_is_told_within_days_with_both_levels(by: float) -> None:
    times, values = an_office(1)
    values[30 * 48 :] = [value + by for value in values[30 * 48 :]]
    scores = ENTRY.make().score(times, values)
    days = opened_on(scores)
    assert 32 <= days[0] <= 35
    worst = scores[days[0] * 48]
    assert worst is not None
    assert worst.aspect == "level"
    assert 60 < worst.expected_low < worst.expected_high < 105
    assert (worst.looked_at - worst.expected_high > 20) if by > 0 else (worst.expected_low - worst.looked_at > 20)


def test_weekends_and_noise_are_no_shift() -> None:
    for seed in range(20):
        assert opened_on(ENTRY.make().score(*an_office(seed))) == []


def test_single_strange_day_is_no_shift() -> None:
    times, values = an_office(2)
    values[30 * 48 : 31 * 48] = [value + 500 for value in values[30 * 48 : 31 * 48]]
    assert opened_on(ENTRY.make().score(times, values)) == []


def test_missing_hours_are_no_shift() -> None:
    """For two weeks only the nights are heard: they are as they always were."""
    times, values = an_office(3)
    kept = [index for index in range(len(times)) if index < 28 * 48 or index % 48 < 12]
    scores = ENTRY.make().score([times[index] for index in kept], [values[index] for index in kept])
    assert max(score.value for score in scores if score is not None) < ENTRY.open_at


def test_many_together_equal_each_alone() -> None:
    """Series of different length, begin and rhythm, one empty: the same bits as one after the other, value by value."""
    parts = []
    for seed, (begin, end, step) in enumerate([(0, 45, 1), (10, 40, 3), (0, 0, 1), (5, 45, 2)]):
        times, values = an_office(seed)
        chosen = slice(begin * 48, end * 48, step)
        parts.append((np.array([at.timestamp() for at in times[chosen]]), np.array(values[chosen])))
    parts[0][1][40 * 48 :] += 80
    together = score_together([ChangePoint() for _ in parts], parts)
    for (at_s, values), scores in zip(parts, together, strict=True):
        alone = ChangePoint()
        times = [datetime.fromtimestamp(at, UTC) for at in at_s.tolist()]
        by_day: list[Score | None] = []
        for begin in range(0, len(times), 19):
            by_day += alone.score(times[begin : begin + 19], values[begin : begin + 19].tolist())
        assert by_day == scores.listed()
    assert np.nanmax(together[0].value) >= ENTRY.open_at
    assert set(together[0].aspect.tolist()) == {ASPECTS.index("level")}


def naive_sums(days: list[float], low: float, high: float, unit: float) -> tuple[float, float]:
    """The two sums upwards, written out day by day."""
    cusum = running = 0.0
    for level in days[28:]:
        cusum = max(0.0, cusum + max(-2.0, min(2.0, (level - (low + high) / 2) / unit - 1.5)))
    seen: list[float] = []
    for level in days:
        if seen:
            step = (level - sum(seen) / len(seen)) / unit - 1.0
            running = max(0.0, running + max(-2.0, min(2.0, step)))
        seen.append(level)
    return cusum, running


def test_score_is_the_smaller_of_both_sums() -> None:
    times, values = an_office(4, 40)
    values[35 * 48 :] = [value + 55 for value in values[35 * 48 :]]
    scores = ChangePoint().score(times, values)
    days = np.array(values).reshape(-1, 24, 2).mean(axis=2).mean(axis=1)[4:39].tolist()
    low, *_, high = sorted(days[:28])[1:-1]
    expected = min(naive_sums(days, low, high, (high - low) / 2))
    last = scores[-1]
    assert last is not None
    assert last.value == pytest.approx(expected, rel=1e-6)
