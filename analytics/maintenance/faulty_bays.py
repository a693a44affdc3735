"""Parking bays that cannot be believed, told one by one: shared by the hints about stuck, noisy and unlike sensors.

What chatters or stands apart from its street is found by `analytics.parking.faulty`, the same for KPIs (which leave
such bays out) and here. Stuck is told earlier here, and by the state that lasts: where changes come at random, a state
that holds for the share p of the time outlasts E changes due (by the bay's own rhythm and how busy its zone was) with
a chance of exp(-E / 2p). Below exp(-8.5) it is told: once in some hundred bay-weeks at most. Whole days are counted,
two where the bay says "free", three where it says "occupied": people do leave a car for a weekend.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.maintenance import Span, Verdict, absent
from analytics.parking.faulty import Days, Faulty, Floats, Mask, find_faulty, lay_out, rhythm
from analytics.period import begin
from analytics.sentence import local_day, local_day_fr
from store.inputs import Connection, Window
from store.parking import BayDays, read_bay_days
from store.series_days import SeriesDays, read_series_days

SURE = 8.5  # minus the logarithm of the chance
LEAST_FREE, LEAST_OCCUPIED = 2, 3  # whole days
LEAST_SHARE, HALF = 0.05, 0.5  # of the time in a state
LOOK_BACK_DAYS = 28
DAY = timedelta(days=1)
FIRST = date(2000, 1, 1)  # days of bays are counted from here


@dataclass(frozen=True, slots=True)
class Bay:
    """A bay's days, and its series with the names of what it is."""

    days: BayDays
    series: SeriesDays


@dataclass(frozen=True, slots=True)
class Bays:
    """All bays of a territory."""

    days: Sequence[BayDays]
    series: Sequence[SeriesDays]


def read_bays(connection: Connection, window: Window) -> Bays:
    """Read the bays' days."""
    of_bays = Window(window.territory_id, ("parking_bay",), window.begins_at, window.ends_at)
    return Bays(read_bay_days(connection, of_bays, FIRST), read_series_days(connection, of_bays, ("occupancy",)))


def find_bays(bays: Bays, kind: str, span: Span) -> Iterable[tuple[Bay, Faulty | None]]:
    """Judge all bays together at a midnight by what was known then: each, and what of a kind reaches its last day."""
    known = cut_all(bays, span)
    faulty = [one for one in find_faulty([bay.days for bay in known]) if one.kind == kind]
    found = {one.series_id: one for one in faulty if one.last >= LOOK_BACK_DAYS - 1}
    return [(bay, found.get(bay.days.series_id)) for bay in known]


def spoke_last(bay: Bay) -> bool:
    """Say whether anything is known of a bay's last day: one that is silent may be at fault still."""
    return bay.days.days[-1:] == (LOOK_BACK_DAYS - 1,)


def cut_all(bays: Bays, span: Span) -> list[Bay]:
    """Keep the four weeks before a midnight of each bay."""
    today = (span.ends_at.astimezone(ZoneInfo(span.time_zone)).date() - FIRST).days
    by_id = {one.series_id: one for one in bays.series}
    named = ((own, by_id.get(own.series_id)) for own in bays.days)
    return [Bay(cut(own, today - LOOK_BACK_DAYS, today), series) for own, series in named if series is not None]


def judge_bays(bays: Bays, span: Span) -> Iterable[Verdict]:
    """Say which bays are stuck."""
    known = cut_all(bays, span)
    for bay, n_still in zip(known, count_still([bay.days for bay in known]), strict=True):
        if n_still:
            yield present(bay, n_still, span)
        else:
            moves = spoke_last(bay) and bay.days.n_changes[-1] > 0
            yield absent(bay.series, span, False if moves else None)


def count_still(bays: Sequence[BayDays]) -> list[int]:
    """Give for how many whole days up to the last each bay has been stuck, 0 where it is not."""
    if not any(bay.days for bay in bays):
        return [0] * len(bays)
    days = lay_out(bays)
    rate, busy = rhythm(days)
    due = np.where(days.is_known, rate[:, None] * busy, 0.0)
    still = ~days.is_known | (days.changes == 0)
    return [count_own(days, index, still[index], due[index]) for index in range(len(bays))]


def count_own(days: Days, index: int, still: Mask, due: Floats) -> int:
    """Count the days up to the last without a change; 0 where chance may have it so."""
    moving = np.flatnonzero(~still)
    first = int(moving[-1]) + 1 if moving.size else 0
    known, before = days.is_known[index, first:], days.is_known[index, :first]
    if still.size < LOOK_BACK_DAYS or not known[-1:].any() or not before.any():
        return 0
    is_occupied = days.share[index, first:][known][-1] > HALF
    share = float(days.share[index, :first][before].mean())
    odds = max(share if is_occupied else 1 - share, LEAST_SHARE)
    least = LEAST_OCCUPIED if is_occupied else LEAST_FREE
    is_stuck = known.sum() >= least and due[first:].sum() >= 2 * odds * SURE
    return still.size - first if is_stuck else 0


def cut(bay: BayDays, first: int, end: int) -> BayDays:
    """Keep a bay's days from one on, before another, counted from the first."""
    kept = [index for index, day in enumerate(bay.days) if first <= day < end]
    return BayDays(
        bay.asset_id,
        bay.series_id,
        bay.zone,
        bay.zone_asset_id,
        tuple(bay.days[index] - first for index in kept),
        tuple(bay.free_s[index] for index in kept),
        tuple(bay.occupied_s[index] for index in kept),
        tuple(bay.n_changes[index] for index in kept),
        tuple(bay.n_arrivals[index] for index in kept),
    )


def present(bay: Bay, n_days: int, span: Span) -> Verdict:
    """Say since when a bay has been saying what."""
    zone = ZoneInfo(span.time_zone)
    since = begin(span.ends_at.astimezone(zone).date() - n_days * DAY, "day", zone)
    is_occupied = bay.days.occupied_s[-1] > bay.days.free_s[-1]
    state_en, state_fr = ("occupied", "occupée") if is_occupied else ("free", "libre")
    car_en = ", or have the car removed" if is_occupied else ""
    car_fr = ", ou faire enlever le véhicule" if is_occupied else ""
    name = bay.series.name
    return Verdict(
        bay.series.asset_id,
        span.ends_at,
        True,
        since,
        score=float(n_days),
        severity="warning",
        sentence_en=(
            f"{name}: always {state_en} since {local_day(since, span.time_zone)} ({n_days} days) while cars come and go"
            f" around it. To do: look at the bay; reset or change the sensor{car_en}."
        ),
        sentence_fr=(
            f"{name} : toujours {state_fr} depuis le {local_day_fr(since, span.time_zone)} ({n_days} jours) alors que"
            " les voitures vont et viennent autour. À faire : aller voir la place ; réinitialiser ou changer le"
            f" capteur{car_fr}."
        ),
        evidence={
            "n_days": n_days,
            "value": float(is_occupied),
            "zone": bay.days.zone,
            "curve_from": (span.ends_at - LOOK_BACK_DAYS * DAY).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
        device_id=bay.series.device_id,
        series_id=bay.series.series_id,
    )
