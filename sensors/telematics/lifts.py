"""From a vehicle's positions to the containers it emptied: where it stood, or what its equipment reported.

A lift is a run of positions within `radius_m` of a container, no two of them more than `longest_gap_s` apart, that
lasts at least `least_stay_s`; one position is enough where its event is one of `lift_events`. Coming back to a
container within `same_lift_s` is the same lift. Where containers of several streams stand within the radius, the
vehicle's stream tells which was emptied; without it none is told, for a vehicle takes one stream only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, floor, radians

from sensors.earth import METRES_A_DEGREE, distance_m
from sensors.telematics.track import Position

CELL_PER_RADIUS = 1.01  # a little wider, so that none within the radius lies two cells away


@dataclass(frozen=True, slots=True)
class Container:
    """A container that stands somewhere; sector and stream as its attributes say, "" where they do not."""

    asset_id: int
    slug: str
    longitude: float
    latitude: float
    sector: str
    waste_stream: str


@dataclass(frozen=True, slots=True)
class LiftRule:
    """When a stay is a lift. Radius in metres, spans in seconds."""

    radius_m: float = 20.0
    least_stay_s: float = 20.0
    longest_gap_s: float = 300.0
    same_lift_s: float = 900.0
    lift_events: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lift:
    """A container emptied by a vehicle that came at an instant and stood there for a time [s]."""

    container: Container
    vehicle: str
    lifted_at: datetime
    stay_s: float


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A stay near containers of several streams of which nothing says the one."""

    vehicle: str
    at: datetime
    slugs: tuple[str, ...]


class Places:
    """Containers by cells of a grid, so that those near a position are found at once."""

    def __init__(self, containers: Sequence[Container], radius_m: float) -> None:
        middle = max((abs(found.latitude) for found in containers), default=0.0)
        self._radius_m = radius_m
        self._step_lat = CELL_PER_RADIUS * max(radius_m, 1.0) / METRES_A_DEGREE
        self._step_lon = self._step_lat / max(cos(radians(min(middle, 89.0))), 0.01)
        self._cells: dict[tuple[int, int], list[Container]] = {}
        for container in containers:
            self._cells.setdefault(self._cell(container.longitude, container.latitude), []).append(container)

    def near(self, longitude: float, latitude: float) -> list[Container]:
        """Give the containers within the radius of a position."""
        x, y = self._cell(longitude, latitude)
        around = (self._cells.get((x + dx, y + dy), ()) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        return [
            container
            for cell in around
            for container in cell
            if distance_m((longitude, latitude), (container.longitude, container.latitude)) <= self._radius_m
        ]

    def _cell(self, longitude: float, latitude: float) -> tuple[int, int]:
        return floor(longitude / self._step_lon), floor(latitude / self._step_lat)


@dataclass(slots=True)
class Stay:
    """Positions of one vehicle near one container, as they come."""

    container: Container
    first_at: datetime
    last_at: datetime
    has_event: bool

    def seconds(self) -> float:
        """Give how long it lasted."""
        return (self.last_at - self.first_at).total_seconds()


def find_lifts(
    positions: Sequence[Position],
    containers: Sequence[Container],
    rule: LiftRule,
    stream_by_vehicle: Mapping[str, str] | None = None,
) -> tuple[list[Lift], list[Ambiguous]]:
    """Give the lifts of one vehicle, in the order of time, and the stays that could not be attributed.

    Parameters
    ----------
    positions
        Of one vehicle, in the order of time.
    """
    streams = stream_by_vehicle or {}
    places = Places(containers, rule.radius_m)
    lifts: list[Lift] = []
    ambiguous: list[Ambiguous] = []
    vehicle = positions[0].vehicle if positions else ""
    for group in together(find_stays(positions, places, rule)):
        wanted = [stay for stay in group if vehicle not in streams or stay.container.waste_stream == streams[vehicle]]
        if len({stay.container.waste_stream for stay in wanted}) > 1:
            slugs = tuple(sorted({stay.container.slug for stay in wanted}))
            ambiguous.append(Ambiguous(vehicle, group[0].first_at, slugs))
            continue
        lifts += [Lift(stay.container, vehicle, stay.first_at, stay.seconds()) for stay in wanted]
    return sorted(lifts, key=lambda lift: (lift.lifted_at, lift.container.slug)), ambiguous


def find_stays(positions: Sequence[Position], places: Places, rule: LiftRule) -> list[Stay]:
    """Give the stays that count as lifts, those at one container within `same_lift_s` joined."""
    open_stays: dict[int, Stay] = {}
    ended: list[Stay] = []
    for position in positions:
        near = {container.asset_id: container for container in places.near(position.longitude, position.latitude)}
        for asset_id, stay in list(open_stays.items()):
            late = (position.at - stay.last_at).total_seconds() > rule.longest_gap_s
            if asset_id not in near or late:
                ended.append(open_stays.pop(asset_id))
        is_lift = bool(position.event) and position.event in rule.lift_events
        for asset_id, container in near.items():
            stay = open_stays.setdefault(asset_id, Stay(container, position.at, position.at, False))
            stay.last_at = position.at
            stay.has_event |= is_lift
    ended += open_stays.values()
    counted = [stay for stay in ended if stay.has_event or stay.seconds() >= rule.least_stay_s]
    return list(join_same(counted, timedelta(seconds=rule.same_lift_s)))


def join_same(stays: Sequence[Stay], within: timedelta) -> Iterator[Stay]:
    """Join stays at one container that follow one another soon."""
    last: dict[int, Stay] = {}
    for stay in sorted(stays, key=lambda found: found.first_at):
        before = last.get(stay.container.asset_id)
        if before is not None and stay.first_at - before.last_at <= within:
            before.last_at = stay.last_at
            continue
        last[stay.container.asset_id] = stay
        yield stay


def together(stays: Sequence[Stay]) -> Iterator[list[Stay]]:
    """Give the stays that overlap in time as one group: the vehicle stood near all of these containers."""
    group: list[Stay] = []
    until: datetime | None = None
    for stay in sorted(stays, key=lambda found: found.first_at):
        if until is not None and stay.first_at > until:
            yield group
            group, until = [], None
        group.append(stay)
        until = stay.last_at if until is None else max(until, stay.last_at)
    if group:
        yield group
