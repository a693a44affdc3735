"""Worn roads: told ahead of the year in which works are due, and no more after works."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from analytics.maintenance import Span, Verdict, road_worn
from store.gauge_hours import GaugeHours

AT = datetime(2026, 3, 2, tzinfo=UTC)
SPAN = Span(AT - timedelta(days=7), AT, "Europe/Paris", (AT,))
YEAR = timedelta(days=365.25)


def a_section(
    asset_id: int, levels: Sequence[float], quantity: str = "roughness", attributes: Mapping[str, Any] | None = None
) -> GaugeHours:
    """Yearly surveys of a section, the last half a year ago."""
    n = len(levels)
    at_s = np.array([(AT - YEAR * (n - i - 0.5)).timestamp() for i in range(n)])
    values, full = np.array(levels, dtype=float), np.ones(n)
    about = (asset_id, f"Rue {asset_id}", None, dict(attributes or {}), quantity)
    return GaugeHours(asset_id, *about, at_s, values, values, values, 86_400 * full, full)


def growing(new: float, growth: float, n: int, seed: int = 1) -> list[float]:
    scatter = np.random.default_rng(seed).normal(0, 0.02, n)
    return [float(level) for level in new * np.exp(growth * np.arange(n) + scatter)]


def tell(*rows: GaugeHours) -> dict[int | None, Verdict]:
    return {verdict.asset_id: verdict for verdict in road_worn.tell(rows, SPAN)}


def test_section_near_its_limit_is_told_and_a_smooth_one_is_not() -> None:
    verdicts = tell(a_section(1, growing(1.8, 0.06, 7)), a_section(2, growing(1.2, 0.03, 7)))
    worn = verdicts[1]
    assert (worn.is_present, verdicts[2].is_present) == (True, False)
    assert worn.evidence is not None
    met = worn.evidence["met_in"]
    assert met["early"] <= met["likely"] <= met["late"]
    assert met["likely"] == 2026 + round(np.log(2.7 / 1.8) / 0.06 - 6.5 + 0.17) // 1
    assert worn.evidence["basis"] == "own_surveys"
    assert "m/km" in worn.sentence_fr
    assert "2.7" not in worn.sentence_fr


def test_section_past_its_limit_is_urgent_and_a_slow_street_has_another_limit() -> None:
    levels = growing(2.8, 0.02, 5)
    verdicts = tell(a_section(1, levels), a_section(2, levels, attributes={"speed_limit_km_h": 30}))
    assert (verdicts[1].is_present, verdicts[1].severity) == (True, "urgent")
    assert verdicts[2].is_present is not True


def test_limit_that_is_met_within_one_year_is_said_with_that_year_alone() -> None:
    told = tell(a_section(1, growing(3.2, 0.06, 7)))[1]
    assert told.evidence is not None
    assert set(told.evidence["met_in"].values()) == {2026}
    assert "is met in 2026. To do:" in told.sentence_en
    assert "est atteint en 2026. À faire :" in told.sentence_fr


def test_works_seen_or_entered_end_it() -> None:
    worn = growing(2.6, 0.05, 5)
    renewed = [*worn, 1.2, 1.25, 1.3]
    entered = {"resurfaced_on": (AT - timedelta(days=100)).date().isoformat()}
    verdicts = tell(a_section(1, worn), a_section(2, renewed), a_section(3, worn, attributes=entered))
    assert [verdicts[n].is_present for n in (1, 2, 3)] == [True, False, False]


def test_works_of_the_future_are_no_works_yet() -> None:
    planned = {"resurfaced_on": (AT + timedelta(days=100)).date().isoformat()}
    assert tell(a_section(1, growing(2.6, 0.05, 5), attributes=planned))[1].is_present is True


def test_few_surveys_take_the_growth_of_the_family_and_say_so() -> None:
    family = [a_section(10 + n, growing(1.0, 0.10, 6, seed=n)) for n in range(12)]
    alone, among = tell(a_section(1, [2.3]))[1], tell(a_section(1, [2.3]), *family)[1]
    assert alone.is_present is not True
    assert among.is_present is True
    assert among.evidence is not None
    assert (among.evidence["basis"], among.evidence["n_sections_of_family"]) == ("family_prior", 12)
    assert among.evidence["growth_percent_a_year"] == pytest.approx(10.5, abs=1.0)


def test_ruts_and_cracks_are_judged_too() -> None:
    verdicts = tell(
        a_section(1, growing(1.2, 0.02, 6)),
        a_section(1, growing(9.0, 0.06, 6), "rut_depth"),
        a_section(2, [0.0, 0.0, 0.5, 0.5], "cracking"),
    )
    assert verdicts[1].is_present is True
    assert (verdicts[1].evidence or {})["quantity"] == "rut_depth"
    assert verdicts[2].is_present is False


def test_survey_of_tomorrow_is_not_known() -> None:
    row = a_section(1, growing(1.8, 0.06, 7))
    early = Span(AT - 4 * YEAR, AT - 3 * YEAR, "UTC", (AT - 3 * YEAR,))
    (verdict,) = road_worn.tell([row], early)
    assert verdict.is_present is not True


def a_thermometer(asset_id: int, n_days: int, n_frosts: int) -> GaugeHours:
    """A surface's temperature by day: above 0 °C, then frost by night, then a week of frost all day."""
    at_s = np.array([(AT - timedelta(days=n_days - day)).timestamp() for day in range(n_days)])
    low, high = np.full(n_days, 4.0), np.full(n_days, 15.0)
    low[-7 - n_frosts :] = -3.0
    high[-7:] = -1.0
    full = np.ones(n_days)
    about = (asset_id, f"Rue {asset_id}", None, {}, "surface_temperature")
    return GaugeHours(asset_id, *about, at_s, low, (low + high) / 2, high, 86_400 * full, full)


def test_days_of_frost_and_thaw_are_told_beside_the_curve() -> None:
    """Frost all day is no thaw; a year counts, and of a few weeks nothing is said; alone it is no wear."""
    worn = growing(2.6, 0.05, 5)
    verdicts = tell(
        *(a_section(n, worn) for n in (1, 2, 3)),
        *(a_thermometer(1, 500, 20), a_thermometer(2, 40, 20), a_thermometer(4, 500, 20)),
    )
    assert set(verdicts) == {1, 2, 3}
    assert all(one.is_present for one in verdicts.values())
    assert verdicts[1].sentence_en.endswith("passed 0 °C in the last year: 20 of 365 measured.")
    assert verdicts[1].sentence_fr.endswith("depuis un an : 20 sur 365 mesurés.")
    assert (verdicts[1].evidence or {})["freeze_thaw_days"] == 20
    assert verdicts[1].severity == verdicts[3].severity
    assert "freeze_thaw_days" not in (verdicts[2].evidence or {})
    assert "freeze_thaw_days" not in (verdicts[3].evidence or {})
