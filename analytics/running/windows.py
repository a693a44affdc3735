"""The last rows of many series: their mean and their spread over a fixed number of rows.

Sums run in the order in which the rows lie in memory, which is given by the count of the series' own rows alone: the
same bits however many series lie beside it and wherever a day of values is cut.
"""

from dataclasses import dataclass

import numpy as np

from analytics.running.moments import Floats, Integers


@dataclass(slots=True)
class Window:
    """The last `len(rows)` values, (n_rows, n_series), in places that go round; zeros where none came yet."""

    rows: Floats

    def put(self, values: Floats, n_before: Integers) -> None:
        """Take in one row; `n_before` are the rows that each series had."""
        self.rows[n_before % len(self.rows), np.arange(values.size)] = values

    def mean(self, n: Integers) -> Floats:
        """Give the mean of the last rows, `n` of them so far."""
        total: Floats = np.add.accumulate(self.rows, axis=0)[-1]
        return total / np.minimum(n, len(self.rows))

    def spread(self, n: Integers) -> Floats:
        """Give the standard deviation of the last rows."""
        filled = np.arange(len(self.rows))[:, None] < n
        offsets = np.where(filled, self.rows - self.mean(n), 0.0)
        squares: Floats = np.add.accumulate(offsets * offsets, axis=0)[-1]
        spread: Floats = np.sqrt(squares / np.minimum(n, len(self.rows)))
        return spread
