"""Overstay: share of stays longer than allowed, and hours that bays were held beyond, where a longest stay is set.

A stay counts in the month in which it ends, in bays whose attribute `longest_stay_min` says how long a car may stand;
its length is the time between the sensor's "occupied" and the "free" after it. Stays that began longer than seven days
before the month, or whose end or begin nobody saw, have no length: they count as overstays in the upper bound alone.
Bays that cannot be believed (`analytics.parking.faulty`) are left out. Hours of the day in which the limit does not
hold are not known to Vigie: it is taken to hold at any time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from analytics.kpi import Domain
from analytics.kpi.figure import Figure, Known, hash_inputs, refuse, tell
from analytics.parking.faulty import find_faulty
from store.baseline import read_time_zone
from store.inputs import Connection, Window
from store.parking import BayDays, BayStays, read_bay_days, read_limited_stays

REACH_S = 7 * 86_400.0
LOOK_BACK = timedelta(days=28)
UNITS = {"bay_overstay_ratio": "1", "bay_overstay_hours": "h"}


@dataclass(frozen=True, slots=True)
class StayInputs:
    """Stays in bays with a longest stay, and the bays' days, of which `begin` is the month's first."""

    stays: Sequence[BayStays]
    days: Sequence[BayDays]
    begin: int
    time_zone: str


@dataclass(frozen=True, slots=True)
class Stays:
    """Stays of some bays added up: known ones, those too long, hours beyond the limit, and those of no known length."""

    n_known: int
    n_over: int
    over_h: float
    n_unknown: int


def read_stays(connection: Connection, window: Window) -> StayInputs:
    """Read the stays that ended in a month, and the bays' days from four weeks before."""
    stays = read_limited_stays(connection, window, REACH_S)
    time_zone = read_time_zone(connection, window.territory_id)
    if not stays:
        return StayInputs((), (), 0, time_zone)
    zone = ZoneInfo(time_zone)
    first_on = (window.begins_at - LOOK_BACK).astimezone(zone).date()
    days = read_bay_days(connection, replace(window, begins_at=window.begins_at - LOOK_BACK), first_on)
    return StayInputs(stays, days, (window.begins_at.astimezone(zone).date() - first_on).days, time_zone)


def tell_stays(inputs: StayInputs) -> list[Figure]:
    """Tell share [1] and hours [h] of overstay of each bay with a limit, and of all together."""
    if not inputs.stays:
        return []
    faulty = {one.asset_id for one in find_faulty(inputs.days) if one.last >= inputs.begin}
    hashed = hash_inputs([*inputs.stays, inputs.begin])
    figures = [
        figure
        for bay in inputs.stays
        for figure in stay_figures(bay.asset_id, [bay], faulty, hash_inputs([bay, bay.asset_id in faulty]), {})
    ]
    by_hour = {"by_zone_and_hour": zone_hours(inputs, faulty), "n_left_out": len(faulty)}
    return [*figures, *stay_figures(None, inputs.stays, faulty, hashed, by_hour)]


def stay_figures(
    asset_id: int | None, bays: Sequence[BayStays], faulty: set[int], hashed: str, more: dict[str, Any]
) -> list[Figure]:
    """Tell both figures of some bays."""
    able = [bay for bay in bays if bay.asset_id not in faulty]
    total = add_up(able)
    n_stays = total.n_known + total.n_unknown
    proof = {"n_bays": len(bays), "n_stays": n_stays, "n_overstays": total.n_over, "n_unknown": total.n_unknown} | more
    covered = len(able) * (total.n_known / n_stays if n_stays else 1.0)
    known = Known(covered, len(bays), hashed, proof)
    if not total.n_known:
        reason = "no stay is known" if able else "the sensor cannot be believed"
        return [refuse(tell(kpi, asset_id, unit, (None, None, None), known), reason) for kpi, unit in UNITS.items()]
    ends = (total.n_over / n_stays, total.n_over / total.n_known, (total.n_over + total.n_unknown) / n_stays)
    has_all = not total.n_unknown and len(able) == len(bays)
    hours = (total.over_h, total.over_h * len(bays) / covered, total.over_h if has_all else None)
    return [
        tell("bay_overstay_ratio", asset_id, "1", ends, known),
        tell("bay_overstay_hours", asset_id, "h", hours, known),
    ]


def add_up(bays: Sequence[BayStays]) -> Stays:
    """Add the stays of some bays up."""
    over = [np.array(bay.lasted_s) - bay.longest_stay_min * 60 for bay in bays]
    beyond = np.concatenate(over) if over else np.empty(0)
    return Stays(
        int(beyond.size),
        int(np.count_nonzero(beyond > 0)),
        float(beyond[beyond > 0].sum() / 3600),
        sum(bay.n_unknown for bay in bays),
    )


def zone_hours(inputs: StayInputs, faulty: set[int]) -> dict[str, dict[str, list[int]]]:
    """Count stays and overstays of each zone by the civil hour at which they began, 24 of each."""
    tables: dict[str, dict[str, list[int]]] = {}
    for bay in inputs.stays:
        if bay.asset_id in faulty or not bay.began_s:
            continue
        table = tables.setdefault(bay.zone, {"n_stays": [0] * 24, "n_overstays": [0] * 24})
        hours = civil_hours(np.array(bay.began_s), inputs.time_zone)
        is_over = np.array(bay.lasted_s) > bay.longest_stay_min * 60
        for name, mask in (("n_stays", np.ones(is_over.size, bool)), ("n_overstays", is_over)):
            counts = np.bincount(hours[mask], minlength=24).tolist()
            table[name] = [before + count for before, count in zip(table[name], counts, strict=True)]
    return tables


def civil_hours(at_s: np.ndarray, time_zone: str) -> np.ndarray:
    """Give the civil hour of instants [Unix s]; the clock is asked once for each hour there is."""
    hours, inverse = np.unique(at_s.astype(np.int64) // 3600, return_inverse=True)
    zone = ZoneInfo(time_zone)
    civil = [datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone).hour for hour in hours.tolist()]
    return np.array(civil, dtype=np.int64)[inverse]


DOMAINS = (
    Domain(
        name="overstay",
        kpis=tuple(UNITS),
        rhythm="month",
        asset_types=("parking_bay",),
        method="stays between changes of state against the longest stay allowed",
        method_version="2",
        read=read_stays,
        tell=tell_stays,
        holds_values=True,
    ),
)
