"""A battery that is nearly empty, or will be within three weeks at the pace of its last week.

Pace is the median of the slopes between all pairs of the last week's days (Theil-Sen), so that one odd value and a
rounding to whole percents do not set it; the 90 % interval of the days left is that of this median (Sen 1968, by
ranks). A battery that only tells its voltage counts as full at what it usually gives and as empty at four fifths of
that: 3.6 V to 2.9 V (Li-SOCl2), 3.0 V to 2.4 V (Li-MnO2, two alkaline cells). What it usually gives is of half a year:
alkaline cells lose it over months.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analytics.maintenance import Hint, Level, Span, Verdict, absent
from analytics.maintenance.gauges import pair_slopes
from analytics.sentence import local_day, local_day_fr
from analytics.spread import NORMAL_90
from store.series_days import SeriesDays, read_series_days

LOW_PERCENT, EMPTY_PERCENT, SAFE_PERCENT = 10.0, 5.0, 15.0
AHEAD_DAYS = 21.0  # to plan a round and change it
FAR_DAYS = 3 * AHEAD_DAYS  # as the end of an interval no day is named beyond
LEAST_FALL = 4.0  # points in the last week; less is wear or a cold spell
N_DAYS, LEAST_DAYS = 8, 5
CUT_OFF = 0.8  # of the usual voltage
LEAST_VOLTS = 0.5  # below, nothing runs
SPEAKS = timedelta(days=3)
REACH, VOLTS_REACH = timedelta(days=60), timedelta(days=180)
DAY_S = 86_400.0
Floats = NDArray[np.float64]


class Charge(NamedTuple):
    """What is left of a battery [%], for how many days at its pace, between which two of them (the last None: far)."""

    percent: float
    days_left: float
    between: tuple[float, float | None] | None


def tell(series: Sequence[SeriesDays], span: Span) -> list[Verdict]:
    """Judge each battery at each midnight; `score` is three weeks over the time left, 1 and more."""
    return [judge(one, part) for part in span.parts() for one in series]


def judge(series: SeriesDays, span: Span) -> Verdict:
    """Look at the last days of one battery."""
    known = series.before(span.ends_at, span.ends_at - (REACH if series.unit == "%" else VOLTS_REACH))
    days, percent = series.days[known], charge(series, known)
    if not days or span.ends_at - days[-1] > SPEAKS:
        return absent(series, span, None)
    at = np.array([day.timestamp() / DAY_S for day in days])
    recent = at > at[-1] - N_DAYS
    pace, fall = pace_of(at[recent], percent[recent])
    now = float(np.median(percent[-2:]))
    left = 0.0 if now <= EMPTY_PERCENT else (now - EMPTY_PERCENT) / pace if pace > 0 else np.inf
    is_falling = fall >= LEAST_FALL and left <= AHEAD_DAYS
    level = level_of(series, known)
    if not is_falling and now > LOW_PERCENT:
        return absent(series, span, False if now > SAFE_PERCENT and left > 2 * AHEAD_DAYS else None, level)
    since = first_below(days, percent, float(percent.max()) - 2 if is_falling else LOW_PERCENT)
    how = ("falling", "en baisse") if is_falling else (f"below {LOW_PERCENT:.0f} %", f"sous {LOW_PERCENT:.0f} %")
    charged = Charge(now, min(float(left), AHEAD_DAYS), days_between(at[recent], percent[recent], now))
    return replace(present(series, span, charged, since, how), level=level)


def days_between(at: Floats, percent: Floats, now: float) -> tuple[float, float | None] | None:
    """Give the days left at the steepest and at the flattest pace that the last days allow, the second None: months.

    The 90 % interval of Theil and Sen's slope (P. K. Sen, doi:10.1080/01621459.1968.10480934, section 4): those pairs'
    slopes that lie as many ranks off the median as Kendall's statistic scatters. None of too few days, or of a battery
    that is empty or does not fall.
    """
    n = at.size
    if n < LEAST_DAYS or now <= EMPTY_PERCENT:
        return None
    paces = np.sort(-pair_slopes(at, percent))
    off = NORMAL_90 * np.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    flat = paces[max(int((paces.size - off) / 2) - 1, 0)]
    steep = paces[min(int((paces.size + off) / 2), paces.size - 1)]
    if not steep > 0:
        return None
    late = (now - EMPTY_PERCENT) / flat if flat > 0 else np.inf
    return float((now - EMPTY_PERCENT) / steep), float(late) if late <= FAR_DAYS else None


def level_of(series: SeriesDays, known: slice) -> Level | None:
    """Give a battery's voltage and its usual one; None of one that tells its charge, for which nothing is learnt."""
    if series.unit == "%":
        return None
    return Level(float(np.median(series.lows[known][-2:])), usual_of(series, known))


