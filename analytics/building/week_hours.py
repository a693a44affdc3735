"""Use of an hour as a level of its hour of the week and a broken line of outdoor temperature.

168 levels and 6 slopes: the range of the baseline's temperatures is cut into six intervals of equal width, in each of
which use is a straight line (time of week and temperature: Mathieu, Price, Kiliccote and Piette 2011,
doi:10.1109/TSG.2011.2145010; Price 2010, LBNL-3713E). The first and the last line go on beyond the range. One mode:
occupied and empty hours share the slopes.
"""

from dataclasses import dataclass

import numpy as np

from analytics.building.periods import Floats, Integers

N_WEEK_HOURS = 168
N_SEGMENTS = 6


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of one meter: use [kW.h], hour of the week (0: Monday at midnight, civil time), temperature [°C], day.

    All of shape (n,), in order of time; `days` are ordinals of civil days.
    """

    kwh: Floats
    week_hour: Integers
    temperature: Floats
    days: Integers


@dataclass(frozen=True, slots=True)
class WeekModel:
    """A fitted meter: `levels` (168,) [kW.h], `slopes` (6,) [kW.h/K], `edges` (7,) of the intervals [°C].

    `centres` (168, 6) are the mean temperature columns of each hour of the week, `inner` (6, 6) the inverse of the
    columns' product within hours of the week, `counts` (168,) the hours of the baseline.
    """

    levels: Floats
    slopes: Floats
    edges: Floats
    centres: Floats
    inner: Floats
    counts: Floats

    def predict(self, hours: Hours) -> Floats:
        """Say what is used in each hour [kW.h], shape (n,)."""
        kwh: Floats = self.levels[hours.week_hour] + segments(hours.temperature, self.edges) @ self.slopes
        return kwh

    def pull(self, baseline: Hours, ahead: Hours) -> Floats:
        """Say by how much 1 kW.h more in each hour of the baseline moves what is said of others, (n_baseline,)."""
        wanted = np.bincount(ahead.week_hour, minlength=N_WEEK_HOURS).astype(np.float64)
        columns = segments(baseline.temperature, self.edges) - self.centres[baseline.week_hour]
        beyond = segments(ahead.temperature, self.edges).sum(axis=0) - wanted @ self.centres
        share = wanted / np.maximum(self.counts, 1.0)
        pull: Floats = share[baseline.week_hour] + columns @ (self.inner @ beyond)
        return pull


def fit_week(hours: Hours) -> WeekModel:
    """Fit by least squares: slopes within hours of the week first, then levels (Frisch and Waugh 1933, JSTOR 1907330).

    Hours of the week that the baseline lacks get the mean level; slopes of intervals that hold nothing are 0.

    Parameters
    ----------
    hours
        Some weeks at least, temperatures not all equal.
    """
    low, high = float(hours.temperature.min()), float(hours.temperature.max())
    edges = np.linspace(low, max(high, low + 1e-6), N_SEGMENTS + 1)
    columns = segments(hours.temperature, edges)
    counts = np.bincount(hours.week_hour, minlength=N_WEEK_HOURS).astype(np.float64)
    centres = group_means(columns, hours.week_hour, counts)
    use = group_means(hours.kwh[:, None], hours.week_hour, counts)[:, 0]
    within = columns - centres[hours.week_hour]
    inner: Floats = np.asarray(np.linalg.pinv(within.T @ within, rcond=1e-10, hermitian=True), dtype=np.float64)
    slopes = inner @ (within.T @ (hours.kwh - use[hours.week_hour]))
    levels = use - centres @ slopes
    levels = np.where(counts > 0, levels, levels[counts > 0].mean())
    return WeekModel(levels, slopes, edges, centres, inner, counts)


def segments(temperature: Floats, edges: Floats) -> Floats:
    """Cut temperatures into what lies in each interval [K], shape (n, 6)."""
    lower, width = edges[:-1], np.diff(edges)
    within = temperature[:, None] - lower[None, :]
    cut = np.clip(within, 0.0, width[None, :])
    cut[:, 0] = np.minimum(within[:, 0], width[0])  # below the range the first line goes on,
    cut[:, -1] = np.maximum(within[:, -1], 0.0)  # above it the last
    return cut


def group_means(values: Floats, group: Integers, counts: Floats) -> Floats:
    """Average the rows (n, k) of each hour of the week, (168, k); 0 where there is none."""
    sums = np.stack([np.bincount(group, weights=column, minlength=N_WEEK_HOURS) for column in values.T], axis=1)
    return np.asarray(sums / np.maximum(counts, 1.0)[:, None], dtype=np.float64)
