"""Radio links that thin out and calibrations that fall due: on series drawn here, and out of the store."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.maintenance import Span, Verdict, calibration_due, radio_margin
from analytics.maintenance.calibration_due import DAYS_BY_QUANTITY
from sensors.quantity import find_quantity
from store.calibration import CalibratedSeries
from store.series_days import SeriesDays

START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)


def a_series(quantity: str, means: Sequence[float], device_id: int = 2) -> SeriesDays:
    """Days of a series from `START` on."""
    n = len(means)
    about = (10 * device_id + len(quantity), device_id, 3, "waste_container", f"Bac {device_id}", None, "", quantity)
    days = tuple(START + index * DAY for index in range(n))
    values = tuple(float(one) for one in means)
    return SeriesDays(*about, quantity, quantity, "dB", days, (24,) * n, values, values, values, (86_400.0,) * n)


def until(n_days: int) -> Span:
    """Midnight by midnight."""
    ends = tuple(START + day * DAY for day in range(1, n_days + 1))
    return Span(START, ends[-1], "UTC", ends)


def present(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Keep those that say it is there."""
    return [verdict for verdict in verdicts if verdict.is_present]


def noisy(levels: Sequence[float], sigma: float = 0.8, seed: int = 1) -> list[float]:
    """Add what a signal differs by from day to day."""
    draws = np.random.default_rng(seed).normal(0, sigma, len(levels))
    return [level + float(draw) for level, draw in zip(levels, draws, strict=True)]


def test_link_that_thins_out_is_told_with_the_day_it_is_lost() -> None:
    levels = [-5.0] * 20 + [-5 - 0.4 * day for day in range(30)]
    verdicts = radio_margin.tell([a_series("snr", noisy(levels))], until(50))
    found = present(verdicts)
    assert START + 30 * DAY <= found[0].at <= START + 46 * DAY
    assert "falls silent by" in found[-1].sentence_en
    assert found[-1].evidence is not None
    assert found[-1].evidence["days_left"] == pytest.approx(3.4 / 0.4, abs=6)
    assert found[-1].device_id == 2
    assert found[-1].started_at >= START + 20 * DAY


def test_antenna_that_comes_loose_is_told_while_much_is_left() -> None:
    """From 20 dB above the weakest, 1.5 dB a day from the thirtieth on."""
    levels = [-1.5 * max(0, day - 30) for day in range(44)]
    found = present(radio_margin.tell([a_series("snr", noisy(levels))], until(44)))
    assert found[0].at <= START + 39 * DAY
    assert found[0].evidence is not None
    assert found[0].evidence["margin_db"] > radio_margin.RESERVE_DB
    assert found[0].score > 0


def test_steep_fall_that_ends_is_gone() -> None:
    levels = [-1.5 * min(max(0, day - 20), 6) for day in range(60)]
    assert radio_margin.tell([a_series("snr", noisy(levels))], until(60))[-1].is_present is False


@pytest.mark.parametrize("seed", range(5))
def test_device_that_was_moved_is_not_said_to_fall_silent(seed: int) -> None:
    """Eleven decibels less from one day to the next, and no more since: still seven above the weakest."""
    verdicts = radio_margin.tell([a_series("snr", noisy([-2.0] * 30 + [-13.0] * 30, seed=seed))], until(60))
    assert not present(verdicts)


def test_words_of_a_link_that_falls_fast_do_not_call_much_little() -> None:
    levels = [-1.5 * max(0, day - 30) for day in range(38)]
    (first, *_) = present(radio_margin.tell([a_series("snr", noisy(levels))], until(38)))
    assert "its signal is still 1" in first.sentence_en
    assert "only" not in first.sentence_en
    assert "mais baisse vite (10 dB de réserve conseillés)" in first.sentence_fr


def test_link_at_its_end_is_told_without_a_trend_and_gone_when_mended() -> None:
    verdicts = radio_margin.tell([a_series("snr", noisy([-17.0] * 12 + [2.0] * 10))], until(22))
    assert present(verdicts)[0].at <= START + 6 * DAY
    assert verdicts[-1].is_present is False


