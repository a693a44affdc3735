"""Meters as they are: replaced in mid-year, reset, silent, negative, several side by side."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from analytics.baseline.nights import length_s
from analytics.building.metered import read_meter, stretches_between
from store.building import UsedDay

ZONE = "Europe/Paris"
FIRST = date(2025, 1, 1)
DAY = timedelta(days=1)
WARMTH = {FIRST + n * DAY: 10.0 for n in range(400)}
SPAN = (FIRST, FIRST + 365 * DAY)


def counted(series_id: int, first: int, n: int, amount: float = 10.0) -> list[UsedDay]:
    days = [FIRST + (first + index) * DAY for index in range(n)]
    return [UsedDay(1, series_id, "electricity", day, amount, length_s(day, time(0), ZONE), 0) for day in days]


def known(rows: list[UsedDay]) -> tuple[int, float]:
    """Days that are accounted for and what they come to."""
    stretches = stretches_between(read_meter(rows, 1.0), WARMTH, SPAN, ZONE)
    return (0, 0.0) if stretches is None else (len(stretches.known), float(stretches.periods.kwh.sum()))


def test_meter_replaced_in_mid_year_goes_on() -> None:
    """The old one ends on the day on which the new one begins: that day alone is lost."""
    rows = [*counted(1, 0, 181), *counted(2, 180, 185)]
    assert known(rows) == (364, 3640.0)
    assert read_meter(rows, 1.0).replaced_on == (FIRST + 180 * DAY,)


def test_meter_replaced_after_a_gap_goes_on() -> None:
    assert known([*counted(1, 0, 100), *counted(2, 130, 235)]) == (335, 3350.0)


def test_meter_replaced_while_nobody_read_goes_on() -> None:
    """Between baseline and period a hundred days are not read, and the meter was replaced in them."""
    assert known([*counted(1, 0, 100), *counted(2, 200, 165)]) == (265, 2650.0)


def test_meters_side_by_side_are_added_where_both_speak() -> None:
    rows = [*counted(1, 0, 365), *counted(2, 0, 300, 5.0)]
    assert known(rows) == (300, 4500.0)  # a meter that fell silent is not one that used nothing


def test_reset_and_negative_days_are_left_out_and_counted() -> None:
    rows = counted(1, 0, 365)
    rows[50] = replace(rows[50], n_resets=1, amount=9e5)
    rows[60] = replace(rows[60], amount=-40.0)
    metered = read_meter(rows, 1.0)
    assert known(rows) == (363, 3630.0)
    assert (metered.n_resets, metered.n_negative) == (1, 1)


def test_days_that_the_next_one_accounts_for_are_joined() -> None:
    rows = counted(1, 0, 365)
    late = replace(rows[42], amount=30.0, span_s=rows[40].span_s + rows[41].span_s + rows[42].span_s)
    stretches = stretches_between(read_meter([*rows[:40], late, *rows[43:]], 1.0), WARMTH, SPAN, ZONE)
    assert stretches is not None
    assert stretches.periods.kwh.size == 363
    assert stretches.periods.n_days.max() == 3
    assert stretches.periods.kwh.sum() == pytest.approx(3650)


def test_days_without_weather_are_not_known() -> None:
    cold = {day: 5.0 for day in WARMTH if day.month != 3}
    stretches = stretches_between(read_meter(counted(1, 0, 365), 1.0), cold, SPAN, ZONE)
    assert stretches is not None
    assert len(stretches.known) == 365 - 31


def test_nothing_is_nothing() -> None:
    assert known([]) == (0, 0.0)
