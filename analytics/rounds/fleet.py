"""Depots, vehicles and assumptions that rounds are planned with, as a territory's people write them in a JSON file."""

from datetime import time
from pathlib import Path
from typing import Annotated

import msgspec

from analytics.rounds.distances import DETOUR, SPEED_KM_H
from sensors.json_text import UNREADABLE_JSON

Degrees = Annotated[float, msgspec.Meta(ge=-180, le=180)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Hour = Annotated[str, msgspec.Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
NotNegative = Annotated[float, msgspec.Meta(ge=0)]


class FleetError(Exception):
    """The file of vehicles cannot be used."""

    exit_code = 11


class Depot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where vehicles start or end: a depot, a place to unload."""

    name: str
    longitude: Degrees
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)]


class VehicleEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`n` equal vehicles: load in litres as waste lies in containers (compaction counted in), civil working hours.

    No `waste_streams`: all. `ends_at` names another depot than the one it leaves from. A shift may end after midnight.
    """

    name: str
    depot: str
    capacity_l: Positive
    from_hour: Hour
    to_hour: Hour
    longest_h: Positive | None = None
    ends_at: str | None = None
    waste_streams: tuple[str, ...] = ()
    n: Annotated[int, msgspec.Meta(ge=1)] = 1

    @property
    def begins(self) -> time:
        """Give the civil hour from which it works."""
        return time.fromisoformat(self.from_hour)

    @property
    def ends(self) -> time:
        """Give the civil hour until which it works."""
        return time.fromisoformat(self.to_hour)


class Assumptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What nobody measured. All of it is written on what is planned with it.

    `overflow_km`: how far one would drive to prevent one overflow; `vehicle_km`: what sending out one more vehicle
    counts for; `service_s`: a stop; `next_days`: until a vehicle can come again, where no collection plan says when.
    """

    overflow_km: NotNegative = 20.0
    vehicle_km: NotNegative = 10.0
    service_s: NotNegative = 90.0
    detour: Annotated[float, msgspec.Meta(ge=1)] = DETOUR
    speed_km_h: Positive = SPEED_KM_H
    next_days: Annotated[int, msgspec.Meta(ge=1, le=21)] = 3


class Fleet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A territory's depots, vehicles and assumptions."""

    depots: tuple[Depot, ...]
    vehicles: tuple[VehicleEntry, ...]
    assumptions: Assumptions = Assumptions()


def read_fleet(path: Path) -> Fleet:
    """Read a file. Raises FleetError, which says what is wrong."""
    try:
        fleet = msgspec.json.decode(path.read_bytes(), type=Fleet)
    except (OSError, *UNREADABLE_JSON) as error:
        raise FleetError(f"{path} describes no vehicles: {error}") from error
    names = [depot.name for depot in fleet.depots]
    if len(set(names)) < len(names):
        raise FleetError(f"{path}: two depots of one name")
    if not fleet.vehicles:
        raise FleetError(f"{path}: no vehicle")
    if len({vehicle.name for vehicle in fleet.vehicles}) < len(fleet.vehicles):
        raise FleetError(f"{path}: two vehicles of one name; `n` says how many are alike")
    for vehicle in fleet.vehicles:
        if unknown := {vehicle.depot, vehicle.ends_at or vehicle.depot} - set(names):
            raise FleetError(f"{path}: vehicle {vehicle.name!r} names no depot there is: {', '.join(sorted(unknown))}")
    return fleet
