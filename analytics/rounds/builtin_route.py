"""A round in the making, for the built-in solver: what it costs, carries, and when it is where.

Stops are numbered 0 to n - 1, starts and ends of vehicles from n on. Routes never change; a changed one is made anew,
so that plans share those that are alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from analytics.rounds.problem import Problem

# A second or a gram more than allowed is a rounding of floats.
SLACK = 1e-7


@dataclass(frozen=True, slots=True)
class Kind:
    """A vehicle of the problem, with its start and end numbered as above; `seats` is how many there are."""

    index: int
    start: int
    end: int
    capacity: float
    starts_s: float
    ends_s: float
    longest_s: float
    fixed_cost: float
    seats: int


class Board:
    """A problem laid out in lists, which Python reads faster than arrays."""

    def __init__(self, problem: Problem) -> None:
        n = len(problem.stops)
        places = [stop.place for stop in problem.stops]
        ends = [place for vehicle in problem.vehicles for place in (vehicle.start, vehicle.end)]
        grid = np.ix_(places + ends, places + ends)
        self.n = n
        self.distances = problem.distances[grid]
        self.out: list[list[float]] = self.distances.tolist()
        self.into: list[list[float]] = self.distances.T.tolist()
        self.time: list[list[float]] = problem.durations[grid].tolist()
        self.is_symmetric = bool(np.array_equal(self.distances, self.distances.T))
        self.demand = [stop.demand for stop in problem.stops]
        self.service = [stop.service_s for stop in problem.stops]
        self.opens = [stop.opens_s for stop in problem.stops]
        self.closes = [stop.closes_s for stop in problem.stops]
        # Dearer than any way there is, yet finite, so that two stops left out are worse than one.
        most = float(self.distances.max(initial=0.0)) * 4 * (n + 1) + sum(v.fixed_cost for v in problem.vehicles) + 1.0
        self.prize = [most if stop.prize is None else min(stop.prize, most) for stop in problem.stops]
        self.kinds = tuple(
            Kind(i, n + 2 * i, n + 2 * i + 1, v.capacity, v.starts_s, v.ends_s, v.longest_s, v.fixed_cost, v.n)
            for i, v in enumerate(problem.vehicles)
        )
        limits = [v.ends_s for v in problem.vehicles] + self.closes
        self.has_hours = any(limit < inf for limit in limits)
        self.has_clock = self.has_hours or any(v.longest_s < inf for v in problem.vehicles)

    def route(self, kind: Kind, stops: list[int]) -> "Route":
        """Make a route of these stops in this order, whether it can be driven or not."""
        return Route(self, kind, stops)


class Route:
    """A vehicle's stops; `gaps` are the pairs between which another stop could come, with the way that it saves.

    `leave[i]` is when the vehicle can leave before gap i at the earliest, `latest[i]` when it must have come to what is
    behind that gap, `work` its driving and service [s]. An empty route costs nothing.
    """

    __slots__ = ("cost", "gaps", "kind", "latest", "leave", "load", "stops", "work")

    def __init__(self, board: Board, kind: Kind, stops: list[int]) -> None:
        self.kind, self.stops = kind, stops
        self.load = sum([board.demand[stop] for stop in stops])
        self.work = 0.0  # driving and service [s], where there is a clock
        self.leave: list[float] = []
        self.latest: list[float] = []
        out = board.out
        if stops:
            pairs = zip([kind.start, *stops], [*stops, kind.end], strict=True)
            self.gaps = [(before, after, out[before][after]) for before, after in pairs]
            self.cost = sum([gap[2] for gap in self.gaps]) + kind.fixed_cost
        else:
            self.gaps = [(kind.start, kind.end, -kind.fixed_cost)]
            self.cost = 0.0
        if board.has_clock:
            self.set_clock(board)

    def set_clock(self, board: Board) -> None:
        """Work out `leave` forwards and `latest` backwards."""
        time, opens, closes, service = board.time, board.opens, board.closes, board.service
        self.work = sum([time[before][after] for before, after, _ in self.gaps])
        self.work += sum([service[stop] for stop in self.stops])
        clock, place = self.kind.starts_s, self.kind.start
        self.leave = [clock]
        for stop in self.stops:
            clock = max(clock + time[place][stop], opens[stop]) + service[stop]
            self.leave.append(clock)
            place = stop
        clock, place = self.kind.ends_s, self.kind.end
        latest = [clock]
        for stop in reversed(self.stops):
            clock = min(clock - time[stop][place] - service[stop], closes[stop])
            latest.append(clock)
            place = stop
        self.latest = latest[::-1]

    def is_drivable(self, board: Board) -> bool:
        """Say whether the route keeps load, hours and time away."""
        if self.load > self.kind.capacity + SLACK:
            return False
        if not board.has_clock or not self.stops:
            return True
        if any(
            leave + board.time[before][after] > latest + SLACK
            for (before, after, _), leave, latest in zip(self.gaps, self.leave, self.latest, strict=True)
        ):
            return False
        return self.kind.longest_s == inf or time_away(board, self) <= self.kind.longest_s + SLACK


def time_away(board: Board, route: Route) -> float:
    """Give how long a vehicle is away at least [s]: it leaves as late as it may without being late anywhere.

    The end of a round is max(earliest end, start + driving and service), so that the shortest time away is reached with
    the latest start that is allowed (Savelsbergh 1992, doi:10.1287/ijoc.4.2.146).
    """
    if not board.has_hours:
        return route.work
    earliest_end = route.leave[-1] + board.time[route.gaps[-1][0]][route.kind.end]
    latest_start = route.latest[0] - board.time[route.kind.start][route.gaps[0][1]]
    return max(route.work, earliest_end - latest_start)


def best_gap(board: Board, route: Route, stop: int, below: float) -> tuple[float, int]:
    """Give what it costs to serve a stop on a route at the cheapest gap, and that gap; `below` and -1 where none is
    cheaper than that. The load is the caller's matter."""
    into, out = board.into[stop], board.out[stop]
    costs = [into[before] + out[after] - saved for before, after, saved in route.gaps]
    if not board.has_clock:
        cost = min(costs)
        return (cost, costs.index(cost)) if cost < below else (below, -1)
    best, where = below, -1
    for position, cost in enumerate(costs):
        if cost < best and can_come(board, route, stop, position):
            best, where = cost, position
    return best, where


def can_come(board: Board, route: Route, stop: int, position: int) -> bool:
    """Say whether a stop at a gap lets a route keep hours and time away."""
    before, after, _ = route.gaps[position]
    begin = max(route.leave[position] + board.time[before][stop], board.opens[stop])
    if begin > board.closes[stop] + SLACK:
        return False
    if begin + board.service[stop] + board.time[stop][after] > route.latest[position] + SLACK:
        return False
    if route.kind.longest_s == inf:
        return True
    time = board.time
    work = route.work + time[before][stop] + time[stop][after] - time[before][after] + board.service[stop]
    if work > route.kind.longest_s + SLACK or not board.has_hours:
        return work <= route.kind.longest_s + SLACK
    longer = Route(board, route.kind, [*route.stops[:position], stop, *route.stops[position:]])
    return time_away(board, longer) <= route.kind.longest_s + SLACK


def load_of(board: Board, stops: Sequence[int]) -> float:
    """Add up what stops add to the load."""
    return sum([board.demand[stop] for stop in stops])
