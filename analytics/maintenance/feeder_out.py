"""A feeder without current behind a cabinet whose lamps nobody meters: a large part of its power suddenly gone.

In the same hours of two nights on end it draws 15 % less and more (and the power of three lamps and more) than in the
week before, all hours alike, after a night that was as usual; less than a tenth left is `cabinet_tripped`. What falls
to where it stood for four weeks before it rose were festive lights that are taken down. New lamps of less power look
the same: where works were entered (notices about the cabinet, projects) nothing is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from analytics.lighting.steps import DAY, Nights, is_shared, nights_of
from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.cabinet_nights import (
    BEFORE_FALL,
    FEEDER_SHARE,
    REACH,
    Cabinet,
    Cabinets,
    curve_of,
    is_feeder,
    judge_cabinets,
    read,
)
from analytics.sentence import local_day, local_day_fr

N_BEFORE, LEAST_BEFORE = 7, 4
N_NIGHTS, N_BACK, LEAST_LOW = 2, 3, 28
AS_USUAL, DARK_BELOW = 0.05, 0.1
BACK = 0.92


@dataclass(frozen=True, slots=True)
class Fall:
    """The first night of a fall, the level before it, and the share of it that is gone in the last nights."""

    night: int
    before: float
    gone: float


def tell(inputs: Cabinets, span: Span) -> list[Verdict]:
    """Judge each cabinet at each noon; `score` is the share of its power that is gone, in tenths."""
    return judge_cabinets(inputs, span, judge)


def judge(cabinet: Cabinet, span: Span) -> Verdict:
    """Look for a fall, and whether it lasts."""
    unknown = Verdict(cabinet.asset_id, span.ends_at, None, span.begins_at)
    nights = nights_of(cabinet.nights, span.ends_at - REACH, span.ends_at)
    if nights is None:
        return unknown
    fall = find_fall(nights, cabinet.n_lamps)
    if fall is None and has_risen(nights, cabinet.n_lamps):
        return Verdict(cabinet.asset_id, span.ends_at, False, span.begins_at)
    if fall is None or cabinet.is_under_work(nights.begins_at[fall.night]):
        return unknown
    is_back = fall.gone <= 1 - BACK or was_added(cabinet, nights.begins_at[fall.night])
    if fall.gone >= FEEDER_SHARE and not is_back:
        return present(cabinet, nights, fall, span)
    return Verdict(cabinet.asset_id, span.ends_at, False, span.begins_at) if is_back else unknown


def find_fall(nights: Nights, n_lamps: float | None) -> Fall | None:
    """Find the last fall of a feeder's size."""
    levels = nights.levels
    known = np.flatnonzero(np.isfinite(levels))
    for place in range(known.size - N_NIGHTS, LEAST_BEFORE - 1, -1):
        before, after = known[max(0, place - N_BEFORE) : place], known[place : place + N_NIGHTS]
        level = float(np.median(levels[before]))
        share = 1 - levels[after] / level if level > 0 else np.zeros(N_NIGHTS)
        is_sudden = levels[before[-1]] >= (1 - AS_USUAL) * level
        if is_sudden and is_lost(share.tolist(), n_lamps) and is_shared(nights.watts, before, after, -share.min()):
            last = float(np.median(levels[known[-N_NIGHTS:]]))
            return Fall(int(known[place]), level, 1 - last / level)
    return None


def was_added(cabinet: Cabinet, fell_at: datetime) -> bool:
    """Say whether a fall takes back what was added: four weeks before the rise, all that is known, it drew as much."""
    nights = nights_of(cabinet.nights, fell_at - BEFORE_FALL, fell_at + N_NIGHTS * DAY)
    if nights is None:
        return False
    is_known = np.isfinite(nights.levels)
    levels, has_fallen = nights.levels[is_known], np.array([at >= fell_at for at in nights.begins_at])[is_known]
    before, after = levels[~has_fallen], levels[has_fallen]
    if not before.size or not after.size:
        return False
    low, high = float(np.median(after)), float(np.median(before[-N_BEFORE:]))
    risen = np.flatnonzero(before > (low + high) / 2)
    is_long = risen.size and risen[0] >= LEAST_LOW
    return bool(is_long and abs(float(np.median(before[: risen[0]])) - low) <= (1 - BACK) * low)


def has_risen(nights: Nights, n_lamps: float | None) -> bool:
    """Say whether a feeder's power came back in all hours alike and stayed, its fall too long ago to be seen.

    Middle nights of both sides are compared: a night of trials, or one half lit, does not hide it for good.
    """
    levels = nights.levels
    known = np.flatnonzero(np.isfinite(levels))
    for place in range(known.size - N_BACK, LEAST_BEFORE - 1, -1):
        before, after = known[max(0, place - N_BEFORE) : place], known[place:]
        level = float(np.median(levels[after]))
        share = 1 - float(np.median(levels[before])) / level if level > 0 else 0.0
        is_steady = levels[known[-N_BACK:]].min() >= BACK * level
        if is_steady and is_lost([share], n_lamps) and is_shared(nights.watts, before, after, share):
            return True
    return False


def is_lost(shares: Sequence[float], n_lamps: float | None) -> bool:
    """Say whether so much is gone in each night, and not all."""
    return all(is_feeder(share, n_lamps) for share in shares) and max(shares) <= 1 - DARK_BELOW


def present(cabinet: Cabinet, nights: Nights, fall: Fall, span: Span) -> Verdict:
    """Say that a feeder is without current."""
    since = nights.begins_at[fall.night]
    percent, watts = f"{100 * fall.gone:.0f}", f"{fall.gone * fall.before * nights.usual_w:.0f}"
    n_lost = None if cabinet.n_lamps is None else round(fall.gone * cabinet.n_lamps)
    lamps_en = "" if n_lost is None else f", about {n_lost} of {cabinet.n_lamps:.0f} lamps"
    lamps_fr = "" if n_lost is None else f", environ {n_lost} lampes sur {cabinet.n_lamps:.0f}"
    return Verdict(
        cabinet.asset_id,
        span.ends_at,
        True,
        since,
        score=10 * fall.gone,
        severity="urgent",
        sentence_en=(
            f"{cabinet.name}: {percent} % of its power ({watts} W{lamps_en}) has suddenly been missing since the night"
            f" of {local_day(since, span.time_zone)}, in all hours alike. To do: check the breakers and fuses of its"
            " feeders; if lamps were changed, enter the works."
        ),
        sentence_fr=(
            f"{cabinet.name} : {percent} % de sa puissance ({watts} W{lamps_fr}) a disparu d'un coup depuis la nuit du"
            f" {local_day_fr(since, span.time_zone)}, à toutes les heures. À faire : contrôler les disjoncteurs et"
            " fusibles de ses départs ; si des lampes ont été changées, saisir les travaux."
        ),
        evidence={
            "share_lost": round(fall.gone, 3),
            "power_lost_w": round(fall.gone * fall.before * nights.usual_w, 1),
            "n_lamps_lost": n_lost,
            "n_lamps": cabinet.n_lamps,
            **curve_of(since, span),
        },
    )


HINT = Hint(
    name="feeder_out",
    asset_types=("light_cabinet",),
    rhythm="night",
    reach=REACH + BEFORE_FALL,
    version="3",
    read=read,
    tell=tell,
    stride=timedelta(days=14),
)
