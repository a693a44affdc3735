"""How far cars drive in search of a bay, and what they emit: a range, with its assumptions beside it.

`distance = sum over hours of arrivals x search(occupancy)`; arrivals and occupancy are measured, by zone and hour, the
search is assumed:

- *Low end*: bays are taken at random, so that a driver passes `o / (1 - o)` taken ones (geometric law) at
  `bay_spacing`. R. Arnott, P. Williams, Cruising for parking around a circle, Transportation Research Part B 104, 2017,
  show by simulation that this tells too little, far too little in full streets: hence an end and no middle.
- *High end*: `search_time` at `search_speed` in a full zone, rising from nothing at `free_below` with the cube of what
  is taken beyond: the mean of the studies that D. Shoup gathered (The high cost of free parking, 2005), which were made
  where much search was expected.
- *Value*: the geometric mean of both, for sorting. What is published is the range.

A share of traffic that searches (the often quoted 30 %) is not used: it was measured in streets chosen for their
search (FHWA-HOP-23-004, 2023). Cars that find no bay and drive on are not seen by the sensors of bays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from store.parking import Assumption, ZoneHour

# Factor, default, unit, where the default is from. People enter their own among the factors.
DEFAULTS: Mapping[str, tuple[float, str, str]] = MappingProxyType(
    {
        "parking_search_bay_spacing": (6.0, "m", "length of a parallel bay"),
        "parking_search_time": (8.0, "min", "mean of the studies gathered by Shoup"),
        "parking_search_speed": (15.0, "km/h", "convention: a car that looks for a bay"),
        "parking_search_free_below": (0.5, "1", "convention: no search where half of the bays are free"),
        "parking_search_emissions": (0.2, "kg/km", "7.5 L/100 km of petrol at 2.7 kgCO2e/L"),
    }
)
FULLEST = 0.98  # a zone's hour is never counted as fuller: the geometric law has no end
CUBE = 3


@dataclass(frozen=True, slots=True)
class Search:
    """Distance [km]: its range and middle; arrivals, and the share of them that came to a zone filled above 85 %."""

    low_km: float
    middle_km: float
    high_km: float
    n_arrivals: int
    share_above_85: float


def assume(entered: Sequence[Assumption]) -> dict[str, float]:
    """Give each assumption as entered, else its default."""
    return {name: default for name, (default, _, _) in DEFAULTS.items()} | {one.factor: one.value for one in entered}


def search(hours: Sequence[ZoneHour], assumed: Mapping[str, float]) -> Search | None:
    """Tell the search of all arrivals; None where no car came."""
    known = np.array([hour.free_s + hour.occupied_s for hour in hours], dtype=float)
    occupied = np.array([hour.occupied_s for hour in hours], dtype=float)
    arrivals = np.array([hour.n_arrivals for hour in hours], dtype=float)
    share = np.divide(occupied, known, out=np.zeros_like(occupied), where=known > 0)
    if arrivals.sum() <= 0:
        return None
    taken = np.minimum(share, FULLEST)
    low_km = float(arrivals @ (taken / (1 - taken))) * assumed["parking_search_bay_spacing"] / 1000
    begins = min(assumed["parking_search_free_below"], FULLEST)
    longest_km = assumed["parking_search_time"] / 60 * assumed["parking_search_speed"]
    high_km = float(arrivals @ (np.clip((share - begins) / (1 - begins), 0, 1) ** CUBE)) * longest_km
    low_km, high_km = sorted((low_km, high_km))
    above = float(arrivals[share > 0.85].sum() / arrivals.sum())
    return Search(low_km, float(np.sqrt(low_km * high_km)), high_km, int(arrivals.sum()), above)
