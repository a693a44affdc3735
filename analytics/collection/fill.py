"""How containers will fill: level at an instant ahead, and when the threshold is reached, both as intervals.

Days gone by are laid side by side, each beginning at the clock time of the newest value: the level it began with, its
weekday, what came in hour by hour. A day ahead is one of them, drawn by weight: the likelier the nearer its level, the
same weekday, the more recent, and the container's own far before others of the same stream (a transition table of level
by weekday, with kernels instead of classes; nearest-neighbour resampling of Lall and Sharma 1996,
doi:10.1029/95WR02966). Days are strung together to paths; the time to the threshold is the first passage of each path,
of which the quantiles are told. Nothing is assumed of the shape of noise.

Paths take nobody to come by. Where it is not known when somebody does (`next_levels`), emptyings are drawn with the
days.

The widths of the kernels were chosen on the second half of 2019 of the Wyndham set alone (`analytics.evaluate.bins`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.collection.track import HOLD_S, OVERFLOW_AT_PERCENT, Floats, Track, make_tracks
from store.collection import ContainerLevels

LEARNT_FROM = timedelta(days=56)
AHEAD_DAYS = 21
N_PATHS = 200
SEED = 20_260_301
MOST_OTHERS = 400
HOUR_S, DAY_S, HOURS = 3600.0, 86_400.0, 24
EMPTY, HEAPED = 0.0, 120.0  # ends of the range of `fill_level` [%]
LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95
N_ANCHORS = 13  # levels 0, 10 ... 120 %, at which weights are computed
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Kernel:
    """How much a past day counts: half of it after `half_life_days`, `other_weekday` on another weekday, `other` in all
    for the days of other containers where its own count 1 each, and by a Gaussian of `level_points` in its first level.
    """

    half_life_days: float = 120.0
    other_weekday: float = 0.5
    other: float = 5.0
    level_points: float = 12.0


KERNEL = Kernel()


@dataclass(frozen=True, slots=True)
class Days:
    """Days gone by: first level [%], weekday (Monday 0), age [days], container, emptied or not: shape (n_days,).

    `inflow` [%] is what had come in at the end of each part of the day, shape (n_days, n_parts); `last` the level at
    the day's end [%].
    """

    first: Floats
    weekday: Ints
    age: Floats
    owner: Ints
    is_emptied: NDArray[np.bool_]
    inflow: Floats
    last: Floats


@dataclass(frozen=True, slots=True)
class FillForecast:
    """What a container will hold at `for_at` when nobody empties it [%]: median and interval of 90 %.

    `probability` (0 to 1) that it has reached its threshold at or before then, `probability_overflow` the same of
    100 %; first passages of the threshold (None: not within 21 days); `n_days` of its own were learnt from.
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
    return Track(track.asset_id, track.name, track.sector, track.waste_stream, track.full_at_percent, *kept)


def days_of(track: Track, zone: ZoneInfo) -> Days:
    """Lay a container's days side by side, the latest ends with its newest value; those with a gap are left out."""
    n_days = LEARNT_FROM // timedelta(days=1)
    grid = track.at_s[-1] - HOUR_S * np.arange(n_days * HOURS, -1, -1)
    levels, inflow = interpolate(track, track.levels, grid), interpolate(track, track.inflow, grid)
    begins = grid[:-1:HOURS]
    first, last = levels[:-1:HOURS], levels[HOURS::HOURS]
    came = inflow[1:].reshape(n_days, HOURS) - inflow[:-1:HOURS, None]
    fell = np.searchsorted(track.at_s[track.falls], grid[::HOURS])
    weekday = np.array([datetime.fromtimestamp(begin, zone).weekday() for begin in begins.tolist()], dtype=np.int64)
    kept = ~np.isnan(came).any(axis=1) & ~np.isnan(first) & ~np.isnan(last)
    age = np.arange(n_days, 0, -1, dtype=np.float64)
    owner = np.full(n_days, track.asset_id)
    is_emptied = np.diff(fell) > 0
    return Days(first[kept], weekday[kept], age[kept], owner[kept], is_emptied[kept], came[kept], last[kept])


def interpolate(track: Track, values: Floats, at_s: Floats) -> Floats:
    """Give values between measurements at most 26 hours apart on a straight line, NaN elsewhere."""
    after = np.searchsorted(track.at_s, at_s)
    right = track.at_s[np.minimum(after, track.at_s.size - 1)]
    left = track.at_s[np.maximum(after - 1, 0)]
    is_known = (right == at_s) | ((after > 0) & (right > at_s) & (right - left <= HOLD_S))
    return np.where(is_known, np.interp(at_s, track.at_s, values), np.nan)


def join(parts: Sequence[Days]) -> Days:
    """Put days of several containers together."""
    return Days(*(np.concatenate([getattr(part, name) for part in parts]) for name in Days.__slots__))


def pool(own: Days, others: Days, asset_id: int) -> Days:
    """Add to a container's days the latest ones of others."""
    candidates = np.flatnonzero(others.owner != asset_id)
    latest = candidates[np.argsort(others.age[candidates], kind="stable")[:MOST_OTHERS]]
    return join([own, take(others, latest)])


