"""Plain principal components, T2 and Q: the cheap reference of evaluations, used by nothing else."""

from dataclasses import dataclass

import numpy as np

from analytics.joint.model import Floats


@dataclass(frozen=True, slots=True)
class PlainPca:
    """Mean and spread of columns, and the components (n_components, n_columns) with their variances."""

    mean: Floats
    spread: Floats
    components: Floats
    variances: Floats

    def statistics(self, rows: Floats) -> tuple[Floats, Floats]:
        """Give Hotelling's T2 and the squared residual Q of each row."""
        z = (rows - self.mean) / self.spread
        along = z @ self.components.T
        residual = z - along @ self.components
        return (along**2 / self.variances).sum(axis=1), (residual**2).sum(axis=1)


def learn_plain(rows: Floats, share: float) -> PlainPca:
    """Learn from rows the components that hold this share of the variance."""
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    _, singular, vectors = np.linalg.svd((rows - mean) / spread, full_matrices=False)
    variances = singular**2 / len(rows)
    n = int(np.searchsorted(np.cumsum(variances) / variances.sum(), share)) + 1
    return PlainPca(mean, spread, vectors[:n], variances[:n])


def medians(rows: Floats, n: int) -> Floats:
    """Give the median of each row and the n - 1 before it, column by column."""
    before = np.concatenate((np.repeat(rows[:1], n - 1, axis=0), rows))
    return np.median(np.lib.stride_tricks.sliding_window_view(before, n, axis=0), axis=-1)
