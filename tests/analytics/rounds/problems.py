"""Small problems drawn by seed, and a naive twin of the solvers that tries everything."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations
from math import inf

import numpy as np

from analytics.rounds.check import violations
from analytics.rounds.problem import Floats, Problem, Round, Solution, Stop, Vehicle, cost_of


def straight(points: Floats) -> Floats:
    apart = points[:, None] - points[None]
    ways: Floats = np.hypot(apart[..., 0], apart[..., 1])
    return ways


def drawn(seed: int, n_stops: int, *, n_each: int = 1, has_clock: bool = False, has_prizes: bool = False) -> Problem:
    """A problem with two depots and two kinds of vehicles; ways differ between there and back."""
    chance = np.random.default_rng(seed)
    n = n_stops + 2
    ways = np.ceil(straight(chance.uniform(0, 100, (n, 2))) * chance.uniform(1.0, 1.2, (n, n)))
    np.fill_diagonal(ways, 0)
    stops = []
    for place in range(2, n):
        opens = float(chance.integers(0, 200)) if has_clock else 0.0
        stops.append(
            Stop(
                place,
                float(chance.integers(1, 10)),
                5.0 if has_clock else 0.0,
                opens,
                opens + float(chance.integers(80, 300)) if has_clock else inf,
                float(chance.integers(5, 120)) if has_prizes else None,
            )
        )
    hours = {"starts_s": 0.0, "ends_s": 600.0, "longest_s": 400.0} if has_clock else {}
    vehicles = (Vehicle(0, 0, 16.0, n=n_each, **hours), Vehicle(1, 0, 25.0, fixed_cost=20.0, n=n_each, **hours))
    return Problem(tuple(stops), vehicles, ways, ways)


def cheapest(problem: Problem) -> float:
    """Try every way to part and order stops among all vehicles, and give the least cost; up to five stops."""
    best = inf
    for vehicles in assignments(problem, len(problem.stops)):
        best = min(best, best_orders(problem, vehicles))
    return best


def assignments(problem: Problem, n_stops: int) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Give every way to give each stop a single vehicle or none, as the stops of each of them."""
    seats = [at for at, vehicle in enumerate(problem.vehicles) for _ in range(vehicle.n)]
    for number in range((len(seats) + 1) ** n_stops):
        digits = [number // (len(seats) + 1) ** at % (len(seats) + 1) for at in range(n_stops)]
        yield tuple(tuple(s for s, seat in enumerate(digits) if seat == at) for at in range(len(seats)))


def best_orders(problem: Problem, by_seat: Sequence[tuple[int, ...]]) -> float:
    """Give the least cost when each vehicle's stops are known; infinite where none can be driven."""
    seats = [at for at, vehicle in enumerate(problem.vehicles) for _ in range(vehicle.n)]
    rounds = []
    for vehicle, stops in zip(seats, by_seat, strict=True):
        if not stops:
            continue
        orders = [Round(vehicle, order) for order in permutations(stops)]
        able = [one for one in orders if is_able(problem, one)]
        if not able:
            return inf
        rounds.append(min(able, key=lambda one: length(problem, one)))
    return cost_of(problem, rounds)


def is_able(problem: Problem, one: Round) -> bool:
    """Ask the check about a single round, all else left aside."""
    others = tuple(stop for stop in range(len(problem.stops)) if stop not in one.stops)
    found = violations(problem, Solution((one,), others, cost_of(problem, [one]), "twin"))
    return not [wrong for wrong in found if "left out" not in wrong and "cost" not in wrong]


def length(problem: Problem, one: Round) -> float:
    """Add up a round's way."""
    vehicle = problem.vehicles[one.vehicle]
    places = [vehicle.start, *(problem.stops[stop].place for stop in one.stops), vehicle.end]
    return float(sum(problem.distances[before, after] for before, after in pairwise(places)))
