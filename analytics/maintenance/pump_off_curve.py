"""A pump that draws another power than its flow and head ask for, by its own curve of when it was sound.

The curve (`analytics.rotating.off_curve`) is learnt on those fourteen days in a row on which it drew least for what it
did, of the first half of the last four months: wear that was mended there does not count. Residuals are medians of
days. It is there when their CUSUM (`analytics.rotating.wear`) stands above its limit with the last three days off on
the same side, 3 % in their middle and each half as much, or climbing to 2 % from day to day; gone below 1.5 %. More
power is a worn impeller, a clogged inlet or a worn ring; less is a sensor that is off, or air in the pump. Flow must be
measured on the pump. Head is measured, or what pressure rises by from `inlet` to `outlet`; else the pressure behind the
pump takes its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np

from analytics.grouping import by_quantity
from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.gauges import DAY_S, Floats, climbs, current, daily_medians, take
from analytics.maintenance.lamps import LEAST_COVERED_S
from analytics.rotating.off_curve import is_running, learn_curve, residuals
from analytics.rotating.wear import LIMIT, N_STEPS, add_up
from analytics.sentence import local_day, local_day_fr
from analytics.spread import spread_of_steps
from store.gauge_hours import GaugeHours, read_gauge_hours

REACH = timedelta(days=120)
N_REFERENCE, LEAST_DAYS = 14, 20
FRESH_S = 3 * DAY_S
OFF, GOING_OFF, NEAR, FAR = 0.03, 0.02, 0.015, 0.2
LEAST_SIGMA = 0.003  # of the logarithm: what meters of power and flow differ by from day to day
LARGEST = 1e9  # of any unit: beyond, and where it is no number, a value is not known
METRES_PER_BAR = 10.197  # of cold water: 1e5 Pa / (1000 kg/m3 * 9.80665 m/s2)
INLET, OUTLET = "inlet", "outlet"
QUANTITIES = ("active_power", "flow", "head", "water_pressure")


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours in which a pump ran: begins [Unix s], flow [m3/h] and head (or pressure) (n_hours, 2), power [W]."""

    pump: GaugeHours
    begins_s: Floats
    duty: Floats
    power: Floats
    has_head: bool


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each pump at each midnight; `score` is by how much it is off, as a share of what is expected."""
    gauges = by_quantity(row for row in rows if not row.channel or row.quantity == "water_pressure")
    return [
        judge(hours, part)
        for part in span.parts()
        for own in gauges.values()
        if (hours := hours_of(own, part.ends_at)) is not None
    ]


def hours_of(own: Mapping[str, Sequence[GaugeHours]], at: datetime) -> Hours | None:
    """Put the hours together that all sensors of a pump know; None without power or flow."""
    power, flow = (current(own.get(name, ()), at, REACH.total_seconds()) for name in ("active_power", "flow"))
    if power is None or flow is None:
        return None
    head = head_of(own, at)
    parts = [power, flow] if head is None else [power, flow, head]
    known = [row.begins_s[(row.covered_s >= LEAST_COVERED_S) & (np.abs(row.mean) <= LARGEST)] for row in parts]
    common = known[0]
    for other in known[1:]:
        common = np.intersect1d(common, other)
    means = [row.mean[np.isin(row.begins_s, common)] for row in parts]
    runs = is_running(means[0])
    third = means[2][runs] if head is not None else np.full(int(runs.sum()), np.nan)
    return Hours(power, common[runs], np.column_stack((means[1][runs], third)), means[0][runs], head is not None)


def head_of(own: Mapping[str, Sequence[GaugeHours]], at: datetime) -> GaugeHours | None:
    """Give a pump's head as measured [m], else the rise of its pressure [m], else the pressure behind it [bar]."""
    reach_s = REACH.total_seconds()
    head, pressures = current(own.get("head", ()), at, reach_s), own.get("water_pressure", ())
    main, inlet, outlet = (
        current([row for row in pressures if row.channel == channel], at, reach_s) for channel in ("", INLET, OUTLET)
    )
    rise = None if inlet is None or outlet is None else rise_between(inlet, outlet)
    return head or rise or main or outlet


def rise_between(inlet: GaugeHours, outlet: GaugeHours) -> GaugeHours | None:
    """Give the head [m] by which pressure [bar] rises, in the hours that both sensors know; None where none is."""
    _, before, behind = np.intersect1d(inlet.begins_s, outlet.begins_s, return_indices=True)
    if not behind.size:
        return None
    low, high = take(inlet, before), take(outlet, behind)
    mean, covered_s = METRES_PER_BAR * (high.mean - low.mean), np.minimum(low.covered_s, high.covered_s)
    return replace(high, quantity="head", channel="", low=mean, mean=mean, high=mean, covered_s=covered_s)


