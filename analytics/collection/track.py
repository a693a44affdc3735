"""A container's level over time, and what can be told from it: its level at an instant, emptyings, what came in.

A level holds until the next one, but no longer than 26 hours. An emptying is a fall of 20 points and more between
two values of one sensor. What came in is the sum of all changes but emptyings and changes of sensor: sums of noise
cancel. What came into a container that stood full cannot be seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from store.collection import ContainerLevels

Floats = NDArray[np.float64]
HOLD_S = 26 * 3600.0  # a sensor may speak once a day
FALL_POINTS = 20.0
FULL_AT_PERCENT = 80.0  # of a container without a threshold of its own
OVERFLOW_AT_PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class Track:
    """Levels [%] at instants [Unix s], both of shape (n_values,); `inflow` [%] is what came in up to each of them.

    `falls` are the positions of the values after an emptying, `left` is what emptyings usually leave [%].
    """

    asset_id: int
    name: str
    sector: str | None
    waste_stream: str | None
    full_at_percent: float
    at_s: Floats
    levels: Floats
    inflow: Floats
    falls: NDArray[np.int64]
    left: float

    def before(self, at_s: Floats) -> Floats:
        """Give the level held at instants, NaN where the last value is older than 26 hours."""
        return self.held(self.levels, at_s)

    def inflow_at(self, at_s: Floats) -> Floats:
        """Give what had come in up to instants, NaN where that is not known."""
        return self.held(self.inflow, at_s)

    def held(self, values: Floats, at_s: Floats) -> Floats:
        """Give the newest of some values at instants."""
        if not self.at_s.size:
            return np.full(at_s.shape, np.nan)
        position = np.searchsorted(self.at_s, at_s, side="right") - 1
        is_known = (position >= 0) & (at_s - self.at_s[np.maximum(position, 0)] <= HOLD_S)
        return np.where(is_known, values[np.maximum(position, 0)], np.nan)

    def spells(self, from_s: float, to_s: float) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Give begin, end [Unix s] and position of the stretches within an interval in which each value holds."""
        first, end = np.searchsorted(self.at_s, (from_s - HOLD_S, to_s))
        at_s = self.at_s[first : end + 1]
        ends = np.minimum(np.minimum(np.append(at_s[1:], np.inf), at_s + HOLD_S), to_s)
        begins = np.maximum(at_s, from_s)
        kept = np.flatnonzero(ends > begins)
        return begins[kept], ends[kept], kept + first


def make_tracks(containers: Sequence[ContainerLevels]) -> list[Track]:
    """Make one track of each container; its sensors follow one another, rows come in order of container and time."""
    return [make_track(list(rows)) for _, rows in groupby(containers, key=lambda row: row.asset_id)]


def make_track(rows: Sequence[ContainerLevels]) -> Track:
    """Join the series of one container; a change of sensor is no emptying, and brings nothing in."""
    at_s = np.concatenate([np.array(row.at_s, dtype=np.float64) for row in rows])
    levels = np.concatenate([np.array(row.levels, dtype=np.float64) for row in rows])
    sensor = np.repeat([row.series_id for row in rows], [len(row.at_s) for row in rows])
    if len(rows) > 1:
        order = np.argsort(at_s, kind="stable")
        at_s, levels, sensor = at_s[order], levels[order], sensor[order]
    change = np.diff(levels)
    is_same = sensor[1:] == sensor[:-1]
    is_fall = is_same & (change <= -FALL_POINTS)
    inflow = np.concatenate(([0.0], np.cumsum(np.where(is_same & ~is_fall, change, 0.0))))[: at_s.size]
    first = rows[0]
    threshold = first.full_at_percent or FULL_AT_PERCENT
    falls = np.flatnonzero(is_fall) + 1
    place = (first.asset_id, first.name, first.sector, first.waste_stream)
    left = float(np.median(levels[falls])) if falls.size else 0.0
    return Track(*place, threshold, at_s, levels, inflow, falls, left)


def in_stream(tracks: Iterable[Track], sector: str, waste_stream: str) -> list[Track]:
    """Give the tracks of the containers that a sector's rounds of a stream come to."""
    return [track for track in tracks if (track.sector, track.waste_stream) == (sector, waste_stream)]
