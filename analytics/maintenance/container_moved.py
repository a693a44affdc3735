"""A container that leans, was tipped over or pushed off its place: by its tilt, or by its own word.

Usual is the median tilt of the days of three months by the same sensor, three at least: one that lies for weeks does
not make that usual, and is not told when it is set upright. It leans where in the last two hours with a value
it lay ten degrees and more off: a container that is lifted to be emptied stands again by the next value. Its own word
is the state `moved` or `dropped`, or `out_of_location`. Gone when it says so no more and stands within five degrees.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from analytics.grouping import by_quantity
from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.container_state import read_said, said_by_hour
from analytics.maintenance.gauges import Gauges, current, take
from analytics.sentence import french_number, local_clock, local_clock_fr, number
from store.gauge_hours import GaugeHours, StateHour, read_gauge_days, read_gauge_hours
from store.inputs import Connection, Window

HOUR = timedelta(hours=1)
REACH = timedelta(days=3)
USUAL_REACH = timedelta(days=91)
LONGEST_DAY = timedelta(hours=25)  # days are looked at once they are over
STRIDE = timedelta(days=7)
LEAST_DAYS = 3
LEANS_DEG, STANDS_DEG = 10.0, 5.0
SLUGS = {"container_state": ("dropped", "moved"), "out_of_location": ("alarm",)}


@dataclass(frozen=True, slots=True)
class Places:
    """Containers' tilt by hour and by day, and what they said."""

    hours: Sequence[GaugeHours]
    days: Sequence[GaugeHours]
    said: Sequence[StateHour]


@dataclass(frozen=True, slots=True)
class Lean:
    """A container's tilt and the usual one [deg], how far its last two hours are off (least, most), since when."""

    tilt_deg: float
    usual_deg: float
    least_deg: float
    most_deg: float
    since: datetime


@dataclass(frozen=True, slots=True)
class Stand:
    """What is known of how a container stands at an instant: its own word (None: silent), since when, and its tilt."""

    asset_id: int
    name: str
    said_since: datetime | None
    is_said: bool | None
    lean: Lean | None


def read(connection: Connection, window: Window) -> Places:
    """Read tilts and states."""
    longer = replace(window, begins_at=window.begins_at - USUAL_REACH)
    return Places(
        read_gauge_hours(connection, window, ("tilt",)),
        read_gauge_days(connection, longer, ("tilt",)),
        read_said(connection, window, SLUGS),
    )


def tell(places: Places, span: Span) -> list[Verdict]:
    """Judge each container at the end of each hour in which it said something; `score` is its lean in ten degrees."""
    hours = by_quantity(take(row, row.n_values > 0) for row in places.hours)
    days = by_quantity(places.days)
    said = said_by_hour(places.said, SLUGS)
    names = {row.asset_id: row.name for row in places.said} | {row.asset_id: row.name for row in places.hours}
    tilted = {
        asset_id: {at_s for row in own["tilt"] for at_s in row.begins_s.tolist()} for asset_id, own in hours.items()
    }
    verdicts = []
    for end in span.ends:
        words, begin_s = said.get(end - HOUR, {}), (end - HOUR).timestamp()
        for asset_id, name in sorted(names.items()):
            is_said = words[asset_id][1] if asset_id in words else None
            if is_said or begin_s in tilted.get(asset_id, (begin_s,)):
                since = said_since(said, asset_id, end) if is_said else None
                stand = Stand(asset_id, name, since, is_said, lean_of(hours, days, asset_id, end))
                verdicts.append(judge(stand, end, span))
    return verdicts


def lean_of(hours: Gauges, days: Gauges, asset_id: int, at: datetime) -> Lean | None:
    """Compare the last two values of a container with its usual tilt; None where too little is known."""
    row = current(hours.get(asset_id, {}).get("tilt", ()), at, REACH.total_seconds())
    if row is None or row.mean.size < 2:
        return None
    whole_days = [own for own in days.get(asset_id, {}).get("tilt", ()) if own.series_id == row.series_id]
    before = current(whole_days, at - LONGEST_DAY, USUAL_REACH.total_seconds())
    if before is None or before.mean.size < LEAST_DAYS:
        return None
    usual = float(np.median(before.mean))
    off = np.abs(row.mean - usual)
    stood = np.flatnonzero(off < LEANS_DEG)
    first = min(int(stood[-1]) + 1 if stood.size else 0, off.size - 1)
    since = instant(float(row.begins_s[first]))
    return Lean(float(row.mean[-1]), usual, float(off[-2:].min()), float(off[-2:].max()), since)


def said_since(said: Mapping[datetime, Mapping[int, tuple[str, bool]]], asset_id: int, at: datetime) -> datetime:
    """Go back to the first of the hours without a break in which a container says that it was moved."""
    since = at - HOUR
    while said.get(since - HOUR, {}).get(asset_id, ("", False))[1]:
        since -= HOUR
    return since


def instant(at_s: float) -> datetime:
    """Give an instant of Unix seconds."""
    return datetime.fromtimestamp(at_s, UTC)


def judge(stand: Stand, at: datetime, span: Span) -> Verdict:
    """Say of one container whether it stands where and as it should."""
    lean = stand.lean
    if stand.is_said or (lean is not None and lean.least_deg >= LEANS_DEG):
        return present(stand, at, span)
    stands = lean is None or lean.most_deg < STANDS_DEG
    is_known = stand.is_said is False or (stand.is_said is None and lean is not None)
    return Verdict(stand.asset_id, at - HOUR, False if stands and is_known else None, at - HOUR)


def present(stand: Stand, at: datetime, span: Span) -> Verdict:
    """Say that a container was moved or leans."""
    lean = stand.lean if stand.lean is not None and stand.lean.least_deg >= LEANS_DEG else None
    since = min(one for one in (stand.said_since, None if lean is None else lean.since) if one is not None)
    tilt, usual = ("", "") if lean is None else (number(round(lean.tilt_deg)), number(round(lean.usual_deg)))
    parts_en = ["its sensor says that it was moved or tipped over"] if stand.is_said else []
    parts_fr = ["son capteur signale qu'il a été déplacé ou renversé"] if stand.is_said else []
    if lean is not None:
        parts_en.append(f"it leans by {tilt}°, {usual}° is usual")
        parts_fr.append(f"il penche de {french_number(tilt)}°, d'habitude {french_number(usual)}°")
    return Verdict(
        stand.asset_id,
        at,
        True,
        since,
        score=1.0 if lean is None else max(1.0, lean.least_deg / LEANS_DEG),
        severity="warning",
        sentence_en=(
            f"{stand.name}: {' and '.join(parts_en)}, since {local_clock(since, span.time_zone)}. To do: put it back in"
            " its place, check lid, wheels and sensor."
        ),
        sentence_fr=(
            f"{stand.name} : {' et '.join(parts_fr)}, depuis le {local_clock_fr(since, span.time_zone)}. À faire : le"
            " remettre en place, contrôler le couvercle, les roues et le capteur."
        ),
        evidence={
            "tilt_deg": None if lean is None else lean.tilt_deg,
            "usual_tilt_deg": None if lean is None else round(lean.usual_deg, 2),
            "leans_from_deg": LEANS_DEG,
            "is_said_by_sensor": bool(stand.is_said),
            "quantity": "tilt",
            "curve_from": (since - timedelta(days=3)).isoformat(),
            "curve_to": at.isoformat(),
        },
    )


HINT = Hint(
    name="container_moved",
    asset_types=("waste_container",),
    rhythm=HOUR,
    reach=REACH,
    version="1",
    read=read,
    tell=tell,
    stride=STRIDE,
)
