"""A sensor that slowly leaves those that breathe the same air: a room's and the return air of its building's unit, the
rooms of a building, the weather station and the outdoor air of units.

Of each pair the difference of daily means is followed: what both feel (weather, heating, people) cancels out. Its
median over the last three days against its first ten is the pair's shift; a sensor's own is the middle one of its
pairs, towards nothing, so that one that drifts does not accuse its neighbours. Of only two the one named first above
is accused, and the other is told. It counts from 0.8 K (a room sensor is good to 0.3 to 0.5 K: EN 15757, ISO 7726) and
four times what the differences change from day to day. What changes by as much from one day to the next is no drift but
a sensor that was calibrated, changed or moved: its clock starts again, and nothing is told until it is known whether
that change stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from analytics.maintenance import Hint, Level, Span, Verdict, absent
from analytics.sentence import french_number, local_day, local_day_fr, lowered
from analytics.spread import spread_of_steps
from store.series_days import SeriesDays, read_series_days

# Which sensors feel the same: asset type, quantity, channel (None: any), in the order in which they are suspected.
ROOM = (("building_zone", "temperature", None), ("air_handling_unit", "air_temperature", "return"))
OUTDOOR = (("weather_station", "temperature", None), ("air_handling_unit", "air_temperature", "outdoor"))
LIMIT_K, QUIET_K = 0.8, 0.4
SURE = 4.0  # times what the difference changes from day to day
N_FIRST, N_LAST, N_STEP = 10, 3, 3
LEAST_COVERED_S = 64_800.0
SPEAKS = timedelta(days=3)
REACH = timedelta(days=75)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shift:
    """How far [K] the difference of a pair has moved to what it is now, since when, and the other sensor's name."""

    kelvins: float
    now: float
    limit: float
    since: datetime
    other: str


def tell(series: Sequence[SeriesDays], span: Span) -> list[Verdict]:
    """Judge each sensor at each midnight; `score` is its shift over the smallest that counts."""
    groups = [group for group in companies(series) if len(group) > 1]
    return [verdict for part in span.parts() for group in groups for verdict in judge(group, part)]


def companies(series: Sequence[SeriesDays]) -> Iterable[list[SeriesDays]]:
    """Put together what feels the same, those suspected first in front."""
    rooms = [(one.parent_id or 0, rank, one) for one in series if (rank := rank_of(one, ROOM)) is not None]
    rooms = [entry for entry in rooms if entry[0]]
    outdoor = [(0, rank, one) for one in series if (rank := rank_of(one, OUTDOOR)) is not None]
    for family in (rooms, outdoor):
        ordered = sorted(family, key=lambda entry: (entry[0], entry[1], entry[2].series_id))
        yield from ([one for *_, one in group] for _, group in groupby(ordered, key=lambda entry: entry[0]))


def rank_of(series: SeriesDays, family: Sequence[tuple[str, str, str | None]]) -> int | None:
    """Give the place of a series in a family, None where it is no part of it."""
    for rank, (asset_type, quantity, channel) in enumerate(family):
        if (series.asset_type, series.quantity) == (asset_type, quantity) and channel in (None, series.channel):
            return rank
    return None


