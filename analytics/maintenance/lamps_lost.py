"""Lamps that went out behind a cabinet whose lamps nobody meters: what it draws fell in steps of a lamp's power.

The same hours of 45 nights are compared (`analytics.lighting.steps`); a step of 0.6 lamps and more for three nights
counts, by the number of lamps that the inventory knows, and a step up of the same kind takes it back. Steps of a feeder
are told by `feeder_out`; those of works that were entered (notices, projects) do not count. In a large cabinet with
an unsteady meter a single lamp stays below what can be told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from analytics.lighting.steps import Nights, Step, find_steps, nights_of
from analytics.maintenance import Hint, Span, Verdict
from analytics.maintenance.cabinet_nights import (
    BEFORE_FALL,
    REACH,
    Cabinet,
    Cabinets,
    curve_of,
    is_feeder,
    judge_cabinets,
    read,
)
from analytics.sentence import local_day, local_day_fr

LEAST_OF_LAMP = 0.6
BACK_OF_LAMP = 0.4
MANY = 5  # lamps, from which on it does not wait for the next round


@dataclass(frozen=True, slots=True)
class Loss:
    """Which share of a cabinet's power was lost in how many steps, the nights of the first and of the last."""

    share: float
    n_steps: int
    first: int
    last: int


def tell(inputs: Cabinets, span: Span) -> list[Verdict]:
    """Judge each cabinet at each noon; `score` is the number of lamps lost."""
    return judge_cabinets(inputs, span, judge)


def judge(cabinet: Cabinet, span: Span) -> Verdict:
    """Add a cabinet's steps up."""
    unknown = Verdict(cabinet.asset_id, span.ends_at, None, span.begins_at)
    nights = nights_of(cabinet.nights, span.ends_at - REACH, span.ends_at)
    if nights is None or cabinet.n_lamps is None:
        return unknown
    steps = find_steps(nights, LEAST_OF_LAMP / cabinet.n_lamps)
    single = [
        step
        for step in steps
        if not is_feeder(abs(step.share), cabinet.n_lamps) and not cabinet.is_under_work(nights.begins_at[step.night])
    ]
    loss = add_up(nights, single)
    n_lost = round(loss.share * cabinet.n_lamps)
    if n_lost >= 1:
        return present(cabinet, nights, loss, n_lost, span)
    is_back = any(step.share > 0 for step in single) and loss.share * cabinet.n_lamps <= BACK_OF_LAMP
    return Verdict(cabinet.asset_id, span.ends_at, False, span.begins_at) if is_back else unknown


def add_up(nights: Nights, steps: Sequence[Step]) -> Loss:
    """Add falls up and take rises off, as shares of what the cabinet drew before the first fall."""
    share, n_steps, first, last = 0.0, 0, 0, 0
    for step in steps:
        if step.share < 0:
            first = step.night if share == 0 else first
            n_steps, last = (1 if share == 0 else n_steps + 1), step.night
        share = max(0.0, share - step.share)
    before = nights.levels[:first]
    top = float(np.nanmedian(before)) if np.isfinite(before).any() else 1.0
    return Loss(share / top, n_steps, first, last)


def present(cabinet: Cabinet, nights: Nights, loss: Loss, n_lost: int, span: Span) -> Verdict:
    """Say how many lamps are lost."""
    since, last = nights.begins_at[loss.first], nights.begins_at[loss.last]
    watts, percent = f"{loss.share * nights.usual_w:.0f}", f"{100 * loss.share:.0f}"
    n_lamps = f"{cabinet.n_lamps:.0f}"
    return Verdict(
        cabinet.asset_id,
        span.ends_at,
        True,
        since,
        score=float(n_lost),
        severity="warning" if n_lost >= MANY else "info",
        sentence_en=(
            f"{cabinet.name}: about {n_lost} of its {n_lamps} lamps no longer burn{last_en(loss, last, span)}: in the"
            f" same hours of the night it draws {percent} % ({watts} W) less since {local_day(since, span.time_zone)}."
            " To do: look for dark lamps behind this cabinet on the next round."
        ),
        sentence_fr=(
            f"{cabinet.name} : environ {n_lost} de ses {n_lamps} lampes ne s'allument plus{last_fr(loss, last, span)} :"
            f" aux mêmes heures de la nuit elle consomme {percent} % ({watts} W) de moins depuis le"
            f" {local_day_fr(since, span.time_zone)}. À faire : chercher les lampes éteintes derrière cette armoire à"
            " la prochaine tournée."
        ),
        evidence={
            "n_lamps_lost": n_lost,
            "n_lamps": cabinet.n_lamps,
            "share_lost": round(loss.share, 4),
            "power_lost_w": round(loss.share * nights.usual_w, 1),
            "n_steps": loss.n_steps,
            **curve_of(since, span),
        },
    )


def last_en(loss: Loss, last: datetime, span: Span) -> str:
    """Say in how many steps, where there are several."""
    return f" (in {loss.n_steps} steps, the last on {local_day(last, span.time_zone)})" if loss.n_steps > 1 else ""


def last_fr(loss: Loss, last: datetime, span: Span) -> str:
    """Say the same in French."""
    day = local_day_fr(last, span.time_zone)
    return f" (en {loss.n_steps} étapes, la dernière le {day})" if loss.n_steps > 1 else ""


HINT = Hint(
    name="lamps_lost",
    asset_types=("light_cabinet",),
    rhythm="night",
    reach=REACH + BEFORE_FALL,  # read together with `feeder_out`
    version="1",
    read=read,
    tell=tell,
    stride=timedelta(days=14),
)
