"""How containers will fill: level at an instant ahead, and when the threshold is reached, both as intervals.

Days gone by (`analytics.collection.days`) are drawn and strung together to paths; the time to the threshold is the
first passage of each path, of which the quantiles are told. Nothing is assumed of the shape of noise. Paths take nobody
to come by. What a day ends with when emptyings come as they used to, whoever plans them, is told beside (`usual`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.collection.days import (
    EMPTY,
    HEAPED,
    HOUR_S,
    HOURS,
    INFLOW,
    LEARNT_FROM,
    Days,
    Ints,
    days_of,
    join,
    next_levels,
    pool,
    take,
    weekday_paces,
    weigh,
)
from analytics.collection.track import HOLD_S, OVERFLOW_AT_PERCENT, Floats, Track, make_tracks
from analytics.kpi.waste import weighted_quantile
from store.collection import ContainerLevels

AHEAD_DAYS = 21
N_PATHS = 200
SEED = 20_260_301
LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
N_ANCHORS = 5  # levels 0, 30 ... 120 %, at which weights are computed
__all__ = ["LEARNT_FROM", "FillForecast", "forecast_fills"]


@dataclass(frozen=True, slots=True)
class FillForecast:
    """What a container will hold at `for_at` when nobody empties it [%]: median and interval of 90 %.

    `probability` (0 to 1) that it has reached its threshold at or before then, `probability_overflow` the same of
    100 %; first passages of the threshold (None: not within 21 days); `n_days` of its own were learnt from. `usual`:
    low, median and high [%] a day after `made_at` when emptyings come as they used to, whoever plans them.
    """

    asset_id: int
    made_at: datetime
    for_at: datetime
    level_percent: float
    expected_percent: float
    low_percent: float
    high_percent: float
    threshold_percent: float
    probability: float
    probability_overflow: float
    reaches_at: datetime | None
    reaches_low_at: datetime | None
    reaches_high_at: datetime | None
    n_days: int
    usual: tuple[float, float, float]


def forecast_fills(
    containers: Sequence[ContainerLevels], at: datetime, for_ats: Sequence[datetime], zone: ZoneInfo
) -> list[FillForecast]:
    """Forecast each container for some instants after `at`, out of what was measured before it.

    A container that was silent for more than a day, or has nothing to learn from, is not in the answer.
    """
    by_stream: dict[str | None, list[tuple[Track, Days]]] = {}
    for whole in make_tracks(containers):
        track = until(whole, at)
        if track.at_s.size and at.timestamp() - float(track.at_s[-1]) <= HOLD_S:
            by_stream.setdefault(track.waste_stream, []).append((track, days_of(track, zone)))
    forecasts: list[FillForecast] = []
    for group in by_stream.values():
        others = join([days for _, days in group])
        for track, own in group:
            forecasts += forecast_one(track, pool(own, others, track.asset_id), at, for_ats, zone)
    return sorted(forecasts, key=lambda one: (one.asset_id, one.for_at))


def until(track: Track, at: datetime) -> Track:
    """Leave out what was measured after an instant."""
    end = int(np.searchsorted(track.at_s, at.timestamp(), side="right"))
    kept = track.at_s[:end], track.levels[:end], track.inflow[:end], track.falls[track.falls < end]
    described = track.asset_id, track.name, track.sector, track.waste_stream, track.full_at_percent
    return Track(*described, *kept, track.left)


def forecast_one(
    track: Track, days: Days, at: datetime, for_ats: Sequence[datetime], zone: ZoneInfo
) -> list[FillForecast]:
    """Forecast one container by paths."""
    if np.isnan(days.inflow[:, -1]).all():
        return []
    level, made_at = float(track.levels[-1]), datetime.fromtimestamp(float(track.at_s[-1]), UTC)
    weekday, threshold = made_at.astimezone(zone).weekday(), track.full_at_percent
    paths = draw_paths(days, track.asset_id, level, weekday)
    highest = np.maximum.accumulate(paths, axis=1)
    tails = shares(days, track.asset_id, level, weekday)
    values, weights = next_levels(days, track.asset_id, level, weekday)
    reaches = [passage(highest, threshold, (made_at, at), share) for share in tails]
    usual_low, usual, usual_high = (weighted_quantile(values, weights, share) for share in (LOW, MIDDLE, HIGH))
    n_own = int(np.count_nonzero(days.owner == track.asset_id))
    forecasts = []
    for for_at in for_ats:
        hours = min(paths.shape[1] - 1, max(0, round((for_at - made_at).total_seconds() / HOUR_S)))
        low, middle, high = np.quantile(paths[:, hours], tails).tolist()
        forecasts.append(
            FillForecast(
                asset_id=track.asset_id,
                made_at=made_at,
                for_at=for_at,
                level_percent=level,
                expected_percent=middle,
                low_percent=low,
                high_percent=high,
                threshold_percent=threshold,
                probability=float((highest[:, hours] >= threshold).mean()),
                probability_overflow=float((highest[:, hours] >= OVERFLOW_AT_PERCENT).mean()),
                reaches_low_at=reaches[0],
                reaches_at=reaches[1],
                reaches_high_at=reaches[2],
                n_days=n_own,
                usual=(usual_low, usual, usual_high),
            )
        )
    return forecasts


def shares(days: Days, asset_id: int, level: float, weekday: int) -> tuple[float, float, float]:
    """Give the shares of paths that bound 90 %: nearer to all of them where few days stand behind the paths.

    Among n days as good as one another, a new one lies below the k-th with probability k / (n + 1) (Vovk, Gammerman and
    Shafer 2005, doi:10.1007/b106715); n is the effective number by Kish, (sum of weights)^2 / sum of squares.
    """
    weights = weigh(days, asset_id, np.array([level]), weekday, INFLOW)[0]
    n = float(weights.sum() ** 2 / (weights**2).sum())
    low = max(0.0, (LOW * (n + 1) - 1) / n)
    return low, MIDDLE, 1 - low


def draw_paths(days: Days, asset_id: int, level: float, weekday: int) -> Floats:
    """Draw paths of hourly levels [%] for 21 days when nobody empties the container, shape (n_paths, n_hours + 1)."""
    draws, days = np.random.default_rng((SEED, asset_id)), take(days, ~np.isnan(days.inflow[:, -1]))
    paces = weekday_paces(days, asset_id)
    anchors = np.linspace(EMPTY, HEAPED, N_ANCHORS)
    reached = np.cumsum(weigh(days, asset_id, anchors, weekday, INFLOW), axis=1)
    paths = np.empty((N_PATHS, AHEAD_DAYS * HOURS + 1))
    paths[:, 0] = level
    for ahead in range(AHEAD_DAYS):
        begin = ahead * HOURS
        nearest = np.rint(np.clip(paths[:, begin], EMPTY, HEAPED) / (HEAPED - EMPTY) * (N_ANCHORS - 1)).astype(np.int64)
        chosen = choose(reached, nearest, draws.random(N_PATHS))
        pace = paces[(weekday + ahead) % 7] / paces[days.weekday[chosen]]
        rising = paths[:, begin, None] + days.inflow[chosen] * pace[:, None]
        paths[:, begin + 1 : begin + 1 + HOURS] = np.clip(rising, EMPTY, HEAPED)
    return paths


def choose(reached: Floats, nearest: Ints, draws: Floats) -> Ints:
    """Draw a past day for each path by the cumulated weights of its anchor."""
    chosen = np.empty(nearest.shape, dtype=np.int64)
    for anchor in np.unique(nearest).tolist():
        on_it = nearest == anchor
        own = reached[anchor]
        chosen[on_it] = np.searchsorted(own, draws[on_it] * own[-1], side="right")
    chosen_days: Ints = np.minimum(chosen, reached.shape[1] - 1)
    return chosen_days


def passage(
    highest: Floats, threshold: float, made_and_asked: tuple[datetime, datetime], share: float
) -> datetime | None:
    """Give when this share of the paths has reached a threshold, not before it was asked; None where fewer ever do."""
    made_at, asked_at = made_and_asked
    hour = int(np.searchsorted((highest >= threshold).mean(axis=0), share))
    return max(asked_at, made_at + timedelta(hours=hour)) if hour < highest.shape[1] else None
