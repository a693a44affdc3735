"""A lift that shakes more than it usually does: guide shoes, rails, ropes or the bearings of its machine wear.

The highest vibration of each hour in which it ran; a day is the median of its hours, usual the median of the days of
three months. Rule and CUSUM are those of `analytics.maintenance.rising`: it is there at 1.25 times usual for three
days (what ISO 20816-1, criterion II, calls significant), gone below 1.12 times.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.lift_doors_slow import RULE
from analytics.maintenance.rising import REACH, Machine, Rise, Words, follow, latest, present, tell_rises, while_running
from store.gauge_hours import GaugeHours, read_gauge_hours

WORDS = Words(
    "its vibration",
    "la vibration",
    " while it runs",
    " en marche",
    "check guide shoes and rails, ropes, and the bearings of the machine",
    "contrôler coulisseaux et guides, câbles et paliers de la machine",
)


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each lift at each midnight; `score` is its vibration in multiples of the usual one, less 1."""
    return tell_rises(rows, span, look, partial(present, words=WORDS))


def look(own: Machine, at: datetime) -> tuple[GaugeHours, Rise | None] | None:
    """Compare the last days of a lift with its usual ones; None before its first hour."""
    vibration = latest(own, "vibration_velocity", at)
    return None if vibration is None else (vibration, follow(while_running(vibration), at, RULE))


HINT = Hint(
    name="lift_vibration",
    asset_types=("lift",),
    rhythm="day",
    reach=REACH,
    version="1",
    read=partial(read_gauge_hours, quantities=("vibration_velocity",)),
    tell=tell,
    stride=timedelta(days=28),
)
