"""Rounds planned without any library: savings first, then ruin and recreate under a falling temperature.

In Python and one thread: a few thousand steps a second. With iterations alone as effort, the same seed gives the same
rounds on every machine.
"""

import time
from math import log
from random import Random

import numpy as np

from analytics.rounds.builtin_plan import Plan, plan_of
from analytics.rounds.builtin_route import Board
from analytics.rounds.builtin_ruin import recreate, ruin
from analytics.rounds.builtin_savings import savings_routes
from analytics.rounds.problem import Effort, Problem, Round, Solution, cost_of

NAME = "built-in 1"
DEFAULT_ITERATIONS = 20_000
N_NEAR = 200
# Temperatures as shares of a plan's mean way between two stops; chosen on cvrp-small and the X instances below 200.
WARM, COLD = 0.3, 0.01
N_STEPS_A_LOOK = 10  # at the clock


def solve(problem: Problem, effort: Effort) -> Solution:
    """Give the best rounds found within the effort (20,000 iterations where it names none)."""
    begun = time.monotonic()
    if not problem.stops or not problem.vehicles:
        return solution_of(problem, [])
    board, draw = Board(problem), Random(effort.seed)
    best = search(board, first_plan(board, draw), Pace(effort, begun), draw)
    return solution_of(problem, rounds_of(best))


def solve_by_savings(problem: Problem) -> Solution:
    """Give the rounds that savings alone give; stops that they leave over are put in where they cost least."""
    board = Board(problem)
    plan = first_plan(board, Random(0))
    return solution_of(problem, rounds_of(plan))


def first_plan(board: Board, draw: Random) -> Plan:
    """Give a plan by savings, with what these leave over put in where it costs least."""
    plan = plan_of(board, savings_routes(board))
    recreate(board, plan, [stop for stop in range(board.n) if plan.route_of[stop] is None], draw)
    return plan


def rounds_of(plan: Plan) -> list[Round]:
    """Give the rounds of a plan."""
    return [Round(route.kind.index, tuple(route.stops)) for route in plan.routes if route.stops]


class Pace:
    """How far the search is, 0 to 1."""

    def __init__(self, effort: Effort, begun: float) -> None:
        self.seconds, self.begun = effort.seconds, begun
        self.iterations = effort.iterations
        if self.seconds is None and self.iterations is None:
            self.iterations = DEFAULT_ITERATIONS

    def share(self, step: int) -> float:
        """Give the share of the effort that is spent after so many steps."""
        by_steps = step / self.iterations if self.iterations else 0.0
        by_clock = (time.monotonic() - self.begun) / self.seconds if self.seconds else 0.0
        return max(by_steps, by_clock)


def search(board: Board, plan: Plan, pace: Pace, draw: Random) -> Plan:
    """Change the plan step by step; a dearer one is kept with the chance that the temperature leaves it."""
    near = np.argsort(board.distances[: board.n, : board.n], axis=1, kind="stable")[:, :N_NEAR].tolist()
    scale = max(sum(route.cost for route in plan.routes) / (board.n + len(plan.routes)), 1e-9)
    best, step = plan, 0
    while (share := pace.share(step)) < 1.0:
        heat = scale * WARM * (COLD / WARM) ** share
        for _ in range(N_STEPS_A_LOOK):
            other = plan.copy()
            recreate(board, other, ruin(board, other, near, draw), draw)
            if other.cost < plan.cost - heat * log(1.0 - draw.random()):
                plan = other
                if plan.cost < best.cost - 1e-9:
                    best = plan
        step += N_STEPS_A_LOOK
    return best


def solution_of(problem: Problem, rounds: list[Round]) -> Solution:
    """Write down rounds and what is left out."""
    served = {stop for one in rounds for stop in one.stops}
    left_out = tuple(stop for stop in range(len(problem.stops)) if stop not in served)
    return Solution(tuple(rounds), left_out, cost_of(problem, rounds), NAME)
