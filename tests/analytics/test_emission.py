"""Emission factors: the territory's own first, by the day they hold on; none where none is known."""

from datetime import date

from analytics.emission import DIESEL, ELECTRICITY, PUBLISHED, factor_on
from store.baseline import DatedFactor

OWN = DatedFactor(ELECTRICITY, 0.02, "kg/(kW.h)", "contract", date(2025, 1, 1), date(2026, 1, 1))


def test_own_factor_wins_on_its_days_only() -> None:
    assert factor_on(ELECTRICITY, date(2025, 12, 31), [OWN]) == OWN
    published = factor_on(ELECTRICITY, date(2026, 1, 1), [OWN])
    assert published is not None
    assert published.value == 0.0519
    assert factor_on(DIESEL, date(2025, 6, 1), [OWN]) != OWN


def test_before_the_first_factor_none_is_known() -> None:
    assert factor_on(ELECTRICITY, date(2019, 6, 1)) is None
    assert factor_on("no such kind", date(2025, 6, 1)) is None


def test_every_published_factor_says_its_unit_and_where_it_was_read() -> None:
    assert all(one.unit and one.source and one.value > 0 for one in PUBLISHED)
