"""Degree days by both methods."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.building.degree_day import costic, is_season, meteo

WARMTH = st.floats(-30, 45)


@pytest.mark.parametrize(
    ("lowest", "highest", "by_meteo", "by_costic"),
    [
        (0.0, 10.0, 13.0, 13.0),  # never at the base: the same
        (12.0, 20.0, 2.0, 6 * (0.08 + 0.42 * 6 / 8)),
        (10.0, 30.0, 0.0, 8 * (0.08 + 0.42 * 8 / 20)),  # warm by day, cold at night
        (19.0, 30.0, 0.0, 0.0),
    ],
)
def test_degree_days_of_a_day(lowest: float, highest: float, by_meteo: float, by_costic: float) -> None:
    assert meteo(lowest, highest) == pytest.approx(by_meteo)
    assert costic(lowest, highest) == pytest.approx(by_costic)


@given(one=WARMTH, other=WARMTH)
def test_costic_is_never_below_nothing_and_near_meteo(one: float, other: float) -> None:
    """At the base itself the two formulas meet within 0 and half the distance."""
    lowest, highest = sorted((one, other))
    told = costic(lowest, highest)
    assert told >= 0
    assert told <= max(0.0, 18 - lowest)
    if highest <= 18:
        assert told == meteo(lowest, highest)


def test_season_ends_with_the_twentieth_of_may() -> None:
    assert is_season(date(2026, 10, 1))
    assert is_season(date(2026, 5, 20))
    assert not is_season(date(2026, 5, 21))
    assert not is_season(date(2026, 9, 30))
    assert (
        sum(
            is_season(date.fromordinal(day))
            for day in range(date(2026, 7, 1).toordinal(), date(2027, 7, 1).toordinal())
        )
        == 232
    )
