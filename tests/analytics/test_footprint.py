"""What Vigie itself uses: shares, watts with their bounds, and what is not known."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.kpi.figure import Figure
from analytics.kpi.footprint import FootprintInputs, tell_footprint
from store.baseline import DatedFactor
from store.usage import PlatformMonth, SavedFigure

DAY = date(2026, 9, 1)
USED = PlatformMonth(720, 720, 27_000.0, 9000.0, 8_000_000_000, 5e11, 250, 1000, 500, 1000, 100, 1000)
SAVED = (SavedFigure("lighting_energy_saved", "kW.h", 100.0, 80.0, None),)


def figures_of(used: PlatformMonth = USED, **more: object) -> dict[str, Figure]:
    inputs = replace(FootprintInputs(used, SAVED, (), DAY, 720.0), **more)  # type: ignore[arg-type]
    return {figure.kpi: figure for figure in tell_footprint(inputs)}


def entered(factor: str, value: float) -> DatedFactor:
    return DatedFactor(factor, value, "W", "meter", date(2026, 1, 1))


def test_what_was_counted_is_shared_out() -> None:
    figures = figures_of()
    assert figures["platform_bytes_received"].value == 2e9  # a quarter of the messages
    assert figures["platform_cpu"].value == 18_000.0  # half of the values
    assert figures["platform_bytes_stored"].value == 5e10  # a tenth of what is kept


def test_energy_is_cpu_and_storage_times_effectiveness() -> None:
    energy = figures_of()["platform_energy"]
    assert energy.value == pytest.approx((5 * 3.5 + 0.05 * 1.2 * 720) * 1.58 / 1000)
    assert energy.low == pytest.approx((5 * 1.69 + 0.05 * 0.65 * 720) * 1.1 / 1000)
    assert energy.high == pytest.approx((5 * 8.58 + 0.05 * 2.4 * 720) * 2.0 / 1000)


def test_what_a_territory_knows_has_no_bounds() -> None:
    factors = tuple(
        entered(f"platform_{name}", value) for name, value in (("cpu_power", 2.0), ("storage_power", 0.0), ("pue", 1.0))
    )
    energy = figures_of(factors=factors)["platform_energy"]
    assert (energy.low, energy.value, energy.high) == pytest.approx((0.01, 0.01, 0.01))


def test_emissions_follow_the_factor_of_the_day() -> None:
    factor = entered("electricity_emission_factor", 0.5)
    figures = figures_of(factors=(factor,))
    assert figures["platform_emissions"].value == pytest.approx((figures["platform_energy"].value or 0) * 0.5)
    early = figures_of(day=date(2019, 1, 1))["platform_emissions"]
    assert early.withheld == "no emission factor of electricity holds in this period"


def test_energy_beside_what_is_saved() -> None:
    figures = figures_of()
    ratio, energy = figures["platform_energy_ratio"], figures["platform_energy"]
    assert ratio.value == pytest.approx((energy.value or 0) / 100)
    assert (ratio.low, ratio.high) == pytest.approx(((energy.low or 0) / 100, (energy.high or 0) / 80))
    assert ratio.proof["saved"] == {"lighting_energy_saved": 100.0}
    assert figures_of(saved=())["platform_energy_ratio"].withheld == "no energy saved is known for this period"


def test_few_noted_hours_are_not_told() -> None:
    energy = figures_of(replace(USED, n_hours=300))["platform_energy"]
    assert energy.value is None
    assert energy.completeness == pytest.approx(300 / 720)


def test_a_size_that_was_not_noted_is_not_zero() -> None:
    figures = figures_of(replace(USED, stored_bytes=None))
    assert figures["platform_energy"].withheld == "the size of the database was not noted"
    assert figures["platform_cpu"].value == 18_000.0


def test_a_territory_without_messages_has_no_footprint() -> None:
    assert figures_of(replace(USED, n_messages=0, n_kept=0)) == {}
