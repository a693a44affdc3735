"""A lamp that goes out and on again through the night while its neighbours burn: cycling.

An hour is interrupted where the lamp's power fell below a tenth of its highest of the night, for a tenth of the hour,
and rose above a quarter of it, and counts only where most of the lamps of its cabinet burned through all of that
hour: dusk, dawn, orders, trips of the breaker and dimming are theirs too. It is there with three such hours and three
in four of all that count; a lamp that goes out once in a while is not told yet. Cycling is what an arc lamp does at
the end of its life (its voltage rises until it goes out, cools and strikes again) and a driver that shuts itself off
when hot; `cycling_failure` is what object 3416 of OMA and uCIFI calls it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray

from analytics.grouping import by_quantity
from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.gauges import HOUR_S, Flags, current
from analytics.maintenance.lamps import BURNS_FROM, DARK_BELOW, LEAST_COVERED_S, LEAST_NEIGHBOURS, LEAST_POWER_W, MOST
from analytics.sentence import local_clock, local_clock_fr
from store.gauge_hours import GaugeHours, read_gauge_hours

LEAST_HOURS = 3
SHARE = 3 / 4
LIT_SHARE = 0.9  # of an hour


@dataclass(frozen=True, slots=True)
class Night:
    """A lamp's hours of one night on a common grid: known, burning all through, burning at all, interrupted."""

    lamp: GaugeHours
    known: Flags
    steady: Flags
    burning: Flags
    interrupted: Flags


def tell(rows: Sequence[GaugeHours], span: Span) -> list[Verdict]:
    """Judge each night of each lamp; `score` is the number of hours in which it went out and on again."""
    families: dict[int, list[Sequence[GaugeHours]]] = {}
    for own in by_quantity(rows).values():
        lamp = own["active_power"][0]
        if lamp.parent_id is not None:
            families.setdefault(lamp.parent_id, []).append(own["active_power"])
    return [verdict for part in span.parts() for family in families.values() for verdict in judge_family(family, part)]


def judge_family(family: Iterable[Sequence[GaugeHours]], span: Span) -> list[Verdict]:
    """Judge the lamps of one cabinet beside one another."""
    nights = [night for own in family if (night := night_of(own, span)) is not None]
    if not nights:
        return []
    n_known = np.sum([night.known for night in nights], axis=0)
    n_steady = np.sum([night.steady for night in nights], axis=0)
    return [judge(night, n_known - night.known, n_steady - night.steady, span) for night in nights]


def night_of(series: Sequence[GaugeHours], span: Span) -> Night | None:
    """Lay a lamp's night on the hours of the span; None where it never burned."""
    reach_s = (span.ends_at - span.begins_at).total_seconds()
    lamp = current(series, span.ends_at, reach_s)
    if lamp is None or lamp.high.max() < LEAST_POWER_W:
        return None
    begin_s = span.begins_at.timestamp() // HOUR_S * HOUR_S
    place = ((lamp.begins_s - begin_s) // HOUR_S).astype(np.int64)
    usual = float(lamp.high.max())
    is_known = lamp.covered_s >= LEAST_COVERED_S
    falls = (lamp.low < DARK_BELOW * usual) & (lamp.mean < LIT_SHARE * lamp.high)
    rises = lamp.high > BURNS_FROM * usual
    marks = (is_known, is_known & (lamp.low > BURNS_FROM * usual), is_known & rises, is_known & falls & rises)
    flags = np.zeros((4, int(np.ceil((reach_s + HOUR_S) / HOUR_S))), dtype=np.bool_)
    flags[:, place] = marks
    return Night(lamp, *flags)


def judge(own: Night, n_others: NDArray[np.int64], n_steady: NDArray[np.int64], span: Span) -> Verdict:
    """Count a lamp's interrupted hours among those through which most of the others burned."""
    is_due = (n_others >= LEAST_NEIGHBOURS) & (n_steady >= MOST * n_others) & own.known
    interrupted = is_due & own.interrupted
    n_due, n_out = int((is_due & own.burning).sum()), int(interrupted.sum())
    asset_id = own.lamp.asset_id
    if n_out < LEAST_HOURS or n_out < SHARE * n_due:
        is_steady = n_due >= LEAST_HOURS and n_out == 0
        return Verdict(asset_id, span.begins_at, False if is_steady else None, span.begins_at)
    first = int(np.flatnonzero(interrupted)[0])
    begin_s = span.begins_at.timestamp() // HOUR_S * HOUR_S
    since = datetime.fromtimestamp(begin_s + first * HOUR_S, UTC)
    return present(own, (n_out, n_due), since, span)


def present(own: Night, counts: tuple[int, int], since: datetime, span: Span) -> Verdict:
    """Say that a lamp cycles."""
    n_out, n_due = counts
    hours = f"{n_out} / {n_due} h"
    return Verdict(
        own.lamp.asset_id,
        span.ends_at,
        True,
        since,
        score=float(n_out),
        severity="warning",
        sentence_en=(
            f"{own.lamp.name} went out and on again while its neighbours burned (in {hours}), since"
            f" {local_clock(since, span.time_zone)}. To do: change the lamp or its driver, check the contacts."
        ),
        sentence_fr=(
            f"{own.lamp.name} s'est éteinte et rallumée alors que ses voisines étaient allumées (sur {hours}), depuis"
            f" le {local_clock_fr(since, span.time_zone)}. À faire : changer la lampe ou son driver, contrôler les"
            " contacts."
        ),
        evidence={
            "n_interrupted_hours": n_out,
            "n_due_hours": n_due,
            "quantity": "active_power",
            "curve_from": span.begins_at.isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


HINT = Hint(
    name="flicker",
    asset_types=("street_light",),
    rhythm="night",
    reach=timedelta(),
    version="1",
    read=partial(read_gauge_hours, quantities=("active_power",)),
    tell=tell,
    stride=timedelta(days=14),
)
