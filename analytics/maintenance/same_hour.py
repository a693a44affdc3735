"""What is usual at an hour of the civil day, by the days before: shared by hints that are told by the hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analytics.maintenance.gauges import HOUR_S, Floats
from analytics.spread import MAD_TO_SIGMA
from store.gauge_hours import GaugeHours

N_DAYS = 14
N_HOURS = 24 * N_DAYS
LEAST_COVERED_S = 1800.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Hourly values without a hole (NaN where not known): `values` (n_hours,), the first hour begins at `begin_s`."""

    begin_s: float
    values: Floats


@dataclass(frozen=True, slots=True)
class Habit:
    """An hour's value; by the days before the median of the same civil hour, the mean of all hours, and one sigma.

    `n_days` is how many of the days before have that hour.
    """

    value: float
    usual: float
    mean: float
    sigma: float
    n_days: int


def grid_of(row: GaugeHours, begin_s: float, end_s: float) -> Grid:
    """Lay the means of the hours that are known well enough on a grid."""
    values = np.full(round((end_s - begin_s) / HOUR_S), np.nan)
    place = ((row.begins_s - begin_s) // HOUR_S).astype(np.int64)
    inside = (place >= 0) & (place < values.size) & (row.covered_s >= LEAST_COVERED_S) & np.isfinite(row.mean)
    values[place[inside]] = row.mean[inside]
    return Grid(begin_s, values)


def habits(grid: Grid, ends: Sequence[datetime], zone: ZoneInfo) -> list[Habit | None]:
    """Give for each instant the hour that ends there beside the fourteen days before; None where it is not known.

    None too where that hour is not known of any day before. One sigma is the median absolute difference from the day
    before, scaled to a normal distribution; 0 where there is none.
    """
    civil = civil_hours(grid, zone)
    by_civil = np.full(N_HOURS + int(civil[-1]) + 1, np.nan)
    by_civil[N_HOURS + civil] = grid.values  # of the hour that autumn has twice, the second stands
    steps = np.abs(by_civil[24:] - by_civil[:-24])  # step p leads to the hour p + 24
    places = np.array([round((end.timestamp() - grid.begin_s) / HOUR_S) - 1 for end in ends], dtype=np.int64)
    now = N_HOURS + civil[places]
    same = by_civil[now[:, None] - 24 * np.arange(1, N_DAYS + 1)]
    before = by_civil[now[:, None] - np.arange(1, N_HOURS + 1)]
    changes = steps[now[:, None] - np.arange(25, N_HOURS + 1)]
    values, n_days = grid.values[places], np.isfinite(same).sum(axis=1)
    known = np.flatnonzero(np.isfinite(values) & (n_days > 0))
    found: list[Habit | None] = [None] * len(ends)
    usual, mean = np.nanmedian(same[known], axis=1), np.nanmean(before[known], axis=1)
    sigma = MAD_TO_SIGMA / np.sqrt(2) * median_or_zero(changes[known])
    rows = np.column_stack((values[known], usual, mean, sigma)).tolist()
    for index, numbers, n in zip(known.tolist(), rows, n_days[known].tolist(), strict=True):
        value, middle, level, step = numbers
        found[index] = Habit(value, middle, level, step, n)
    return found


def median_or_zero(rows: Floats) -> Floats:
    """Give the median of what is known of each row, 0 where nothing is; shape (n_rows,)."""
    medians = np.zeros(rows.shape[0])
    known = np.isfinite(rows).any(axis=1)
    medians[known] = np.nanmedian(rows[known], axis=1)
    return medians


def civil_hours(grid: Grid, zone: ZoneInfo) -> NDArray[np.int64]:
    """Count the civil hours from the first midnight before the grid's begin, as positions (n_hours,)."""
    times = [datetime.fromtimestamp(grid.begin_s + n * HOUR_S, UTC).astimezone(zone) for n in range(grid.values.size)]
    first = times[0].toordinal()
    return np.array([(at.toordinal() - first) * 24 + at.hour for at in times], dtype=np.int64)
