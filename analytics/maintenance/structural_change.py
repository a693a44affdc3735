"""A part of a bridge whose natural frequency and other gauges, taken together, are no longer what they were.

Each gauge less what temperature does (`thermal`), medians of days; reference are the first fourteen days of the last
400 on which all speak, and after a settlement that has come to rest (`settlement`) the first fourteen since. The damage
index (`analytics.structure.damage_index`) reaches 1 where one gauge moved by what matters and by more than chance, or
several by less. It is there when the last three days lie above 1, and gone when they lie below a half. What matters is
that of `settlement`, and 5 % of the frequency (Salawu 1997, Engineering Structures 19:718-723). While `settlement`
tells of the element by one of its gauges, nothing is added. An element whose frequency nobody measures is left to
`settlement`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import NamedTuple

import numpy as np

from analytics.grouping import by_quantity
from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.gauges import Floats, Gauges, current
from analytics.maintenance.settlement import (
    FRESH,
    LEAST_BY_QUANTITY,
    N_DAYS,
    REACH,
    GaugeDays,
    change_of,
    days_of_gauge,
    read,
    temperature_of,
)
from analytics.sentence import french_number, lowered, number, spaced
from analytics.structure.damage_index import damage_index, learn_reference
from sensors.quantity import find_quantity
from sensors.unit_sign import sign_of
from store.gauge_hours import GaugeHours

N_REFERENCE = 14
LEAST_SHARE_OF_FREQUENCY = 0.05
GONE, URGENT = 0.5, 3.0
QUANTITIES = ("natural_frequency", *LEAST_BY_QUANTITY)


class Days(NamedTuple):
    """Days on which all gauges of an element speak: quantities, begins [Unix s] (n,), medians (n, p)."""

    quantities: tuple[str, ...]
    begins_s: Floats
    medians: Floats


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each element with a frequency at each midnight; `score` is its damage index."""
    gauges = by_quantity(rows)
    elements = [asset_id for asset_id, own in gauges.items() if "natural_frequency" in own]
    told = (judge(gauges, asset_id, part) for part in span.parts() for asset_id in elements)
    return [verdict for verdict in told if verdict is not None]


def judge(gauges: Gauges, asset_id: int, span: Span) -> Verdict | None:
    """Take all gauges of an element together; None before its first hour."""
    at = span.ends_at
    own = {
        quantity: row
        for quantity in QUANTITIES
        if (row := current(gauges[asset_id].get(quantity, ()), at, REACH.total_seconds())) is not None
    }
    if "natural_frequency" not in own:
        return None
    unknown = Verdict(asset_id, at, None, span.begins_at)
    warmth = temperature_of(gauges, asset_id, at)
    each = [days_of_gauge(row, warmth, at) for row in own.values()]
    changes = [
        change for gauge in each if gauge.quantity in LEAST_BY_QUANTITY and (change := change_of(gauge, at)) is not None
    ]
    days = shared_days(each, max((change.reference_s for change in changes), default=0.0))
    index = index_of(days, at)
    if index is None or any(change.nearest >= 1 for change in changes):  # `settlement` tells of it
        return unknown
    last = index[-N_DAYS:]
    if last.min() < 1:
        return Verdict(asset_id, at, False if last.max() < GONE else None, span.begins_at)
    return present(own["natural_frequency"], span, days, index)


def shared_days(each: Sequence[GaugeDays], since_s: float) -> Days:
    """Give the days from `since_s` [Unix s] on that all gauges share."""
    common = reduce(np.intersect1d, (gauge.begins_s[gauge.begins_s >= since_s] for gauge in each))
    medians = [gauge.medians[np.isin(gauge.begins_s, common)] for gauge in each]
    return Days(tuple(gauge.quantity for gauge in each), common, np.column_stack(medians))


def index_of(days: Days, at: datetime) -> Floats | None:
    """Give the damage index of each day; None where too few are known, or the last is old."""
    if days.begins_s.size < N_REFERENCE + N_DAYS or at.timestamp() - days.begins_s[-1] > FRESH.total_seconds():
        return None
    reference = learn_reference(days.medians[:N_REFERENCE], least_of(days))
    return None if reference is None else damage_index(reference, days.medians)


def least_of(days: Days) -> Floats:
    """Give what a change of each gauge must be to matter."""
    usual = np.abs(np.median(days.medians[:N_REFERENCE], axis=0))
    pairs = zip(days.quantities, usual.tolist(), strict=True)
    return np.array([LEAST_BY_QUANTITY.get(name, max(LEAST_SHARE_OF_FREQUENCY * level, 1e-6)) for name, level in pairs])


def present(row: GaugeHours, span: Span, days: Days, index: Floats) -> Verdict:
    """Say that an element is not what it was, the gauges that moved most first."""
    inside = np.flatnonzero(index < 1)
    first = int(inside[-1]) + 1 if inside.size else 0
    since = datetime.fromtimestamp(float(days.begins_s[min(first, index.size - 1)]), span.ends_at.tzinfo)
    moved = np.median(days.medians[-N_DAYS:], axis=0) - np.median(days.medians[:N_REFERENCE], axis=0)
    worst = np.argsort(-np.abs(moved) / least_of(days))[:3]
    parts = [part_of(days.quantities[i], float(moved[i])) for i in worst.tolist()]
    score = float(np.median(index[-N_DAYS:]))
    shown = number(round(score, 1))
    return Verdict(
        row.asset_id,
        span.ends_at,
        True,
        since,
        score=score,
        severity="urgent" if score >= URGENT else "warning",
        sentence_en=(
            f"{row.name}: its gauges together are {shown} times farther from their reference than weather, traffic and"
            f" chance explain ({', '.join(part[0] for part in parts)}). To do: have the element inspected, bearings and"
            " cracks first."
        ),
        sentence_fr=(
            f"{row.name} : ses capteurs pris ensemble s'écartent de leur référence {french_number(shown)} fois plus que"
            f" ne l'expliquent la météo, le trafic et le hasard ({', '.join(part[1] for part in parts)}). À faire :"
            " faire inspecter l'élément, appuis et fissures d'abord."
        ),
        evidence={
            "damage_index": round(score, 3),
            "changes": {days.quantities[i]: round(float(moved[i]), 4) for i in range(len(days.quantities))},
            "quantity": days.quantities[int(worst[0])],
            "curve_from": (since - timedelta(days=30)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


def part_of(name: str, moved: float) -> tuple[str, str]:
    """Say in English and in French by how much a gauge moved."""
    quantity = find_quantity(name)
    unit = "" if quantity is None else spaced(sign_of(quantity.unit))
    names = (name, name) if quantity is None else (lowered(quantity.name_en), lowered(quantity.name_fr))
    by = f"{moved:+.3g}"
    return f"{names[0]} {by}{unit}", f"{names[1]} {french_number(by)}{unit}"


HINT = Hint(
    name="structural_change",
    asset_types=("bridge_element",),
    rhythm="day",
    reach=REACH,
    version="2",
    read=read,
    tell=tell,
    stride=timedelta(days=28),
)
