"""From containers, what is expected in them, and vehicles to the rounds of a day.

Serving a container is worth the chance that it would overflow before the next vehicle can come, times the distance one
would drive to prevent an overflow; the solver weighs this against the way (a prize-collecting vehicle routing problem;
Balas 1989, doi:10.1002/net.3230190602). A container whose level nobody knows is served where the fixed plan sends a
vehicle to it that day, and left out, with that reason, where it does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import inf
from zoneinfo import ZoneInfo

from analytics.rounds.check import require_right
from analytics.rounds.day_plan import DayPlan, LeftOut, Outlook, PlannedRound, PlannedStop, Served
from analytics.rounds.distances import Measure, Spot, Ways
from analytics.rounds.fleet import Assumptions, Depot, Fleet, VehicleEntry
from analytics.rounds.problem import Effort, Problem, Round, Solution, Solver, Stop, Vehicle, distance_of, places_of
from store.planned_rounds import Container

DAY, DAY_S = timedelta(days=1), 86_400.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A container that a vehicle could serve; `worth` 0 to 1 is the chance that counts, `load_l` what is in it."""

    container: Container
    outlook: Outlook | None
    worth: float
    load_l: float
    reason: Served
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """The rounds of which day and stream are asked for, where, and since when is known what is known."""

    territory: str
    time_zone: str
    day: date
    waste_stream: str
    made_at: datetime
    effort: Effort

    @property
    def begins_at(self) -> datetime:
        """Give the instant at which the day begins."""
        return datetime.combine(self.day, time(), ZoneInfo(self.time_zone))


def plan_day(
    question: Question,
    fleet: Fleet,
    candidates: Sequence[Candidate],
    left_out: Sequence[LeftOut],
    measure: Measure,
    solve: Solver,
) -> DayPlan:
    """Plan the rounds of a day with the vehicles of a fleet; `left_out` are those that cannot be candidates."""
    depots = [Spot(depot.name, depot.longitude, depot.latitude) for depot in fleet.depots]
    ways = measure([*depots, *(spot_of(candidate.container) for candidate in candidates)])
    problem = problem_of(question, fleet, candidates, ways)
    solution = solve(problem, question.effort)
    require_right(problem, solution)
    rounds = tuple(round_of(question, fleet, candidates, problem, one) for one in solution.rounds)
    refused = [refuse(candidates[stop], stop, problem, solution, fleet.assumptions) for stop in solution.left_out]
    return DayPlan(
        question.territory,
        question.time_zone,
        question.day,
        question.waste_stream,
        question.made_at,
        tuple(sorted(rounds, key=lambda one: (one.leaves_at, one.vehicle))),
        tuple(sorted([*refused, *left_out], key=risk_first)),
        fleet.assumptions,
        ways.source,
        ways.n_estimated,
        solution.solver,
        question.effort.seed,
    )


def spot_of(container: Container) -> Spot:
    """Give a container's place."""
    if container.longitude is None or container.latitude is None:
        raise ValueError(f"container {container.slug} has no place")
    return Spot(container.slug, container.longitude, container.latitude)


def problem_of(question: Question, fleet: Fleet, candidates: Sequence[Candidate], ways: Ways) -> Problem:
    """Write the day down for a solver: places are the depots, then the candidates; seconds since midnight."""
    vehicles = tuple(vehicle_of(question, fleet, entry) for entry in fleet.vehicles)
    first_s = min((vehicle.starts_s for vehicle in vehicles), default=0.0)
    stops = tuple(
        stop_of(question, candidate, len(fleet.depots) + at, fleet.assumptions, first_s)
        for at, candidate in enumerate(candidates)
    )
    return Problem(stops, vehicles, ways.distances, ways.durations)


def stop_of(question: Question, candidate: Candidate, place: int, given: Assumptions, first_s: float) -> Stop:
    """Give a candidate as a stop. Hours that end before the first vehicle starts are those of the night after it."""
    one = candidate.container
    opens_s, closes_s = seconds_of(question, one.open_from, 0.0), seconds_of(question, one.open_to, inf)
    if closes_s < first_s:
        opens_s, closes_s = (opens_s + DAY_S if opens_s <= closes_s else opens_s), closes_s + DAY_S
    elif closes_s < opens_s:
        closes_s += DAY_S
    return Stop(
        place,
        candidate.load_l,
        given.service_s if one.service_s is None else one.service_s,
        opens_s,
        closes_s,
        candidate.worth * given.overflow_km * 1000,
    )


def vehicle_of(question: Question, fleet: Fleet, entry: VehicleEntry) -> Vehicle:
    """Give a vehicle with its hours of the day; a shift that ends before it begins ends the day after."""
    names = [depot.name for depot in fleet.depots]
    starts_s = clock_s(question, question.day, entry.begins)
    last_day = question.day + (DAY if entry.ends <= entry.begins else timedelta())
    return Vehicle(
        names.index(entry.depot),
        names.index(entry.ends_at or entry.depot),
        entry.capacity_l,
        starts_s,
        clock_s(question, last_day, entry.ends),
        inf if entry.longest_h is None else entry.longest_h * 3600,
        fleet.assumptions.vehicle_km * 1000,
        entry.n,
    )