def judge(hours: Hours, span: Span) -> Verdict:
    """Follow a pump's residuals."""
    at = span.ends_at
    unknown = Verdict(hours.pump.asset_id, at, None, span.begins_at)
    sound = soundest(hours, at)
    curve = None if sound is None else learn_curve(hours.duty[sound], hours.power[sound])
    if curve is None:
        return unknown
    each = residuals(curve, hours.duty, hours.power)
    inside = np.isfinite(each)
    days_s, logs = daily_medians(hours.begins_s[inside], each[inside], at.timestamp())
    if days_s.size < LEAST_DAYS or at.timestamp() - days_s[-1] > FRESH_S:
        return unknown
    return conclude(hours, days_s, logs, span)


def soundest(hours: Hours, at: datetime) -> slice | None:
    """Give the hours of the fourteen days of the first half on which a pump drew least for what it did; None of one
    that ran too seldom."""
    days, first = np.unique(np.floor((hours.begins_s - at.timestamp()) / DAY_S), return_index=True)
    if days.size < LEAST_DAYS:
        return None
    bounds = [*first.tolist(), hours.begins_s.size]
    spans = [slice(bounds[day], bounds[day + N_REFERENCE]) for day in range(max(1, days.size // 2 - N_REFERENCE + 1))]
    curve = learn_curve(hours.duty, hours.power)
    if curve is None:
        return None
    each = residuals(curve, hours.duty, hours.power)
    return min(spans, key=lambda span: median_known(each[span]))


def median_known(values: Floats) -> float:
    """Give the median of what is known, infinity where nothing is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else np.inf


def conclude(hours: Hours, days_s: Floats, logs: Floats, span: Span) -> Verdict:
    """Say whether the last days are off on one side."""
    last = logs[-N_STEPS:]
    side = 1.0 if np.median(last) > 0 else -1.0
    sums = add_up(side * logs, spread_of_steps(logs), LEAST_SIGMA)
    is_off = float(np.median(side * last)) >= np.log1p(OFF) and float((side * last).min()) >= np.log1p(NEAR)
    if not (is_off or climbs(side * last, np.log1p(GOING_OFF))) or sums[-1] <= LIMIT:
        is_near = float(np.abs(last).max()) < NEAR
        return Verdict(hours.pump.asset_id, span.ends_at, False if is_near else None, span.begins_at)
    zeros = np.flatnonzero(sums == 0)
    since = datetime.fromtimestamp(float(days_s[int(zeros[-1]) + 1 if zeros.size else 0]), UTC)
    return present(hours, float(np.expm1(np.median(last))), since, span)


def present(hours: Hours, off: float, since: datetime, span: Span) -> Verdict:
    """Say that a pump is off its curve."""
    percent = f"{100 * abs(off):.0f} %"
    head_en, head_fr = (" and its head", " et sa hauteur") if hours.has_head else ("", "")
    more_en, more_fr = ("more", "de plus") if off > 0 else ("less", "de moins")
    do_en = (
        "check impeller, wear rings and strainer" if off > 0 else "check the flow meter, the pressure sensor, and air"
    )
    do_fr = (
        "contrôler la roue, les bagues d'usure et la crépine"
        if off > 0
        else "contrôler le débitmètre, le capteur de pression et la présence d'air"
    )
    return Verdict(
        hours.pump.asset_id,
        span.ends_at,
        True,
        since,
        score=abs(off),
        severity="warning" if abs(off) < FAR else "urgent",
        sentence_en=(
            f"{hours.pump.name} draws {percent} {more_en} power than its own curve gives for its flow{head_en}, for"
            f" {N_STEPS} days and more, since {local_day(since, span.time_zone)}. To do: {do_en}."
        ),
        sentence_fr=(
            f"{hours.pump.name} consomme {percent} {more_fr} que ce que sa propre courbe donne pour son débit{head_fr},"
            f" depuis {N_STEPS} jours au moins, début vers le {local_day_fr(since, span.time_zone)}. À faire :"
            f" {do_fr}."
        ),
        evidence={
            "off_share": round(off, 4),
            "has_head": hours.has_head,
            "quantity": "active_power",
            "curve_from": (since - timedelta(days=14)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="pump_off_curve",
    asset_types=("pump",),
    rhythm="day",
    reach=REACH,
    version="4",
    read=partial(read_gauge_hours, quantities=QUANTITIES, channels=("", INLET, OUTLET)),
    tell=tell,
    stride=timedelta(days=28),
)
