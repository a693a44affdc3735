"""A part of a bridge that has moved for good: displacement, tilt, strain or crack width, less what temperature does.

The effect of temperature is taken out by the element's own past (`thermal`), with the temperature of the element, of
its bridge, or of the same parent. Days are medians of their hours; reference are the first ten days of the last 400,
and after a change that came to rest the last ten of the first 28 days that did not move: what moves then is told anew.
An element that is back where it stood before (jacked up) has not moved.
A change counts when the last three days lie on one side of the reference by six sigma of the ordinary difference from
day to day and by what matters to whoever looks after a bridge (`LEAST_BY_QUANTITY`: orders of size of what surveying
resolves and of first warning limits), and is gone below half of that: passing vehicles and weather do not last three
days.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from analytics.grouping import by_quantity
from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.gauges import DAY_S, Floats, Gauges, current, daily_medians
from analytics.maintenance.thermal import without_temperature
from analytics.sentence import french_number, local_day, local_day_fr, lowered, number, spaced
from analytics.spread import spread_of_steps
from sensors.quantity import find_quantity
from sensors.unit_sign import sign_of
from store.gauge_hours import GaugeHours, read_gauge_hours

REACH = timedelta(days=400)
N_REFERENCE, N_DAYS = 10, 3
N_REST, REST_SHARE = 28, 0.25  # days in which the middle moves by less than this share of the limit
FRESH = timedelta(days=2)
N_SIGMAS = 6.0
GONE_SHARE = 0.5
URGENT_TIMES = 5.0
LEAST_BY_QUANTITY = {"displacement": 1.0, "tilt": 0.01, "strain": 30.0, "crack_width": 0.2}  # mm, degrees, um/m, mm

# What `structural_change` looks at too.
read = partial(read_gauge_hours, quantities=("natural_frequency", *LEAST_BY_QUANTITY, "temperature"))


class GaugeDays(NamedTuple):
    """A gauge's days, the effect of temperature taken out: begins [Unix s] (n,), medians (n,)."""

    quantity: str
    begins_s: Floats
    medians: Floats


class Change(NamedTuple):
    """How far a quantity of an element has moved from its reference, what counts as moved, and since when.

    `reference_s` [Unix s] is the first day of the reference.
    """

    quantity: str
    moved: float
    limit: float
    nearest: float  # of the last days to the reference, in limits, 0 where they lie on both sides of it
    farthest: float
    since: datetime
    reference_s: float


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each element at each midnight; `score` is how far it moved in multiples of what counts."""
    gauges = by_quantity(rows)
    elements = [asset_id for asset_id, own in gauges.items() if own.keys() & LEAST_BY_QUANTITY.keys()]
    told = (judge(gauges, asset_id, part) for part in span.parts() for asset_id in elements)
    return [verdict for verdict in told if verdict is not None]


def judge(gauges: Gauges, asset_id: int, span: Span) -> Verdict | None:
    """Look at all quantities of an element; None before its first hour."""
    own = {
        quantity: row
        for quantity in LEAST_BY_QUANTITY
        if (row := current(gauges[asset_id].get(quantity, ()), span.ends_at, REACH.total_seconds())) is not None
    }
    if not own:
        return None
    warmth = temperature_of(gauges, asset_id, span.ends_at)
    days = [days_of_gauge(row, warmth, span.ends_at) for row in own.values()]
    changes = [change for one in days if (change := change_of(one, span.ends_at)) is not None]
    if not changes:
        return Verdict(asset_id, span.ends_at, None, span.begins_at)
    worst = max(changes, key=lambda change: change.nearest)
    if worst.nearest < 1:
        is_gone = max(change.farthest for change in changes) < GONE_SHARE
        return Verdict(asset_id, span.ends_at, False if is_gone else None, span.begins_at)
    return present(own[worst.quantity], span, worst, changes)


def temperature_of(gauges: Gauges, asset_id: int, at: datetime) -> tuple[Floats, Floats]:
    """Give (hours, temperature) of an element: its own, else the mean of the elements of its bridge or parent."""
    rows = {
        one: row
        for one, quantities in gauges.items()
        if (row := current(quantities.get("temperature", ()), at, REACH.total_seconds())) is not None
    }
    if asset_id in rows:
        return rows[asset_id].begins_s, rows[asset_id].mean
    place = place_of(gauges[asset_id])
    near = [row for row in rows.values() if (row.parent_id, row.attributes.get("bridge")) == place]
    if not near or place == (None, None):
        return np.empty(0), np.empty(0)
    hours, where = np.unique(np.concatenate([row.begins_s for row in near]), return_inverse=True)
    sums = np.bincount(where, np.concatenate([row.mean for row in near]))
    return hours, sums / np.bincount(where)


def place_of(quantities: Mapping[str, Sequence[GaugeHours]]) -> tuple[int | None, object]:
    """Say what an element is a part of: its parent and the bridge that its inventory names."""
    row = next(series[0] for series in quantities.values())
    return row.parent_id, row.attributes.get("bridge")


def days_of_gauge(row: GaugeHours, warmth: tuple[Floats, Floats], at: datetime) -> GaugeDays:
    """Take the effect of temperature out of a gauge's hours, and give the medians of its days."""
    hours, left = without_temperature(row.begins_s, row.mean, *warmth)
    return GaugeDays(row.quantity, *daily_medians(hours, left, at.timestamp()))


