"""The hint about cabinets without current: drawn meters with and without voltage, orders, silence, nonsense."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import numpy as np
import pytest

from analytics.lighting.duty import Floats
from analytics.maintenance import Span, Verdict
from analytics.maintenance.cabinet_tripped import HINT, tell
from store.baseline import ScheduledHours
from store.cabinets import CabinetHours

START = datetime(2026, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
N_HOURS = 20 * 24
AT = 15 * 24  # the hour at which something happens, an hour after midnight in France
ZONE = "Europe/Paris"


def a_cabinet(draws: np.random.Generator | None = None) -> CabinetHours:
    """A cabinet that burns 1 kW from six in the evening to seven in the morning, UTC, twenty days in February."""
    hour = np.arange(N_HOURS) % 24
    watts = np.where((hour >= 18) | (hour < 6), 1000.0, 14.0)
    noise = 1.0 if draws is None else draws.normal(1, 0.01, N_HOURS)
    return CabinetHours(7, "Armoire 7", 5.1, 47.5, START, watts * noise, 230.0 * np.ones(N_HOURS) * noise)


def changed(
    cabinet: CabinetHours, hours: range, watts: float | None = None, volts: float | None = None
) -> CabinetHours:
    """Let other values stand in some hours."""

    def put(series: Floats, value: float | None) -> Floats:
        return series if value is None else np.where(np.isin(np.arange(N_HOURS), list(hours)), value, series)

    return replace(cabinet, watts=put(cabinet.watts, watts), volts=put(cabinet.volts, volts))


def told(cabinet: CabinetHours, *schedules: ScheduledHours) -> list[Verdict]:
    """Tell the last ten days, hour by hour."""
    ends = tuple(START + n * HOUR for n in range(10 * 24 + 1, N_HOURS + 1))
    return tell(([cabinet], schedules), Span(ends[0] - HOUR, ends[-1], ZONE, ends))


def present(verdicts: list[Verdict]) -> list[Verdict]:
    """Keep those that say it is there."""
    return [verdict for verdict in verdicts if verdict.is_present]


def test_breaker_that_takes_the_meters_voltage_is_told_by_day_too() -> None:
    noon = range(AT + 11, AT + 20)
    found = told(changed(a_cabinet(), noon, watts=0.0, volts=0.0))
    assert present(found)[0].at == START + (AT + 13) * HOUR
    assert {verdict.started_at for verdict in present(found)} == {START + (AT + 11) * HOUR}
    gone = [verdict.at for verdict in found if verdict.is_present is False]
    assert min(at for at in gone if at > START + AT * HOUR) == START + (AT + 20) * HOUR


def test_meter_of_voltage_alone_tells_that_there_is_none() -> None:
    without_power = replace(a_cabinet(), watts=np.full(N_HOURS, np.nan))
    found = told(changed(without_power, range(AT + 11, AT + 20), volts=0.0))
    assert present(found)[0].at == START + (AT + 13) * HOUR
    assert "no voltage" in present(found)[0].sentence_en
    assert max(verdict.at for verdict in present(found)) == START + (AT + 20) * HOUR


def test_lighting_circuit_that_trips_behind_the_meter_is_told_by_its_power() -> None:
    (first, *_) = present(told(changed(a_cabinet(), range(AT, AT + 30), watts=14.0)))
    assert (first.at, first.score, first.severity) == (START + (AT + 2) * HOUR, 2.0, "urgent")
    assert "2 h" in first.sentence_en
    assert "disjoncteur" in first.sentence_fr


@pytest.mark.parametrize(("volts", "is_back_at"), [(0.0, AT + 11), (np.nan, AT + 18)])
def test_long_trip_is_not_over_before_current_is_back(volts: float, is_back_at: int) -> None:
    """Six days, told day by day: what is usual has gone by then."""
    cabinet = changed(a_cabinet(), range(AT - 6 * 24, AT + 11), watts=0.0, volts=volts)
    ends = [START + n * HOUR for n in range(8 * 24 + 1, N_HOURS + 1)]
    days = [tuple(ends[begin : begin + 24]) for begin in range(0, len(ends), 24)]
    verdicts = [
        verdict
        for day in days
        for verdict in tell((up_to(cabinet, day[-1]), ()), Span(day[0] - HOUR, day[-1], ZONE, day))
    ]
    tripped_at = START + (AT - 6 * 24) * HOUR
    assert tripped_at < present(verdicts)[0].at < tripped_at + 20 * HOUR
    gone = [verdict.at for verdict in verdicts if verdict.is_present is False and verdict.at > tripped_at]
    assert gone[0] == START + is_back_at * HOUR


@pytest.mark.parametrize("left_w", [0.0, 14.0, 30.0, 90.0])
def test_what_a_tripped_circuit_leaves_is_no_light_after_days(left_w: float) -> None:
    """A router or a heater beside dark lamps for eleven days, read day by day no farther back than the hint reaches."""
    begin, end = 8 * 24, 19 * 24
    gear = replace(a_cabinet(), watts=a_cabinet().watts + left_w)
    cabinet = changed(gear, range(begin, end), watts=left_w)
    days = [tuple(START + (day + n) * HOUR for n in range(1, 25)) for day in range(begin, N_HOURS, 24)]
    verdicts = [
        verdict
        for day in days
        for verdict in tell((since_reach(cabinet, day[0], day[-1]), ()), Span(day[0] - HOUR, day[-1], ZONE, day))
    ]
    assert present(verdicts)[0].at == START + (begin + 2) * HOUR
    gone = [verdict.at for verdict in verdicts if verdict.is_present is False]
    assert min(gone) == START + end * HOUR


def test_meter_without_voltage_series_is_judged_by_its_power() -> None:
    blind = changed(a_cabinet(), range(N_HOURS), volts=np.nan)
    assert present(told(changed(blind, range(AT, AT + 30), watts=0.0)))
    assert not present(told(blind))


def test_hours_that_the_council_ordered_off_are_none_of_its_faults() -> None:
    nights = [hour for hour in range(12 * 24, N_HOURS) if hour % 24 in (22, 23, 0, 1, 2, 3)]
    hours = np.arange(N_HOURS)
    dark = replace(a_cabinet(), watts=np.where(np.isin(hours, nights), 14.0, a_cabinet().watts))
    order = ScheduledHours(7, "switch_off", time(23), time(5), 0.0, date(2026, 2, 12), None)
    assert not present(told(dark, order))
    assert present(told(dark))


def test_silent_meter_is_not_dark() -> None:
    assert not present(told(changed(a_cabinet(), range(AT, AT + 40), watts=np.nan, volts=np.nan)))


def test_nights_that_grow_shorter_and_new_lamps_are_no_trips() -> None:
    """From one day to the next lamps burn at two fifths of what they did, and an hour less at both ends."""
    hour, day = np.arange(N_HOURS) % 24, np.arange(N_HOURS) // 24
    is_late = day >= 14
    burns = (hour >= 18 + is_late) | (hour < 6 - is_late)
    watts = np.where(burns, np.where(is_late, 400.0, 1000.0), 14.0)
    assert not present(told(replace(a_cabinet(), watts=watts)))


def test_noise_tells_nothing_in_two_hundred_cabinets() -> None:
    draws = np.random.default_rng(5)
    assert not any(present(told(a_cabinet(draws))) for _ in range(200))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, 1e300, -5.0])
def test_any_number_is_answered(value: float) -> None:
    for hours in (range(N_HOURS), range(AT, AT + 9)):
        verdicts = told(changed(a_cabinet(), hours, watts=value, volts=value))
        assert all(np.isfinite(verdict.score) for verdict in verdicts)


def test_parts_told_one_by_one_say_the_same() -> None:
    """As long as what is read reaches back as far: an episode that goes on is known from its begin."""
    cabinet = changed(a_cabinet(), range(AT, AT + 30), watts=0.0, volts=0.0)
    ends = tuple(START + n * HOUR for n in range(10 * 24 + 1, N_HOURS + 1))
    whole = [(one.at, one.started_at, one.score) for one in present(told(cabinet))]
    parts = [
        (one.at, one.started_at, one.score)
        for begin, end in pairwise((ends[0] - HOUR, *ends[5::7], ends[-1]))
        for one in present(
            tell((up_to(cabinet, end), ()), Span(begin, end, ZONE, tuple(at for at in ends if begin < at <= end)))
        )
    ]
    assert parts == whole
    assert timedelta(days=7) < HINT.reach


def up_to(cabinet: CabinetHours, end: datetime) -> list[CabinetHours]:
    """Cut a cabinet's hours off at an instant."""
    n = (end - START) // HOUR
    return [replace(cabinet, watts=cabinet.watts[:n], volts=cabinet.volts[:n])]


def since_reach(cabinet: CabinetHours, begin: datetime, end: datetime) -> list[CabinetHours]:
    """Cut a cabinet's hours to those that are read to tell a span, without voltage."""
    first = max(0, (begin - HOUR - HINT.reach - START) // HOUR)
    (known,) = up_to(cabinet, end)
    watts = known.watts[first:]
    return [replace(known, begins_at=START + first * HOUR, watts=watts, volts=np.full(watts.size, np.nan))]
