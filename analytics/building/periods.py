"""Metered stretches of days with the outdoor temperature of each day: what daily and billing models are fitted to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Periods:
    """Consecutive or scattered stretches of one meter, each of one day or more.

    Parameters
    ----------
    kwh
        What was used in each stretch, shape (n,).
    owner
        The stretch (0 to n-1) of each day, not falling, shape (n_days,).
    days
        Ordinals of the days (`date.toordinal`), shape (n_days,).
    temperature
        Mean outdoor temperature of each day [°C], shape (n_days,), none missing.
    """

    kwh: Floats
    owner: Integers
    days: Integers
    temperature: Floats

    @property
    def first_days(self) -> Integers:
        """Give the first day of each stretch, (n,)."""
        return self.days[self.starts()]

    @property
    def n_days(self) -> Floats:
        """Give the number of days of each stretch, (n,)."""
        return np.bincount(self.owner, minlength=self.kwh.size).astype(np.float64)

    def starts(self) -> Integers:
        """Give where each stretch begins among the days."""
        return np.searchsorted(self.owner, np.arange(self.kwh.size)).astype(np.int64)

    def add_up(self, by_day: Floats) -> Floats:
        """Add up numbers of days, (n_days,) or (n_days, k), to those of stretches."""
        total: Floats = np.add.reduceat(by_day, self.starts(), axis=0)
        return total


def single_days(days: Integers, kwh: Floats, temperature: Floats) -> Periods:
    """Make stretches of one day each."""
    return Periods(kwh, np.arange(days.size, dtype=np.int64), days, temperature)


def is_rest_day(days: Integers) -> Floats:
    """Mark Saturdays and Sundays with 1, shape (n_days,)."""
    marks: Floats = ((days + 6) % 7 >= 5).astype(np.float64)  # ordinal 1 was a Monday
    return marks


def sum_by(owner: Integers, values: Floats) -> Floats:
    """Add values (n,) up to those of their owners, numbered from 0."""
    return np.asarray(np.bincount(owner, weights=values), dtype=np.float64)
