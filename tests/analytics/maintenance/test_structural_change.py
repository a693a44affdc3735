"""Bridge elements judged by all their gauges together, their natural frequency among them."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.maintenance import Verdict, structural_change
from simulators.grid import Floats
from store.gauge_hours import GaugeHours
from tests.analytics.maintenance.test_structure_hint import DAY, START, a_gauge, a_span, weather

N_DAYS = 40
SHIFT_DAY = 25


def an_element(frequency_share: float, displacement_mm: float, crack_mm: float) -> list[GaugeHours]:
    """An element whose gauges follow temperature, and shift on one day."""
    at_s, warmth = weather(N_DAYS)
    is_after = at_s >= at_s[0] + SHIFT_DAY * 86_400
    draws = np.random.default_rng(8)

    def gauge(index: int, quantity: str, values: Floats, noise: float) -> GaugeHours:
        row = a_gauge(quantity, at_s, values + draws.normal(0, noise, at_s.size))
        return replace(row, series_id=index)

    return [
        gauge(1, "natural_frequency", 4.0 * (1 + is_after * frequency_share) - 0.01 * warmth, 0.01),
        gauge(2, "displacement", 0.3 * warmth + is_after * displacement_mm, 0.02),
        gauge(3, "crack_width", 0.002 * warmth + is_after * crack_mm, 0.004),
        gauge(4, "temperature", warmth, 0.05),
    ]


def told(rows: list[GaugeHours]) -> list[Verdict]:
    return [verdict for verdict in structural_change.tell(rows, a_span(N_DAYS)) if verdict.is_present]


def test_element_that_follows_the_weather_is_sound() -> None:
    verdicts = structural_change.tell(an_element(0, 0, 0), a_span(N_DAYS))
    assert not [verdict for verdict in verdicts if verdict.is_present]
    assert verdicts[-1].is_present is False
    assert verdicts[0].is_present is None


def test_frequency_that_falls_by_a_tenth_is_told_after_three_days() -> None:
    first, *_ = told(an_element(-0.10, 0, 0))
    assert first.at == START + (SHIFT_DAY + 3) * DAY
    assert first.started_at.date() == (START + SHIFT_DAY * DAY).date()
    assert first.evidence is not None
    assert first.evidence["quantity"] == "natural_frequency"
    assert first.evidence["changes"]["natural_frequency"] == pytest.approx(-0.4, abs=0.03)


def test_small_changes_count_together_and_none_of_them_alone() -> None:
    assert not told(an_element(-0.04, 0, 0))
    assert not told(an_element(0, 0.8, 0))
    assert told(an_element(-0.04, 0.8, 0.12))


def test_what_settlement_tells_is_not_told_twice() -> None:
    assert not told(an_element(-0.10, 3.0, 0))


def test_element_without_a_frequency_is_left_to_settlement() -> None:
    rows = [row for row in an_element(0, 0.9, 0.19) if row.quantity != "natural_frequency"]
    assert structural_change.tell(rows, a_span(N_DAYS)) == []
