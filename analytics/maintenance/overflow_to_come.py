"""A container that will be full before the next vehicle comes.

The fill rate is the median slope over pairs of values (Theil-Sen; Sen 1968, doi:10.1080/01621459.1968.10480934) since
the container was emptied, of the last two days, and about a day apart, so that day and night weigh the same; of a
container that speaks too seldom for that, pairs further apart. The tenth and ninetieth percentile of the slopes bound
the instant of 100 %: it is present where even the late one comes before the next vehicle, and gone once emptied.

The next vehicle comes as the collection plan says; where none is entered, after the median pause between the
emptyings seen. While a planned round is on its way and has not come by, nothing is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.maintenance import Hint, Span, Verdict
from analytics.plan import slots_of
from analytics.sentence import local_clock, local_clock_fr
from store.baseline import PlannedRounds, Slot, read_plans
from store.hints import FillCurve, read_fill_curves
from store.inputs import Connection, Window

Floats = NDArray[np.float64]
FULL_PERCENT = 100.0
FALL_POINTS = 20.0
LOOK_BACK_H = 48.0
NEAR_DAY_H = (21.0, 27.0)
LEAST_APART_H = 18.0
LEAST_SLOPES = 3
MOST_VALUES = int(LOOK_BACK_H) + 1  # of the hours looked back on
FRESH = timedelta(hours=12)  # a container silent for longer cannot be told
CALM_PERCENT = 85.0
AHEAD = timedelta(days=21)
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fills:
    """Containers and the plans of their rounds."""

    curves: Sequence[FillCurve]
    plans: Sequence[PlannedRounds]


@dataclass(frozen=True, slots=True)
class Track:
    """A container's levels [%] at instants [h since 1970], where emptyings end, and its rounds."""

    curve: FillCurve
    hours: Floats
    levels: Floats
    emptied: NDArray[np.int64]
    slots: Sequence[Slot]


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a container is full: likely, at the earliest, at the latest (None: not in sight)."""

    level: float
    rate_per_h: float
    full_at: datetime
    earliest: datetime
    latest: datetime | None

    @property
    def is_full(self) -> bool:
        """Whether it is full already."""
        return self.level >= FULL_PERCENT - 1


def read(connection: Connection, window: Window) -> Fills:
    """Read levels and plans."""
    return Fills(read_fill_curves(connection, window), read_plans(connection, window))


def tell(fills: Fills, span: Span) -> list[Verdict]:
    """Judge each container every six hours; `score` is the days it will stand full before the next vehicle."""
    tracks = [track_of(curve, fills.plans, span) for curve in fills.curves]
    return [judge(track, at, span.time_zone) for track in tracks for at in span.ends]


def track_of(curve: FillCurve, plans: Sequence[PlannedRounds], span: Span) -> Track:
    """Find the emptyings of a container, and the rounds planned for it from the day before the span on."""
    zone = ZoneInfo(span.time_zone)
    days = (span.begins_at - DAY).astimezone(zone).date(), (span.ends_at + AHEAD).astimezone(zone).date()
    own = [plan for plan in plans if (plan.sector, plan.waste_stream) == (curve.sector, curve.waste_stream)]
    slots = sorted((slot for plan in own for slot in slots_of(plan, days, zone)), key=lambda slot: slot.begins_at)
    hours, levels = np.array([at.timestamp() for at in curve.times]) / 3600, np.array(curve.levels)
    return Track(curve, hours, levels, np.flatnonzero(-np.diff(levels) > FALL_POINTS) + 1, slots)


def judge(track: Track, at: datetime, time_zone: str) -> Verdict:
    """Compare when a container is full with when it is emptied next, by what was known at an instant."""
    end = int(np.searchsorted(track.hours, at.timestamp() / 3600))
    asset_id = track.curve.asset_id
    unknown = Verdict(asset_id, at, None, at)
    if end == 0 or at - track.curve.times[end - 1] > FRESH:
        return unknown
    emptied = [position for position in track.emptied.tolist() if position < end]
    due = next_due(track, emptied, at)
    if due is None:
        return unknown
    begin = emptied[-1] if emptied else 0
    forecast = forecast_of(track, begin, end) if can_fill(track, begin, end, due) else None
    if forecast is None or forecast.latest is None or forecast.latest >= due:
        is_calm = track.levels[end - 1] < CALM_PERCENT
        return Verdict(asset_id, track.curve.times[end - 1], False if is_calm else None, at)
    return present(track.curve, forecast, due, at, time_zone)


def next_due(track: Track, emptied: Sequence[int], at: datetime) -> datetime | None:
    """Say when the next vehicle comes; None where nobody knows, or it is on its way."""
    times = [track.curve.times[position] for position in emptied]
    last = times[-1] if times else EPOCH
    if any(slot.begins_at <= at < slot.ends_at and last < slot.begins_at for slot in track.slots):
        return None
    if coming := [slot.begins_at for slot in track.slots if slot.begins_at > at]:
        return coming[0]
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    return max(at, last + timedelta(seconds=float(np.median(pauses)))) if len(pauses) >= 2 else None


def can_fill(track: Track, begin: int, end: int, due: datetime) -> bool:
    """Say whether a container could be full in time if it went on at the steepest slope there can be: cheap to tell."""
    level, hours_left = float(track.levels[end - 1]), due.timestamp() / 3600 - float(track.hours[end - 1])
    recent = track.levels[max(begin, end - MOST_VALUES) : end]
    steepest = float(recent.max() - recent.min()) / LEAST_APART_H
    return level >= FULL_PERCENT - 1 or FULL_PERCENT - float(recent[-2:].max()) <= steepest * hours_left


def forecast_of(track: Track, begin: int, end: int) -> Forecast | None:
    """Forecast the instant of 100 % by the values of some positions (end not included), all since the last emptying.

    None where they are too few, or nothing comes in.
    """
    now, level = track.curve.times[end - 1], float(track.levels[end - 1])
    if level >= FULL_PERCENT - 1:
        return Forecast(level, 0.0, now, now, now)
    slopes = slopes_per_h(track.hours[begin:end], track.levels[begin:end])
    if slopes.size < LEAST_SLOPES or np.median(slopes) <= 0:
        return None
    slow, rate, fast = (float(pace) for pace in np.quantile(slopes, [0.1, 0.5, 0.9]))
    left = FULL_PERCENT - float(np.median(track.levels[max(begin, end - 2) : end]))

    def after(pace: float) -> datetime:
        return now + timedelta(hours=min(left / pace, 24 * 365.0))

    return Forecast(level, rate, after(rate), after(fast), after(slow) if slow > 0 else None)


def slopes_per_h(hours: Floats, levels: Floats) -> Floats:
    """Give the slopes [%/h] of pairs of values of the last two days a day apart, or where those are few, further."""
    is_recent = hours >= hours[-1] - LOOK_BACK_H
    hours, levels = hours[is_recent], levels[is_recent]
    apart = hours[None, :] - hours[:, None]
    is_kept = (apart >= NEAR_DAY_H[0]) & (apart <= NEAR_DAY_H[1])
    if np.count_nonzero(is_kept) < LEAST_SLOPES:
        is_kept = apart >= LEAST_APART_H
    slopes: Floats = (levels[None, :] - levels[:, None])[is_kept] / apart[is_kept]
    return slopes


def present(curve: FillCurve, forecast: Forecast, due: datetime, at: datetime, zone: str) -> Verdict:
    """Say that a container will overflow."""
    english, french = words(curve.name, forecast, (at, due), zone)
    return Verdict(
        curve.asset_id,
        at,
        True,
        at,
        score=(due - forecast.full_at).total_seconds() / 86_400,
        severity="urgent" if forecast.is_full else "warning",
        sentence_en=f"{english} To do: send a vehicle earlier.",
        sentence_fr=f"{french} À faire : avancer la collecte.",
        evidence={
            "level_percent": forecast.level,
            "rate_percent_per_h": round(forecast.rate_per_h, 3),
            "full_at": forecast.full_at.isoformat(),
            "earliest": forecast.earliest.isoformat(),
            "latest": forecast.latest.isoformat() if forecast.latest else None,
            "next_vehicle": due.isoformat(),
            "curve_from": (at - timedelta(days=7)).isoformat(),
            "curve_to": at.isoformat(),
        },
    )


def words(name: str, forecast: Forecast, instants: tuple[datetime, datetime], zone: str) -> tuple[str, str]:
    """Say when a container is full and when its vehicle comes, of (now, due), in English and French."""
    at, due = instants
    level, vehicle, vehicle_fr = f"{forecast.level:.0f}", local_clock(due, zone), local_clock_fr(due, zone)
    late = forecast.latest or due
    full, earliest, latest = (local_clock(when, zone) for when in (forecast.full_at, forecast.earliest, late))
    full_fr, earliest_fr, latest_fr = (
        local_clock_fr(when, zone) for when in (forecast.full_at, forecast.earliest, late)
    )
    if not forecast.is_full and forecast.full_at > at:
        return (
            f"{name} is at {level} % and will be full about {full} (between {earliest} and {latest}), before the next"
            f" vehicle on {vehicle}.",
            f"{name} est à {level} % et sera plein vers le {full_fr} (entre le {earliest_fr} et le {latest_fr}), avant"
            f" le prochain passage le {vehicle_fr}.",
        )
    next_en = f"the next vehicle is expected on {vehicle}" if due > at else "its vehicle is overdue"
    next_fr = f"le prochain passage est attendu le {vehicle_fr}" if due > at else "le passage habituel est en retard"
    if forecast.is_full:
        return f"{name} is full ({level} %); {next_en}.", f"{name} est plein ({level} %) ; {next_fr}."
    return (
        f"{name} was at {level} % and has probably been full since {full}; {next_en}.",
        f"{name} était à {level} % et est sans doute plein depuis le {full_fr} ; {next_fr}.",
    )


HINT = Hint(
    name="overflow_to_come",
    asset_types=("waste_container",),
    rhythm=timedelta(hours=6),
    reach=timedelta(days=14),
    version="2",
    read=read,
    tell=tell,
    stride=timedelta(days=7),
)
