"""Something that has left its company while the others stayed: a lamp against its cabinet, a bay against its street.

A lamp's highest power of each day (over its dimming level, where it tells one: which of them a lamp sends falls into
the dimmed hours changes with the season) over its own usual one is compared with the middle of its cabinet (five lamps
at least): a quarter away for three days in a row is another lamp, a wrong dimming or a failing driver. "Less" is less
than in the last five weeks, "more" is more than in the last three months: a lamp that was repaired takes again what it
took before it was weak. What all do together (dimming, an order, mains voltage) cancels out; of a lamp that takes what
it took while the others changed (LED in most of a cabinet) nothing is said; a dark lamp is told by `dead_lamp`. A bay
whose share of time occupied has left that of its zone for a week (`analytics.parking.faulty`) sees badly. Rooms and
thermometers are told by `sensor_drift`.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from analytics.maintenance import Hint, Level, Span, Verdict, absent
from analytics.maintenance.faulty_bays import Bay, Bays, find_bays, read_bays, spoke_last
from analytics.maintenance.gauges import Floats, quantiles
from analytics.sentence import local_day, local_day_fr
from store.inputs import Connection, Window
from store.series_days import SeriesDays, read_series_days

APART, NEAR = 0.25, 0.1
DARK = 0.1
LEAST_DIMMING = 10.0  # percent: below, the standing losses of the gear are most of the power
N_DAYS, LEAST_KNOWN, LEAST_PEERS = 3, 10, 5
MOST = 0.9  # quantile of the nights: a few wild ones do not make the most that a lamp took
SPEAKS = timedelta(days=2)
WEEK = 7
REACH, RECENT = timedelta(days=98), timedelta(days=35)
OLD = timedelta(days=7)  # what is usual is from before that


@dataclass(frozen=True, slots=True)
class Inputs:
    """Days of all bays, and of the power and dimming level of all lamps."""

    bays: Bays
    lamps: Sequence[SeriesDays]
    dimming: Sequence[SeriesDays] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """Lamps of a cabinet: their highest power (n_lamps, n_days) [W] as it would be without dimming, NaN: not heard."""

    lamps: Sequence[SeriesDays]
    days: Sequence[datetime]
    highs: Floats


def read(connection: Connection, window: Window) -> Inputs:
    """Read what is judged."""
    of_lamps = Window(window.territory_id, ("street_light",), window.begins_at, window.ends_at)
    power = read_series_days(connection, of_lamps, ("active_power",))
    return Inputs(read_bays(connection, window), power, read_series_days(connection, of_lamps, ("dimming_level",)))


def tell(inputs: Inputs, span: Span) -> list[Verdict]:
    """Judge at each midnight; `score` is the distance over the smallest that counts."""
    cabinets: dict[int, list[SeriesDays]] = {}
    for power in inputs.lamps:
        if power.parent_id is not None:
            cabinets.setdefault(power.parent_id, []).append(power)
    dimming = {one.asset_id: dict(zip(one.days, one.highs, strict=True)) for one in inputs.dimming}
    families = [lay_out(lamps, dimming) for lamps in cabinets.values()]
    verdicts = []
    for part in span.parts():
        verdicts += [judge_bay(bay, found is not None, part) for bay, found in find_bays(inputs.bays, "drifted", part)]
        verdicts += [verdict for family in families for verdict in judge_family(family, part)]
    return verdicts


def lay_out(lamps: Sequence[SeriesDays], dimming: Mapping[int | None, Mapping[datetime, float]]) -> Family:
    """Lay the lamps of a cabinet on the days on which any was heard."""
    days = sorted({day for lamp in lamps for day in lamp.days})
    place = {day: index for index, day in enumerate(days)}
    highs = np.full((len(lamps), len(days)), np.nan)
    for row, lamp in zip(highs, lamps, strict=True):
        row[[place[day] for day in lamp.days]] = undimmed(lamp, dimming.get(lamp.asset_id))
    return Family(lamps, days, highs)


def undimmed(power: SeriesDays, dimming: Mapping[datetime, float] | None) -> tuple[float, ...]:
    """Give the highest power of each day as it would be without dimming; 0 on days without light."""
    if dimming is None:
        return power.highs
    levels = (dimming.get(day, 0.0) for day in power.days)
    rows = zip(power.highs, levels, strict=True)
    return tuple(high / (level / 100) if level >= LEAST_DIMMING else 0.0 for high, level in rows)


def judge_family(family: Family, span: Span) -> Iterable[Verdict]:
    """Compare each lamp of a cabinet with the others."""
    first, recent, now, end = (
        bisect_left(family.days, span.ends_at - back) for back in (REACH, RECENT, OLD, timedelta(0))
    )
    beside = beside_company(family.highs[:, first:end])
    apart = apart_from_usual(beside, recent - first, now - first)
    usual_w, last_w = quantiles_of_known(family.highs[:, recent:now], 0.5)[:, None], family.highs[:, now:end]
    is_as_usual = (last_w > (1 - NEAR) * usual_w) & (last_w / (1 + NEAR) < usual_w)
    apart[(np.abs(apart) >= APART) & is_as_usual] = np.nan  # the others have left it
    days = family.days[now:end]
    for lamp, distances, highs in zip(family.lamps, apart, family.highs[:, now:end], strict=True):
        known = np.flatnonzero(np.isfinite(distances))[-N_DAYS:]
        takes = float(np.median(highs[known])) if known.size else np.nan
        yield judge_lamp(lamp, [(days[index], float(distances[index])) for index in known], takes, span)


def beside_company(highs: Floats) -> Floats:
    """Give the power (n_lamps, n_days) of nights over the lamp's middle one, over the same of its company.

    NaN where a lamp did not burn, or too few others did.
    """
    if not highs.size:
        return highs
    with np.errstate(all="ignore"):
        burns = np.where(highs > DARK * quantiles(highs, MOST)[:, None], highs, np.nan)
        burns[~(burns > 0)] = np.nan
        levels = burns / quantiles(burns, 0.5)[:, None]
        company = quantiles(levels.T, 0.5)
        company[np.isfinite(levels).sum(axis=0) <= LEAST_PEERS] = np.nan
        beside = levels / np.where(company > DARK, company, np.nan)
    return np.where(np.isfinite(beside), beside, np.nan)


def apart_from_usual(beside: Floats, recent: int, now: int) -> Floats:
    """Give how far the days from the column `now` on lie below the usual of those from `recent` on, or above the most.

    0 for what a lamp took before, if not of late; NaN where it is not known.
    """
    usual, most = quantiles_of_known(beside[:, recent:now], 0.5), quantiles_of_known(beside[:, :now], MOST)
    last = beside[:, now:]
    more = last / np.fmax(usual, most)[:, None]
    apart: Floats = np.minimum(last / usual[:, None], 1.0) * np.maximum(more, 1.0) - 1.0
    return apart


def quantiles_of_known(rows: Floats, level: float) -> Floats:
    """Give a quantile of each row; NaN where too few days are known."""
    if not rows.size:
        return np.full(rows.shape[0], np.nan)
    return np.where(np.isfinite(rows).sum(axis=1) >= LEAST_KNOWN, quantiles(rows, level), np.nan)


def judge_lamp(lamp: SeriesDays, apart: Sequence[tuple[datetime, float]], takes: float, span: Span) -> Verdict:
    """Say whether a lamp that takes so much [W] of late has left its company for days."""
    last = [distance for _, distance in apart[-N_DAYS:]]
    if len(last) < N_DAYS or span.ends_at - apart[-1][0] > SPEAKS:
        return absent(lamp, span, None)
    nearest = min(last, key=abs)
    level = Level(takes, takes / (1 + nearest))
    if abs(nearest) < APART or min(last) * max(last) < 0:
        return absent(lamp, span, False if abs(last[-1]) < NEAR else None, level)
    percent = f"{100 * abs(nearest):.0f}"
    word_en, word_fr = ("more", "de plus") if nearest > 0 else ("less", "de moins")
    told = present(
        lamp,
        (apart[-N_DAYS][0], abs(nearest) / APART),
        f"takes {percent} % {word_en} power than its cabinet's other lamps lead to expect; at most 25 % is usual."
        " To do: check lamp, driver and dimming.",
        f"consomme {percent} % {word_fr} que ne le laissent attendre les autres lampes de son armoire ;"
        " d'habitude 25 % au plus. À faire : contrôler la lampe, le driver et la gradation.",
        span,
    )
    return replace(told, level=level)


def judge_bay(bay: Bay, is_apart: bool, span: Span) -> Verdict:
    """Say whether a bay has left its street."""
    level = Level(occupied_share(bay, slice(-WEEK, None)), occupied_share(bay, slice(None, -WEEK)))
    if not is_apart:
        return absent(bay.series, span, False if spoke_last(bay) else None, level)
    percent = f"{100 * level.now:.0f}"
    told = present(
        bay.series,
        (span.ends_at - timedelta(days=7), 1.0),
        f"occupied for {percent} % of the week, 40 points and more away from what its street and its own past say."
        " To do: look at the bay; calibrate or change the sensor.",
        f"occupée {percent} % de la semaine, à 40 points et plus de ce que disent sa rue et son propre passé."
        " À faire : aller voir la place ; étalonner ou changer le capteur.",
        span,
    )
    return replace(told, level=level)


def occupied_share(bay: Bay, days: slice) -> float:
    """Give the share of time for which a bay was occupied on some of its days."""
    occupied, free = sum(bay.days.occupied_s[days]), sum(bay.days.free_s[days])
    return occupied / max(occupied + free, 1.0)


def present(series: SeriesDays, since: tuple[datetime, float], english: str, french: str, span: Span) -> Verdict:
    """Say what has left its company, since when and how far."""
    since_at, score = since
    return Verdict(
        series.asset_id,
        span.ends_at,
        True,
        since_at,
        score=score,
        severity="warning",
        sentence_en=f"{series.name}: since {local_day(since_at, span.time_zone)} {english}",
        sentence_fr=f"{series.name} : depuis le {local_day_fr(since_at, span.time_zone)}, {french}",
        evidence={
            "times_limit": round(score, 2),
            "curve_from": (span.ends_at - RECENT).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
        device_id=series.device_id,
        series_id=series.series_id,
    )


HINT = Hint(
    name="unlike_peers",
    asset_types=("street_light", "parking_bay"),
    rhythm="day",
    reach=REACH,
    version="2",
    read=read,
    tell=tell,
    stride=timedelta(days=28),
)
