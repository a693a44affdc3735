"""Published instances of vehicle routing with their best known solutions: how much longer are the rounds found?

Sets: VRPLIB text (Uchoa et al. 2017, doi:10.1016/j.ejor.2016.08.012, and older ones) and Solomon's instances with time
windows (Solomon 1987, doi:10.1287/opre.35.2.254), each with a solution beside it. The gap is (cost - best) / best.
Every answer is held against an independent check before it counts. The reference is savings alone (Clarke and Wright),
computed in the same run. The built-in solver's few numbers were chosen on cvrp-small and the X instances below 200
stops; there is no test part, since nothing is learnt.
"""

from collections.abc import Iterator
from statistics import fmean

from analytics.evaluate import Asked, Evaluation, NoDataError
from analytics.evaluate.files import find_files
from analytics.evaluate.row import Row
from analytics.evaluate.vrp_files import Instance, begins_as_instance, read_instance
from analytics.rounds import solver_builtin
from analytics.rounds.check import require_right
from analytics.rounds.problem import Effort, Solution
from analytics.rounds.solver import solve

DEFAULT_SECONDS = 20.0
BUILTIN_SECONDS = 1.0
GOAL_PERCENT = 1.0
BUILTIN_GOAL_PERCENT = 6.0


def run(asked: Asked) -> Iterator[Row]:
    """Solve each instance with the product's own solver, with the built-in one in a second, and by savings alone."""
    paths = find_files(asked.data, begins_as_instance, "instance of vehicle routing (VRPLIB or Solomon's text)")
    seconds = asked.seconds or DEFAULT_SECONDS
    gaps, builtin_gaps, savings_gaps = [], [], []
    for instance in filter(None, map(read_instance, paths)):
        savings_gaps.append(gap_percent(instance, solver_builtin.solve_by_savings(instance.problem)))
        builtin = solver_builtin.solve(instance.problem, Effort(seconds=BUILTIN_SECONDS))
        builtin_gaps.append(gap_percent(instance, builtin))
        yield Row(f"rounds.gap_builtin.{instance.name}", builtin_gaps[-1], "%", "lower", savings_gaps[-1])
        gaps.append(gap_percent(instance, solve(instance.problem, Effort(seconds=seconds))))
        yield Row(f"rounds.gap.{instance.name}", gaps[-1], "%", "lower", savings_gaps[-1])
    if not gaps:
        raise NoDataError(f"{asked.data} holds no instance with a solution (.sol) beside it")
    cheap, n = fmean(savings_gaps), len(gaps)
    yield Row("rounds.gap_builtin", fmean(builtin_gaps), "%", "lower", cheap, BUILTIN_GOAL_PERCENT, n=n)
    yield Row("rounds.gap", fmean(gaps), "%", "lower", cheap, GOAL_PERCENT, n=n)


def gap_percent(instance: Instance, solution: Solution) -> float:
    """Give how much dearer a checked solution is than the best known, in percent of that one."""
    require_right(instance.problem, solution)
    return (solution.cost - instance.best_cost) / instance.best_cost * 100


EVALUATION = Evaluation("rounds", "gap to the best known rounds of published instances", run)
