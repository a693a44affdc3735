"""Shape of the day: windows of 24 hours against the principal components of the series' own windows (sub-sequence PCA).

A window is the last 24 hourly means, less their own mean (`analytics.joint.window`): levels are for other detectors.
The mean index of the last three windows, over a limit that weeks held out set (`analytics.joint.record`), less 1 is the
score: 0 is ordinary. Learnt anew each week from the last four; known after two. A series that never moved scores 0; a
window with an hour that is not known is not known.

Not watched live (it has no `score_together`): on simulated towns it found little, and later than others did, at a
threshold with few false alarms, and takes 1.6 ms per series and day, half a minute for 20,000 series. The same
functions find the anomalies of the UCR archive (`vigie evaluate ucr`). Memory of a series: 14 kB (JSON).
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from analytics.detectors import UNWATCHED, DetectorEntry, Score
from analytics.joint.model import Floats
from analytics.joint.record import Settings, learn_record, load_learnt, save_learnt, score_record
from analytics.joint.window import TOLERANCE, centred, windows_of
from analytics.packed import pack, unpack_numbers

HOUR_S = 3600.0
DAY, WEEK = 24, 168  # hours
N_KEPT = 4 * WEEK
N_LEAST = 2 * WEEK
LARGEST = 1e140
SETTINGS = Settings(n_mean=1, n_lags=0, tolerance=TOLERANCE, n_index=3, quantile=0.99, margin=1.5)
N_JUDGED = DAY + SETTINGS.n_before  # hours that take part in a score


class SubSequence:
    """The detector; see the module's text."""

    def __init__(self) -> None:
        self.hours: Floats = np.full(N_KEPT, np.nan)
        self.hour: int | None = None  # since 1970
        self.total, self.n = 0.0, 0
        self.last_s = -math.inf
        self.learnt: dict[str, Any] | None = None
        self.is_known = False

    def score(self, times: Sequence[datetime], values: Sequence[float]) -> list[Score | None]:
        """Score and learn each value; see `Detector.score`."""
        scores, current = list[Score | None](), self.judge()
        for at, value in zip(times, values, strict=True):
            at_s = at.timestamp()
            if not math.isfinite(value) or at_s <= self.last_s:
                scores.append(None)
                continue
            hour = int(at_s // HOUR_S)
            if hour != self.hour:
                self.close(hour)
                current = self.judge()
            self.total, self.n, self.last_s = self.total + max(-LARGEST, min(value, LARGEST)), self.n + 1, at_s
            scores.append(current)
        return scores

    def close(self, hour: int) -> None:
        """Take in the hour that is over, and those without values up to this one; learn where a week begins."""
        if self.hour is not None:
            passed = min(hour - self.hour, N_KEPT)
            own = np.full(passed, np.nan)
            own[0] = self.total / self.n
            self.hours = np.concatenate((self.hours[passed:], own))
            is_due = hour // WEEK != self.hour // WEEK or (not self.is_known and hour // DAY != self.hour // DAY)
            if is_due and np.isfinite(self.hours).sum() >= N_LEAST:
                self.learn()
        self.hour, self.total, self.n = hour, 0.0, 0

    def learn(self) -> None:
        """Learn from the weeks that are kept."""
        windows = windows_of(self.hours, DAY)
        shapes = centred(windows)
        shapes[~np.isfinite(windows).all(axis=1)] = np.nan
        learnt = learn_record(shapes, SETTINGS)
        self.learnt, self.is_known = None if learnt is None else save_learnt(learnt), True

    def judge(self) -> Score | None:
        """Judge the last windows."""
        windows = windows_of(self.hours[-N_JUDGED:], DAY)
        if not self.is_known or not np.isfinite(windows).all():
            return None
        mean = float(windows[-1].mean())
        if self.learnt is None:  # nothing ever moved
            return Score(0.0, "shape", mean, mean, mean)
        learnt = load_learnt(self.learnt)
        scored = score_record(learnt, centred(windows), SETTINGS)
        parts, ratio = scored.judged.parts[-1], float(scored.ratio[-1])
        if not np.isfinite(parts).any() or not math.isfinite(ratio):
            return Score(0.0, "shape", mean, mean, mean)
        worst = int(np.nanargmax(parts))
        expected, spread = mean + float(scored.judged.expected[-1, worst]), float(learnt.model.scale[worst])
        bounds = expected - spread, expected + spread
        return Score(max(ratio - 1, 0.0), "shape", float(windows[-1, worst]), *bounds)

    def save(self) -> dict[str, Any]:
        """Give all that was learnt."""
        return {
            "hours": pack([self.hours]),
            "running": [self.hour, self.total, self.n, None if math.isinf(self.last_s) else self.last_s],
            "learnt": self.learnt,
            "is_known": self.is_known,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Go on from what `save` gave."""
        self.hours = unpack_numbers(state["hours"])
        self.hour, self.total, self.n, last_s = state["running"]
        self.last_s = -math.inf if last_s is None else last_s
        self.learnt, self.is_known = state["learnt"], state["is_known"]


DETECTOR = DetectorEntry(
    name="subsequence",
    version="1",
    finding_kind="unusual_value",
    kinds=("gauge",),
    make=SubSequence,
    open_at=2.0,
    close_at=0.5,
    n_calm=3,
    n_open=3,
    without=UNWATCHED,
)
