"""What the delays of a device's last messages say of its clock. Pure.

The lag of a message is its arrival less the newest time in it by the device's own clock. No way makes a lag negative:
a clock that is ahead shows for certain. A lag that is positive and constant may be a clock that is behind, a slow way,
or a device that stamps the begin of the hour it averages over; only a jump out of good order tells, and never surely.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.spread import MAD_TO_SIGMA
from sensors.clock import ClockRule

Floats = NDArray[np.float64]
Verdict = Literal["ok", "late", "no_clock", "hour_off", "local_time", "ahead", "drift"]

N_LEAST = 6  # messages, over
LEAST_S = 1200.0  # so many seconds: a burst proves nothing
SHARE = 0.8  # of them that must agree
NEAR_S = 120.0  # lags that differ by less are the same: minutes of waiting in a gateway
AHEAD_S = 60.0  # more than clocks that are set by the network differ
PROMPT_S = 300.0  # a message that takes longer came late
STEP_S = 1800.0  # zones and wrong settings differ by whole or half hours
MOST_S = 14 * 3600.0  # the widest offset of any zone
DAY_S = 86_400.0
N_DAYS = 5  # changes from day to day, for a drift
DRIFT_S = 2.0  # per day: a quartz at its worst is at 9
DRIFTED_S = 60.0  # in all, before it is worth a word
SURE = 4.0  # standard errors


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the clock is. `ahead_s` [s] is how far (negative: behind), `spread_s` how far the messages differ in that.

    Times in Unix seconds. It began with the message that arrived at `since_s`, whose newest own time was `own_from_s`;
    before, the newest own time was `own_before_s` (NaN: nothing before). Where `is_sharp`, all agree on the offset;
    where `is_certain`, nothing else explains it.
    """

    verdict: Verdict
    ahead_s: float
    spread_s: float
    since_s: float
    own_from_s: float
    own_before_s: float
    n: int
    is_sharp: bool = False
    is_certain: bool = False


def judge(received_s: Floats, own_s: Floats, time_zone: str, rules: Sequence[ClockRule] = ()) -> Judgement | None:
    """Judge a device by its messages in order of arrival; None where there is too little to say anything.

    Parameters
    ----------
    received_s, own_s
        Arrival and newest own time [Unix s] of each message, shape (n,); NaN where it had no time of its own.
    time_zone
        Of the territory.
    rules
        Those in force: as long as one explains what is heard, its verdict stands.
    """
    first = find_tail(received_s)
    if first is None:
        return None
    untimed = np.isnan(own_s)
    if untimed[-1] and untimed[first:].mean() >= SHARE:
        return judge_untimed(received_s, own_s)
    received_s, own_s = received_s[~untimed], own_s[~untimed]
    first = find_tail(received_s)
    if first is None:
        return None
    lags = received_s - own_s
    found = explain(received_s[first:], own_s[first:], rules)
    if found is None:
        found = classify(lags, first, received_s[-1], time_zone)
    return describe(received_s, own_s, first, found, time_zone)


@dataclass(frozen=True, slots=True)
class Found:
    """A verdict, whether the messages agree on the offset, and whether nothing else explains them."""

    verdict: Verdict
    is_sharp: bool = False
    is_certain: bool = False


def find_tail(received_s: Floats) -> int | None:
    """Give the position from which on the last messages are enough, None where they are not."""
    if received_s.size < N_LEAST or received_s[-1] - received_s[0] < LEAST_S:
        return None
    long_enough = int(np.searchsorted(received_s, received_s[-1] - LEAST_S, side="right")) - 1
    return min(received_s.size - N_LEAST, long_enough)


def judge_untimed(received_s: Floats, own_s: Floats) -> Judgement:
    """Say that a device has no clock, since its first message without a time after the last with one."""
    timed = np.flatnonzero(~np.isnan(own_s))
    first = int(timed[-1]) + 1 if timed.size else 0
    nan = float("nan")
    before = float(np.nanmax(own_s)) if timed.size else nan
    return Judgement("no_clock", nan, nan, float(received_s[first]), nan, before, int(received_s.size - first))


def explain(received_s: Floats, own_s: Floats, rules: Sequence[ClockRule]) -> Found | None:
    """Give what a rule in force says, as long as it explains the messages."""
    rule = next((rule for rule in rules if rule.from_us <= own_s[-1] * 1e6 < rule.to_us), None)
    if rule is None:
        return None
    ahead_s = zone_offsets(received_s, rule.zone) if rule.zone else np.full(received_s.size, -rule.shift_us / 1e6)
    residual = received_s - own_s + ahead_s
    if np.mean((residual > -NEAR_S) & (residual < PROMPT_S)) < SHARE:
        return None
    if rule.zone:
        return Found("local_time", is_sharp=True, is_certain=True)
    is_hours = abs(nearest_step(-rule.shift_us / 1e6) + rule.shift_us / 1e6) < 1 and abs(rule.shift_us / 1e6) <= MOST_S
    return Found("hour_off" if is_hours else "ahead", is_sharp=True, is_certain=is_hours)


