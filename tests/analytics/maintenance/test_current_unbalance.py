"""Currents of three phases: unlike for days, a phase lost, and motors of which nothing can be said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.maintenance import Span, Verdict, current_unbalance
from analytics.maintenance.gauges import Floats
from store.gauge_hours import GaugeHours

START = datetime(2025, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
N_DAYS = 30
HOURS = np.arange(N_DAYS * 24)
PHASES = current_unbalance.PHASES


def a_span(n_days: int = N_DAYS) -> Span:
    """Midnight by midnight."""
    ends = tuple(START + (n + 1) * DAY for n in range(n_days))
    return Span(START, ends[-1], "Europe/Paris", ends)


def a_row(values: Floats, channel: str) -> GaugeHours:
    """Hours of a current."""
    begins, full = START.timestamp() + 3600.0 * HOURS, np.full(HOURS.size, 3600.0)
    about = (PHASES.index(channel) + 1, 5, "Pompe 1", None, {}, "current")
    return GaugeHours(*about, begins, values, values, values, full, full / 900, channel)


def a_motor(
    shares: Sequence[Floats | float] = (1.0, 1.0, 1.0), seed: int = 1, amperes: float = 12.0
) -> list[GaugeHours]:
    """A pump that starts and stops, its phases as unlike as those of a sound motor: up to 5 %."""
    draws = np.random.default_rng(seed)
    runs = amperes * (draws.random(HOURS.size) < 0.6) * draws.uniform(0.4, 1.0, HOURS.size)
    own = draws.uniform(0.965, 1.035, 3)
    return [
        a_row(runs * share * one * draws.normal(1, 0.01, HOURS.size), channel)
        for channel, share, one in zip(PHASES, shares, own.tolist(), strict=True)
    ]


def from_day(day: float, share: float, until: float = N_DAYS) -> Floats:
    """A share of the current that a phase still takes, for some days."""
    return np.asarray(np.where((day <= HOURS / 24) & (until > HOURS / 24), share, 1.0), dtype=np.float64)


def told(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Those that say it is there."""
    return [verdict for verdict in verdicts if verdict.is_present]


@pytest.mark.parametrize("seed", range(5))
def test_phase_that_takes_less_is_told_after_three_days_and_gone_once_mended(seed: int) -> None:
    verdicts = current_unbalance.tell(a_motor((1.0, from_day(15, 0.7, 24), 1.0), seed), a_span())
    found = told(verdicts)
    assert found[0].at == START + 18 * DAY
    assert found[0].started_at == START + 15 * DAY
    assert found[0].severity == "warning"
    assert found[0].score == pytest.approx(1 - 0.7 * 3 / 2.7, abs=0.04)
    assert found[0].evidence is not None
    assert found[0].evidence["channel"] == "l2"
    assert "À faire : contrôler fusibles" in found[0].sentence_fr
    assert not [verdict for verdict in found if verdict.at > START + 25 * DAY]
    assert verdicts[-1].is_present is False


def test_lost_phase_is_urgent_on_its_first_day() -> None:
    lost, others = from_day(15, 0.0), from_day(15, 3**0.5)
    found = told(current_unbalance.tell(a_motor((others, lost, others)), a_span()))
    assert found[0].at == START + 16 * DAY
    assert found[0].severity == "urgent"
    assert found[0].score == pytest.approx(1.0, abs=0.05)


def test_sound_motors_raise_nothing_in_a_thousand_weeks() -> None:
    verdicts = [
        verdict for seed in range(250) for verdict in current_unbalance.tell(a_motor(seed=seed), a_span())[6::6]
    ]
    assert len(verdicts) == 250 * 4
    assert {verdict.is_present for verdict in verdicts} <= {False, None}


def test_one_phase_small_motors_drives_and_missing_phases_are_not_judged() -> None:
    one_phase, small = a_motor((1.0, 0.0, 0.0)), a_motor((1.0, 1.0, 0.4), amperes=0.9)
    assert {verdict.is_present for verdict in current_unbalance.tell([*one_phase], a_span())} == {None}
    assert {verdict.is_present for verdict in current_unbalance.tell([*small], a_span())} == {None}
    unlike = a_motor((1.0, 1.0, 0.4))
    assert told(current_unbalance.tell(unlike, a_span()))
    driven = replace(unlike[0], quantity="rotation_speed", channel="")
    assert current_unbalance.tell([*unlike, driven], a_span()) == []
    assert current_unbalance.tell(unlike[:2], a_span()) == []


@pytest.mark.parametrize("value", [0.0, -20.0, 1e300, np.inf, np.nan])
def test_any_number_is_answered(value: float) -> None:
    rows = a_motor()
    rows[1].mean[300:] = value
    for verdict in current_unbalance.tell(rows, a_span()):
        assert np.isfinite(verdict.score)
