"""The score of the Numenta Anomaly Benchmark (v1.1), written from its rules; pure.

Per file the first 15 % of the rows, at most 750, are ignored. With s(y) = 2 / (1 + exp(5 y)) - 1 the earliest alarm in
a window of w rows that ends at row b is worth s(-(b - i + 1) / w) / s(-1) at row i; a window without one costs
`missed`. An alarm outside costs `false` times s(p), p = (i - b) / (w - 1) after the window before it, or once `false`
where there is none before or p is above 3.
One threshold holds for all files. 100 is a perfect detector, 0 one that says nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.detectors import Floats

PROBATION, MOST_PROBATION = 0.15, 750


@dataclass(frozen=True, slots=True)
class Profile:
    """What a false alarm and a missed window cost, where a found one is worth 1."""

    false: float
    missed: float


PROFILES = {"standard": Profile(0.11, 1.0), "low_fp": Profile(0.22, 1.0), "low_fn": Profile(0.11, 2.0)}
Windows = Sequence[tuple[int, int]]
"""First and last row of each labelled window, in order."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A file's scores, one per row, and its windows."""

    scores: Floats
    windows: Windows


@dataclass(frozen=True, slots=True)
class Result:
    """The score, -inf to 100, and the threshold that gives it: rows at or above it are alarms."""

    score: float
    threshold: float


def best_score(files: Sequence[Scored], profile: Profile) -> Result:
    """Score with the threshold that suits these files best, as scores are published."""
    thresholds, totals, null = totals_by_threshold(files, profile)
    if not totals.size or totals.max() <= 0:
        return Result(0.0, float("inf"))
    best = int(totals.argmax())
    return Result(float(100.0 * totals[best] / null), float(thresholds[best]))


def score_at(files: Sequence[Scored], profile: Profile, threshold: float) -> Result:
    """Score with a threshold fixed beforehand."""
    thresholds, totals, null = totals_by_threshold(files, profile)
    above = np.flatnonzero(thresholds >= threshold)
    return Result(float(100.0 * totals[above[-1]] / null) if above.size else 0.0, threshold)


def totals_by_threshold(files: Sequence[Scored], profile: Profile) -> tuple[Floats, Floats, float]:
    """Give falling thresholds, what each gains beyond saying nothing, and what a perfect detector would gain."""
    gains = [gain for one in files for gain in gains_of(one, profile)]
    perfect = (1.0 + profile.missed) * sum(len(one.windows) for one in files)
    table = np.array(gains, dtype=np.float64).reshape(-1, 2)
    table = table[np.argsort(-table[:, 0], kind="stable")]
    totals = np.cumsum(table[:, 1])
    is_last = np.append(table[1:, 0] != table[:-1, 0], True)[: len(table)]
    return table[is_last, 0], totals[is_last], max(perfect, 1.0)


def gains_of(one: Scored, profile: Profile) -> Iterator[tuple[float, float]]:
    """Give (threshold, gain) of each row of a file as the threshold falls to its score; zeros alarm nobody."""
    n = len(one.scores)
    probation = min(int(PROBATION * n), MOST_PROBATION)
    rows = np.flatnonzero(one.scores > 0)
    rows = rows[rows >= probation]
    inside = np.zeros(n, dtype=bool)
    for first, last in one.windows:
        inside[first : last + 1] = True
        yield from window_gains(one.scores, rows[(rows >= first) & (rows <= last)], (first, last), profile)
    for row in rows[~inside[rows]].tolist():
        yield float(one.scores[row]), profile.false * worth_outside(row, one.windows)


def window_gains(
    scores: Floats, rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]], window: tuple[int, int], profile: Profile
) -> Iterator[tuple[float, float]]:
    """Give what a window adds each time an earlier row of it is found."""
    first, last = window
    found_at: int | None = None
    for row in rows[np.argsort(-scores[rows], kind="stable")].tolist():
        if found_at is not None and row > found_at:
            continue
        before = -profile.missed if found_at is None else worth_inside(found_at, first, last)
        yield float(scores[row]), worth_inside(row, first, last) - before
        found_at = row


def worth_inside(row: int, first: int, last: int) -> float:
    """Give what an alarm in a window is worth, 1 at its begin."""
    width = last - first + 1
    return sigmoid(-(last - row + 1) / width) / sigmoid(-1.0)


def worth_outside(row: int, windows: Windows) -> float:
    """Give what an alarm outside is worth, down to -1."""
    before = [window for window in windows if window[1] < row]
    if not before:
        return -1.0
    first, last = before[-1]
    distance = (row - last) / max(last - first, 1)
    return -1.0 if distance > 3 else sigmoid(distance)


def sigmoid(y: float) -> float:
    """Give 1 far below 0, -1 far above."""
    return float(2.0 / (1.0 + np.exp(5.0 * y)) - 1.0)
