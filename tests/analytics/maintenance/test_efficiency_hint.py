"""Heat pumps and boilers that lose efficiency: told beside their own past at the same temperature, and only then."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.heating.efficiency import N_REFERENCE, find_loss
from analytics.maintenance import Span, Verdict, efficiency_loss
from analytics.maintenance.efficiency_loss import Inputs
from analytics.rotating.wear import Floats
from store.counter_days import CounterDays
from store.gauge_hours import GaugeHours

START = datetime(2025, 10, 1, tzinfo=UTC)
DAY = timedelta(days=1)
N_DAYS = 120


def outdoors(n: int = N_DAYS, seed: int = 2) -> Floats:
    """An autumn and winter: colder by the week, with spells."""
    spells = np.convolve(np.random.default_rng(seed).normal(0, 4, n + 4), np.full(5, 0.45), "valid")
    return np.asarray(9 - 6 * np.sin(np.arange(n) / n * np.pi) + spells)


def performance(outdoor: Floats, left: Floats | float = 1.0, seed: int = 3) -> Floats:
    """A heat pump's factor: 3.4 at 7 °C, 2.5 % less by each kelvin."""
    scatter = np.random.default_rng(seed).normal(0, 0.03, outdoor.size)
    return np.asarray(3.4 * np.exp(0.025 * (outdoor - 7) + scatter) * left)


def a_machine(outdoor: Floats, factor: Floats, source: str = "active_energy", asset_id: int = 1) -> Inputs:
    """A machine that makes as much heat as the cold asks for, and a weather station."""
    at_s = np.array([(START + DAY * n).timestamp() for n in range(outdoor.size)])
    heat, full = 12 * np.maximum(17 - outdoor, 1), np.full(outdoor.size, 86_400.0)
    own = heat / factor / efficiency_loss.KWH_PER_UNIT[source]
    rows = [(1, "heat_energy", heat), (2, source, own)]
    counters = [CounterDays(n, asset_id, "Pompe à chaleur", {}, name, at_s, values, full) for n, name, values in rows]
    station = GaugeHours(3, 9, "Station", None, {}, "temperature", at_s, outdoor, outdoor, outdoor, full, full)
    return Inputs(counters, [station])


def present(inputs: Inputs) -> list[Verdict]:
    ends = tuple(START + DAY * (n + 1) for n in range(N_DAYS))
    verdicts = efficiency_loss.tell(inputs, Span(START, ends[-1], "Europe/Paris", ends))
    return [verdict for verdict in verdicts if verdict.is_present]


@pytest.mark.parametrize("seed", range(5))
def test_cold_that_lowers_the_factor_is_no_loss(seed: int) -> None:
    outdoor = outdoors(seed=seed)
    assert not present(a_machine(outdoor, performance(outdoor, seed=seed)))


@pytest.mark.parametrize(("source", "usual"), [("active_energy", 1.0), ("gas_volume", 0.27)])
def test_loss_of_a_fifth_is_told_soon_and_its_size_is_right(source: str, usual: float) -> None:
    outdoor = outdoors()
    left = usual * np.where(np.arange(N_DAYS) >= 70, 0.8, 1.0)
    first, *_ = present(a_machine(outdoor, performance(outdoor, left), source))
    assert START + 74 * DAY < first.at < START + 85 * DAY
    assert first.score == pytest.approx(2.0, abs=0.4)
    assert abs(first.started_at - (START + 70 * DAY)) < 4 * DAY
    assert first.evidence is not None
    assert first.evidence["lost_kwh_a_day"] > 0


def test_loss_of_three_percent_and_one_bad_day_are_not_told() -> None:
    outdoor = outdoors()
    day = np.arange(N_DAYS)
    assert not present(a_machine(outdoor, performance(outdoor, np.where(day >= 70, 0.97, 1.0))))
    assert not present(a_machine(outdoor, performance(outdoor, np.where(day == 80, 0.5, 1.0))))


def test_cleaned_machine_is_sound_again() -> None:
    outdoor = outdoors()
    left = np.where((np.arange(N_DAYS) >= 60) & (np.arange(N_DAYS) < 90), 0.75, 1.0)
    end = START + N_DAYS * DAY
    inputs = a_machine(outdoor, performance(outdoor, left))
    assert present(inputs)[-1].at < START + 100 * DAY
    (verdict,) = efficiency_loss.tell(inputs, Span(end - DAY, end, "UTC", (end,)))
    assert verdict.is_present is False


def test_days_colder_than_any_of_the_reference_are_not_judged() -> None:
    """What a machine does at temperatures it has not been seen at is not known."""
    outdoor = np.concatenate((np.linspace(5, 15, N_REFERENCE), np.full(60, -8.0)))
    heat = np.full(outdoor.size, 100.0)
    factor = np.where(outdoor < 0, 0.5, 3.0)
    assert find_loss(heat, heat / factor, outdoor) is None


def test_too_few_days_and_no_weather_say_nothing() -> None:
    outdoor = outdoors()
    inputs = a_machine(outdoor, performance(outdoor))
    early = Span(START, START + 20 * DAY, "UTC", (START + 20 * DAY,))
    without: Sequence[Verdict] = efficiency_loss.tell(Inputs(inputs.counters, []), early)
    assert [verdict.is_present for verdict in (*efficiency_loss.tell(inputs, early), *without)] == [None, None]
    assert efficiency_loss.tell(Inputs(inputs.counters[:1], inputs.outdoor), early) == []
