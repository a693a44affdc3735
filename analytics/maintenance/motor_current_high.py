"""A motor that draws more current than it usually does for the same work: it is clogged, rubs, or its bearing drags.

The highest value of each hour in which it ran, so that the hours of a pump that starts and stops are those of one that
runs through; at within 4 % of its usual speed and a tenth of its usual flow, where these are measured. Rule and CUSUM
are those of `analytics.maintenance.rising`, usual is the median of the days of three months. It is there at 1.15 times
usual for three days, what the service factor of NEMA MG 1 lets a motor bear, and gone below 1.07 times; where neither
speed nor flow is measured, more current may be more work, and 1.25 and 1.12 times count.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.fan_wear import FANS
from analytics.maintenance.rising import (
    LIKE_LOAD,
    LIKE_SPEED,
    REACH,
    SOUND,
    Machine,
    Rise,
    Rule,
    Words,
    at_like_load,
    follow,
    latest,
    present,
    tell_rises,
    while_running,
)
from analytics.rotating.wear import WORN
from store.gauge_hours import GaugeHours, read_gauge_hours

WITHIN = {"rotation_speed": LIKE_SPEED, "fan_speed": LIKE_SPEED, "flow": LIKE_LOAD}
USUAL = 0.5
AT_LIKE_LOAD, AT_ANY_LOAD = Rule(1.15, 1.07, USUAL), Rule(WORN, SOUND, USUAL)
WORDS = Words(
    "the current of its motor",
    "l'intensité de son moteur",
    " while it runs",
    " en marche",
    "look for what clogs or rubs, check bearings, belt and voltage before its protection trips",
    "chercher ce qui bouche ou frotte, contrôler paliers, courroie et tension avant que sa protection ne déclenche",
)


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each machine at each midnight; `score` is its current in multiples of the usual one, less 1."""
    return tell_rises(rows, span, look, partial(present, words=WORDS))


def look(own: Machine, at: datetime) -> tuple[GaugeHours, Rise | None] | None:
    """Compare the last days of a motor with its usual ones; None before its first hour."""
    measured = latest(own, "current", at)
    if measured is None:
        return None
    loads = [(load, within) for name, within in WITHIN.items() if (load := latest(own, name, at)) is not None]
    hours = while_running(measured)
    for load, within in loads:
        hours = at_like_load(hours, while_running(load), within)
    return measured, follow(hours, at, AT_LIKE_LOAD if loads else AT_ANY_LOAD)


HINT = Hint(
    name="motor_current_high",
    asset_types=("pump", "air_handling_unit"),
    rhythm="day",
    reach=REACH,
    version="1",
    read=partial(read_gauge_hours, quantities=("current", *WITHIN), channels=FANS),
    tell=tell,
    stride=timedelta(days=28),
)
