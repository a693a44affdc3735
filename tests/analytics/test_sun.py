"""Dusk and dawn: as exact as lighting needs, on every longitude one night long."""

from datetime import date, timedelta

import numpy as np
import pytest
from astral import Observer

from analytics.baseline.nights import dusk_and_dawn
from analytics.evaluate.sun import GOAL_S, HORIZON, errors_at

DAYS = [date(2026, 1, 1) + timedelta(days=30 * n) for n in range(12)]


@pytest.mark.parametrize("place", [(5.04, 47.36), (-6.0, 60.0), (24.0, 36.0)])
def test_sunset_and_sunrise_are_those_of_spa(place: tuple[float, float]) -> None:
    pytest.importorskip("pvlib")
    ours, cheap, exact = errors_at(place, DAYS)
    assert np.abs(ours - exact).max() < GOAL_S
    assert np.abs(cheap - exact).max() > np.abs(ours - exact).max()


@pytest.mark.parametrize("longitude", range(-180, 181, 15))
def test_a_night_is_shorter_than_a_day_wherever_it_is(longitude: int) -> None:
    for day in DAYS:
        begin, end = dusk_and_dawn(day, Observer(-21.0, longitude), HORIZON)
        assert timedelta(hours=10) < end - begin < timedelta(hours=14)
        noon_to_noon = timedelta(hours=longitude / 15)  # from UTC to solar time
        assert (begin + noon_to_noon).date() == day