def change_of(gauge: GaugeDays, at: datetime) -> Change | None:
    """Compare the last days of a quantity with its first; None where too little is known."""
    quantity, days_s, days = gauge
    if days.size < N_REFERENCE + N_DAYS or at.timestamp() - days_s[-1] > FRESH.total_seconds() + DAY_S:
        return None
    limit = max(LEAST_BY_QUANTITY[quantity], N_SIGMAS * spread_of_steps(days))
    begin = reference_of(days, limit)
    moved = days - middle_of(days, begin)
    last = moved[-N_DAYS:] / limit
    side = float(np.sign(last[-1]))
    inside = np.flatnonzero(side * moved < limit)
    first = min(int(inside[-1]) + 1 if inside.size else 0, days.size - 1)
    return Change(
        quantity,
        float(np.median(moved[-N_DAYS:])),
        limit,
        max(0.0, float((side * last).min())),
        float(np.abs(last).max()),
        datetime.fromtimestamp(float(days_s[first]), UTC),
        float(days_s[begin]),
    )


def reference_of(days: Floats, limit: float) -> int:
    """Give the position of the reference's first day: where what had moved came to rest last, at first 0.

    Of an element that is back at an earlier place the earliest such.
    """
    begins, now = references_of(days, limit), float(np.median(days[-N_DAYS:]))
    return next((begin for begin in begins if abs(now - middle_of(days, begin)) < GONE_SHARE * limit), begins[-1])


def middle_of(days: Floats, begin: int) -> float:
    """Give the level of the reference that begins at a position."""
    return float(np.median(days[begin : begin + N_REFERENCE]))


def references_of(days: Floats, limit: float) -> list[int]:
    """Give the positions of the first days of all references: 0, then where what had moved came to rest."""
    begins = [0]
    middles = np.median(sliding_window_view(days, N_REFERENCE), axis=1)
    apart = N_REST - N_REFERENCE
    rests = np.abs(middles[apart:] - middles[:-apart]) < REST_SHARE * limit
    while (moved_at := first_moved(days[begins[-1] :] - middles[begins[-1]], limit)) is not None:
        resting = np.flatnonzero(rests[begins[-1] + moved_at :])
        if not resting.size:
            break
        begins.append(begins[-1] + moved_at + int(resting[0]) + apart)
    return begins


def first_moved(moved: Floats, limit: float) -> int | None:
    """Give the first of `N_DAYS` days on end on one side beyond a limit; None where there is none."""
    if moved.size < N_DAYS:
        return None
    spans = sliding_window_view(moved, N_DAYS)
    runs = np.flatnonzero((spans.min(axis=1) >= limit) | (spans.max(axis=1) <= -limit))
    return int(runs[0]) if runs.size else None


def present(row: GaugeHours, span: Span, worst: Change, changes: Sequence[Change]) -> Verdict:
    """Say that an element has moved."""
    quantity = find_quantity(worst.quantity)
    unit = "" if quantity is None else spaced(sign_of(quantity.unit))
    names = ("", "") if quantity is None else (lowered(quantity.name_en), lowered(quantity.name_fr))
    by, limit = f"{worst.moved:+.3g}", number(worst.limit)
    return Verdict(
        row.asset_id,
        span.ends_at,
        True,
        worst.since,
        score=worst.nearest,
        severity="urgent" if worst.nearest >= URGENT_TIMES else "warning",
        sentence_en=(
            f"{row.name}: {names[0]} has changed by {by}{unit}, temperature's effect taken out ({limit}{unit} and more"
            f" counts), beyond that since {local_day(worst.since, span.time_zone)}, and does not come back. To do: have"
            " the element inspected and its level surveyed, and restrict loads if that confirms it."
        ),
        sentence_fr=(
            f"{row.name} : {names[1]}, effet de la température retiré, a changé de {french_number(by)}{unit} (compte à"
            f" partir de {french_number(limit)}{unit}), au-delà depuis le {local_day_fr(worst.since, span.time_zone)},"
            " sans retour. À faire : faire inspecter l'élément et contrôler son nivellement, et limiter les"
            " charges si cela se confirme."
        ),
        evidence={
            "changes": {
                change.quantity: {"moved": round(change.moved, 4), "limit": round(change.limit, 4)}
                for change in changes
            },
            "quantity": worst.quantity,
            "curve_from": (worst.since - timedelta(days=30)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="settlement",
    asset_types=("bridge_element",),
    rhythm="day",
    reach=REACH,
    version="2",
    read=read,
    tell=tell,
    stride=timedelta(days=28),
)
