"""What a lamp did hour by hour, beside its neighbours: shared by the hints about single lamps.

A lamp's own usual power is the second highest of its daily maxima of four weeks (one odd value does not set it). It
burns in an hour whose mean is a quarter of that or more, dimming included, and is dark below a tenth, which leaves
room for its controller. Neighbours are the other lamps of the same parent asset, the light cabinet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.hints import AssetHours

BURNS_FROM, DARK_BELOW = 0.25, 0.10
LEAST_COVERED_S = 1800.0
LEAST_NEIGHBOURS = 3
MOST = 0.6  # of the neighbours


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp's hours: `burns` is True, False, or None where it is not known or neither."""

    asset: AssetHours
    burns: dict[datetime, bool | None]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """How many lamps of a cabinet burned and were dark in each hour."""

    n_burning: dict[datetime, int]
    n_dark: dict[datetime, int]

    def burn(self, hour: datetime, own: bool | None) -> bool | None:
        """Say whether most of the others burned (True) or were dark (False) in an hour; None: too few or neither."""
        burning = self.n_burning.get(hour, 0) - (own is True)
        dark = self.n_dark.get(hour, 0) - (own is False)
        if burning + dark < LEAST_NEIGHBOURS:
            return None
        if burning >= MOST * (burning + dark):
            return True
        return False if dark >= MOST * (burning + dark) else None


def look_at(assets: Sequence[AssetHours]) -> Iterable[tuple[Lamp, Neighbours]]:
    """Give each lamp that has a usual power, with its neighbours."""
    lamps = [Lamp(asset, states_of(asset, asset.usual_high)) for asset in assets if asset.usual_high]
    by_parent: dict[int | None, list[Lamp]] = {}
    for lamp in lamps:
        by_parent.setdefault(lamp.asset.parent_id, []).append(lamp)
    for parent, family in by_parent.items():
        if parent is not None:
            neighbours = count(family)
            yield from ((lamp, neighbours) for lamp in family)


def states_of(asset: AssetHours, usual_high: float | None) -> dict[datetime, bool | None]:
    """Say of each hour that is known well enough whether the lamp burned."""
    high = usual_high or 0.0
    return {
        hour.hour: True if hour.mean >= BURNS_FROM * high else (False if hour.mean < DARK_BELOW * high else None)
        for hour in asset.hours
        if hour.covered_s >= LEAST_COVERED_S
    }


def count(family: Iterable[Lamp]) -> Neighbours:
    """Count burning and dark lamps by hour."""
    burning: dict[datetime, int] = {}
    dark: dict[datetime, int] = {}
    for lamp in family:
        for hour, burns in lamp.burns.items():
            if burns is not None:
                counts = burning if burns else dark
                counts[hour] = counts.get(hour, 0) + 1
    return Neighbours(burning, dark)
