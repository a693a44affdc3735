"""`seasonal_slot`: as its naive twin says; weekends, public holidays and sunsets are usual, what is not is found."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from analytics.baseline.nights import sun_down
from analytics.detectors import Score, detectors
from analytics.detectors.seasonal_slot import SeasonalSlot, score_together
from analytics.usual.slots import LATITUDE, LONGITUDE, eighth_of, kind_of, slots_at, slots_of
from tests.analytics.naive_slot import NaiveSlot

ENTRY = detectors()["seasonal_slot"]
MINUTES_20 = timedelta(minutes=20)
MONDAY = datetime(2025, 3, 3, tzinfo=UTC)


def drawn(n_days: int, level: Callable[[datetime], float], seed: int = 1) -> tuple[list[datetime], list[float]]:
    """A series every 20 minutes: what it is at an instant, and noise."""
    times = [MONDAY + index * MINUTES_20 for index in range(n_days * 72)]
    noise = np.random.default_rng(seed).normal(0, 0.5, len(times))
    return times, [level(at) + float(one) for at, one in zip(times, noise, strict=True)]


def school(at: datetime) -> float:
    """Busy in civil working hours."""
    slot, _ = slots_at(at)
    return 80.0 if slot // 24 == 0 and 8 <= slot % 24 < 17 else 5.0


def lamp(at: datetime) -> float:
    """Lit from sunset to sunrise."""
    down, up = sun_down(at.date() - timedelta(days=1), LONGITUDE, LATITUDE, 0.833)
    return 60.0 if at < up or at >= down + timedelta(days=1) else 0.5


def strangest(scores: list[Score | None]) -> float:
    return max(score.value for score in scores if score is not None)


def on(times: list[datetime], day: datetime) -> list[int]:
    return [index for index, at in enumerate(times) if at.date() == day.date()]


@pytest.mark.parametrize("level", [school, lamp, lambda _: 0.0], ids=["school", "lamp", "noise"])
def test_slots_equal_their_naive_twin(level: Callable[[datetime], float]) -> None:
    times, values = drawn(40, level)
    values[2000:2010] = [500.0] * 10
    del times[1000:1100], values[1000:1100]
    naive = NaiveSlot()
    expected = [naive.score(at.timestamp(), value) for at, value in zip(times, values, strict=True)]
    for mine, other in zip(ENTRY.make().score(times, values), expected, strict=True):
        assert (mine is None) == (other is None)
        if mine is not None and other is not None:
            assert mine.value == pytest.approx(other.value, rel=1e-9, abs=1e-9)
            assert (mine.expected_low, mine.expected_high) == pytest.approx((other.expected_low, other.expected_high))


def test_series_side_by_side_score_as_alone() -> None:
    parts = [drawn(30, level, seed) for seed, level in enumerate((school, lamp, school))]
    together = score_together(
        [SeasonalSlot() for _ in parts],
        [(np.array([at.timestamp() for at in times]), np.array(values)) for times, values in parts],
    )
    assert [one.listed() for one in together] == [SeasonalSlot().score(*part) for part in parts]


def test_weekends_and_public_holidays_are_usual() -> None:
    """Easter Monday, 1 and 8 May are learnt as Sundays; a working day without a soul is not usual."""
    times, values = drawn(70, school)
    assert strangest(ENTRY.make().score(times, values)) < ENTRY.open_at
    tuesday = datetime(2025, 4, 29, tzinfo=UTC)
    for index in on(times, tuesday):
        values[index] = min(values[index], 5.0)
    scores = ENTRY.make().score(times, values)
    assert strangest([scores[index] for index in on(times, tuesday)]) > ENTRY.open_at


def test_busy_sunday_is_strange() -> None:
    times, values = drawn(56, school)
    sunday = datetime(2025, 4, 20, tzinfo=UTC)
    for index in on(times, sunday):
        values[index] = school(times[index] - timedelta(days=4))
    scores = ENTRY.make().score(times, values)
    assert strangest([scores[index] for index in on(times, sunday)]) > ENTRY.open_at


def test_sunset_takes_the_lamp_along_through_spring_and_the_change_of_the_clock() -> None:
    times, values = drawn(90, lamp)
    assert strangest(ENTRY.make().score(times, values)) < ENTRY.open_at
    noon = [index for index, at in enumerate(times) if at.date() == date(2025, 5, 6) and 9 <= at.hour < 13]
    for index in noon:
        values[index] = 60.0
    scores = ENTRY.make().score(times, values)
    assert strangest([scores[index] for index in noon]) > ENTRY.open_at


def test_kinds_of_day_hours_and_eighths() -> None:
    days = [date(2025, 5, day) for day in (1, 2, 3, 4)]  # Labour Day is a Thursday
    assert [kind_of(day) for day in days] == [2, 0, 1, 2]
    assert slots_at(datetime(2025, 5, 1, 22, tzinfo=UTC))[0] == 0  # Friday's first civil hour
    down, up = sun_down(date(2025, 5, 1), LONGITUDE, LATITUDE, 0.833)
    second = timedelta(seconds=1)
    assert [eighth_of(at) for at in (down - second, down, up - second, up)] == [15, 0, 7, 8]
    assert slots_of(20_000).shape == (2, 24)
    assert slots_of(-5).shape == slots_of(10**6).shape == (2, 24)
