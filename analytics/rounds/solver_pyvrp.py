"""Rounds planned with PyVRP (Wouda, Lan and Kool 2024, doi:10.1287/ijoc.2023.0055), where it is installed.

PyVRP counts in whole numbers: distances, times and loads are scaled up to thousandths where they are not whole
themselves, and rounded so that what it allows is allowed in truth too.
"""

import importlib.util
from importlib.metadata import version
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analytics.rounds.problem import Effort, Floats, Problem, Round, Solution, cost_of

if TYPE_CHECKING:
    import pyvrp

DEFAULT_ITERATIONS = 5_000
FINEST = 1_000
NOISE = 1e-6  # of a scaled number: what floats add to 15.2 times 10
NO_LIMIT = 2**62


def is_installed() -> bool:
    """Say whether PyVRP is there."""
    return importlib.util.find_spec("pyvrp") is not None


def solve(problem: Problem, effort: Effort) -> Solution | None:
    """Give the best rounds found within the effort (5,000 iterations where it names none).

    None where PyVRP found none that keep everything: stops that must not be left out may be too many.
    """
    import pyvrp  # optional, and slow to import
    from pyvrp.stop import MaxIterations, MaxRuntime, MultipleCriteria, StoppingCriterion

    limits: list[StoppingCriterion] = []
    if effort.seconds is not None:
        limits.append(MaxRuntime(effort.seconds))
    if effort.iterations is not None or not limits:
        limits.append(MaxIterations(effort.iterations or DEFAULT_ITERATIONS))
    result = pyvrp.solve(data_of(problem), MultipleCriteria(limits), effort.seed, collect_stats=False)
    if not result.is_feasible():
        return None
    rounds = tuple(
        Round(route.vehicle_type(), tuple(activity.idx for activity in route if activity.is_client()))
        for route in result.best.routes()
    )
    served = {stop for one in rounds for stop in one.stops}
    left_out = tuple(stop for stop in range(len(problem.stops)) if stop not in served)
    return Solution(rounds, left_out, cost_of(problem, rounds), f"PyVRP {version('pyvrp')}")


def data_of(problem: Problem) -> "pyvrp.ProblemData":
    """Write a problem down as PyVRP reads it."""
    import pyvrp

    stops, vehicles = problem.stops, problem.vehicles
    prizes = [stop.prize or 0.0 for stop in stops] + [vehicle.fixed_cost for vehicle in vehicles]
    by_cost = scale_of(problem.distances, np.array(prizes))
    times = [v for stop in stops for v in (stop.service_s, stop.opens_s, stop.closes_s)]
    times += [v for vehicle in vehicles for v in (vehicle.starts_s, vehicle.ends_s, vehicle.longest_s)]
    by_time = scale_of(problem.durations, np.array(times))
    by_load = scale_of(np.array([stop.demand for stop in stops]), np.array([v.capacity for v in vehicles]))
    depots = sorted({place for vehicle in vehicles for place in (vehicle.start, vehicle.end)})
    clients = [
        pyvrp.Client(
            location=stop.place,
            delivery=[up(stop.demand, by_load)],
            service_duration=up(stop.service_s, by_time),
            tw_early=up(stop.opens_s, by_time),
            tw_late=down(stop.closes_s, by_time),
            prize=round((stop.prize or 0.0) * by_cost),
            required=stop.prize is None,
        )
        for stop in stops
    ]
    types = [
        pyvrp.VehicleType(
            num_available=vehicle.n,
            capacity=[down(vehicle.capacity, by_load)],
            start_depot=depots.index(vehicle.start),
            end_depot=depots.index(vehicle.end),
            fixed_cost=round(vehicle.fixed_cost * by_cost),
            tw_early=up(vehicle.starts_s, by_time),
            tw_late=down(vehicle.ends_s, by_time),
            shift_duration=down(vehicle.longest_s, by_time),
        )
        for vehicle in vehicles
    ]
    return pyvrp.ProblemData(
        [pyvrp.Location(0, 0) for _ in range(len(problem.distances))],
        clients,
        [pyvrp.Depot(place) for place in depots],
        types,
        [whole(np.rint(problem.distances * by_cost))],
        [whole(np.ceil(problem.durations * by_time - NOISE))],
    )


def scale_of(*numbers: Floats) -> int:
    """Give the smallest of 1, 10, 100 and 1,000 that makes all finite numbers whole, else 1,000."""
    flat = np.concatenate([array.ravel() for array in numbers])
    flat = flat[np.isfinite(flat)]
    for scale in (1, 10, 100):
        if np.all(np.abs(flat * scale - np.rint(flat * scale)) < NOISE):
            return scale
    return FINEST


def up(value: float, scale: int) -> int:
    """Scale and round up."""
    return int(np.ceil(value * scale - NOISE))


def down(value: float, scale: int) -> int:
    """Scale and round down; without a limit, the largest number there is."""
    return NO_LIMIT if value == inf else int(np.floor(value * scale + NOISE))


def whole(matrix: Floats) -> NDArray[np.int64]:
    """Give whole numbers, with nothing on the way from a place to itself."""
    numbers = matrix.astype(np.int64)
    np.fill_diagonal(numbers, 0)
    return numbers
