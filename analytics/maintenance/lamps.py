"""What a lamp did hour by hour, beside its neighbours: shared by the hints about single lamps.

A lamp's own usual power is the second highest of its daily maxima of four weeks (one odd value does not set it), where
that is more than a controller takes: 3 W at least, and a tenth of the middle of its cabinet's lamps. Of a lamp that has
been dark for four weeks nothing is said. Of one that burned yesterday at less (a quarter of that and more), as after
LED took the place of sodium, it is what it took yesterday. A lamp burns in an hour whose mean is a quarter
of its usual power or more, dimming included, and is dark below a tenth, which leaves room for its controller.
Neighbours are the other lamps of the same parent asset, the light cabinet.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from statistics import median

from analytics.maintenance import Span
from store.hints import AssetHours, read_asset_hours

BURNS_FROM, DARK_BELOW = 0.25, 0.10
LEAST_POWER_W = 3.0
LEAST_COVERED_S = 1800.0
LEAST_NEIGHBOURS = 3
DAY, FOUR_WEEKS = timedelta(days=1), timedelta(days=28)
MOST = 0.6  # of the neighbours

read = partial(read_asset_hours, quantity="active_power")


@dataclass(frozen=True, slots=True)
class Lamp:
    """A lamp's usual power [W] and its hours: `burns` is True, False, or None where it is not known or neither."""

    asset: AssetHours
    usual_w: float
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


def look_at(assets: Sequence[AssetHours], part: Span) -> Iterable[tuple[Lamp, Neighbours]]:
    """Give each lamp that has a usual power at the end of a part, with its hours in it and its neighbours."""
    by_parent: dict[int | None, list[tuple[AssetHours, float]]] = {}
    for asset in assets:
        if (high := usual_w(asset, part.ends_at)) is not None and asset.parent_id is not None:
            by_parent.setdefault(asset.parent_id, []).append((asset, high))
    for known in by_parent.values():
        least = max(LEAST_POWER_W, DARK_BELOW * median(high for _, high in known))
        family = [Lamp(asset, high, states_of(asset, high, part)) for asset, high in known if high >= least]
        neighbours = count(family)
        yield from ((lamp, neighbours) for lamp in family)


def usual_w(asset: AssetHours, at: datetime) -> float | None:
    """Give the second highest of the daily maxima of the four weeks before an instant [W], None without two.

    That of the last whole day, where the lamp burned at less then.
    """
    known = [high for high in asset.highs if at - FOUR_WEEKS <= high.day < at]
    if len(known) < 2:
        return None
    most = sorted(high.value for high in known)[-2]
    last = max((high for high in known if high.day <= at - DAY), key=lambda high: high.day, default=known[0]).value
    return last if BURNS_FROM * most <= last < most else most


def states_of(asset: AssetHours, high: float, part: Span) -> dict[datetime, bool | None]:
    """Say of each hour of a part that is known well enough whether the lamp burned."""
    first, end = (bisect_left(asset.hours, at, key=lambda hour: hour.hour) for at in (part.begins_at, part.ends_at))
    return {
        hour.hour: True if hour.mean >= BURNS_FROM * high else (False if hour.mean < DARK_BELOW * high else None)
        for hour in asset.hours[first:end]
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
