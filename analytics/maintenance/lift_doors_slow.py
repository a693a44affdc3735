"""A lift whose doors take longer to open and close than they usually do: dirty sills, worn rollers, a tired door drive.

Door cycles as its controller times them (`door_cycle_duration`), in the hours that tell any. A day is the median of its
hours, usual the median of the days of three months, so that a busy week in which people hold the doors changes
little. Rule and CUSUM are those of `analytics.maintenance.rising`: it is there at 1.25 times usual for three days, gone
below 1.12 times.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.gauges import as_told, take
from analytics.maintenance.rising import REACH, Machine, Rise, Rule, Words, follow, latest, present, tell_rises
from store.gauge_hours import GaugeHours, read_gauge_hours

RULE = Rule(usual=0.5)
WORDS = Words(
    "the duration of a door cycle",
    "la durée d'un cycle de porte",
    "",
    "",
    "clean the sills, check rollers, belt and door drive before the doors block",
    "nettoyer les seuils, contrôler galets, courroie et opérateur de porte avant que les portes ne se bloquent",
)


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each lift at each midnight; `score` is how long its doors take in multiples of usual, less 1."""
    return tell_rises(rows, span, look, partial(present, words=WORDS))


def look(own: Machine, at: datetime) -> tuple[GaugeHours, Rise | None] | None:
    """Compare the last days of a lift's doors with its usual ones; None before their first hour."""
    doors = latest(own, "door_cycle_duration", at)
    if doors is None:
        return None
    told = (doors.n_values > 0) & (doors.high > 0)
    return doors, follow(take(replace(doors, mean=as_told(doors)), told), at, RULE)


HINT = Hint(
    name="lift_doors_slow",
    asset_types=("lift",),
    rhythm="day",
    reach=REACH,
    version="1",
    read=partial(read_gauge_hours, quantities=("door_cycle_duration",)),
    tell=tell,
    stride=timedelta(days=28),
)
