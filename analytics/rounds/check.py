"""Whether rounds keep what was asked, told by a second way that shares nothing with the solvers.

Each round is driven through second by second of its clock: a vehicle leaves as late as it can without being later
anywhere, waits where it is early, and what is too late, too much or twice is said.
"""

from collections import Counter
from collections.abc import Iterable

from analytics.rounds.problem import Problem, Round, Solution, cost_of

SLACK = 1e-6  # of a load, a second and a distance: what adding floats in another order may change


class WrongRoundsError(Exception):
    """A solver's rounds do not keep what was asked: a fault of ours."""


def require_right(problem: Problem, solution: Solution) -> None:
    """Raise WrongRoundsError where rounds do not keep what was asked."""
    if wrong := violations(problem, solution):
        raise WrongRoundsError(f"{solution.solver}: {'; '.join(wrong[:5])}")


def violations(problem: Problem, solution: Solution) -> list[str]:
    """Say what rounds do not keep; empty where all is kept."""
    counts = Counter(stop for one in solution.rounds for stop in one.stops)
    counts.update(solution.left_out)
    found = [f"stop {stop} is there {counts[stop]} times" for stop in range(len(problem.stops)) if counts[stop] != 1]
    found += [f"no stop {stop}" for stop in counts if not 0 <= stop < len(problem.stops)]
    found += [f"stop {stop} must not be left out" for stop in solution.left_out if problem.stops[stop].prize is None]
    used = Counter(one.vehicle for one in solution.rounds)
    found += [f"vehicle {at} drives {n} times" for at, n in used.items() if n > problem.vehicles[at].n]
    for one in solution.rounds:
        found += of_round(problem, one)
    cost = cost_of(problem, solution.rounds)
    if not abs(cost - solution.cost) <= SLACK * max(1.0, abs(cost)):
        found.append(f"the cost is {cost}, not {solution.cost}")
    return found


def of_round(problem: Problem, one: Round) -> Iterable[str]:
    """Say what one round does not keep."""
    vehicle = problem.vehicles[one.vehicle]
    load = sum(problem.stops[stop].demand for stop in one.stops)
    if load > vehicle.capacity + SLACK:
        yield f"vehicle {one.vehicle} carries {load}, more than {vehicle.capacity}"
    finish, late = drive(problem, one, vehicle.starts_s)
    yield from late
    if not late:
        leave = latest_start(problem, one, finish)
        if finish - leave > vehicle.longest_s + SLACK:
            yield f"vehicle {one.vehicle} is away for {finish - leave} s, more than {vehicle.longest_s} s"


def drive(problem: Problem, one: Round, leave_s: float) -> tuple[float, list[str]]:
    """Drive a round from an instant on; give when it ends [s] and where it is late."""
    vehicle = problem.vehicles[one.vehicle]
    clock, place, late = leave_s, vehicle.start, []
    for at in one.stops:
        stop = problem.stops[at]
        clock = max(clock + float(problem.durations[place, stop.place]), stop.opens_s)
        if clock > stop.closes_s + SLACK:
            late.append(f"stop {at} is reached at {clock} s, later than {stop.closes_s} s")
        clock, place = clock + stop.service_s, stop.place
    clock += float(problem.durations[place, vehicle.end])
    if clock > vehicle.ends_s + SLACK:
        late.append(f"vehicle {one.vehicle} is back at {clock} s, later than {vehicle.ends_s} s")
    return clock, late


def latest_start(problem: Problem, one: Round, finish_s: float) -> float:
    """Search for the latest start with which a round still ends by an instant and is late nowhere (by halving)."""
    low, high = problem.vehicles[one.vehicle].starts_s, finish_s
    for _ in range(80):
        middle = (low + high) / 2
        finish, late = drive(problem, one, middle)
        low, high = (middle, high) if not late and finish <= finish_s + SLACK / 2 else (low, middle)
    return low
