"""A leak: flow while everybody sleeps that has risen above its own past and does not fall again.

Minimum night flow between two and four in the morning (Farley and Trow 2003, Losses in Water Distribution Networks),
less what left at the metered points that hang on this one, so that a leak is told where it is and not upstream too.
Usual is the twentieth percentile of the nights of two months: a leak that has run for weeks does not become usual. A
meter that was changed begins anew. What counts as more than usual is 30 % of it, six times the ordinary difference
from night to night, what the meters may be wrong by (class 2 of OIML R 49), and 0.05 m³/h, whichever is most; for three
nights on end.

The point names the district; sensors of noise and pressure behind it say where to listen first
(`analytics.water_mains.location`), and the evidence which share of what enters it at night is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.maintenance import Hint, Level, Span, Verdict
from analytics.maintenance.gauges import Floats
from analytics.sentence import french_number, local_day, local_day_fr, number
from analytics.spread import spread_of_steps
from analytics.water_mains.location import LEAST_BY_QUANTITY, Clue, clues_behind, locate
from store.gauge_hours import GaugeHours, NamedAsset, read_gauge_hours, read_named_assets
from store.inputs import Connection, Window
from store.water import NightFlow, read_night_flows

N_NIGHTS = 3
LEAST_NIGHTS = 7
USUAL_QUANTILE = 0.2
MORE_SHARE, METER_SHARE, LEAST_M3_H = 0.3, 0.02, 0.05
N_SIGMAS = 6.0
GONE_SHARE = 0.5  # of what counts as more
URGENT_M3_H = 5.0
LEAST_NIGHT_S = 3600.0
REACH = timedelta(days=60)
FRESH = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Points:
    """Metered points and their nights, and the night hours of sensors of pressure and noise."""

    assets: Sequence[NamedAsset]
    nights: Sequence[NightFlow]
    gauges: Sequence[GaugeHours] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """What leaves between a point and the metered points behind it, night by night [m3/h], and what enters there.

    `gauges` are the sensors of pressure and noise behind it, up to the next metered points.
    """

    asset: NamedAsset
    n_behind: int
    days: Sequence[date]
    kept: Floats
    entered: Floats
    gauges: Sequence[GaugeHours] = ()


def read(connection: Connection, window: Window) -> Points:
    """Read points, nights, and what was heard and lost at night."""
    gauges = read_gauge_hours(connection, window, tuple(LEAST_BY_QUANTITY), civil_hours=(2, 3))
    return Points(read_named_assets(connection, window), read_night_flows(connection, window), gauges)


def tell(points: Points, span: Span) -> list[Verdict]:
    """Judge each point at each noon; `score` is the leak in multiples of what counts as more than usual."""
    return [judge(one, part) for part in span.parts() for one in balance(points, local_date(part))]


def local_date(span: Span) -> date:
    """Give the civil day on which a span ends."""
    return span.ends_at.astimezone(ZoneInfo(span.time_zone)).date()


def balance(points: Points, last: date) -> list[Balance]:
    """Take from each point's nights those of the points that hang on it; nights with one of them unknown are left out.

    Nights are those up to a day.
    """
    flows = flows_of(points.nights, last)
    metered = [asset for asset in points.assets if asset.asset_id in flows]
    ids = frozenset(flows)
    return [
        replace(
            balance_of(asset, flows, [one for one in metered if one.parent_id == asset.asset_id]),
            gauges=clues_behind(asset.asset_id, points.assets, ids, points.gauges),
        )
        for asset in metered
    ]


def flows_of(nights: Sequence[NightFlow], last: date) -> dict[int, Mapping[date, float]]:
    """Give the nights of each point up to a day, by the meter that spoke last: another may read more of the same."""
    known: dict[int, dict[int, dict[date, float]]] = {}
    for night in nights:
        if night.day <= last and night.known_s >= LEAST_NIGHT_S and np.isfinite(night.flow_m3_h):
            known.setdefault(night.asset_id, {}).setdefault(night.series_id, {})[night.day] = night.flow_m3_h
    return {point: own[max(own, key=lambda series: (max(own[series]), series))] for point, own in known.items()}


def balance_of(asset: NamedAsset, flows: Mapping[int, Mapping[date, float]], behind: Sequence[NamedAsset]) -> Balance:
    """Balance one point."""
    own, others = flows[asset.asset_id], [flows[one.asset_id] for one in behind]
    days = sorted(day for day in own if all(day in other for other in others))
    entered = np.array([own[day] for day in days])
    left = np.array([sum(other[day] for other in others) for day in days])
    return Balance(asset, len(behind), days, entered - left, entered)


def judge(point: Balance, span: Span) -> Verdict:
    """Compare the last nights of a point with its nights before."""
    asset_id = point.asset.asset_id
    last = local_date(span)
    known = [index for index, day in enumerate(point.days) if day >= last - REACH]
    if len(known) < LEAST_NIGHTS or last - point.days[known[-1]] > FRESH:
        return Verdict(asset_id, span.ends_at, None, span.begins_at)
    kept, entered = point.kept[known], point.entered[known]
    usual = float(np.quantile(kept, USUAL_QUANTILE))
    limit = max(
        MORE_SHARE * usual, METER_SHARE * float(np.median(entered)), LEAST_M3_H, N_SIGMAS * spread_of_steps(kept)
    )
    more = kept - usual
    level = Level(float(np.median(kept[-N_NIGHTS:])), usual)
    if more[-N_NIGHTS:].min() < limit:
        is_gone = more[-N_NIGHTS:].max() < GONE_SHARE * limit
        return Verdict(asset_id, span.ends_at, False if is_gone else None, span.begins_at, level=level)
    below = np.flatnonzero(more < limit)
    since = point.days[known[int(below[-1]) + 1]]
    flows = (usual, limit, level.now - usual, float(np.median(entered[-N_NIGHTS:])))
    return replace(present(point, span, since, flows), level=level)


def present(point: Balance, span: Span, since: date, flows: tuple[float, float, float, float]) -> Verdict:
    """Say that water is lost behind a point."""
    usual, limit, lost, entered = flows
    started_at = datetime.combine(since, time(2), ZoneInfo(span.time_zone)).astimezone(UTC)
    found, before, a_day = number(usual + lost), number(max(usual, 0.0)), number(lost * 24)
    clues = locate(point.gauges, started_at.timestamp(), span.ends_at.timestamp())
    near_en, near_fr = words_of(clues)
    where_en, where_fr = branches_of(point.n_behind)
    return Verdict(
        point.asset.asset_id,
        span.ends_at,
        True,
        started_at,
        score=lost / limit,
        severity="urgent" if lost >= URGENT_M3_H else "warning",
        sentence_en=(
            f"{point.asset.name}: {found} m³/h flow between two and four in the morning{where_en}, {before} m³/h is"
            f" usual, since {local_day(started_at, span.time_zone)}: a leak of about {a_day} m³ a day.{near_en} To do:"
            " search for the leak by listening on this stretch, check taps and flushing cisterns behind a building's"
            " meter."
        ),
        sentence_fr=(
            f"{point.asset.name} : il passe {french_number(found)} m³/h entre deux et quatre heures du"
            f" matin{where_fr}, d'habitude {french_number(before)} m³/h, depuis le"
            f" {local_day_fr(started_at, span.time_zone)} : une fuite d'environ {french_number(a_day)} m³ par"
            f" jour.{near_fr} À faire : rechercher la fuite par écoute sur ce tronçon ; derrière le compteur d'un"
            " bâtiment, contrôler robinets et chasses d'eau."
        ),
        evidence={
            "night_flow_m3_h": round(usual + lost, 4),
            "usual_m3_h": round(usual, 4),
            "limit_m3_h": round(usual + limit, 4),
            "lost_m3_a_day": round(lost * 24, 2),
            "share_of_night_inflow": round(lost / entered, 3) if entered > 0 else None,
            "n_metered_behind": point.n_behind,
            "listen_first": [
                {"asset": clue.name, "rests_on": clue.quantity, "change": round(clue.change, 3)} for clue in clues
            ],
            "quantity": "flow",
            "curve_from": (started_at - timedelta(days=14)).isoformat(),
            "curve_to": span.ends_at.isoformat(),
        },
    )


def branches_of(n: int) -> tuple[str, str]:
    """Say in English and in French how many metered points were taken off; nothing without one."""
    if n == 1:
        return " (less its metered branch)", " (moins son antenne comptée)"
    return (f" (less its {n} metered branches)", f" (moins ses {n} antennes comptées)") if n else ("", "")


def words_of(clues: Sequence[Clue]) -> tuple[str, str]:
    """Say in English and in French which sensor points to the leak most clearly, and by what; nothing without one."""
    if not clues:
        return "", ""
    clue = clues[0]
    by = number(round(abs(clue.change), 2))
    if clue.quantity == "noise_level":
        return (
            f" Listen first near {clue.name}: it has become louder at night by {by} dB.",
            f" Écouter d'abord près de {clue.name} : le bruit nocturne y a augmenté de {french_number(by)} dB.",
        )
    return (
        f" Listen first near {clue.name}: pressure at night has fallen there by {by} bar.",
        f" Écouter d'abord près de {clue.name} : la pression nocturne y a baissé de {french_number(by)} bar.",
    )


HINT = Hint(
    name="leak",
    asset_types=("water_pipe", "water_meter"),
    rhythm="night",
    reach=REACH,
    version="2",
    read=read,
    tell=tell,
    stride=timedelta(days=28),
)
