"""A fan of an air handling unit whose bearing wears, or that runs out of balance: it vibrates more at like speed.

As for pumps (`analytics.maintenance.pump_wear`), supply and return fan each by the sensors on their own channel; hours
at within 4 % of the usual speed, or without a speed those in which it ran. Urgent from 7.1 mm/s on: zone D of ISO
20816-3 for machines of 15 to 300 kW on a flexible base, as fans stand on springs.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.rising import (
    LIKE_SPEED,
    REACH,
    Machine,
    Rise,
    Words,
    at_like_load,
    follow,
    latest,
    present,
    tell_rises,
    while_running,
)
from store.gauge_hours import GaugeHours, read_gauge_hours

FANS = ("", "supply", "return")
ZONE_D_MM_S = 7.1
NAMES = {"": ("its fan", "de son ventilateur"), "supply": ("its supply fan", "du ventilateur de soufflage")}
RETURN = ("its return fan", "du ventilateur de reprise")


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each unit at each midnight; `score` is the vibration of its worse fan in multiples of clean, less 1."""
    return tell_rises(rows, span, look, say)


def look(own: Machine, at: datetime) -> tuple[GaugeHours, Rise | None] | None:
    """Compare the last days of a fan with its clean ones; None before its first hour."""
    vibration, speed = (latest(own, quantity, at) for quantity in ("vibration_velocity", "fan_speed"))
    if vibration is None:
        return None
    hours = while_running(vibration) if speed is None else at_like_load(vibration, speed, LIKE_SPEED)
    return vibration, follow(hours, at)


def say(fan: GaugeHours, span: Span, rise: Rise) -> Verdict:
    """Say that a fan vibrates."""
    english, french = NAMES.get(fan.channel, RETURN)
    words = Words(
        f"the vibration of {english}",
        f"la vibration {french}",
        " at like speed",
        " à même vitesse",
        "clean and balance the wheel, check belt and bearings",
        "nettoyer et équilibrer la roue, contrôler la courroie et les paliers",
    )
    return replace(present(fan, span, rise, words), severity="urgent" if rise.now >= ZONE_D_MM_S else "warning")


HINT = Hint(
    name="fan_wear",
    asset_types=("air_handling_unit",),
    rhythm="day",
    reach=REACH,
    version="1",
    read=partial(read_gauge_hours, quantities=("vibration_velocity", "fan_speed"), channels=FANS),
    tell=tell,
    stride=timedelta(days=28),
)