def classify(lags: Floats, first: int, at_s: float, time_zone: str) -> Found:
    """Give verdict, sharpness and certainty by the lags [s], of which the last from `first` on decide."""
    last = lags[first:]
    middle = float(np.median(last))
    if np.quantile(last, 0.1) <= PROMPT_S and not (last < -AHEAD_S).any():
        return Found("ok", is_sharp=True, is_certain=True)
    near = np.abs(lags - middle) <= NEAR_S
    is_sharp = bool(np.mean(near[first:]) >= SHARE)
    if is_sharp and middle < -AHEAD_S:
        return classify_offset(-middle, at_s, time_zone)
    if np.mean(last < -AHEAD_S) >= SHARE:
        return Found("ahead")
    if is_sharp and middle > STEP_S / 2 and was_prompt(lags[: first_of_run(near, first)]):
        verdict = classify_offset(-middle, at_s, time_zone).verdict
        return Found("late" if verdict == "ahead" else verdict, is_sharp=True)
    return Found("late")


def classify_offset(ahead_s: float, at_s: float, time_zone: str) -> Found:
    """Name a sharp offset: that of the territory's zone, whole or half hours, or another."""
    offset_s = float(zone_offsets(np.array([at_s]), time_zone)[0])
    if offset_s and abs(ahead_s - offset_s) <= NEAR_S:
        return Found("local_time", is_sharp=True, is_certain=True)
    step_s = nearest_step(ahead_s)
    if step_s and abs(ahead_s - step_s) <= NEAR_S and abs(step_s) <= MOST_S:
        return Found("hour_off", is_sharp=True, is_certain=True)
    return Found("ahead", is_sharp=True)


def describe(received_s: Floats, own_s: Floats, first: int, found: Found, time_zone: str) -> Judgement:
    """Put numbers to a verdict: how far, since when."""
    lags = received_s - own_s
    middle = float(np.median(lags[first:]))
    near = np.abs(lags - middle) <= NEAR_S
    if found.verdict == "local_time":
        near |= np.abs(lags + zone_offsets(received_s, time_zone)) <= NEAR_S
    elif found.verdict == "ok":
        near = (lags >= -AHEAD_S) & (lags <= PROMPT_S)
    elif not found.is_sharp:
        near = lags < -AHEAD_S if found.verdict == "ahead" else np.ones(lags.size, dtype=np.bool_)
    begin = first_of_run(near, first)
    return Judgement(
        found.verdict,
        -middle,
        float(np.quantile(lags[first:], 0.9) - np.quantile(lags[first:], 0.1)),
        float(received_s[begin]),
        float(own_s[begin:].min()) if found.is_sharp else float(own_s[begin]),
        float(own_s[:begin].max()) if begin else float("nan"),
        int(received_s.size - begin),
        found.is_sharp,
        found.is_certain,
    )


def first_of_run(near: NDArray[np.bool_], first: int) -> int:
    """Give where the run began that reaches the end; two strangers in a row are before it."""
    strange = ~near
    pairs = np.flatnonzero(strange[:-1] & strange[1:])
    begin = int(pairs[-1]) + 2 if pairs.size else 0
    inside = np.flatnonzero(near[begin:])
    return begin + int(inside[0]) if inside.size else first


def was_prompt(lags: Floats) -> bool:
    """Say whether the messages before came in good order: six or more, most of them at once."""
    return bool(lags.size >= N_LEAST and np.mean((lags >= -AHEAD_S) & (lags <= PROMPT_S)) >= SHARE)


def nearest_step(offset_s: float) -> float:
    """Give the nearest multiple of half an hour [s]."""
    return round(offset_s / STEP_S) * STEP_S


def zone_offsets(at_s: Floats, time_zone: str) -> Floats:
    """Give how far civil time is ahead of UTC [s] at these instants [Unix s]."""
    zone = ZoneInfo(time_zone)
    offsets = (datetime.fromtimestamp(float(at), UTC).astimezone(zone).utcoffset() for at in at_s)
    return np.array([0.0 if offset is None else offset.total_seconds() for offset in offsets])


def add_edges(edges: Sequence[tuple[int, float]], received_s: Floats, own_s: Floats) -> tuple[tuple[int, float], ...]:
    """Take the least lag of each day into those of the last thirty days with messages."""
    least = dict(edges)
    timed = ~np.isnan(own_s)
    for day, lag_s in zip((received_s[timed] // DAY_S).tolist(), (received_s - own_s)[timed].tolist(), strict=True):
        least[int(day)] = min(lag_s, least.get(int(day), np.inf))
    return tuple(sorted(least.items())[-30:])


def find_drift(edges: Sequence[tuple[int, float]]) -> float | None:
    """Give the seconds a clock gains per day (negative: loses), None where it keeps time as far as can be told.

    The median change of the least lag from day to day, which a jump does not move, the present day left out: five
    changes at least, two seconds a day and four standard errors (of a median, by the median absolute deviation), a
    minute in all.
    """
    if len(edges) < N_DAYS + 2:
        return None
    days, lags = np.array(edges[:-1], dtype=float).T
    slopes = np.diff(lags) / np.diff(days)
    slope = float(np.median(slopes))
    error = MAD_TO_SIGMA * 1.2533 * float(np.median(np.abs(slopes - slope))) / np.sqrt(slopes.size)
    is_drift = abs(slope) >= max(DRIFT_S, SURE * error) and abs(slope) * (days[-1] - days[0]) >= DRIFTED_S
    return -slope if is_drift else None
