"""A pump whose bearing wears: its vibration rises above its own, at like speed, and stays there.

Velocity of vibration as ISO 20816-3 takes it; hours at within a tenth of the usual speed, so that a pump that works
more does not count as worn. Days, CUSUM and rule are those of `analytics.maintenance.rising`, clean the twentieth
percentile of the days of three months: it is there above the CUSUM's limit with the last three days at 1.25 times
clean, and gone below 1.12 times. Urgent from 4.5 mm/s on, where the standard's zone D begins for machines of 15 to
300 kW on a rigid base.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np

from analytics.grouping import by_quantity
from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.gauges import DAY_S, current
from analytics.maintenance.rising import REACH, Machine, at_like_load, follow, latest
from analytics.rotating.wear import N_STEPS, WORN
from analytics.sentence import french_number, local_day, local_day_fr, number
from store.gauge_hours import GaugeHours, read_gauge_hours

ZONE_D_MM_S = 4.5
WARM_K = 3.0


class Wear(NamedTuple):
    """What the last days of a pump say: vibration clean and now [mm/s], since when, how much warmer its bearing [K]."""

    clean: float
    now: float
    since: datetime
    warmer_k: float | None


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each pump at each midnight; `score` is its vibration in multiples of the clean one, less 1."""
    gauges = by_quantity(rows)
    pumps = [own for own in gauges.values() if "vibration_velocity" in own]
    told = (judge(own, part) for part in span.parts() for own in pumps)
    return [verdict for verdict in told if verdict is not None]


def judge(own: Machine, span: Span) -> Verdict | None:
    """Compare the last days of a pump with its clean ones; None before its first hour."""
    at = span.ends_at
    vibration, speed = (latest(own, quantity, at) for quantity in ("vibration_velocity", "rotation_speed"))
    if vibration is None:
        return None
    rise = follow(vibration if speed is None else at_like_load(vibration, speed), at)
    if rise is None:
        return Verdict(vibration.asset_id, at, None, span.begins_at)
    if not rise.is_risen:
        return Verdict(vibration.asset_id, at, rise.is_risen, span.begins_at, level=rise.level())
    warmer = warming(own.get("bearing_temperature", ()), at, rise.since)
    return replace(present(vibration, span, Wear(rise.usual, rise.now, rise.since, warmer)), level=rise.level())


def warming(series: Sequence[GaugeHours], at: datetime, since: datetime) -> float | None:
    """Give how much warmer a bearing is in the last days than in the two weeks before the wear [K]."""
    row = current(series, at, (at - since).total_seconds() + 14 * DAY_S)
    if row is None:
        return None
    before = row.mean[row.between(0.0, since.timestamp())]
    now = row.mean[row.between(at.timestamp() - N_STEPS * DAY_S, at.timestamp())]
    return float(np.median(now) - np.median(before)) if before.size and now.size else None


def present(pump: GaugeHours, span: Span, wear: Wear) -> Verdict:
    """Say that a bearing wears."""
    is_warm = wear.warmer_k is not None and wear.warmer_k >= WARM_K
    warm = number(round(wear.warmer_k or 0.0, 1))
    warm_en = f", its bearing is {warm} K warmer" if is_warm else ""
    warm_fr = f", son palier est plus chaud de {french_number(warm)} K" if is_warm else ""
    now, clean, times = (
        number(round(wear.now, 2)),
        number(round(wear.clean, 2)),
        number(round(wear.now / wear.clean, 1)),
    )
    return Verdict(
        pump.asset_id,
        span.ends_at,
        True,
        wear.since,
        score=wear.now / wear.clean - 1,
        severity="urgent" if wear.now >= ZONE_D_MM_S else "warning",
        sentence_en=(
            f"{pump.name}: vibration is {now} mm/s, {times} times its usual {clean} mm/s at like speed, rising since"
            f" {local_day(wear.since, span.time_zone)}{warm_en}. To do: listen to the bearing, grease or change it and"
            " check the alignment before it seizes."
        ),
        sentence_fr=(
            f"{pump.name} : la vibration est de {french_number(now)} mm/s, soit {french_number(times)} fois les"
            f" {french_number(clean)} mm/s habituels à même vitesse, en hausse depuis le"
            f" {local_day_fr(wear.since, span.time_zone)}{warm_fr}. À faire : écouter le roulement, le graisser ou le"
            " changer et contrôler l'alignement avant qu'il ne grippe."
        ),
        evidence={
            "vibration_mm_s": round(wear.now, 3),
            "usual_mm_s": round(wear.clean, 3),
            "worn_from_mm_s": round(WORN * wear.clean, 3),
            "zone_d_from_mm_s": ZONE_D_MM_S,
            "bearing_warmer_k": None if wear.warmer_k is None else round(wear.warmer_k, 2),
            "quantity": "vibration_velocity",
            "curve_from": (wear.since - timedelta(days=14)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="pump_wear",
    asset_types=("pump",),
    rhythm="day",
    reach=REACH,
    version="1",
    read=partial(read_gauge_hours, quantities=("vibration_velocity", "rotation_speed", "bearing_temperature")),
    tell=tell,
    stride=timedelta(days=28),
)