def judge(group: Sequence[SeriesDays], span: Span) -> Iterable[Verdict]:
    """Compare each sensor of a company with all others."""
    since = span.ends_at - REACH
    known = [daily(one, span.ends_at, since) for one in group]
    suspects = range(1) if len(group) == 2 else range(len(group))
    for index in suspects:
        others = [other for other in range(len(group)) if other != index]
        shifts = [shift_of(known[index], known[other], group[other].name, span) for other in others]
        found = sorted((shift for shift in shifts if shift is not None), key=lambda shift: abs(shift.kelvins))
        middle = found[(len(found) - 1) // 2] if found else None
        verdict = conclude(group[index], middle, span, len(group))
        yield replace(verdict, level=level_of(found, middle)) if middle else verdict


def level_of(shifts: Sequence[Shift], own: Shift) -> Level:
    """Give by how much [K] a sensor lies above the middle of the others, and usually does."""
    now = float(np.median([shift.now for shift in shifts]))
    return Level(now, now - own.kelvins)


def daily(series: SeriesDays, at: datetime, since: datetime) -> dict[datetime, float]:
    """Give the means of the days that are known well enough."""
    known = series.before(at, since)
    rows = zip(series.days[known], series.means[known], series.covered_s[known], strict=True)
    return {day: mean for day, mean, covered_s in rows if covered_s >= LEAST_COVERED_S}


def shift_of(own: dict[datetime, float], other: dict[datetime, float], name: str, span: Span) -> Shift | None:
    """Compare the last days of a pair with its first; None where too few are known."""
    days = sorted(own.keys() & other.keys())
    if len(days) < N_FIRST + N_LAST or span.ends_at - days[-1] > SPEAKS:
        return None
    apart = np.array([own[day] - other[day] for day in days])
    limit = max(LIMIT_K, SURE * spread_of_steps(apart))
    first = last_step(apart, limit)
    days, apart = days[first:], apart[first:]
    if apart.size < N_FIRST + N_LAST:
        return Shift(0.0, float(np.median(apart)), limit, days[0], name)
    usual, now = float(np.median(apart[:N_FIRST])), float(np.median(apart[-N_LAST:]))
    kelvins = now - usual
    if abs(kelvins) >= limit and has_just_stepped(apart, limit):
        return None
    beyond = np.flatnonzero(np.sign(kelvins) * (apart - usual) < limit / 2)
    return Shift(kelvins, now, limit, days[min(int(beyond[-1]) + 1, len(days) - 1) if beyond.size else 0], name)


def last_step(apart: Floats, limit: float) -> int:
    """Give the place after the last change by the limit from one day to the next that stays for three days; 0: none."""
    middles = np.median(np.lib.stride_tricks.sliding_window_view(apart, N_STEP), axis=1)
    stays = np.abs(middles[N_STEP:] - middles[:-N_STEP]) >= limit
    at_once = np.abs(np.diff(apart))[N_STEP - 1 : -(N_STEP - 1)] >= limit / 2
    found = np.flatnonzero(stays & at_once)
    return int(found[-1]) + N_STEP if found.size else 0


def has_just_stepped(apart: Floats, limit: float) -> bool:
    """Say whether the last two days lie by the limit off the three before, at once: it is not known yet if it stays."""
    before, last = float(np.median(apart[-2 - N_STEP : -2])), float(np.median(apart[-2:]))
    return abs(last - before) >= limit and abs(float(apart[-2] - apart[-3])) >= limit / 2


def conclude(series: SeriesDays, shift: Shift | None, span: Span, n_sensors: int) -> Verdict:
    """Say whether a sensor has drifted."""
    if shift is None or abs(shift.kelvins) < shift.limit:
        is_gone = shift is not None and abs(shift.kelvins) < QUIET_K
        return absent(series, span, False if is_gone else None)
    return present(series, shift, span, n_sensors)


def present(series: SeriesDays, shift: Shift, span: Span, n_sensors: int) -> Verdict:
    """Say how far a sensor has drifted, against which other."""
    more = shift.kelvins > 0
    kelvins, usual = f"{abs(shift.kelvins):.1f}", f"{shift.limit:.1f}"
    or_en, or_fr = (f" (or {shift.other} does)", f" (ou {shift.other})") if n_sensors == 2 else ("", "")
    return Verdict(
        series.asset_id,
        span.ends_at,
        True,
        shift.since,
        score=abs(shift.kelvins) / shift.limit,
        severity="warning",
        sentence_en=(
            f"{series.name}: the {lowered(series.quantity_en)} sensor drifts{or_en}: {kelvins} K"
            f" {'more' if more else 'less'} against {shift.other} than before, since"
            f" {local_day(shift.since, span.time_zone)}; at most {usual} K is usual."
            " To do: compare with a reference thermometer, calibrate or change the sensor."
        ),
        sentence_fr=(
            f"{series.name} : le capteur de {lowered(series.quantity_fr)} dérive{or_fr} : {french_number(kelvins)} K de"
            f" {'plus' if more else 'moins'} qu'avant par rapport à {shift.other}, depuis le"
            f" {local_day_fr(shift.since, span.time_zone)} ; au plus {french_number(usual)} K d'habitude."
            " À faire : comparer à un thermomètre de référence, étalonner ou changer le capteur."
        ),
        evidence={
            "shift_k": round(shift.kelvins, 2),
            "limit_k": round(shift.limit, 2),
            "against": shift.other,
            "curve_from": (span.ends_at - REACH).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
        device_id=series.device_id,
        series_id=series.series_id,
    )


HINT = Hint(
    name="sensor_drift",
    asset_types=("building_zone", "air_handling_unit", "weather_station"),
    rhythm="day",
    reach=REACH,
    version="2",
    read=partial(read_series_days, quantities=("temperature", "air_temperature")),
    tell=tell,
    stride=timedelta(days=28),
)
