"""An air filter that clogs: its resistance against that of the same filter when it was clean.

Resistance is the pressure drop over the square of the fan's speed (the fan laws: pressure goes with the square of
speed in an unchanged duct, ASHRAE Handbook HVAC Systems and Equipment, chapter on fans), as the median of the day's
hours with the fan at 30 % or more. Clean is the tenth percentile of the last sixty days, so that what an ordinary
filter gains in its season does not count; a filter counts as clogged at `CLOGGED` times that for three days, or at
`LOADED` times where the middle slope of two weeks, no step among them, brings it to `SPENT` within thirty days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

import numpy as np

from analytics.maintenance import Hint, Level, Span, Verdict
from analytics.maintenance.gauges import DAY_S, Floats, pair_slopes
from analytics.sentence import local_day, local_day_fr
from store.hints import FilterDay, read_filter_days

CLOGGED, LOADED, CLEAN = 1.6, 1.3, 1.2
SPENT = 2.5  # times clean: to be changed whatever happens
N_DAYS = 3
LEAST_DAYS = 10
TREND_DAYS = 14
LONGEST_AHEAD, SOON_DAYS = 90.0, 30.0
LEAST_FAN_PERCENT = 30.0
REACH = timedelta(days=60)


def tell(days: Sequence[FilterDay], span: Span) -> list[Verdict]:
    """Judge each filter at each midnight; `score` is its resistance in multiples of the clean one, less 1."""
    filters = [list(own) for _, own in groupby(days, key=lambda day: day.asset_id)]
    known = ((part, [day for day in own if is_known(day, part)]) for own in filters for part in span.parts())
    return [judge(own, part) for part, own in known if own]


def is_known(day: FilterDay, part: Span) -> bool:
    """Say whether a day was over at an instant, and not too long ago."""
    return part.ends_at - REACH <= day.day < part.ends_at


def judge(days: list[FilterDay], span: Span) -> Verdict:
    """Compare the last days of a filter with its clean ones."""
    asset_id = days[0].asset_id
    resistance = np.array([day.resistance for day in days])
    if len(days) < LEAST_DAYS or span.ends_at - days[-1].day > timedelta(days=N_DAYS):
        return Verdict(asset_id, span.ends_at, None, span.begins_at)
    clean = max(float(np.quantile(resistance, 0.1)), 1e-9)
    multiples = resistance / clean
    now = float(np.median(multiples[-N_DAYS:]))
    at = np.array([day.day.timestamp() / DAY_S for day in days[-TREND_DAYS:]])
    trend, left = multiples[-TREND_DAYS:], SPENT - now
    slopes = pair_slopes(at, trend)
    is_soon = not has_step(trend) and left <= SOON_DAYS * float(np.median(slopes))
    limit, level = LOADED if is_soon else CLOGGED, Level(now * clean, clean)
    if float(multiples[-N_DAYS:].min()) < limit:
        return Verdict(asset_id, span.ends_at, False if now < CLEAN else None, span.begins_at, level=level)
    since = days[int(np.flatnonzero(multiples < limit)[-1]) + 1].day
    return replace(present(days[-1], span, now, since, days_to_spent(slopes, left)), level=level)


def present(last: FilterDay, span: Span, now: float, since: datetime, ahead: tuple[float, float] | None) -> Verdict:
    """Say that a filter is clogged, and until when it will do."""
    until_en, until_fr, bounds = tell_until(ahead, span)
    times = f"{now:.1f}"
    return Verdict(
        last.asset_id,
        span.ends_at,
        True,
        since,
        score=now - 1,
        severity="urgent" if now >= SPENT else "warning",
        sentence_en=(
            f"{last.name}: the filter's pressure drop is {times} times that when clean, since"
            f" {local_day(since, span.time_zone)}{until_en}. To do: change the filter."
        ),
        sentence_fr=(
            f"{last.name} : la perte de charge du filtre est {times.replace('.', ',')} fois celle du filtre propre,"
            f" depuis le {local_day_fr(since, span.time_zone)}{until_fr}. À faire : changer le filtre."
        ),
        evidence={
            "times_clean": round(now, 3),
            "clogged_at": CLOGGED,
            "spent_at": SPENT,
            **bounds,
            "curve_from": (span.ends_at - timedelta(days=60)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


def tell_until(ahead: tuple[float, float] | None, span: Span) -> tuple[str, str, Mapping[str, str]]:
    """Say when the filter will be spent, as an interval; nothing where it does not get worse."""
    if ahead is None:
        return "", "", {}
    first, last = (span.ends_at + timedelta(days=days) for days in ahead)
    first_en, first_fr = local_day(first, span.time_zone), local_day_fr(first, span.time_zone)
    last_en, last_fr = local_day(last, span.time_zone), local_day_fr(last, span.time_zone)
    bounds = {"spent_from": first.isoformat(), "spent_to": last.isoformat()}
    if ahead[1] >= LONGEST_AHEAD:
        return f"; not spent before {first_en} at this pace", f" ; pas à bout avant le {first_fr} à ce rythme", bounds
    english = f"; spent between {first_en} and {last_en} at this pace"
    return english, f" ; à bout entre le {first_fr} et le {last_fr} à ce rythme", bounds


def has_step(multiples: Floats) -> bool:
    """Say whether half of what changed in these days came from one day to the next: soiled at once, not clogging."""
    return float(np.diff(multiples).max()) > float(np.ptp(multiples)) / 2


def days_to_spent(slopes: Floats, left: float) -> tuple[float, float] | None:
    """Give the days (10 % to 90 %) until a filter is spent by slopes [1/d]; None where it is, or gets no worse."""
    slow, fast = np.quantile(slopes, [0.1, 0.9])
    if left <= 0 or slow <= 0:
        return None
    return min(left / fast, LONGEST_AHEAD), min(left / slow, LONGEST_AHEAD)


HINT = Hint(
    name="fouled_filter",
    asset_types=("air_handling_unit",),
    rhythm="day",
    reach=REACH,
    version="2",
    read=partial(read_filter_days, least_speed_percent=LEAST_FAN_PERCENT),
    tell=tell,
    stride=timedelta(days=28),
    open_at=LOADED - 1,
)