def test_weak_signal_counts_where_noise_is_low() -> None:
    """A quiet band: signal to noise is good, the signal itself at the receiver's limit."""
    pair = [a_series("snr", [0.0] * 10), a_series("rssi", [-134.0] * 10)]
    assert present(radio_margin.tell(pair, until(10)))
    assert not present(radio_margin.tell([pair[0], a_series("rssi", [-115.0] * 10)], until(10)))


@pytest.mark.parametrize("seed", range(20))
def test_leaves_cars_and_weather_are_no_loss(seed: int) -> None:
    """Six decibels less in spring, a car for some days, and what a link far from its limit does besides."""
    levels = [-2 - 6 * min(day, 40) / 40 - 4 * (10 <= day % 25 < 13) for day in range(60)]
    assert not present(radio_margin.tell([a_series("snr", noisy(levels, 1.5, seed))], until(60)))


def test_other_radios_are_left_alone() -> None:
    assert radio_margin.tell([a_series("rssi", [-136.0] * 20)], until(20)) == []


def test_silent_device_is_not_judged() -> None:
    verdicts = radio_margin.tell([a_series("snr", [-18.0] * 10)], until(20))
    assert {one.is_present for one in verdicts if one.at > START + 14 * DAY} == {None}


@pytest.mark.parametrize("value", [0.0, 1e300, -1e300, 5e-324])
def test_any_signal_is_answered(value: float) -> None:
    for levels in ([value] * 20, [-18.0] * 10 + [value] * 10):
        for one in radio_margin.tell([a_series("snr", levels)], until(20)):
            assert np.isfinite(one.score)


def a_sensor(**more: object) -> CalibratedSeries:
    """A pH sensor that has measured since `START`."""
    told = CalibratedSeries(
        1, 2, 3, "Réservoir", "ph", "Acidity", "pH", START, START + 400 * DAY, calibrated_at=None, valid_to=None
    )
    return replace(told, **more)  # type: ignore[arg-type]


def at(n_days: int) -> Span:
    """One step that ends so many days after the start."""
    end = START + n_days * DAY
    return Span(end - 7 * DAY, end, "UTC", (end,))


def state(sensor: CalibratedSeries, n_days: int) -> bool | None:
    """Say whether a calibration is due."""
    (verdict,) = calibration_due.tell([sensor], at(n_days))
    return verdict.is_present


def test_sensor_that_nobody_calibrated_is_due_by_its_first_day() -> None:
    assert state(a_sensor(), 50) is False
    assert state(a_sensor(), 70) is True
    (verdict,) = calibration_due.tell([a_sensor()], at(180))
    assert verdict.severity == "warning"
    assert verdict.score == pytest.approx(2.0)
    assert "2026-04-05" in verdict.sentence_en
    assert "aucun saisi" in verdict.sentence_fr


def test_calibration_that_was_entered_starts_the_clock_anew() -> None:
    visited = a_sensor(calibrated_at=START + 80 * DAY, valid_to=START + 80.1 * DAY)
    assert state(visited, 100) is False
    assert state(visited, 145) is True
    certified = a_sensor(calibrated_at=START + 80 * DAY, valid_to=START + 445 * DAY)
    assert state(certified, 400) is False
    assert state(certified, 420) is True


def test_calibration_of_the_sensor_before_does_not_count() -> None:
    """Neither a visit nor a certificate that was over; one that reaches into the time of this sensor does."""
    for valid_to in (None, START - 199 * DAY, START - 20 * DAY):
        old = a_sensor(calibrated_at=START - 200 * DAY, valid_to=valid_to)
        assert state(old, 50) is False
        (verdict,) = calibration_due.tell([old], at(70))
        assert verdict.is_present
        assert "none entered since it began on 2026-01-05" in verdict.sentence_en
    certified = a_sensor(calibrated_at=START - 10 * DAY, valid_to=START + 355 * DAY)
    assert state(certified, 300) is False


def test_sensor_that_is_gone_is_not_due() -> None:
    assert state(a_sensor(last_at=START + 20 * DAY), 120) is None


def test_every_interval_is_of_a_known_quantity() -> None:
    assert all(find_quantity(name) is not None for name in DAYS_BY_QUANTITY)