def seconds_of(question: Question, hour: str | None, otherwise: float) -> float:
    """Read a civil hour "HH:MM" of the day; what is none does not limit."""
    try:
        return otherwise if hour is None else clock_s(question, question.day, time.fromisoformat(hour))
    except ValueError:
        return otherwise


def clock_s(question: Question, day: date, hour: time) -> float:
    """Give how long after the day's midnight a civil hour is, changes of the clock counted in [s]."""
    zone = ZoneInfo(question.time_zone)
    return datetime.combine(day, hour, zone).timestamp() - question.begins_at.timestamp()


def round_of(
    question: Question, fleet: Fleet, candidates: Sequence[Candidate], problem: Problem, one: Round
) -> PlannedRound:
    """Write a round down with its hours: it leaves so that it waits as little as it can."""
    entry = fleet.vehicles[one.vehicle]
    leave_s, arrivals, back_s = timetable(problem, one)
    stops = tuple(
        PlannedStop(
            candidates[stop].container,
            instant(question, arrival),
            candidates[stop].outlook,
            candidates[stop].load_l,
            candidates[stop].reason,
            candidates[stop].next_at,
        )
        for stop, arrival in zip(one.stops, arrivals, strict=True)
    )
    depot_by_name = {depot.name: depot for depot in fleet.depots}
    return PlannedRound(
        entry.name,
        where(depot_by_name[entry.depot]),
        where(depot_by_name[entry.ends_at or entry.depot]),
        instant(question, leave_s),
        instant(question, back_s),
        distance_of(problem, one) / 1000,
        sum(stop.load_l for stop in stops),
        entry.capacity_l,
        stops,
    )


def where(depot: Depot) -> tuple[str, float, float]:
    """Give a depot's name and place."""
    return depot.name, depot.longitude, depot.latitude


def timetable(problem: Problem, one: Round) -> tuple[float, list[float], float]:
    """Give when a round leaves, when service begins at each stop, and when it is back [s].

    It ends as early as it can and leaves as late as it then can, so that it waits as little as possible.
    """
    vehicle = problem.vehicles[one.vehicle]
    stops = [problem.stops[stop] for stop in one.stops]
    places = [vehicle.start, *(stop.place for stop in stops), vehicle.end]
    drives: list[float] = problem.durations[places[:-1], places[1:]].tolist()
    latest = vehicle.ends_s - drives[-1]
    for stop, drive in zip(reversed(stops), reversed(drives[:-1]), strict=True):
        latest = min(latest - stop.service_s, stop.closes_s) - drive
    _, earliest_end = drive_through(stops, drives, vehicle.starts_s)
    work = sum(drives) + sum(stop.service_s for stop in stops)
    leave = max(vehicle.starts_s, min(latest, earliest_end - work))
    arrivals, end = drive_through(stops, drives, leave)
    return leave, arrivals, end


def drive_through(stops: Sequence[Stop], drives: Sequence[float], leave: float) -> tuple[list[float], float]:
    """Give when service begins at each stop, and when the last drive ends, of a vehicle that leaves then [s]."""
    clock, arrivals = leave, []
    for stop, drive in zip(stops, drives[:-1], strict=True):
        arrivals.append(max(clock + drive, stop.opens_s))
        clock = arrivals[-1] + stop.service_s
    return arrivals, clock + drives[-1]


def instant(question: Question, seconds: float) -> datetime:
    """Give the instant so many seconds after the day's midnight, to the second."""
    return question.begins_at.astimezone(UTC) + timedelta(seconds=round(seconds))


def refuse(candidate: Candidate, stop: int, problem: Problem, solution: Solution, given: Assumptions) -> LeftOut:
    """Say why a container is left out: its risk is not worth the way, or no vehicle had room or time."""
    detour_m = least_detour(problem, solution, stop)
    worth_m = candidate.worth * given.overflow_km * 1000
    return LeftOut(
        candidate.container,
        candidate.outlook,
        "no_room" if worth_m > detour_m or detour_m == inf else "not_worth",
        candidate.next_at,
        None if detour_m == inf else detour_m / 1000,
        worth_m / 1000,
    )


def least_detour(problem: Problem, solution: Solution, stop: int) -> float:
    """Give the least that serving one more stop adds to rounds that are driven, or a round of its own costs [m]."""
    place, ways = problem.stops[stop].place, problem.distances
    alone = [ways[v.start, place] + ways[place, v.end] + v.fixed_cost for v in problem.vehicles]
    inserted = [
        ways[before, place] + ways[place, after] - ways[before, after]
        for one in solution.rounds
        for before, after in pairwise(places_of(problem, one))
    ]
    return float(min([*alone, *inserted], default=inf))


def risk_first(left: LeftOut) -> tuple[float, str]:
    """Order by the chance of an overflow; those of which nothing is known first."""
    return (-2.0 if left.outlook is None else -left.outlook.probability), left.container.slug
