"""All KPIs of a year, told and told again: `python -m bench.kpis [--scale S] [--months N] [--workers N] [--profile]`.

5,000 lamps with power, 60 cabinets with counters and a project, 500 containers with a value an hour and a plan, 2,000
bays, 100 buildings with counters, one weather station. Rollups are filled directly, in the order of time in which they
would be written; containers have raw values too, since their KPIs read curves. Every day of the span is then marked as
changed and told by as many processes as asked for, each running the jobs of a worker of `vigie analyse`; then all of it
again, when nothing has changed. Reference: the time in which the server reads the same rollups once and sums them up by
series. CPU seconds are those of the processes and of the server: beside others on the same machine they say more than
the clock. With `--scale` or `--months` the figures are those of what was asked for, and no goal is judged.
`--profile` tells in this process alone.
"""

import argparse
import cProfile
import multiprocessing
import pstats
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg

from analytics.evaluate.row import Row
from analytics.jobs.kinds.kpis import KIND
from analytics.jobs.running import look, run_job
from analytics.jobs.settings import Settings
from analytics.tell import give_out, tell_changed
from bench.database import CHECKOUT, drop_leftovers, fresh_database
from bench.spent import read_spent
from deploy.local.services import running
from store.connect import connect
from store.jobs import QueuedJob
from store.registry import TerritoryEntry, register
from store.results import KpiReport
from store.sql import load_queries

N_DAYS = 400
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
    parser.add_argument("--workers", type=int, default=2, help="processes that share the work")
    parser.add_argument("--profile", action="store_true", help="where the time goes, on standard error")
    asked = parser.parse_args()
    with filled_town(asked.scale, asked.months) as (connection, database_url, postmaster):
        floor_s = time_floor(connection)
        goal = GOAL_S if (asked.scale, asked.months) == (1.0, 12) else None
        for name, is_judged in (("kpis.first", False), ("kpis.year", True)):
            mark(connection, asked.months)
            before, began = read_spent(postmaster), time.monotonic()
            n_told = profiled(connection) if asked.profile else tell_all(connection, database_url, asked.workers)
            told_s, spent = time.monotonic() - began, read_spent(postmaster) - before
            row = Row(f"{name}_s", told_s, "s", "lower", floor_s, goal if is_judged else None, n=n_told)
            print(row.line())
            print(Row(f"{name}_program_cpu_s", spent.program_s, "s", "lower", n=asked.workers).line())
            print(Row(f"{name}_database_cpu_s", spent.database_s, "s", "lower").line(), flush=True)


@contextmanager
def filled_town(scale: float, months: int) -> Iterator[tuple[Connection, str, int | None]]:
    """Give a connection to a database of its own that holds the town, its URL, and the server's process."""
    with running(CHECKOUT) as services:
        drop_leftovers(services.admin_database_url)
        postmaster = services.embedded.postgres_pid if services.embedded else None
        with (
            fresh_database(services) as database_url,
            connect(database_url, program="bench", autocommit=True, statement_timeout_s=3600) as connection,
        ):
            fill(connection, scale, months)
            yield connection, database_url, postmaster


def fill(connection: Connection, scale: float, months: int) -> None:
    """Register everything and write its rollups, without indexes until all is there."""
    queries = load_queries(__file__)
    began = time.monotonic()
    register(connection, [TerritoryEntry("bench", "Bench")])
    for kind, count in COUNTS.items():
        parameters = {"type": kind, "count": max(1, round(count * scale))}
        connection.execute(queries["insert_assets"], parameters)
    names = ["insert_devices", "insert_placements", "insert_series", "insert_reference", "drop_keys"]
    names += [
        "insert_gauges",
        "insert_firsts",
        "insert_counters",
        "insert_states",
        "insert_raw",
        "insert_days",
        "add_keys",
    ]
    for name in names:
        for statement in queries[name].split(";\n"):
            connection.execute(statement, {"months": months})
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    connection.execute("vacuum (analyze)")


def time_floor(connection: Connection) -> float:
    """Seconds in which the server reads all hours once, summed up by series."""
    began = time.monotonic()
    for statement in load_queries(__file__)["read_all"].split(";\n"):
        connection.execute(statement)
    return time.monotonic() - began


def mark(connection: Connection, months: int) -> None:
    """Mark every day as changed."""
    connection.execute(load_queries(__file__)["mark"], {"months": months})


def tell_all(connection: Connection, database_url: str, n_workers: int) -> int:
    """Tell until nothing is left, and give the number of figures."""
    give_out(connection, LAST, N_DAYS)
    with ProcessPoolExecutor(n_workers, multiprocessing.get_context("spawn")) as pool:
        return sum(pool.map(tell_share, [database_url] * n_workers))


def tell_share(database_url: str) -> int:
    """Run the jobs that no other process runs until none waits, and give the number of figures."""
    n_told = 0
    with connect(database_url, program="bench", autocommit=True, statement_timeout_s=3600) as connection:
        moment = look(connection, datetime.now(UTC), Settings("", grace_s=0, settle_s=0))
        while waits := list(KIND.find(connection, moment)):
            jobs = (QueuedJob(KIND.name, wait.part, wait.occasion, KIND.rank) for wait in waits)
            done = next((one for one in (run_job(connection, job, moment) for job in jobs) if one is not None), None)
            if done is None:
                time.sleep(0.1)  # the others run all that waits
            else:
                n_told += count(done.report)
                print(f"{n_told} figures", file=sys.stderr, flush=True)
    return n_told


def count(report: KpiReport) -> int:
    """Give the number of figures told."""
    return report.n_new + report.n_restated + report.n_unchanged


def profiled(connection: Connection) -> int:
    """Tell everything in this process under the profiler."""
    profile = cProfile.Profile(time.process_time)
    n_told = count(profile.runcall(tell_changed, connection, LAST))
    pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(35)
    return n_told


if __name__ == "__main__":
    main()
