"""Hours of the week and temperature: equal to plain least squares, lines that go on, hours that lack."""

import numpy as np
import pytest

from analytics.building.week_hours import N_SEGMENTS, Hours, fit_week, segments

N = 24 * 7 * 12


def weeks(seed: int, n: int = N) -> Hours:
    draws = np.random.default_rng(seed)
    at = np.arange(n)
    warmth = 10 + 8 * np.sin(2 * np.pi * at / 24) + np.cumsum(draws.normal(0, 0.4, n))
    kwh = 20 + 10 * (at % 168 < 60) + 0.8 * np.maximum(0, 15 - warmth) + draws.normal(0, 2, n)
    return Hours(kwh, at % 168, warmth, 738_000 + at // 24)


def test_fit_equals_least_squares_over_all_columns() -> None:
    hours = weeks(1)
    model = fit_week(hours)
    design = np.concatenate([np.eye(168)[hours.week_hour], segments(hours.temperature, model.edges)], axis=1)
    coefficients = np.linalg.lstsq(design, hours.kwh, rcond=None)[0]
    assert model.predict(hours) == pytest.approx(design @ coefficients, abs=1e-6)
    assert (hours.kwh - model.predict(hours)).sum() == pytest.approx(0, abs=1e-6)


def test_segments_add_up_to_the_temperature_beyond_the_range_too() -> None:
    edges = np.linspace(-5, 25, N_SEGMENTS + 1)
    warmth = np.array([-20.0, -5.0, 0.0, 13.3, 25.0, 40.0])
    cut = segments(warmth, edges)
    assert cut.sum(axis=1) == pytest.approx(warmth + 5)
    assert cut[0, 1:] == pytest.approx(0)
    assert cut[-1, :-1] == pytest.approx(5)


def test_pull_is_what_an_hour_of_the_baseline_moves() -> None:
    """One hour of the baseline raised by 1 kW.h: the total said of other weeks moves by its pull."""
    from dataclasses import replace

    before, after = weeks(1), weeks(2, 24 * 7 * 3)
    model = fit_week(before)
    pull = model.pull(before, after)
    for index in (0, 99, 1500):
        kwh = before.kwh.copy()
        kwh[index] += 1.0
        moved = fit_week(replace(before, kwh=kwh)).predict(after).sum() - model.predict(after).sum()
        assert moved == pytest.approx(pull[index], abs=1e-8)


def test_hours_that_the_baseline_lacks_get_the_mean_level() -> None:
    before = weeks(1)
    kept = before.week_hour != 5
    partial = Hours(before.kwh[kept], before.week_hour[kept], before.temperature[kept], before.days[kept])
    model = fit_week(partial)
    assert model.levels[5] == pytest.approx(np.delete(model.levels, 5).mean())
