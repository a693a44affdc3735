"""A first plan: routes joined end to end where that saves most way.

Clarke and Wright 1964, doi:10.1287/opre.12.4.568. Each stop begins on a route of its own, of the vehicle whose start
and end are nearest; stops are joined with their nearest neighbours only, which loses little and is much faster.
"""

from collections import Counter

import numpy as np

from analytics.rounds.builtin_route import Board, Route

N_NEIGHBOURS = 60


def savings_routes(board: Board) -> list[Route]:
    """Give routes that can be driven, no more of a kind than there are vehicles; stops may be missing."""
    routes = join(board, homes(board))
    routes.sort(key=lambda route: -sum(board.prize[stop] for stop in route.stops))
    used: Counter[int] = Counter()
    kept = []
    for route in routes:
        if used[route.kind.index] < route.kind.seats and route.is_drivable(board):
            used[route.kind.index] += 1
            kept.append(pruned(board, route))
    return [route for route in kept if route.stops]


def homes(board: Board) -> list[int]:
    """Give each stop's nearest kind of vehicle."""
    ways = [board.distances[kind.start, : board.n] + board.distances[: board.n, kind.end] for kind in board.kinds]
    nearest: list[int] = np.argmin(np.array(ways), axis=0).tolist() if board.n else []
    return nearest


def join(board: Board, home: list[int]) -> list[Route]:
    """Join routes in order of what it saves."""
    route_of = [board.route(board.kinds[home[stop]], [stop]) for stop in range(board.n)]
    for first, second in pairs_by_saving(board, home):
        one, other = route_of[first], route_of[second]
        if one is other or one.load + other.load > one.kind.capacity:
            continue
        joined = joint(board, (one, first), (other, second))
        if joined is not None:
            for stop in joined.stops:
                route_of[stop] = joined
    return list(dict.fromkeys(route_of))


def pairs_by_saving(board: Board, home: list[int]) -> list[tuple[int, int]]:
    """Give ordered pairs of near stops of one home that are worth joining, the most worth first."""
    n = board.n
    if n < 2:
        return []
    ways = board.distances[:n, :n].copy()
    np.fill_diagonal(ways, np.inf)
    near = np.argsort(ways, axis=1, kind="stable")[:, : min(N_NEIGHBOURS, n - 1)]
    first, second = np.repeat(np.arange(n), near.shape[1]), near.ravel()
    ends = np.array([board.kinds[at].end for at in home])
    starts = np.array([board.kinds[at].start for at in home])
    saved = board.distances[first, ends[first]] + board.distances[starts[second], second] - ways[first, second]
    is_kept = (np.array(home)[first] == np.array(home)[second]) & (saved > 0)
    order = np.argsort(-saved[is_kept], kind="stable")
    return list(zip(first[is_kept][order].tolist(), second[is_kept][order].tolist(), strict=True))


def joint(board: Board, one: tuple[Route, int], other: tuple[Route, int]) -> Route | None:
    """Join two routes so that one stop follows the other, turning them round where that changes no way; or None."""
    (ahead, first), (behind, second) = one, other
    stops, more = ahead.stops, behind.stops
    can_turn = board.is_symmetric and not board.has_clock
    if can_turn and stops[0] == first:
        stops = stops[::-1]
    if can_turn and more[-1] == second:
        more = more[::-1]
    if stops[-1] != first or more[0] != second:
        return None
    route = board.route(ahead.kind, stops + more)
    return route if route.is_drivable(board) else None


def pruned(board: Board, route: Route) -> Route:
    """Leave out, one by one, the stop whose detour is worth least against its prize; all, where none pays."""
    while route.stops:
        without = [route.stops[:at] + route.stops[at + 1 :] for at in range(len(route.stops))]
        gains = [route.cost - board.route(route.kind, stops).cost for stops in without]
        gains = [gain - board.prize[stop] for gain, stop in zip(gains, route.stops, strict=True)]
        at = max(range(len(gains)), key=gains.__getitem__)
        if gains[at] <= 0:
            break
        shorter = board.route(route.kind, without[at])
        if not shorter.is_drivable(board):  # roads on which a detour is faster
            break
        route = shorter
    is_worth = route.cost < sum(board.prize[stop] for stop in route.stops)
    return route if is_worth else board.route(route.kind, [])
