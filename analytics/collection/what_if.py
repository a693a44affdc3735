"""A period run again with another threshold: which rounds and lifts it would have taken, what would have overflowed.

On each day of the plan a container is emptied if its level is at or above the threshold, and the vehicle drives if at
least a share of the sector's containers are. What came in is what was seen to come in; what came into a container that
stood full was not seen, so that overflows are at least those told. A container whose level is not known is emptied, as
the plan would.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.collection.track import OVERFLOW_AT_PERCENT, Floats, Track


@dataclass(frozen=True, slots=True)
class Rerun:
    """What a threshold [%] would have taken; `overflow_min` [min] of all containers.

    `full_at_percent` None: each container's own. `n_unseen` planned lifts were made without a known level.
    """

    full_at_percent: float | None
    least_share: float
    n_planned_rounds: int
    n_rounds: int
    n_planned_lifts: int
    n_lifts: int
    n_unseen: int
    overflow_min: float


@dataclass(frozen=True, slots=True)
class Beat:
    """The containers that a sector's rounds of a stream come to, and when they come [Unix s], in order."""

    tracks: Sequence[Track]
    begins: Floats


def rerun(
    beats: Sequence[Beat], period: tuple[float, float], full_at_percent: float | None, least_share: float = 0.0
) -> Rerun:
    """Run all sectors and streams again within a period [Unix s].

    Parameters
    ----------
    full_at_percent
        The threshold of every container, in %; None: each its own.
    least_share
        From which share of its containers at or above the threshold a round is driven, 0 to 1; with 0, from one on.
    """
    parts = [rerun_beat(beat, period, full_at_percent, least_share) for beat in beats]
    return Rerun(
        full_at_percent,
        least_share,
        sum(beat.begins.size for beat in beats),
        sum(part[0] for part in parts),
        sum(beat.begins.size * len(beat.tracks) for beat in beats),
        sum(part[1] for part in parts),
        sum(part[2] for part in parts),
        round(sum(part[3] for part in parts) / 60, 1),
    )


def rerun_beat(
    beat: Beat, period: tuple[float, float], full_at_percent: float | None, least_share: float
) -> tuple[int, int, int, float]:
    """Give rounds, lifts, lifts without a known level, and seconds of overflow of one sector and stream."""
    if not beat.tracks:
        return beat.begins.size, 0, 0, 0.0
    threshold = np.array([full_at_percent or track.full_at_percent for track in beat.tracks])
    inflow = np.array([track.inflow_at(beat.begins) for track in beat.tracks])
    left = np.array([track.left for track in beat.tracks])
    shift = np.array([start_of(track, period[0]) for track in beat.tracks])  # level = what came in + shift
    lifts: list[list[tuple[float, float]]] = [[(period[0], first)] for first in shift.tolist()]
    n_rounds = n_lifts = n_unseen = 0
    for position, begin in enumerate(beat.begins.tolist()):
        is_unknown = np.isnan(inflow[:, position])
        is_due = is_unknown | (inflow[:, position] + shift >= threshold)
        if not is_due.any() or is_due.mean() < least_share:
            continue
        n_rounds, n_lifts, n_unseen = n_rounds + 1, n_lifts + int(is_due.sum()), n_unseen + int(is_unknown.sum())
        for row in np.flatnonzero(is_due & ~is_unknown).tolist():
            shift[row] = left[row] - inflow[row, position]
            lifts[row].append((begin, float(shift[row])))
    overflow_s = sum(overflow_of(track, spans, period) for track, spans in zip(beat.tracks, lifts, strict=True))
    return n_rounds, n_lifts, n_unseen, overflow_s


def start_of(track: Track, begin_s: float) -> float:
    """Give level less what had come in at the begin of a period; of the first value after it where none was known."""
    if not track.at_s.size:
        return 0.0
    position = max(0, int(np.searchsorted(track.at_s, begin_s, side="right")) - 1)
    return float(track.levels[position] - track.inflow[position])


def overflow_of(track: Track, lifts: Sequence[tuple[float, float]], period: tuple[float, float]) -> float:
    """Add up the time [s] in which a container would have stood full, given when it would have been emptied."""
    begins, ends, positions = track.spells(*period)
    if not begins.size:
        return 0.0
    at_s = np.array([at for at, _ in lifts])
    shifts = np.array([shift for _, shift in lifts])
    current = shifts[np.maximum(0, np.searchsorted(at_s, begins, side="right") - 1)]
    is_over = track.inflow[positions] + current >= OVERFLOW_AT_PERCENT
    return float((ends - begins)[is_over].sum())
