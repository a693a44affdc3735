"""Civil times to instants, whole columns at once, with the hours that clocks jump over and those they show twice."""

from datetime import timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sensors.instant import EPOCH, MICROSECOND, SECOND_US

QUARTER_US = 900 * SECOND_US  # since 1972 clocks have changed at full quarters of an hour only

Times = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class RepeatedHour(StrEnum):
    """What a time means that clocks show twice.

    `order`: of two lines of one series with the same time, the first one is the first, and one alone too.
    """

    ORDER = "order"
    FIRST = "first"
    SECOND = "second"
    REFUSE = "refuse"


class Shifts(NamedTuple):
    """What to take from a civil time to get UTC, in microseconds, if it is the first of two or the second.

    The second is smaller where the time exists twice, and larger where it does not exist.
    """

    first_us: int
    second_us: int


class Zone:
    """One time zone, with the quarters of an hour that were looked up."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._shifts: dict[int, Shifts] = {}

    def find_shifts(self, civil_us: Times) -> tuple[Times, Times]:
        """Give the shifts of civil times, as if they were the first of two and as if the second."""
        quarters, inverse = np.unique(civil_us // QUARTER_US, return_inverse=True)
        found = [self._look_up(quarter) for quarter in quarters.tolist()]
        table = np.array(found, dtype=np.int64).reshape(-1, 2)
        return table[inverse, 0], table[inverse, 1]

    def _look_up(self, quarter: int) -> Shifts:
        if (known := self._shifts.get(quarter)) is None:
            known = self._shifts[quarter] = self._compute(quarter)
        return known

    def _compute(self, quarter: int) -> Shifts:
        try:
            moment = (EPOCH + timedelta(microseconds=quarter * QUARTER_US)).replace(tzinfo=self._zone)
            offsets = (moment.utcoffset(), moment.replace(fold=1).utcoffset())
        except OverflowError:  # no year of the calendar; the gate refuses it
            return Shifts(0, 0)
        first, second = ((offset or timedelta()) // MICROSECOND for offset in offsets)
        return Shifts(first, second)
