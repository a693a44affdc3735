"""What lamps owe: astronomical hours, the commune's hours over midnight, changes of the clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from analytics.baseline.nights import Place, dark_hours
from analytics.lighting.duty import Duty, duty_of, levels_left, make_clock
from store.baseline import ScheduledHours

ZONE = "Europe/Paris"
LYON = Place(4.85, 45.76, ZONE, 3.0)
BEGIN, END = datetime(2025, 1, 1, 11, tzinfo=UTC), datetime(2026, 1, 1, 11, tzinfo=UTC)
OFF = ScheduledHours(1, "switch_off", time(23, 30), time(5), 0.0, date(2025, 1, 1), None)
DIM = ScheduledHours(1, "dimming", time(22), time(6), 0.6, date(2025, 1, 1), None)


def a_duty(*entries: ScheduledHours, begin: datetime = BEGIN, end: datetime = END) -> Duty:
    return duty_of(make_clock(begin, end, ZONE), LYON, entries)


def test_dark_hours_of_a_year_are_those_of_the_nights() -> None:
    """4,128.5 hours of a year in Lyon by NREL's SPA (sun lower than 3 degrees), the same as night by night."""
    by_night = sum(dark_hours(date(2025, 1, 1) + timedelta(days=n), LYON) for n in range(365))
    assert a_duty().dark.sum() == pytest.approx(by_night, abs=1.0)
    assert a_duty().dark.sum() == pytest.approx(4128.5, abs=1)


def test_hours_share_out_the_dark() -> None:
    """Full light, dimmed and off add up to the dark; five and a half hours of each night are off."""
    duty = a_duty(OFF, DIM)
    assert duty.levels == (1.0, 0.6)
    assert (duty.owed + duty.off).sum() == pytest.approx(duty.dark.sum())
    assert duty.off.sum() == pytest.approx(5.5 * 365, abs=1)
    assert set(duty.level.round(6)) <= {0.6, 1.0} | set(duty.level[(duty.level > 0.6) & (duty.level < 1)].round(6))


def test_a_switched_off_night_counts_its_true_hours_when_the_clock_changes() -> None:
    """In the night to 30 March 2025 civil time skips from 2 to 3: of 23:30 to 5:00 an hour is missing."""
    begin = datetime(2025, 3, 29, 11, tzinfo=UTC)
    assert a_duty(OFF, begin=begin, end=datetime(2025, 3, 30, 10, tzinfo=UTC)).off.sum() == pytest.approx(4.5)
    autumn = datetime(2025, 10, 25, 10, tzinfo=UTC)
    assert a_duty(OFF, begin=autumn, end=datetime(2025, 10, 26, 11, tzinfo=UTC)).off.sum() == pytest.approx(6.5)


def test_hours_end_on_their_day() -> None:
    ended = ScheduledHours(1, "switch_off", time(0), time(5), 0.0, date(2025, 1, 5), date(2025, 1, 7))
    clock = make_clock(BEGIN, BEGIN + timedelta(days=10), ZONE)
    assert (levels_left(clock, [ended]) == 0).sum() == 2 * 300


def test_hours_hold_on_their_weekdays_and_nights_belong_to_the_evening() -> None:
    """Off from 23:30 to 5:00 on Fridays and Saturdays only: Friday the 3rd and Saturday the 4th of January 2025."""
    weekend = replace(OFF, weekdays=(4, 5))
    monday = datetime(2024, 12, 29, 23, tzinfo=UTC)
    clock = make_clock(monday, monday + timedelta(days=7), ZONE)
    off = levels_left(clock, [weekend]) == 0
    assert off.sum() == 2 * 330
    assert set(clock.day[off].tolist()) == {date(2025, 1, n).toordinal() for n in (3, 4, 5)}


def test_other_kinds_of_hours_leave_the_light_alone() -> None:
    clock = make_clock(BEGIN, BEGIN + timedelta(days=1), ZONE)
    heating = ScheduledHours(1, "heating", time(0), time(0), 0.0, date(2025, 1, 1), None)
    assert levels_left(clock, [heating]).min() == 1.0


def test_polar_night_and_day() -> None:
    north = Place(19.0, 69.6, "Europe/Oslo", 3.0)
    for month, share in ((12, 1.0), (6, 0.0)):
        begin = datetime(2025, month, 20, 11, tzinfo=UTC)
        clock = make_clock(begin, begin + timedelta(days=2), "Europe/Oslo")
        dark = duty_of(clock, Place(19.0, 89.0, "Europe/Oslo", 0.833), ()).dark
        assert dark.mean() == pytest.approx(share, abs=0.01)
    assert north.latitude < 89
