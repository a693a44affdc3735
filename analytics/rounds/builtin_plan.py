"""A plan in the making: its routes, which route each stop is on, and what it costs."""

from collections.abc import Iterable

from analytics.rounds.builtin_route import Board, Route


class Plan:
    """Routes in a stated order (a dict without values), the route of each stop (None: left out), and the cost."""

    __slots__ = ("cost", "route_of", "routes")

    def __init__(self, routes: dict[Route, None], route_of: list[Route | None], cost: float) -> None:
        self.routes, self.route_of, self.cost = routes, route_of, cost

    def copy(self) -> "Plan":
        """Give a plan that can be changed without changing this one."""
        return Plan(self.routes.copy(), self.route_of.copy(), self.cost)

    def replace(self, old: Route, new: Route) -> None:
        """Put a route in another's place. Stops that the new one lacks stay as they are noted."""
        del self.routes[old]
        self.routes[new] = None
        for stop in new.stops:
            self.route_of[stop] = new
        self.cost += new.cost - old.cost

    def leave_out(self, board: Board, stops: Iterable[int]) -> None:
        """Note that stops are on no route, and what that costs."""
        for stop in stops:
            self.route_of[stop] = None
            self.cost += board.prize[stop]

    def seat_free_vehicles(self, board: Board) -> None:
        """Hold exactly one empty route of each kind of which a vehicle is free."""
        used = [0] * len(board.kinds)
        for route in list(self.routes):
            if route.stops:
                used[route.kind.index] += 1
            else:
                del self.routes[route]
        for kind in board.kinds:
            if used[kind.index] < kind.seats:
                self.routes[board.route(kind, [])] = None


def plan_of(board: Board, routes: Iterable[Route]) -> Plan:
    """Make a plan of routes; what is on none is left out."""
    plan = Plan({}, [None] * board.n, sum(board.prize))
    for route in routes:
        plan.routes[route] = None
        plan.cost += route.cost
        for stop in route.stops:
            plan.route_of[stop] = route
            plan.cost -= board.prize[stop]
    plan.seat_free_vehicles(board)
    return plan
