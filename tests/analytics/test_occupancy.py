"""Occupancy foretold: the grid of civil time, what is usual, a model that looks at the past alone, its intervals."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.occupancy.calendar import public_holidays
from analytics.occupancy.features import N_LINEAR, look, make_frame, trailing_mean
from analytics.occupancy.grid import DAY_STEPS, HOLD_S, Floats, Grid, ParkValues, make_grid
from analytics.occupancy.model import LEADS, predict, train
from analytics.occupancy.rhythm import usual_shares

PARIS = "Europe/Paris"
NO_DAYS: frozenset[date] = frozenset()


def values_at(instants: list[datetime], shares: list[float]) -> ParkValues:
    return ParkValues(np.array([at.timestamp() for at in instants]), np.array(shares), NO_DAYS)


def naive_share(park: ParkValues, at: datetime) -> float:
    """Look for the newest value one by one."""
    found = float("nan")
    for at_s, share in zip(park.at_s, park.shares, strict=True):
        if at_s <= at.timestamp() <= at_s + HOLD_S:
            found = float(share)
    return found


@pytest.mark.parametrize("first", [date(2025, 3, 29), date(2025, 10, 25), date(2025, 6, 1)])
def test_grid_holds_the_newest_value_of_the_wall_clock(first: date) -> None:
    """Three civil days around a change of clocks and without: each step says what a search by hand finds."""
    draws = np.random.default_rng(1)
    begin = datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(PARIS)).astimezone(UTC)
    at = [begin + timedelta(minutes=float(minute)) for minute in np.cumsum(draws.exponential(50, 100))]
    park = values_at(at, draws.random(100).tolist())
    grid = make_grid([park], (first, first + timedelta(days=3)), PARIS)
    assert grid.shares.shape == (1, 3 * DAY_STEPS)
    midnight = datetime.combine(first, time(0), UTC).replace(tzinfo=None)
    for step in range(grid.n_steps):
        wall = midnight + timedelta(minutes=15 * step)
        instant = wall.replace(tzinfo=ZoneInfo(PARIS), fold=1)
        is_real = instant.astimezone(UTC).astimezone(ZoneInfo(PARIS)).replace(tzinfo=None) == wall
        expected = naive_share(park, instant) if is_real else float("nan")
        np.testing.assert_equal(grid.shares[0, step], expected)
        if is_real:
            assert grid.step(instant) == step


def test_public_holidays_are_sundays() -> None:
    days = public_holidays(PARIS, [2025])
    assert date(2025, 7, 14) in days
    park = ParkValues(np.empty(0), np.empty(0), days)
    assert make_grid([park], (date(2025, 7, 14), date(2025, 7, 16)), PARIS).kinds.tolist() == [[6, 1]]
    assert public_holidays("Antarctica/Troll", [2025]) == frozenset()


def test_usual_shares_are_those_of_earlier_days_of_the_kind() -> None:
    """The naive twin walks over days and steps; a day that is not known teaches nothing."""
    draws = np.random.default_rng(2)
    shares = draws.random((2, 30 * DAY_STEPS))
    shares[draws.random(shares.shape) < 0.2] = np.nan
    kinds = np.tile(np.arange(30) % 7, (2, 1))
    kinds[0, 9] = 6
    grid = Grid(date(2025, 9, 1), PARIS, shares, kinds, np.zeros(2, np.int64))
    expected = np.full(shares.shape, np.nan)
    for park in range(2):
        known: dict[tuple[int, int], tuple[float, int]] = {}
        for step in range(shares.shape[1]):
            key = int(kinds[park, step // DAY_STEPS]), step % DAY_STEPS
            usual, n = known.get(key, (np.nan, 0))
            expected[park, step] = usual
            value = shares[park, step]
            if np.isfinite(value):
                weight = max(0.3, 1 / (n + 1))
                known[key] = (value if n == 0 else usual + weight * (value - usual), n + 1)
    np.testing.assert_allclose(usual_shares(grid, 0.3), expected)


def test_trailing_mean_equals_the_mean_of_the_slice() -> None:
    values = np.random.default_rng(3).random((2, 40))
    naive = [[row[max(0, end - 7) : end].mean() for end in range(1, 41)] for row in values]
    np.testing.assert_allclose(trailing_mean(values, 7), naive)


def a_town(n_days: int, seed: int = 5, n_parks: int = 3) -> Grid:
    """Car parks with a daily rhythm, weekends apart, whose deviations last for some hours."""
    draws = np.random.default_rng(seed)
    steps = np.arange(n_days * DAY_STEPS)
    daily = 0.45 - 0.3 * np.cos(2 * np.pi * (steps % DAY_STEPS) / DAY_STEPS)
    weekend = np.where(steps // DAY_STEPS % 7 >= 5, 0.5, 1.0)
    deviation = np.zeros((n_parks, steps.size))
    noise = draws.normal(0, 0.01, deviation.shape)
    for step in range(1, steps.size):
        deviation[:, step] = 0.97 * deviation[:, step - 1] + noise[:, step]
    shares: Floats = np.clip(daily * weekend + deviation, 0, 1)
    kinds = np.tile(np.arange(n_days) % 7, (n_parks, 1))
    return Grid(date(2025, 9, 1), PARIS, shares, kinds, np.zeros(n_parks, np.int64))


def test_features_know_nothing_of_what_comes() -> None:
    """Whatever happens after the step at which a forecast is made, its features stay the same."""
    grid = a_town(20)
    steps = np.array([15 * DAY_STEPS + 40])
    later = grid.shares.copy()
    later[:, steps[0] + 1 :] = 0.5
    other = Grid(grid.first_day, PARIS, later, grid.kinds, grid.towns)
    for lead in LEADS:
        features = look(make_frame(grid), steps, lead)
        np.testing.assert_array_equal(features, look(make_frame(other), steps, lead))
        assert np.isfinite(features[:, :, :N_LINEAR]).all()


def test_a_short_history_is_foretold_without_trees_and_covered() -> None:
    """Four weeks teach a plain model: better than the value held on, and nine in ten outcomes lie in the interval."""
    grid = a_town(42)
    frame = make_frame(grid)
    until = 28 * DAY_STEPS
    models = train(frame, until)
    assert set(models) == set(LEADS)
    for lead, model in models.items():
        assert model.trees is None
        steps = np.arange(until, grid.n_steps - lead)
        told, true = predict(frame, model, steps), grid.shares[:, steps + lead]
        low, high = model.errors.around(told, steps + lead, frame)
        assert ((low <= told) & (told <= high)).all()
        assert np.abs(true - told).mean() < np.abs(true - grid.shares[:, steps]).mean()
        assert 0.84 <= ((true >= low) & (true <= high)).mean() <= 0.96  # two weeks hold few independent spells


def test_too_short_a_history_is_not_foretold() -> None:
    assert train(make_frame(a_town(20)), 10 * DAY_STEPS) == {}


def test_a_car_park_that_is_silent_now_is_not_foretold() -> None:
    grid = a_town(30)
    grid.shares[1, 29 * DAY_STEPS :] = np.nan
    frame = make_frame(grid)
    told = predict(frame, train(frame, 28 * DAY_STEPS)[2], np.array([29 * DAY_STEPS + 5]))
    assert np.isfinite(told[:, 0]).tolist() == [True, False, True]
