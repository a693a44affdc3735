"""What a second worker of analytics gains: `python -m bench.analyse [--scale S] [--months N]`.

The town of `bench.kpis`, made smaller, all its days marked as changed: `vigie analyse --workers 1` tells its KPIs;
then, with all figures taken away again, `--workers 2`. The clock runs from the marking, when all workers are heard of,
to the last KPI. Reference: the run with one worker. The database works on the same cores.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from analytics.evaluate.row import Row
from analytics.jobs.planning import STALE_S
from bench.kpis import Connection, filled_town, mark
from store.jobs import count_workers
from store.sql import load_queries

PATIENCE_S = 3600.0
PAUSE_S = 0.1


def main() -> None:
    """Fill a database, tell its KPIs with one worker and with two, and say how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.1, help="share of the assets")
    parser.add_argument("--months", type=int, default=3, help="the last so many of the year")
    asked = parser.parse_args()
    with filled_town(asked.scale, asked.months) as (connection, database_url, _):
        reference_s: float | None = None
        for n_workers in (1, 2):
            told_s, n_figures = time_workers(connection, database_url, n_workers, asked.months)
            row = Row(f"analyse.workers_{n_workers}_s", told_s, "s", "lower", reference_s, n=n_figures)
            print(row.line(), flush=True)
            reference_s = told_s


def time_workers(connection: Connection, database_url: str, n_workers: int, months: int) -> tuple[float, int]:
    """Give the seconds that so many workers take for all KPIs, and how many figures there are then."""
    queries = load_queries(__file__)
    connection.execute(queries["take_away"])
    with workers(database_url, n_workers):
        wait_until(lambda: count_workers(connection, STALE_S) == n_workers and has_told_all(connection))
        began = time.monotonic()
        mark(connection, months)
        wait_until(lambda: has_told_all(connection))
        told_s = time.monotonic() - began
    row = connection.execute(queries["count_figures"]).fetchone()
    return told_s, int(row[0]) if row else 0


def has_told_all(connection: Connection) -> bool:
    """Say whether no day is left to tell."""
    row = connection.execute(load_queries(__file__)["count_days"]).fetchone()
    return row == (0,)


@contextmanager
def workers(database_url: str, n_workers: int) -> Iterator[None]:
    """Run `vigie analyse` with so many workers."""
    command = [sys.executable, "-m", "deploy.cli", "analyse", "--workers", str(n_workers)]
    environment = {**os.environ, "VIGIE_DATABASE_URL": database_url, "VIGIE_ANALYSE_ROUND_S": "1"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()


def wait_until(is_met: Callable[[], bool]) -> None:
    """Wait for a condition. Raises TimeoutError after an hour."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_met():
        if time.monotonic() > deadline:
            raise TimeoutError("the workers do not come to an end within an hour")
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    main()
