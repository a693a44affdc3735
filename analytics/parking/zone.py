"""Rhythms of zones: occupancy, arrivals and mean stay by weekday and hour of civil time."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from store.parking import ZoneHour

N_CELLS = 7 * 24


def zone_profiles(hours: Sequence[ZoneHour], time_zone: str) -> dict[str, Any]:
    """Give for each zone 7 x 24 (Monday first): occupancy [1], arrivals in an hour, mean stay [min].

    The mean stay is occupied time over arrivals (J. D. C. Little, A proof for the queuing formula L = lambda W,
    Operations Research 9, 1961, doi:10.1287/opre.9.3.383). None where nothing is known or nobody came.
    """
    ordered = sorted(hours, key=lambda hour: hour.zone)
    return {zone: profile(list(group), ZoneInfo(time_zone)) for zone, group in groupby(ordered, lambda hour: hour.zone)}


def profile(hours: Sequence[ZoneHour], zone: ZoneInfo) -> Mapping[str, list[list[float | None]]]:
    """Give the three tables of one zone."""
    civil = [hour.hour.astimezone(zone) for hour in hours]
    cell = np.array([at.weekday() * 24 + at.hour for at in civil])
    occupied, free, arrivals, seen = (
        np.bincount(cell, np.array(values, dtype=float), N_CELLS)
        for values in (
            [hour.occupied_s for hour in hours],
            [hour.free_s for hour in hours],
            [hour.n_arrivals for hour in hours],
            np.ones(len(hours)),
        )
    )
    return {
        "occupancy": table(occupied, occupied + free, 3),
        "arrivals_per_h": table(arrivals, seen, 1),
        "mean_stay_min": table(occupied / 60, arrivals, 0),
    }


def table(amounts: np.ndarray, over: np.ndarray, n_digits: int) -> list[list[float | None]]:
    """Divide cell by cell, and write seven rows of 24."""
    cells = [round(float(a / b), n_digits) if b > 0 else None for a, b in zip(amounts, over, strict=True)]
    return [cells[day * 24 : day * 24 + 24] for day in range(7)]
