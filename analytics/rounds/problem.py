"""What a planner of rounds is asked and what it answers: stops, vehicles, rounds in order.

Places are numbered as the rows of both matrices. A cost is a distance in the unit of `distances`; fixed costs and
prizes are in the same unit, so that a prize says how far one would drive for a stop. Times are seconds of one clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop at a place: what it adds to the load, how long it takes [s], between which times it may begin [s].

    `prize` is what leaving it out costs; None: it must not be left out.
    """

    place: int
    demand: float
    service_s: float = 0.0
    opens_s: float = 0.0
    closes_s: float = inf
    prize: float | None = None


@dataclass(frozen=True, slots=True)
class Vehicle:
    """`n` equal vehicles, each for one round: from where to where, load, working hours [s], longest time away [s]."""

    start: int
    end: int
    capacity: float
    starts_s: float = 0.0
    ends_s: float = inf
    longest_s: float = inf
    fixed_cost: float = 0.0
    n: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """Stops to choose from and to put in order; `distances` and `durations` [s], both (n_places, n_places), from row
    to column."""

    stops: tuple[Stop, ...]
    vehicles: tuple[Vehicle, ...]
    distances: Floats
    durations: Floats


@dataclass(frozen=True, slots=True)
class Round:
    """One vehicle's stops in order, both as positions in the problem."""

    vehicle: int
    stops: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """Rounds, the stops left out, and the cost: distance, fixed costs and prizes forgone."""

    rounds: tuple[Round, ...]
    left_out: tuple[int, ...]
    cost: float
    solver: str


@dataclass(frozen=True, slots=True)
class Effort:
    """When a solver stops: after so many seconds, or iterations, whatever comes first.

    With iterations alone the answer depends on the seed only, not on the machine.
    """

    seconds: float | None = None
    iterations: int | None = None
    seed: int = 1


class Solver(Protocol):
    """Whatever plans rounds."""

    def __call__(self, problem: Problem, effort: Effort) -> Solution:
        """Give the best rounds found."""


def cost_of(problem: Problem, rounds: Sequence[Round]) -> float:
    """Add up distances, fixed costs and the prizes of what is left out; infinite where that must not be."""
    served = {stop for one in rounds for stop in one.stops}
    forgone = (inf if stop.prize is None else stop.prize for at, stop in enumerate(problem.stops) if at not in served)
    return sum(distance_of(problem, one) + problem.vehicles[one.vehicle].fixed_cost for one in rounds) + sum(forgone)


def distance_of(problem: Problem, one: Round) -> float:
    """Give the distance of a round from its vehicle's start to its end."""
    places = places_of(problem, one)
    return float(problem.distances[places[:-1], places[1:]].sum())


def places_of(problem: Problem, one: Round) -> list[int]:
    """Give the places of a round in order, start and end included."""
    vehicle = problem.vehicles[one.vehicle]
    return [vehicle.start, *(problem.stops[stop].place for stop in one.stops), vehicle.end]
