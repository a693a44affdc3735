"""Neutral descriptions of what a town consists of; whoever runs the town enters them into the platform."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Territory:
    """A tenant; `parent` is the slug of the territory above it."""

    slug: str
    name: str
    kind: str = "commune"
    parent: str | None = None
    time_zone: str = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Asset:
    """A thing looked after; longitude and latitude are WGS 84 degrees, `attributes` what the inventory says of it.

    `traits` are for effects that strike some of a type only; nobody enters them.
    """

    slug: str
    name: str
    type: str
    longitude: float
    latitude: float
    parent: str | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Device:
    """A box that reports; `placements` maps a channel ('*': all others) to the slug of its asset.

    `family` groups devices that measure the same columns; `radio` is how its gateway hears it.
    """

    external_id: str
    name: str
    family: str
    model: str
    gateway: str | None
    interval_s: int
    placements: Mapping[str, str]
    radio: str = "wired"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of everything a town has; the default is Val-de-Tille."""

    n_lamps: int = 400
    n_cabinets: int = 12
    n_bays: int = 150
    n_car_parks: int = 3
    n_containers: int = 120
    n_buildings: int = 6
    n_pipes: int = 8
    n_bridges: int = 1
    n_traffic: int = 6
    n_people: int = 3


def plan_town(scale: float = 1.0, lamps: int | None = None) -> Plan:
    """Size a town: `scale` multiplies everything, `lamps` sets the street lights (and cabinets) alone.

    Raises
    ------
    ValueError
        Scale outside 0.1 to 50, or lamps outside 12 to 20,000.
    """
    if not 0.1 <= scale <= 50:
        raise ValueError(f"scale must lie between 0.1 and 50, not {scale:g}")
    n_lamps = round(400 * scale) if lamps is None else lamps
    if not 12 <= n_lamps <= 20_000:
        raise ValueError(f"a town has between 12 and 20,000 lamps, not {n_lamps:,}")

    def sized(count: int) -> int:
        return max(1, round(count * scale))

    return Plan(
        n_lamps=n_lamps,
        n_cabinets=max(1, round(n_lamps * 12 / 400)),
        n_bays=sized(150),
        n_car_parks=sized(3),
        n_containers=max(12, sized(120)),
        n_buildings=sized(6),
        n_pipes=max(2, sized(8)),
        n_bridges=sized(1),
        n_traffic=max(2, sized(6)),
        n_people=max(2, sized(3)),
    )
