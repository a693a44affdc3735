"""A container that will be full before the next vehicle comes.

The fill rate is the median slope over pairs of values (Theil-Sen; Sen 1968, doi:10.1080/01621459.1968.10480934) of
the last day and a half since the container was emptied, at least half a day of them, so that day and night are both
in it; only pairs at least six hours apart count, and the tenth and ninetieth percentile of their slopes bound the
instant of 100 %. The next vehicle comes as the collection plan says; where none is entered, after the median pause
between the emptyings seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from analytics.maintenance import Hint, Span, Verdict
from analytics.plan import slots_of
from analytics.sentence import local_clock, local_clock_fr
from store.baseline import PlannedRounds, read_plans
from store.hints import FillCurve, read_fill_curves
from store.inputs import Connection, Window

FULL_PERCENT = 100.0
FALL_POINTS = 20.0
LOOK_BACK, LEAST_SPAN = timedelta(hours=36), timedelta(hours=12)
LEAST_APART_S = 6 * 3600.0
LEAST_VALUES = 5
FRESH = timedelta(hours=12)  # a container silent for longer cannot be told
CALM_PERCENT = 85.0
AHEAD = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Fills:
    """Containers and the plans of their rounds."""

    curves: Sequence[FillCurve]
    plans: Sequence[PlannedRounds]


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a container is full: likely, at the earliest, at the latest (None: not in sight)."""

    level: float
    rate_per_h: float
    full_at: datetime
    earliest: datetime
    latest: datetime | None


def read(connection: Connection, window: Window) -> Fills:
    """Read levels and plans."""
    return Fills(read_fill_curves(connection, window), read_plans(connection, window))


def tell(fills: Fills, span: Span) -> list[Verdict]:
    """Judge each container; `score` is the days it will stand full before the next vehicle."""
    return [judge(curve, fills.plans, span) for curve in fills.curves]


def judge(curve: FillCurve, plans: Sequence[PlannedRounds], span: Span) -> Verdict:
    """Compare when a container is full with when it is emptied next."""
    unknown = Verdict(curve.asset_id, span.ends_at, None, span.begins_at)
    emptied = emptyings(curve)
    due = next_due(curve, emptied, plans, span)
    if span.ends_at - curve.times[-1] > FRESH or due is None:
        return unknown
    forecast = forecast_of(curve, emptied)
    if forecast is None or forecast.full_at >= due:
        is_calm = curve.levels[-1] < CALM_PERCENT
        return Verdict(curve.asset_id, curve.times[-1], False if is_calm else None, span.begins_at)
    return present(curve, forecast, due, span)


def emptyings(curve: FillCurve) -> list[int]:
    """Give the positions of the first values after an emptying."""
    falls = -np.diff(np.array(curve.levels))
    return [int(position) + 1 for position in np.flatnonzero(falls > FALL_POINTS)]


def next_due(curve: FillCurve, emptied: Sequence[int], plans: Sequence[PlannedRounds], span: Span) -> datetime | None:
    """Say when the next vehicle comes; None where nobody knows."""
    zone = ZoneInfo(span.time_zone)
    first = span.ends_at.astimezone(zone).date()
    own = [plan for plan in plans if (plan.sector, plan.waste_stream) == (curve.sector, curve.waste_stream)]
    slots = [slot.begins_at for plan in own for slot in slots_of(plan, (first, first + AHEAD), zone)]
    coming = [at for at in slots if at > span.ends_at]
    if coming:
        return min(coming)
    times = [curve.times[position] for position in emptied]
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    if len(pauses) < 2:
        return None
    due = times[-1] + timedelta(seconds=float(np.median(pauses)))
    return max(due, span.ends_at)


def forecast_of(curve: FillCurve, emptied: Sequence[int]) -> Forecast | None:
    """Forecast the instant of 100 %; None where too few values stand since the emptying, or nothing comes in."""
    begin = emptied[-1] if emptied else 0
    since = curve.times[-1] - LOOK_BACK
    kept = [at for at in range(begin, len(curve.times)) if curve.times[at] >= since]
    if curve.levels[-1] >= FULL_PERCENT - 1:
        now = curve.times[-1]
        return Forecast(curve.levels[-1], 0.0, now, now, now)
    if len(kept) < LEAST_VALUES or curve.times[kept[-1]] - curve.times[kept[0]] < LEAST_SPAN:
        return None
    hours = np.array([curve.times[at].timestamp() for at in kept]) / 3600
    levels = np.array([curve.levels[at] for at in kept])
    first, second = np.triu_indices(hours.size, 1)
    apart = (hours[second] - hours[first]) * 3600 >= LEAST_APART_S
    slopes = ((levels[second] - levels[first]) / (hours[second] - hours[first]))[apart]
    slow, rate, fast = np.quantile(slopes, [0.1, 0.5, 0.9])
    if rate <= 0:
        return None
    left = FULL_PERCENT - float(np.median(levels[-2:]))

    def after(pace: float) -> datetime:
        return curve.times[-1] + timedelta(hours=min(left / pace, 24 * 365.0))

    return Forecast(curve.levels[-1], float(rate), after(rate), after(fast), after(slow) if slow > 0 else None)


def present(curve: FillCurve, forecast: Forecast, due: datetime, span: Span) -> Verdict:
    """Say that a container will overflow."""
    zone = span.time_zone
    late = forecast.latest or due
    return Verdict(
        curve.asset_id,
        span.ends_at,
        True,
        span.ends_at,
        score=(due - forecast.full_at).total_seconds() / 86_400,
        severity="urgent" if forecast.level >= FULL_PERCENT - 1 else "warning",
        sentence_en=(
            f"{curve.name} is at {forecast.level:.0f} % and will be full about {local_clock(forecast.full_at, zone)}"
            f" (between {local_clock(forecast.earliest, zone)} and {local_clock(late, zone)}), before the next vehicle"
            f" on {local_clock(due, zone)}. To do: send a vehicle earlier."
        ),
        sentence_fr=(
            f"{curve.name} est à {forecast.level:.0f} % et sera plein vers le {local_clock_fr(forecast.full_at, zone)}"
            f" (entre le {local_clock_fr(forecast.earliest, zone)} et le {local_clock_fr(late, zone)}), avant le"
            f" prochain passage le {local_clock_fr(due, zone)}. À faire : avancer la collecte."
        ),
        evidence={
            "level_percent": forecast.level,
            "rate_percent_per_h": round(forecast.rate_per_h, 3),
            "full_at": forecast.full_at.isoformat(),
            "earliest": forecast.earliest.isoformat(),
            "latest": forecast.latest.isoformat() if forecast.latest else None,
            "next_vehicle": due.isoformat(),
            "curve_from": (span.ends_at - timedelta(days=7)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="overflow_to_come",
    asset_types=("waste_container",),
    rhythm=timedelta(hours=6),
    reach=timedelta(days=14),
    version="1",
    read=read,
    tell=tell,
)
