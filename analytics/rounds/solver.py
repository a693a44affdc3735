"""The one way to plan rounds: PyVRP where it is installed and finds any, else the built-in solver."""

from analytics.rounds import solver_builtin, solver_pyvrp
from analytics.rounds.problem import Effort, Problem, Solution


def solve(problem: Problem, effort: Effort) -> Solution:
    """Give the best rounds found; `solver` names who found them."""
    if problem.stops and problem.vehicles and solver_pyvrp.is_installed():
        solution = solver_pyvrp.solve(problem, effort)
        if solution is not None:
            return solution
    return solver_builtin.solve(problem, effort)
