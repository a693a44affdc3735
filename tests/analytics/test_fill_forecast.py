"""Fill forecasts: steady containers, weekdays, new containers, intervals that hold what comes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analytics.collection.days import days_of, next_levels, weekday_paces
from analytics.collection.fill import FillForecast, forecast_fills
from analytics.collection.track import make_tracks
from analytics.forecast.fill import forecast_of
from store.collection import ContainerLevels

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)  # a Wednesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
N_DAYS = 60
WEEKEND = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0])


def a_container(asset_id: int, levels: list[float], every_h: int = 2, **more: object) -> ContainerLevels:
    """A container whose last value is of now."""
    at_s = [int((NOW - n * every_h * HOUR).timestamp()) for n in reversed(range(len(levels)))]
    fields: dict[str, object] = {"sector": "nord", "waste_stream": "glass", "full_at_percent": None, **more}
    return ContainerLevels(
        asset_id,
        asset_id,
        f"Bin {asset_id}",
        at_s=tuple(at_s),
        levels=tuple(levels),
        **fields,  # type: ignore[arg-type]
    )


def drawn(seed: int, per_day: float, *, noise: float = 0.0, end: float = 40.0) -> list[float]:
    """Levels every two hours of a container that fills at a pace that changes from day to day, emptied at 75 %."""
    draws = np.random.default_rng(seed)
    n = N_DAYS * 12
    paces = per_day / 12 * np.repeat(draws.gamma(4, 0.25, N_DAYS + 1), 12)[:n] if noise else np.full(n, per_day / 12)
    level, levels = end, [end]
    for pace in paces[1:].tolist():  # backwards in time from now
        level = level - pace if level >= pace else 75.0
        levels.append(level)
    return levels[::-1]


def forecast(*containers: ContainerLevels, ahead: timedelta = DAY) -> list[FillForecast]:
    return forecast_fills(containers, NOW, [NOW + ahead], PARIS)


def test_steady_container_is_foretold_to_the_hour() -> None:
    (told,) = forecast(a_container(1, drawn(1, 12.0)))
    assert told.expected_percent == pytest.approx(52, abs=0.5)
    assert told.low_percent == pytest.approx(52, abs=0.5)
    assert told.reaches_at is not None
    assert abs(told.reaches_at - (NOW + 80 * HOUR)) <= 4 * HOUR  # 40 points at half a point an hour
    assert told.probability == 0.0
    assert told.made_at == NOW


def test_probability_rises_with_time_and_passage_comes_in_order() -> None:
    container = a_container(1, drawn(2, 12.0, noise=1.0))
    days = [timedelta(days=n) for n in (1, 2, 3, 4, 6, 9)]
    told = forecast_fills([container], NOW, [NOW + ahead for ahead in days], PARIS)
    probabilities = [one.probability for one in told]
    assert probabilities == sorted(probabilities)
    assert probabilities[0] < 0.1
    assert probabilities[-1] > 0.9
    assert [one.probability_overflow <= one.probability for one in told] == [True] * 6
    assert told[0].reaches_low_at is not None
    assert told[0].reaches_at is not None
    assert told[0].reaches_high_at is not None
    assert NOW < told[0].reaches_low_at < told[0].reaches_at < told[0].reaches_high_at


def test_container_that_stands_still_is_never_full() -> None:
    (told,) = forecast(a_container(1, [10.0] * N_DAYS * 12))
    assert (told.reaches_low_at, told.reaches_at, told.probability) == (None, None, 0.0)


def test_full_container_has_reached_its_threshold_now() -> None:
    (told,) = forecast(a_container(1, drawn(1, 12.0, end=85.0)))
    assert (told.probability, told.reaches_at) == (1.0, NOW)


def test_own_threshold_counts() -> None:
    (told,) = forecast(a_container(1, drawn(1, 12.0), full_at_percent=46.0))
    assert told.threshold_percent == 46.0
    assert told.reaches_at is not None
    assert abs(told.reaches_at - (NOW + 12 * HOUR)) <= 2 * HOUR


def test_weekends_are_known() -> None:
    """Twice the pace at week-ends: a Saturday brings more than a Tuesday."""
    (track,) = make_tracks([a_container(1, weekly())])
    paces = weekday_paces(days_of(track, PARIS), 1)
    assert 1.3 < paces[5] / paces[1] <= 2.0


def weekly() -> list[float]:
    """Levels of a container that fills by 10 points a day, 20 at week-ends, emptied at 80 %."""
    level, levels = 0.0, []
    for step in range(N_DAYS * 12):
        weekday = (NOW - (N_DAYS * 12 - 1 - step) * 2 * HOUR).weekday()
        level = 0.0 if level >= 80 else level + 10 / 12 * WEEKEND[weekday]
        levels.append(float(level))
    return levels


def test_new_container_learns_from_others_of_its_stream() -> None:
    others = [a_container(n, drawn(n, 12.0)) for n in (2, 3)]
    other_stream = a_container(9, drawn(9, 1.0), waste_stream="residual")
    new = a_container(1, [39.0, 40.0])
    told = {one.asset_id: one for one in forecast(new, *others, other_stream)}
    assert told[1].n_days == 0
    assert told[1].expected_percent == pytest.approx(52, abs=1)
    assert [one.asset_id for one in forecast(new)] == []  # alone it has nothing to learn from


def test_silent_container_is_not_told() -> None:
    levels = drawn(1, 12.0)
    late = NOW + 2 * DAY
    assert forecast_fills([a_container(1, levels)], late, [late + DAY], PARIS) == []


def test_what_was_measured_later_is_not_used() -> None:
    container = a_container(1, drawn(2, 12.0, noise=1.0))
    early = NOW - 5 * DAY
    kept = sum(at <= early.timestamp() for at in container.at_s)
    cut = ContainerLevels(1, 1, "Bin 1", "nord", "glass", None, container.at_s[:kept], container.levels[:kept])
    assert forecast_fills([container], early, [early + DAY], PARIS) == forecast_fills(
        [cut], early, [early + DAY], PARIS
    )


def test_sensor_that_speaks_once_a_day_is_enough() -> None:
    levels = [10.0 * (n % 8) for n in range(41)]
    (told,) = forecast(a_container(1, levels, every_h=24))
    assert told.expected_percent == pytest.approx(levels[-1] + 10, abs=1)


def test_same_inputs_give_the_same_forecast() -> None:
    container = a_container(1, drawn(2, 12.0, noise=1.0))
    assert forecast(container) == forecast(container)


def test_intervals_hold_what_came() -> None:
    """Thirty containers, each forecast on ten days for a day and for two days ahead, while nobody came by."""
    held = []
    for seed in range(30):
        container = a_container(seed + 1, drawn(seed, 10.0, noise=1.0))
        (track,) = make_tracks([container])
        for back in range(3, 13):
            at = NOW - back * DAY
            for told in forecast_fills([container], at, [at + DAY, at + 2 * DAY], PARIS):
                span = np.array([at.timestamp(), told.for_at.timestamp()])
                came = np.diff(track.inflow_at(span))[0]
                if not any(span[0] < track.at_s[fall] <= span[1] for fall in track.falls):
                    held.append(told.low_percent <= told.level_percent + came <= told.high_percent)
    assert len(held) > 300
    assert 0.84 <= float(np.mean(held)) <= 0.97


def test_usual_levels_know_of_emptyings() -> None:
    """A container that is emptied each time it is above 70 %: from 75 % on a day ends low, from 20 % on it does not."""
    (track,) = make_tracks([a_container(1, weekly())])
    days = days_of(track, PARIS)
    high, high_weights = next_levels(days, 1, 78.0, 1)
    low, low_weights = next_levels(days, 1, 20.0, 1)
    assert float(np.average(high, weights=high_weights)) < 45
    assert float(np.average(low, weights=low_weights)) == pytest.approx(31, abs=4)


def test_forecast_is_written_with_its_passage() -> None:
    (told,) = forecast(a_container(1, drawn(1, 12.0)))
    written = forecast_of(told, 86_400)
    assert (written.quantity, written.lead_s, written.value) == ("fill_level", 86_400, told.expected_percent)
    assert written.detail["reaches_at"] == str(told.reaches_at).replace(" ", "T")
