"""Principal components of rows that belong together, and how far a row lies from them: T2 and Q in one index.

A row holds what several sensors said at one instant (with what they said shortly before), or a window of one series.
The covariance of standardised rows plus a tolerance on its diagonal gives the index z' (C + tolerance)^-1 z: along a
principal component of variance v a deviation counts by 1 / (v + tolerance), so that large components count as in
Hotelling's T2 and small ones as in Q (SPE), by the tolerance instead of by a variance that is next to nothing (a
combined index as in Yue and Qin, 2001, doi 10.1021/ie000141+). The tolerance, as share of a sensor's own variance, says
how far the relation between sensors is trusted at most.

What a column contributes is by how much the index falls when it is put back to what the others say (reconstruction
based contribution, Alcala and Qin, 2009, doi 10.1016/j.automatica.2009.02.027). Cells that are not known take no part:
the index of the others is the one that their conditional mean would give.

All sums run over columns one after the other, so that a row scores the same bits alone and among thousands.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FARTHEST = 1e6  # [standard deviations] beyond which a deviation counts no more: squares must not overflow
SMALLEST = 1e-12  # share of its level by which a column must move, else it is constant
LARGEST = np.finfo(np.float64).max
NOTHING = 1e-290  # level up to which a column is taken for zero: shares of it would be lost below the smallest float


@dataclass(frozen=True, slots=True)
class Model:
    """What rows usually are: mean and standard deviation per column, covariance of the standardised columns.

    `scale` is infinite for a column that never moved: what it says is expected to stay, and counts for nothing.
    """

    centre: Floats
    scale: Floats
    covariance: Floats
    tolerance: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Per row its index over the number of known columns: about 1 when ordinary; NaN where nothing is known.

    `parts` (n_rows, n_columns) is the contribution of each column to the index before that division, `expected` what
    the other columns say it should be, in its own unit; NaN where the cell is not known.
    """

    index: Floats
    n_known: NDArray[np.int64]
    parts: Floats
    expected: Floats


def learn(rows: Floats, tolerance: float) -> Model:
    """Learn from rows (n_rows, n_columns); NaN is not known. Of more columns than rows, or equal ones, too."""
    known = np.isfinite(rows)
    n_known = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, rows, 0.0)
    level = np.abs(filled).max(axis=0, initial=0.0)
    unit = np.where(level > NOTHING, level, 1.0)  # squares of any float stay finite
    centre = (filled / unit).sum(axis=0) / n_known
    away = np.where(known, filled / unit - centre, 0.0)
    scale = np.sqrt((away**2).sum(axis=0) / n_known)
    scale = np.where(scale > SMALLEST, scale, np.inf)
    z = away / scale
    together = known.astype(float).T @ known.astype(float)
    covariance = (z.T @ z) / np.maximum(together, 1.0)
    return Model(centre * unit, scale * unit, nearest_possible(covariance), tolerance)


def nearest_possible(covariance: Floats) -> Floats:
    """Take away what no covariance has: pairs known at different times may contradict one another."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    if values.size and values[0] >= 0:
        return covariance
    possible: Floats = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return possible


def judge(model: Model, rows: Floats) -> Judged:
    """Judge rows (n_rows, n_columns) by the model."""
    moves = np.isfinite(model.scale)
    known = np.isfinite(rows) & moves
    z = np.where(known, standardised(model, rows), 0.0)
    expected = np.where(np.isfinite(rows) & ~moves, model.centre, np.nan)
    judged = Judged(np.full(len(rows), np.nan), known.sum(axis=1), np.full(rows.shape, np.nan), expected)
    for chosen, columns in patterns(known):
        judge_alike(model, z, judged, (chosen, columns))
    return judged


def standardised(model: Model, rows: Floats) -> Floats:
    """Give rows in standard deviations, bounded."""
    with np.errstate(over="ignore", invalid="ignore"):
        z: Floats = np.clip(rows / model.scale - model.centre / model.scale, -FARTHEST, FARTHEST)
    return z


def patterns(known: Mask) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Give (rows, columns) of rows in which the same columns are known, where any is."""
    if not known.size:
        return
    kinds, kind_by_row = np.unique(known, axis=0, return_inverse=True)
    for kind, columns in enumerate(kinds):
        if columns.any():
            yield np.flatnonzero(kind_by_row.ravel() == kind), np.flatnonzero(columns)


def judge_alike(model: Model, z: Floats, judged: Judged, place: tuple[NDArray[np.int64], NDArray[np.int64]]) -> None:
    """Judge rows in which the same columns are known."""
    chosen, columns = place
    own = z[np.ix_(chosen, columns)]
    precision = np.linalg.inv(model.covariance[np.ix_(columns, columns)] + model.tolerance * np.eye(columns.size))
    turned, index = np.zeros_like(own), np.zeros(len(own))
    for column in range(columns.size):
        turned += own[:, column, None] * precision[column]
    for column in range(columns.size):
        index += turned[:, column] * own[:, column]
    diagonal = np.diag(precision)
    judged.index[chosen] = np.maximum(index, 0.0) / columns.size
    judged.parts[np.ix_(chosen, columns)] = turned**2 / diagonal
    with np.errstate(over="ignore"):  # beyond the largest float the largest is expected
        expected = model.centre[columns] + (own - turned / diagonal) * model.scale[columns]
    judged.expected[np.ix_(chosen, columns)] = np.clip(expected, -LARGEST, LARGEST)


def with_past(rows: Floats, n_lags: int) -> Floats:
    """Put beside each row the `n_lags` rows before it; not known before the first."""
    return np.concatenate([moved_down(rows, lag) for lag in range(n_lags + 1)], axis=1)


def moved_down(rows: Floats, lag: int) -> Floats:
    """Give each row the one that lies `lag` before it."""
    n_gone = min(lag, len(rows))
    return np.concatenate((np.full((n_gone, rows.shape[1]), np.nan), rows[: len(rows) - n_gone]))


def running_mean(values: Floats, n: int) -> Floats:
    """Give the mean of each value and the n - 1 before it (rows: per column), as far as they are known; else NaN."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    total, count = np.zeros_like(filled), np.zeros(values.shape)
    for lag in range(min(n, len(values))):
        total[lag:] += filled[: len(filled) - lag]
        count[lag:] += known[: len(known) - lag]
    means: Floats = np.divide(total, count, out=np.full(values.shape, np.nan), where=count > 0)
    return means
