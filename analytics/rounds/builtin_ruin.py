"""One step of the search: take strings of neighbouring stops out of a plan and put them back where they cost least.

Slack induction by string removals, Christiaens and Vanden Berghe 2020, doi:10.1287/trsc.2019.0914, sections 5.1 to 5.3:
the numbers below are theirs. A stop comes back only where that costs less than its prize, so that the same step
chooses which containers are served; what was left out near the place of the step is tried again.
"""

from random import Random

from analytics.rounds.builtin_plan import Plan
from analytics.rounds.builtin_route import Board, Route, best_gap

MEAN_REMOVED = 10
LONGEST_STRING = 10
SPLIT_SHARE = 0.5
SPLIT_ON = 0.01  # a split string's gap grows by one with what is left to this
BLINK = 0.01  # a route is passed over this often, so that the cheapest place is not always taken
N_TRIED_AGAIN = 20  # of the stops left out, those nearest to the step


def ruin(board: Board, plan: Plan, near: list[list[int]], draw: Random) -> list[int]:
    """Take strings out of routes around a stop drawn at random; give the stops to put back."""
    seed = draw.randrange(board.n)
    n_routes = sum(1 for route in plan.routes if route.stops)
    n_served = sum(len(route.stops) for route in plan.routes)
    longest = min(LONGEST_STRING, n_served / max(1, n_routes))
    n_strings = int(draw.uniform(1.0, max(1.0, 4.0 * MEAN_REMOVED / (1.0 + longest) - 1.0) + 1.0))
    again = [stop for stop in near[seed][:N_TRIED_AGAIN] if plan.route_of[stop] is None]
    ruined = set()
    removed: list[int] = []
    for stop in near[seed]:
        route = plan.route_of[stop]
        if route is None or route in ruined:
            continue
        length = int(draw.uniform(1.0, min(len(route.stops), longest) + 1.0))
        gone = string(route.stops, stop, length, draw)
        lost = set(gone)
        shorter = board.route(route.kind, [kept for kept in route.stops if kept not in lost])
        if board.has_clock and not shorter.is_drivable(board):  # roads on which a detour is faster
            gone, shorter = route.stops, board.route(route.kind, [])
        plan.replace(route, shorter)
        plan.leave_out(board, gone)
        ruined.add(shorter)
        removed += gone
        if len(ruined) >= n_strings:
            break
    return removed + again


def string(stops: list[int], stop: int, length: int, draw: Random) -> list[int]:
    """Give a string of stops that holds one of them, at times with a gap in it."""
    n, position = len(stops), stops.index(stop)
    kept = 0
    if 1 < length < n and draw.random() < SPLIT_SHARE:
        kept = 1
        while length + kept < n and draw.random() > SPLIT_ON:
            kept += 1
    span = length + kept
    begin = draw.randint(max(0, position - span + 1), min(position, n - span))
    taken = stops[begin : begin + span]
    if not kept:
        return taken
    gap = draw.randint(1, length - 1) if length > 2 else 1
    return taken[:gap] + taken[gap + kept :]


def recreate(board: Board, plan: Plan, stops: list[int], draw: Random) -> None:
    """Put stops back one by one, in an order drawn at random, each where it costs least."""
    plan.seat_free_vehicles(board)
    for stop in in_order(board, stops, draw):
        demand, best, found = board.demand[stop], board.prize[stop], None
        for route in plan.routes:
            if route.load + demand > route.kind.capacity or draw.random() < BLINK:
                continue
            cost, position = best_gap(board, route, stop, best)
            if position >= 0:
                best, found = cost, (route, position)
        if found is not None:
            insert(board, plan, stop, found[0], found[1])


def insert(board: Board, plan: Plan, stop: int, route: Route, position: int) -> None:
    """Serve a stop on a route."""
    longer = board.route(route.kind, [*route.stops[:position], stop, *route.stops[position:]])
    plan.replace(route, longer)
    plan.cost -= board.prize[stop]
    if not route.stops:
        plan.seat_free_vehicles(board)


def in_order(board: Board, stops: list[int], draw: Random) -> list[int]:
    """Order stops at random, by load, far first or near first; by opening hours too where there are any."""
    stops = sorted(set(stops))
    draw.shuffle(stops)
    ways = ["random"] * 4 + ["load"] * 4 + ["far"] * 2 + ["near"]
    if board.has_clock:
        ways += ["span"] * 2 + ["opens"] * 2 + ["closes"] * 2
    start = board.kinds[0].start
    keys = {
        "load": lambda stop: -board.demand[stop],
        "far": lambda stop: -board.out[start][stop],
        "near": lambda stop: board.out[start][stop],
        "span": lambda stop: board.closes[stop] - board.opens[stop],
        "opens": lambda stop: board.opens[stop],
        "closes": lambda stop: -board.closes[stop],
    }
    way = draw.choice(ways)
    return stops if way == "random" else sorted(stops, key=keys[way])
