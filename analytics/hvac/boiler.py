"""Boilers that start and stop too often: starts by the hour.

A sound boiler runs for a quarter of an hour and more at low load, so it starts four times an hour at most; from six
starts an hour on its runs are ten minutes apart, which wears out ignition and blows the heat of each run up the flue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.hvac import StartHours

MANY_STARTS_H = 6.0
LEAST_HOURS = 3
SHORTEST_SPAN_S = 1800.0
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cycling:
    """A boiler's last day: hours with many starts, all hours with any, its median rate in the former [1/h]."""

    many: Sequence[datetime]
    n_running: int
    starts_per_h: float

    @property
    def is_present(self) -> bool | None:
        """Whether it cycles; None where the boiler hardly ran, or it is in between."""
        if len(self.many) >= LEAST_HOURS:
            return True
        return None if self.many or not self.n_running else False


def count_cycles(boiler: StartHours, ends_at: datetime) -> Cycling:
    """Count the hours of the day before an instant; hours known for less than half count for nothing."""
    rates = [
        (hour, 3600 * starts / span_s)
        for hour, starts, span_s in zip(boiler.hours, boiler.starts, boiler.spans_s, strict=True)
        if ends_at - DAY <= hour < ends_at and span_s >= SHORTEST_SPAN_S
    ]
    many = [(hour, rate) for hour, rate in rates if rate >= MANY_STARTS_H]
    middle = sorted(rate for _, rate in many)[len(many) // 2] if many else 0.0
    return Cycling([hour for hour, _ in many], sum(rate > 0 for _, rate in rates), middle)