def take(days: Days, kept: NDArray[np.generic]) -> Days:
    """Take some of the days."""
    return Days(*(getattr(days, name)[kept] for name in Days.__slots__))


def weigh(days: Days, asset_id: int, levels: Floats, weekday: int, kernel: Kernel = KERNEL) -> Floats:
    """Weigh past days for one that begins with each of some levels on a weekday, shape (n_levels, n_days)."""
    is_own = days.owner == asset_id
    n_others = max(1, int(np.count_nonzero(~is_own)))
    weight = np.exp2(-days.age / kernel.half_life_days) * np.where(is_own, 1.0, kernel.other / n_others)
    weight = weight * np.where(days.weekday == weekday, 1.0, kernel.other_weekday)
    apart = (levels[:, None] - days.first[None, :]) / kernel.level_points
    # Never all zero: where no day began near a level, the nearest ones count.
    nearness = np.exp(-0.5 * (apart**2 - (apart**2).min(axis=1, keepdims=True)))
    weights: Floats = weight * nearness
    return weights


def next_levels(
    days: Days, asset_id: int, level: float, weekday: int, kernel: Kernel = KERNEL
) -> tuple[Floats, Floats]:
    """Give the levels that a day may end with, and their weights, when emptyings come as they used to."""
    weights = weigh(days, asset_id, np.array([level]), weekday, kernel)[0]
    grown = np.clip(level + days.inflow[:, -1], EMPTY, HEAPED)
    return np.where(days.is_emptied, days.last, grown), weights


def forecast_one(
    track: Track, days: Days, at: datetime, for_ats: Sequence[datetime], zone: ZoneInfo
) -> list[FillForecast]:
    """Forecast one container by paths."""
    level, made_at = float(track.levels[-1]), datetime.fromtimestamp(float(track.at_s[-1]), UTC)
    if not days.first.size:
        return []
    paths = draw_paths(days, track.asset_id, level, made_at.astimezone(zone).weekday())
    highest = np.maximum.accumulate(paths, axis=1)
    reaches = [passage(highest, track.full_at_percent, made_at, share) for share in (LOW, MIDDLE, HIGH)]
    n_own = int(np.count_nonzero(days.owner == track.asset_id))
    forecasts = []
    for for_at in for_ats:
        hours = min(paths.shape[1] - 1, max(0, round((for_at - made_at).total_seconds() / HOUR_S)))
        low, middle, high = np.quantile(paths[:, hours], (LOW, MIDDLE, HIGH)).tolist()
        forecasts.append(
            FillForecast(
                asset_id=track.asset_id,
                made_at=made_at,
                for_at=for_at,
                level_percent=level,
                expected_percent=middle,
                low_percent=low,
                high_percent=high,
                threshold_percent=track.full_at_percent,
                probability=float((highest[:, hours] >= track.full_at_percent).mean()),
                probability_overflow=float((highest[:, hours] >= OVERFLOW_AT_PERCENT).mean()),
                reaches_low_at=reaches[0],
                reaches_at=reaches[1],
                reaches_high_at=reaches[2],
                n_days=n_own,
            )
        )
    return forecasts


def draw_paths(days: Days, asset_id: int, level: float, weekday: int) -> Floats:
    """Draw paths of hourly levels [%] for 21 days when nobody empties the container, shape (n_paths, n_hours + 1)."""
    draws = np.random.default_rng((SEED, asset_id))
    anchors = np.linspace(EMPTY, HEAPED, N_ANCHORS)
    reached = {day: np.cumsum(weigh(days, asset_id, anchors, day), axis=1) for day in range(7)}
    paths = np.empty((N_PATHS, AHEAD_DAYS * HOURS + 1))
    paths[:, 0] = level
    for ahead in range(AHEAD_DAYS):
        begin = ahead * HOURS
        nearest = np.rint(np.clip(paths[:, begin], EMPTY, HEAPED) / (HEAPED - EMPTY) * (N_ANCHORS - 1)).astype(np.int64)
        chosen = choose(reached[(weekday + ahead) % 7], nearest, draws.random(N_PATHS))
        rising = paths[:, begin, None] + days.inflow[chosen]
        paths[:, begin + 1 : begin + 1 + HOURS] = np.clip(rising, EMPTY, HEAPED)
    return paths


def choose(reached: Floats, nearest: Ints, draws: Floats) -> Ints:
    """Draw a past day for each path by the cumulated weights of its anchor."""
    chosen = np.empty(nearest.shape, dtype=np.int64)
    for anchor in np.unique(nearest).tolist():
        on_it = nearest == anchor
        own = reached[anchor]
        chosen[on_it] = np.searchsorted(own, draws[on_it] * own[-1], side="right")
    return np.minimum(chosen, reached.shape[1] - 1)


def passage(highest: Floats, threshold: float, at: datetime, share: float) -> datetime | None:
    """Give the instant at which this share of the paths has reached a threshold, None where fewer ever do."""
    reached = (highest >= threshold).mean(axis=0)
    hour = int(np.searchsorted(reached, share))
    return at + timedelta(hours=hour) if hour < reached.size else None