def usual_of(series: SeriesDays, known: slice) -> float:
    """Give the voltage that a battery usually gives."""
    return float(np.quantile(series.highs[known], 0.9))


def charge(series: SeriesDays, known: slice) -> Floats:
    """Give the charge [%] at the end of each day; of a voltage between its usual height and the cut-off."""
    values = np.array(series.lows[known])
    if series.unit == "%":
        return values
    usual = usual_of(series, known) if values.size else 0.0
    if usual < LEAST_VOLTS:
        return np.zeros_like(values)
    share: Floats = np.clip((values / usual - CUT_OFF) / (1 - CUT_OFF), 0, 1)
    return 100 * share


def pace_of(at: Floats, percent: Floats) -> tuple[float, float]:
    """Give points lost a day, and points lost in these days; none where they are too few."""
    if at.size < LEAST_DAYS:
        return 0.0, 0.0
    slope = float(np.median(pair_slopes(at, percent)))
    return -slope, -slope * float(at[-1] - at[0])


def first_below(days: Sequence[datetime], percent: Floats, level: float) -> datetime:
    """Give the day since which the charge has not been above a level."""
    above = np.flatnonzero(percent > level)
    return days[min(int(above[-1]) + 1, len(days) - 1) if above.size else 0]


def empty_by(span: Span, left: Charge) -> tuple[str, str]:
    """Say when a battery is empty that has days left, in English and French; nothing where that is far."""
    if left.days_left >= AHEAD_DAYS:
        return "", ""
    if left.days_left < 1:
        return "; as good as empty", " ; elle est à plat ou presque"
    day = span.ends_at + timedelta(days=left.days_left)
    within_en, within_fr = within_days(span, left.between)
    by_en = f"; empty by {local_day(day, span.time_zone)} at this pace{within_en}"
    return by_en, f" ; vide d'ici le {local_day_fr(day, span.time_zone)} à ce rythme{within_fr}"


def within_days(span: Span, between: tuple[float, float | None] | None) -> tuple[str, str]:
    """Say the first and the last day of an interval, the first alone where the last is far; nothing of a single day."""
    if between is None:
        return "", ""
    early, late = between
    first = span.ends_at + timedelta(days=early)
    first_en, first_fr = local_day(first, span.time_zone), local_day_fr(first, span.time_zone)
    if late is None:
        return f", not before {first_en}", f", pas avant le {first_fr}"
    last = span.ends_at + timedelta(days=late)
    last_en, last_fr = local_day(last, span.time_zone), local_day_fr(last, span.time_zone)
    if last_en == first_en:
        return "", ""
    return f", between {first_en} and {last_en}", f", entre le {first_fr} et le {last_fr}"


def present(series: SeriesDays, span: Span, left: Charge, since: datetime, how: tuple[str, str]) -> Verdict:
    """Say how much is left of a battery, for how many days, and since when it is how."""
    by_en, by_fr = empty_by(span, left)
    is_near = 1 <= left.days_left < AHEAD_DAYS
    return Verdict(
        series.asset_id,
        span.ends_at,
        True,
        since,
        score=AHEAD_DAYS / max(left.days_left, 0.5),
        severity="urgent" if left.days_left <= 7 else "warning",
        sentence_en=(
            f"{series.name}: the battery is at {left.percent:.0f} %, {how[0]} since"
            f" {local_day(since, span.time_zone)}{by_en}. To do: change the battery."
        ),
        sentence_fr=(
            f"{series.name} : la pile est à {left.percent:.0f} %, {how[1]} depuis le"
            f" {local_day_fr(since, span.time_zone)}{by_fr}. À faire : changer la pile."
        ),
        evidence={
            "charge_percent": round(left.percent, 1),
            "days_left": round(left.days_left, 1) if left.days_left < AHEAD_DAYS else None,
            "days_left_interval": interval_of(left.between) if is_near else None,
            "low_at_percent": LOW_PERCENT,
            "curve_from": (span.ends_at - REACH).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
        device_id=series.device_id,
        series_id=series.series_id,
    )


def interval_of(between: tuple[float, float | None] | None) -> dict[str, float | None] | None:
    """Write an interval as evidence."""
    if between is None:
        return None
    return {"early": round(between[0], 1), "late": None if between[1] is None else round(between[1], 1)}


HINT = Hint(
    name="battery_low",
    asset_types=(),
    rhythm="day",
    reach=VOLTS_REACH,
    version="1",
    read=partial(read_series_days, quantities=("battery_level", "battery_voltage")),
    tell=tell,
    stride=timedelta(days=28),
)
