"""A slice of measurements as columns, in order of time and then of series, and what is known of the series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from store.binary import POSTGRES_EPOCH_US
from store.bulk import Slice

Ints = npt.NDArray[np.int32]
Times = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of equal length: series, microseconds since 1970 UTC, values."""

    series_ids: Ints
    times_us: Times
    values: Floats


@dataclass(frozen=True, slots=True)
class Place:
    """Where a series' asset stood from one instant until another [microseconds since 1970]; None where not known."""

    from_us: int
    to_us: int
    asset_id: int
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is told of the series: rows with series_id, territory, device, channel, quantity, unit; and places."""

    series: Sequence[Mapping[str, Any]]
    places: Mapping[int, Sequence[Place]]


def decode(found: Slice) -> Block:
    """Take a slice apart, column by column, and put its rows in order."""
    series_ids = np.frombuffer(found.series_ids, ">i4").astype(np.int32)
    times_us = np.frombuffer(found.instants, ">i8").astype(np.int64) + POSTGRES_EPOCH_US
    values = np.frombuffer(found.values, ">f8").astype(np.float64)
    order = np.lexsort((series_ids, times_us))
    return Block(series_ids[order], times_us[order], values[order])
