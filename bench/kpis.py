"""All KPIs of a year, told and told again: `python -m bench.kpis [--scale S] [--months N] [--profile]`.

5,000 lamps with power, 60 cabinets with counters and a project, 500 containers with a value an hour and a plan, 2,000
bays, 100 buildings with counters, one weather station. Rollups are filled directly, an hour a row, in the order of time
in which they would be written; containers have raw values too, since their KPIs read curves. Every day of the span is
then marked as changed and told as `vigie analyse` does; then all of it again, when nothing has changed. Reference: the
time in which the server reads the same rollups once and sums them up by series. With `--scale` or `--months` the
figures are those of what was asked for, and no goal is judged.
"""

import argparse
import cProfile
import pstats
import sys
import time
from datetime import UTC, datetime
from typing import Any

import psycopg

from analytics.evaluate.row import Row
from analytics.tell import tell_changed
from bench.database import CHECKOUT, drop_leftovers, fresh_database
from deploy.local.services import running
from store.connect import connect
from store.registry import TerritoryEntry, register
from store.results import KpiReport
from store.sql import load_queries

GOAL_S = 60.0
LAST = datetime(2026, 1, 1, 13, tzinfo=UTC)  # past the end of the last night and day
COUNTS = {
    "street_light": 5000,
    "light_cabinet": 60,
    "waste_container": 500,
    "parking_bay": 2000,
    "building": 100,
    "weather_station": 1,
}
Connection = psycopg.Connection[tuple[Any, ...]]


def main() -> None:
    """Fill a database, tell all KPIs twice, and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the assets")
    parser.add_argument("--months", type=int, default=12, help="the last so many of the year")
    parser.add_argument("--profile", action="store_true", help="where the time goes, on standard error")
    asked = parser.parse_args()
    with running(CHECKOUT) as services:
        drop_leftovers(services.admin_database_url)
        with (
            fresh_database(services) as database_url,
            connect(database_url, program="bench", autocommit=True, statement_timeout_s=3600) as connection,
        ):
            fill(connection, asked.scale, asked.months)
            floor_s = time_floor(connection)
            goal = GOAL_S if (asked.scale, asked.months) == (1.0, 12) else None
            for name in ("kpis.first_s", "kpis.year_s"):
                mark(connection, asked.months)
                told_s, n = profiled(connection) if asked.profile else tell_all(connection)
                is_judged = goal if name == "kpis.year_s" else None
                print(Row(name, told_s, "s", "lower", floor_s, is_judged, n=n).line(), flush=True)


def fill(connection: Connection, scale: float, months: int) -> None:
    """Register everything and write its rollups, without indexes until all is there."""
    queries = load_queries(__file__)
    began = time.monotonic()
    register(connection, [TerritoryEntry("bench", "Bench")])
    for kind, count in COUNTS.items():
        parameters = {"type": kind, "count": max(1, round(count * scale))}
        connection.execute(queries["insert_assets"], parameters)
    names = ["insert_devices", "insert_placements", "insert_series", "insert_reference", "drop_keys"]
    names += ["insert_gauges", "insert_firsts", "insert_counters", "insert_states", "insert_raw", "add_keys"]
    for name in names:
        for statement in queries[name].split(";\n"):  # type: ignore[attr-defined]
            connection.execute(statement, {"months": months})
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    connection.execute("vacuum (analyze)")


def time_floor(connection: Connection) -> float:
    """Seconds in which the server reads all hours once, summed up by series."""
    began = time.monotonic()
    for statement in load_queries(__file__)["read_all"].split(";\n"):
        connection.execute(statement)  # type: ignore[arg-type]
    return time.monotonic() - began


def mark(connection: Connection, months: int) -> None:
    """Mark every day as changed."""
    connection.execute(load_queries(__file__)["mark"], {"months": months})


def tell_all(connection: Connection) -> tuple[float, int]:
    """Tell until nothing is left, and give the seconds and the number of figures."""
    began = time.monotonic()
    n_figures = 0
    while (report := tell_changed(connection, LAST)) != KpiReport(0, 0, 0):
        n_figures += report.n_new + report.n_restated + report.n_unchanged
        print(f"{time.monotonic() - began:.0f} s: {n_figures}", file=sys.stderr, flush=True)
    return time.monotonic() - began, n_figures


def profiled(connection: Connection) -> tuple[float, int]:
    """Do the same under the profiler."""
    profile = cProfile.Profile()
    told = profile.runcall(tell_all, connection)
    pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(35)
    return told


if __name__ == "__main__":
    main()
