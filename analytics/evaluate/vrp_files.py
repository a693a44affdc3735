"""Instances of vehicle routing as they are published: VRPLIB text, Solomon's text, and solutions beside them.

What a distance is differs from set to set (rounded, cut to one decimal, exact) and files do not say it. It is told by
the best known routes: of the ways to count, the one that gives their stated cost.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path

import numpy as np

from analytics.evaluate.files import read_text
from analytics.rounds.problem import Floats, Problem, Round, Stop, Vehicle, cost_of

MANY = 1_000  # vehicles, where a file does not limit them: more than stops


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem with the best rounds known, and what those cost."""

    name: str
    problem: Problem
    best: tuple[Round, ...]
    best_cost: float


@dataclass(frozen=True, slots=True)
class Known:
    """A solution file: routes of stops numbered from 1, and the cost as it is written."""

    routes: tuple[tuple[int, ...], ...]
    cost: float


def begins_as_instance(head: str) -> bool:
    """Say whether a file begins like an instance in one of the two formats."""
    is_vrplib = re.search(r"^TYPE\s*:\s*\"?CVRP", head, re.MULTILINE) is not None
    return is_vrplib or re.search(r"^CUSTOMER\s+CUST NO", head, re.MULTILINE) is not None


def read_instance(path: Path) -> Instance | None:
    """Read an instance and the solution beside it; None where there is no solution to compare with."""
    beside = path.with_suffix(".sol")
    if not beside.is_file():
        return None
    known = read_solution(beside.read_text(encoding="utf-8"))
    text = read_text(path)
    problems = solomon_problems(text) if "CUST NO" in text else vrplib_problems(text)
    rounds = tuple(Round(0, tuple(stop - 1 for stop in route)) for route in known.routes)
    costs = [(problem, cost_of(problem, rounds)) for problem in problems]
    problem, cost = min(costs, key=lambda one: abs(one[1] - known.cost))
    return Instance(path.stem, problem, rounds, cost)


def read_solution(text: str) -> Known:
    """Read routes and cost."""
    routes = re.findall(r"^Route\s*#?\s*\d+\s*:([\d\s]*?)$", text, re.MULTILINE)
    cost = re.search(r"^Cost:?\s+([\d.]+)", text, re.MULTILINE | re.IGNORECASE)
    if cost is None:
        raise ValueError("a solution without a line `Cost`")
    return Known(tuple(tuple(map(int, route.split())) for route in routes), float(cost[1]))


def vrplib_problems(text: str) -> Iterator[Problem]:
    """Give a VRPLIB instance in each way to count its distances."""
    facts, sections = split_vrplib(text)
    depot = int(sections["DEPOT_SECTION"][0]) - 1
    n = int(facts["DIMENSION"])
    order = [depot, *(node for node in range(n) if node != depot)]
    demand = np.array(sections["DEMAND_SECTION"]).reshape(n, 2)[:, 1][order]
    service, longest = float(facts.get("SERVICE_TIME", 0)), float(facts.get("DISTANCE", inf))
    stops = tuple(Stop(place, float(demand[place]), service) for place in range(1, n))
    vehicles = (Vehicle(0, 0, float(facts["CAPACITY"]), longest_s=longest, n=MANY),)
    for distances in vrplib_distances(facts, sections, n):
        ways = distances[np.ix_(order, order)]
        yield Problem(stops, vehicles, ways, ways)


def vrplib_distances(facts: Mapping[str, str], sections: Mapping[str, list[float]], n: int) -> Iterator[Floats]:
    """Give the distances of a VRPLIB instance: by the coordinates (rounded, exact), or as they are written.

    A triangle of numbers is read by rows and by columns: some published files name the wrong one.
    """
    if facts["EDGE_WEIGHT_TYPE"] == "EUC_2D":
        exact = straight(np.array(sections["NODE_COORD_SECTION"]).reshape(n, 3)[:, 1:])
        yield np.floor(exact + 0.5)
        yield exact
    elif facts["EDGE_WEIGHT_FORMAT"] == "FULL_MATRIX":
        yield np.array(sections["EDGE_WEIGHT_SECTION"]).reshape(n, n)
    else:
        numbers = np.array(sections["EDGE_WEIGHT_SECTION"])
        for rows, columns in (np.tril_indices(n, -1), np.triu_indices(n, 1)):
            distances = np.zeros((n, n))
            distances[rows, columns] = numbers
            yield distances + distances.T


def split_vrplib(text: str) -> tuple[dict[str, str], dict[str, list[float]]]:
    """Split a VRPLIB text into its facts (`KEY : value`) and the numbers of its sections."""
    facts: dict[str, str] = {}
    sections: dict[str, list[float]] = {}
    current = ""
    for line in text.splitlines():
        words = line.split()
        if ":" in line:
            key, _, value = line.partition(":")
            facts[key.strip()] = value.strip().strip('"')
        elif words and words[0].endswith("_SECTION"):
            current = words[0]
            sections[current] = []
        elif words and words[0] != "EOF":
            sections[current] += map(float, words)
    return facts, sections


def solomon_problems(text: str) -> Iterator[Problem]:
    """Give an instance in Solomon's text with distances cut to one decimal, exact, and rounded; times likewise."""
    head, _, body = text.partition("CUST NO")
    n_vehicles, capacity = (float(word) for word in head.split()[-3:-1])
    rows = np.array([line.split() for line in body.splitlines()[1:] if line.strip()], dtype=np.float64)
    stops = tuple(Stop(at, row[3], row[6], row[4], row[5]) for at, row in enumerate(rows.tolist()) if at > 0)
    vehicles = (Vehicle(0, 0, capacity, float(rows[0, 4]), float(rows[0, 5]), n=int(n_vehicles)),)
    exact = straight(rows[:, 1:3])
    for ways in (np.floor(exact * 10) / 10, exact, np.floor(exact + 0.5)):
        yield Problem(stops, vehicles, ways, ways)


def straight(points: Floats) -> Floats:
    """Give straight distances between points (n, 2), as a matrix (n, n)."""
    apart = points[:, None, :] - points[None, :, :]
    distances: Floats = np.hypot(apart[..., 0], apart[..., 1])
    return distances
