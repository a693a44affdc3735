"""Published instances are read by content; how they count distances is told by their best known routes."""

from pathlib import Path

import pytest

from analytics.evaluate.vrp_files import begins_as_instance, read_instance
from tests.support.shared import shared_data

VRPLIB = """NAME : \ttiny
TYPE : CVRP
DIMENSION : 3
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
DISTANCE : 50
SERVICE_TIME : 2
NODE_COORD_SECTION
1 0 0
2 3.3 0
3 0 4.3
DEMAND_SECTION
1 0
2 4
3 5
DEPOT_SECTION
 1
 -1
EOF
"""
TRIANGLE = """NAME : tri
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT: LOWER_ROW
CAPACITY : 10
EDGE_WEIGHT_SECTION
 1 2 3
 4 5 6
DEMAND_SECTION
1 0
2 1
3 1
4 1
DEPOT_SECTION
1
-1
"""
SOLOMON = """W1

VEHICLE
NUMBER     CAPACITY
  3         20

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0       0       0          0        0      100          0
    1       1       1          7       10       20          5
    2       2       0          8        0       90          5
"""


def write(folder: Path, name: str, text: str, solution: str) -> Path:
    path = folder / f"{name}.anything"
    path.write_text(text)
    path.with_suffix(".sol").write_text(solution)
    return path


@pytest.mark.parametrize(("cost", "distance"), [("12", 5.0), ("13.02", 5.42)])
def test_distances_are_counted_as_the_best_known_cost_says(tmp_path: Path, cost: str, distance: float) -> None:
    instance = read_instance(write(tmp_path, "tiny", VRPLIB, f"Route #1: 1 2\nCost {cost}\n"))
    assert instance is not None
    assert instance.problem.distances[1, 2] == pytest.approx(distance, abs=0.01)
    assert instance.best_cost == pytest.approx(float(cost), abs=0.01)
    assert [stop.demand for stop in instance.problem.stops] == [4, 5]
    assert (instance.problem.vehicles[0].longest_s, instance.problem.stops[0].service_s) == (50, 2)


@pytest.mark.parametrize(("cost", "way"), [("14", 3.0), ("13", 4.0)])
def test_a_triangle_is_read_the_way_that_gives_the_cost(tmp_path: Path, cost: str, way: float) -> None:
    """By rows the routes cost (1 + 3 + 2) + (4 + 4), by columns (1 + 4 + 2) + (3 + 3)."""
    instance = read_instance(write(tmp_path, "tri", TRIANGLE, f"Route #1: 1 2\nRoute #2: 3\nCost {cost}\n"))
    assert instance is not None
    assert instance.problem.distances[1, 2] == way


def test_solomon_is_cut_to_one_decimal_with_hours(tmp_path: Path) -> None:
    instance = read_instance(write(tmp_path, "w1", SOLOMON, "Route #1: 1\nRoute #2: 2\nCost 6.8\n"))
    assert instance is not None
    assert instance.problem.distances[0, 1] == 1.4
    assert (instance.problem.stops[0].opens_s, instance.problem.stops[0].closes_s) == (10, 20)
    vehicle = instance.problem.vehicles[0]
    assert (vehicle.n, vehicle.capacity, vehicle.ends_s) == (3, 20, 100)


def test_an_instance_without_a_solution_is_none(tmp_path: Path) -> None:
    path = tmp_path / "tiny.vrp"
    path.write_text(VRPLIB)
    assert read_instance(path) is None


@pytest.mark.parametrize("text", ["", "NAME : x\nTYPE : TSP\n", "Route #1: 1 2\nCost 5\n", "a;b\n1;2\n"])
def test_other_files_are_not_taken(text: str) -> None:
    assert not begins_as_instance(text)


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["cvrp-small", "cvrp-x", "cvrp-solomon-vrptw"])
def test_best_known_costs_come_out_as_they_are_written(name: str) -> None:
    """Every published solution, recounted, costs what stands beside it."""
    folder = shared_data(name)
    for path in sorted([*folder.glob("*.vrp"), *folder.glob("*.txt")]):
        if not path.with_suffix(".sol").is_file():
            continue
        instance = read_instance(path)
        assert instance is not None
        stated = float(path.with_suffix(".sol").read_text().lower().split("cost")[1].split()[0])
        assert instance.best_cost == pytest.approx(stated, abs=0.011), path.name
