"""Nights of a meter: how long it was dark, and what was counted in stretches that the meter accounts for.

A night goes from noon to noon of civil time and is named by the day it begins on. A counter goes on counting while
its gateway is silent, so what it counted is known for the whole silence but not for each of its nights: those are
joined into one stretch.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from astral import Observer, SunDirection
from astral.sun import elevation, time_of_transit

from store.baseline import MeteredDay

NOON = time(12)
DAY = timedelta(days=1)
TOLERANCE_S = 1200.0  # by which a stretch may differ from the time its meter accounts for
LONGEST_DAYS = 7
TENTHS = 1  # digits of a degree, so that neighbours share what was computed

Counted = tuple[date, MeteredDay | None]  # None: the meter said nothing that day


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive nights from `first` on: hours of dark, energy and its off-peak part [kW.h]."""

    first: date
    n_nights: int
    dark_h: float
    kwh: float
    off_peak_kwh: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a meter hangs: degrees (WGS 84), civil time, and how far below the horizon the sun is when lamps burn."""

    longitude: float
    latitude: float
    time_zone: str
    depression: float = 0.833


def join_nights(counted: Sequence[MeteredDay], place: Place) -> list[Stretch]:
    """Join the nights of one asset's meters into stretches that the counters account for; polar days are left out."""
    groups = join_days(counted, lambda night: length_s(night, NOON, place.time_zone))
    stretches = (close_stretch(group, place) for group in groups)
    return [stretch for stretch in stretches if stretch.dark_h > 0]


def join_days(counted: Sequence[MeteredDay], length_of: Callable[[date], float]) -> list[list[Counted]]:
    """Join days (or nights) of one asset's meters into groups of consecutive ones that the counters account for.

    Parameters
    ----------
    counted
        Of one asset, in order of series and day; several meters are added up where all of them speak.
    length_of
        Gives the seconds of a day.
    """
    groups: list[list[Counted]] = []
    held: list[Counted] = []
    for day, row in every_day(add_meters(counted)):
        if abs(unaccounted_s([(day, row)], length_of)) <= TOLERANCE_S:
            held = []  # what was missing before is not in this day's count, so it is lost
        held.append((day, row))
        missing_s = unaccounted_s(held, length_of)
        if abs(missing_s) <= TOLERANCE_S:
            groups.append(held)
        if missing_s <= TOLERANCE_S or len(held) > LONGEST_DAYS:
            held = []
    return groups


def unaccounted_s(held: Sequence[Counted], length_of: Callable[[date], float]) -> float:
    """Give the seconds of some days that the counter does not account for; below 0: it tells of earlier ones."""
    return sum(length_of(day) - (row.span_s if row else 0.0) for day, row in held)


def add_meters(counted: Sequence[MeteredDay]) -> list[MeteredDay]:
    """Add up the meters of an asset by day; a day that one of them does not account for is left out.

    Where they follow one another, the day of the change is what both counted. Negative energy is not known.
    """
    rows = [row for row in counted if row.increase >= 0]
    by_meter: dict[int, list[date]] = {}
    for row in rows:
        by_meter.setdefault(row.series_id, []).append(row.day)
    if len(by_meter) <= 1:
        return rows
    is_change = are_successive([(days[0], days[-1]) for days in by_meter.values()])
    by_day: dict[date, list[MeteredDay]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    told = [own for _, own in sorted(by_day.items()) if is_change or len(own) == len(by_meter)]
    return [add_up(own, is_change) for own in told]


def are_successive(spans: Sequence[tuple[date, date]]) -> bool:
    """Say whether meters follow one another, sharing the day of the change at most."""
    ordered = sorted(spans)
    return all(one[1] <= other[0] for one, other in pairwise(ordered))


def add_up(rows: Sequence[MeteredDay], is_change: bool) -> MeteredDay:
    """Add up one day; it is accounted for by both meters of a change, else as far as the meter that says least."""
    first = rows[0]
    spans = [row.span_s for row in rows]
    return MeteredDay(
        first.asset_id,
        first.series_id,
        first.day,
        sum(row.increase for row in rows),
        sum(row.off_peak for row in rows),
        sum(spans) if is_change else min(spans),
        sum(row.n_resets for row in rows),
    )


def every_day(rows: Sequence[MeteredDay]) -> Iterable[Counted]:
    """Give each day from the first to the last, with what was counted."""
    if not rows:
        return
    by_day = {row.day: row for row in rows}
    day, last = rows[0].day, rows[-1].day
    while day <= last:
        yield day, by_day.get(day)
        day += DAY


def close_stretch(held: Sequence[Counted], place: Place) -> Stretch:
    """Make one stretch of the nights held."""
    rows = [row for _, row in held if row is not None]
    return Stretch(
        first=held[0][0],
        n_nights=len(held),
        dark_h=sum(dark_hours(day, place) for day, _ in held),
        kwh=sum(row.increase for row in rows),
        off_peak_kwh=sum(row.off_peak for row in rows),
    )


@lru_cache(maxsize=10_000)
def length_s(day: date, begins: time, time_zone: str) -> float:
    """Give the seconds of a civil day, or from noon to noon: 23, 24 or 25 hours."""
    zone = ZoneInfo(time_zone)
    begin, end = (datetime.combine(each, begins, zone).timestamp() for each in (day, day + DAY))
    return end - begin


def dark_hours(night: date, place: Place) -> float:
    """Give the hours with the sun more than `place.depression` degrees under the horizon (NOAA, by `astral`)."""
    return sun_down_h(night, round(place.longitude, TENTHS), round(place.latitude, TENTHS), place.depression)


def observer_at(place: Place) -> Observer:
    """Give who sees the sun at a place, as `dark_hours` counts it."""
    return Observer(round(place.latitude, TENTHS), round(place.longitude, TENTHS))


def dusk_and_dawn(night: date, observer: Observer, depression: float) -> tuple[datetime, datetime]:
    """Give when the sun sinks below a depression on a day, and when it rises above it again (NOAA, by `astral`).

    The depression is that of the sun's middle without refraction: 0.833 degrees is sunset, which counts the usual
    refraction already, so that none is added. Far from Greenwich an instant may belong to another day in UTC.

    Raises
    ------
    ValueError
        It does not.
    """
    zenith = 90.0 + depression
    begin = time_of_transit(observer, night, zenith, SunDirection.SETTING, with_refraction=False)
    end = time_of_transit(observer, night + DAY, zenith, SunDirection.RISING, with_refraction=False)
    return begin, end if end - begin < DAY else end - DAY


@lru_cache(maxsize=100_000)
def sun_down_h(night: date, longitude: float, latitude: float, depression: float) -> float:
    """Give the hours from dusk of a day to the next dawn; 0 or 24 where there is neither."""
    begin, end = sun_down(night, longitude, latitude, depression)
    return (end - begin).total_seconds() / 3600


@lru_cache(maxsize=100_000)
def sun_down(night: date, longitude: float, latitude: float, depression: float) -> tuple[datetime, datetime]:
    """Give dusk of a day and the next dawn; where there is neither, solar noons, or midnight twice."""
    observer = Observer(latitude, longitude)
    try:
        return dusk_and_dawn(night, observer, depression)
    except ValueError:  # polar day or night
        midnight = datetime.combine(night, time(), UTC) + DAY - timedelta(hours=longitude / 15)
        half = timedelta(0) if elevation(observer, midnight) > -depression else DAY / 2
        return midnight - half, midnight + half
