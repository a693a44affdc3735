"""Hours of gauges as hints about single machines look at them: shared by those of water, structures and containers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from store.gauge_hours import GaugeHours

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Gauges = Mapping[int, Mapping[str, Sequence[GaugeHours]]]
HOUR_S, DAY_S = 3600.0, 86_400.0
CLIMB_SHARE = 1 / 8


def current(series: Sequence[GaugeHours], at: datetime, reach_s: float) -> GaugeHours | None:
    """Give the series that spoke last before an instant, cut to its hours of the time before; None where none did.

    A sensor that was replaced is another series: what the old one said is not compared with what the new one says.
    """
    until_s = at.timestamp()
    cut = [(row, row.between(until_s - reach_s, until_s)) for row in series]
    known = [(row, part) for row, part in cut if part.stop > part.start]
    if not known:
        return None
    row, part = max(known, key=lambda one: (one[0].begins_s[one[1].stop - 1], one[1].stop - one[1].start))
    return take(row, part)


def take(row: GaugeHours, part: slice | Flags | NDArray[np.int64]) -> GaugeHours:
    """Keep some hours."""
    return replace(
        row,
        begins_s=row.begins_s[part],
        low=row.low[part],
        mean=row.mean[part],
        high=row.high[part],
        covered_s=row.covered_s[part],
        n_values=row.n_values[part],
    )


def as_told(row: GaugeHours) -> Floats:
    """Give the value of each hour: what was measured in it, else what is held on.

    A mean over time holds what was before: of a lamp at the hour of dusk half of it is darkness.
    """
    return np.asarray(np.where(row.n_values > 0, (row.low + row.high) / 2, row.mean), dtype=np.float64)


def daily_medians(begins_s: Floats, values: Floats, until_s: float) -> tuple[Floats, Floats]:
    """Give (begin [Unix s], median) of the spans of 24 hours before an instant that hold values, in order of time."""
    if not values.size:
        return np.empty(0), np.empty(0)
    days, where, n = np.unique(np.floor((begins_s - until_s) / DAY_S), return_inverse=True, return_counts=True)
    ordered = values[np.lexsort((values, where))]  # day by day, what is not known last
    first = np.cumsum(n) - n
    medians = (ordered[first + (n - 1) // 2] + ordered[first + n // 2]) / 2
    medians[np.isnan(ordered[first + n - 1])] = np.nan
    return np.asarray(until_s + days * DAY_S, dtype=np.float64), medians


def climbs(last: Floats, limit: float) -> bool:
    """Say whether the last days (n,), from zero on, each lie an eighth of a limit above the day before, the last beyond
    the limit: what worsens so steadily is told sooner than what may yet pass."""
    return bool(last[-1] >= limit and np.diff(last, prepend=0.0).min() >= CLIMB_SHARE * limit)


def pair_slopes(x: Floats, y: Floats) -> Floats:
    """Give the slopes of all pairs of points (n,) with different x, (n_pairs,): their median is that of Theil and Sen.

    H. Theil, A rank-invariant method of linear and polynomial regression analysis (1950); P. K. Sen,
    doi:10.1080/01621459.1968.10480934.
    """
    first, second = np.triu_indices(x.size, 1)
    return np.asarray((y[second] - y[first]) / (x[second] - x[first]), dtype=np.float64)


def quantiles(rows: Floats, level: float) -> Floats:
    """Give a quantile (0 to 1) of what is known (not NaN) of each row; NaN where nothing is."""
    ordered = np.sort(rows, axis=1)  # NaN come last
    last = np.maximum(np.isfinite(ordered).sum(axis=1) - 1, 0)
    place = level * last
    below = np.floor(place).astype(np.int64)
    each = np.arange(rows.shape[0])
    low, high = ordered[each, below], ordered[each, np.minimum(below + 1, last)]
    found: Floats = low + (place - below) * (high - low)
    return found
