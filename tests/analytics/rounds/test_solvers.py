"""Solvers keep what is asked, told by an independent check, and find what trying everything finds."""

from math import inf

import numpy as np
import pytest

from analytics.rounds import solver_builtin, solver_pyvrp
from analytics.rounds.check import violations
from analytics.rounds.problem import Effort, Problem, Round, Solution, Stop, Vehicle
from analytics.rounds.solver import solve
from tests.analytics.rounds.problems import cheapest, drawn

KINDS = [{}, {"has_clock": True}, {"has_prizes": True}, {"has_clock": True, "has_prizes": True}]
FEW = Effort(iterations=400)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_builtin_finds_the_cheapest_rounds_of_few_stops(seed: int, kind: dict[str, bool]) -> None:
    """Capacities, hours, time away, two depots, prizes: the cost is the least of all that can be driven."""
    problem = drawn(seed, 4, **kind)
    least = cheapest(problem)
    solution = solver_builtin.solve(problem, FEW)
    if least < inf:
        assert violations(problem, solution) == []
    assert solution.cost == pytest.approx(least)


@pytest.mark.skipif(not solver_pyvrp.is_installed(), reason="PyVRP is not installed")
@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_pyvrp_finds_the_cheapest_rounds_of_few_stops(seed: int, kind: dict[str, bool]) -> None:
    problem = drawn(seed, 4, **kind)
    least = cheapest(problem)
    solution = solver_pyvrp.solve(problem, FEW)
    if solution is None:
        assert least == inf
        return
    assert violations(problem, solution) == []
    assert solution.cost == pytest.approx(least)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_rounds_of_many_stops_keep_what_is_asked(seed: int, kind: dict[str, bool]) -> None:
    """For any of these problems the check finds nothing wrong but stops that had to be left out."""
    problem = drawn(seed, 30, n_each=5, **kind)
    wrong = violations(problem, solver_builtin.solve(problem, Effort(iterations=60, seed=seed)))
    assert [said for said in wrong if "must not be left out" not in said and "cost" not in said] == []


def test_the_same_seed_gives_the_same_rounds() -> None:
    problem = drawn(5, 40, n_each=7)
    first, second = (solver_builtin.solve(problem, Effort(iterations=100, seed=3)) for _ in range(2))
    assert first == second


def test_searching_is_worth_it() -> None:
    problem = drawn(6, 60, n_each=6, has_prizes=True)
    assert solver_builtin.solve(problem, Effort(iterations=600)).cost < solver_builtin.solve_by_savings(problem).cost


def test_a_prize_below_the_way_is_left() -> None:
    """Of two stops in one direction, the near one's prize does not pay the way alone, yet it does on the way."""
    ways = np.array([[0.0, 10, 20], [10, 0, 10], [20, 10, 0]])
    near, far = Stop(1, 1.0, prize=5.0), Stop(2, 1.0, prize=100.0)
    vehicles = (Vehicle(0, 0, 10.0),)
    alone = solve(Problem((near,), vehicles, ways, ways), FEW)
    assert (alone.rounds, alone.left_out, alone.cost) == ((), (0,), 5.0)
    both = solve(Problem((near, far), vehicles, ways, ways), FEW)
    assert (both.left_out, both.cost) == ((), 40.0)


def test_nothing_to_do_is_no_round() -> None:
    ways = np.zeros((1, 1))
    assert solve(Problem((), (Vehicle(0, 0, 1.0),), ways, ways), FEW).rounds == ()
    without = solve(Problem((Stop(0, 1.0, prize=1.0),), (), ways, ways), FEW)
    assert (without.rounds, without.left_out) == ((), (0,))


def test_what_no_vehicle_can_carry_is_left_out() -> None:
    ways = np.array([[0.0, 1.0], [1.0, 0.0]])
    solution = solve(Problem((Stop(1, 50.0, prize=1e6),), (Vehicle(0, 0, 10.0),), ways, ways), FEW)
    assert solution.left_out == (0,)


def test_roads_on_which_a_detour_is_faster_break_nothing() -> None:
    """Durations that do not keep the triangle inequality: taking a stop out may make a round too long."""
    chance = np.random.default_rng(8)
    ways = chance.uniform(1, 100, (22, 22))
    np.fill_diagonal(ways, 0)
    stops = tuple(Stop(place, 1.0, 0.0, 0.0, float(chance.uniform(20, 300)), prize=500.0) for place in range(1, 22))
    problem = Problem(stops, (Vehicle(0, 0, 9.0, 0.0, 400.0, 250.0, n=4),), ways, ways)
    for solver in (solver_builtin.solve, solve):
        assert violations(problem, solver(problem, Effort(iterations=300))) == []


WAYS = np.array([[0.0, 10.0, 10.0], [10.0, 0.0, 10.0], [10.0, 10.0, 0.0]])
ASKED = Problem(
    (Stop(1, 6.0, 5.0, opens_s=0.0, closes_s=50.0), Stop(2, 6.0, 5.0, opens_s=100.0, closes_s=200.0, prize=7.0)),
    (Vehicle(0, 0, 10.0, 0.0, 150.0, longest_s=90.0, n=1),),
    WAYS,
    WAYS,
)


@pytest.mark.parametrize(
    ("solution", "words"),
    [
        (Solution((Round(0, (0, 1)),), (), 30.0, ""), "carries 12.0"),
        (Solution((Round(0, (0,)), Round(0, (1,))), (), 40.0, ""), "drives 2 times"),
        (Solution((Round(0, (1,)),), (0,), inf, ""), "stop 0 must not be left out"),
        (Solution((Round(0, (0,)),), (), 20.0, ""), "stop 1 is there 0 times"),
        (Solution((Round(0, (0, 0)),), (1,), 27.0, ""), "stop 0 is there 2 times"),
        (Solution((Round(0, (0,)),), (1,), 20.0, ""), "the cost is 27.0, not 20.0"),
    ],
)
def test_the_check_finds_what_is_wrong(solution: Solution, words: str) -> None:
    assert any(words in wrong for wrong in violations(ASKED, solution))


def test_the_check_lets_a_right_answer_pass() -> None:
    assert violations(ASKED, Solution((Round(0, (0,)),), (1,), 27.0, "")) == []


@pytest.mark.parametrize(("longest_s", "is_kept"), [(75.0, True), (74.0, False)])
def test_time_away_counts_from_the_latest_start(longest_s: float, is_kept: bool) -> None:
    """Stop 0 closes at 50 s and stop 1 opens at 100 s: leaving at 40 s is as late as it can be, back at 115 s."""
    vehicle = Vehicle(0, 0, 20.0, 0.0, 150.0, longest_s=longest_s)
    problem = Problem(ASKED.stops, (vehicle,), WAYS, WAYS)
    wrong = violations(problem, Solution((Round(0, (0, 1)),), (), 30.0, ""))
    assert (wrong == []) is is_kept
