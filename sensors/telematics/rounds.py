"""From lifts to rounds: the lifts of a sector and stream in one run are a round of that sector and stream.

A run ends where `longest_pause_s` passes without a lift there. Fewer than `least_lifts` lifts (or, in a smaller sector,
fewer than it has containers) are no round: a vehicle on its way stops too. Rounds of several vehicles that overlap in
one sector and stream are one round, for the plan sends one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sensors.earth import distance_m
from sensors.telematics.lifts import Lift
from sensors.telematics.track import Position

Area = tuple[str, str]  # sector, stream


@dataclass(frozen=True, slots=True)
class RoundRule:
    """When lifts are a round."""

    longest_pause_s: float = 3 * 3600.0
    least_lifts: int = 2


@dataclass(frozen=True, slots=True)
class DrivenRound:
    """A round that vehicles drove: kilometres of their own tracks between its first and last lift, where known."""

    sector: str
    waste_stream: str
    started_at: datetime
    ended_at: datetime
    n_lifts: int | None
    distance_km: float | None
    vehicles: tuple[str, ...] = ()


def find_rounds(
    lifts: Sequence[Lift], tracks: Mapping[str, Sequence[Position]], n_containers: Mapping[Area, int], rule: RoundRule
) -> tuple[list[DrivenRound], list[Lift]]:
    """Give the rounds, and the lifts that belong to none: too few, or their container has no sector or stream."""
    rounds: list[DrivenRound] = []
    left: list[Lift] = []
    for area, of_area in by_area(lifts).items():
        for run in runs(of_area, timedelta(seconds=rule.longest_pause_s)):
            if not all(area) or len(run) < min(rule.least_lifts, n_containers.get(area, rule.least_lifts)):
                left += run
            else:
                rounds.append(round_of(area, run, tracks))
    return sorted(rounds, key=lambda r: (r.started_at, r.sector, r.waste_stream)), left


def by_area(lifts: Sequence[Lift]) -> dict[Area, list[Lift]]:
    """Give lifts by sector and stream, in the order of time."""
    found: dict[Area, list[Lift]] = {}
    for lift in sorted(lifts, key=lambda each: each.lifted_at):
        found.setdefault((lift.container.sector, lift.container.waste_stream), []).append(lift)
    return found


def runs(lifts: Sequence[Lift], longest_pause: timedelta) -> Iterator[list[Lift]]:
    """Cut lifts where too long a time passes between two."""
    run: list[Lift] = []
    for lift in lifts:
        if run and lift.lifted_at - end_of(run[-1]) > longest_pause:
            yield run
            run = []
        run.append(lift)
    if run:
        yield run


def end_of(lift: Lift) -> datetime:
    """Give when the vehicle left; a lift lasts a second at least."""
    return lift.lifted_at + timedelta(seconds=max(lift.stay_s, 1.0))


def round_of(area: Area, run: Sequence[Lift], tracks: Mapping[str, Sequence[Position]]) -> DrivenRound:
    """Sum up one run."""
    vehicles = tuple(sorted({lift.vehicle for lift in run}))
    kilometres = 0.0
    for vehicle in vehicles:
        own = [lift for lift in run if lift.vehicle == vehicle]
        span = own[0].lifted_at, max(end_of(lift) for lift in own)
        kilometres += length_km([p for p in tracks.get(vehicle, ()) if span[0] <= p.at <= span[1]])
    ended_at = max(end_of(lift) for lift in run)
    return DrivenRound(*area, run[0].lifted_at, ended_at, len(run), kilometres, vehicles)


def length_km(positions: Sequence[Position]) -> float:
    """Add up the straight lines between positions [km]: a little less than what was driven."""
    pairs = pairwise((p.longitude, p.latitude) for p in positions)
    return sum(distance_m(a, b) for a, b in pairs) / 1000.0
