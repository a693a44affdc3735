"""Every query of every dashboard on a store with a year of values: `python -m bench.grafana [--rows N]`. JSON lines.

Assets of every type, each with a device and the series of its type; as many of these series as make N rows (50 million)
have a value each 10 minutes of a year, the others a newest value alone. Findings, work orders, health, ledger and KPIs
are as the tests' town has them, for all assets. Queries are expanded as Grafana does, asked as a territory's reader
with everything chosen, once to warm up and three times timed; the median counts.
"""

import argparse
import statistics
import time
from datetime import timedelta
from typing import Any

import numpy as np
import psycopg

from analytics.evaluate.row import Row
from bench.database import CHECKOUT, drop_leftovers, fresh_database
from bench.store import load
from bench.year_of_series import DAYS, FIRST, LAST, STEPS_A_DAY, TERRITORY, day_of_rows
from deploy.local.services import running
from sensors.asset_entry import AssetEntry
from sensors.types import asset_types
from store import rollup
from store.connect import connect
from store.intake import prepare_session
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.grafana_asking import Session, choices, span_of
from tests.support.grafana_macros import Value, expand
from tests.support.grafana_panels import PanelQuery, queries
from tests.support.grafana_town import PARENTS, QUERIES, given_at
from tests.support.readers import readers_of

GOAL_MS = 200.0
ROWS = 50_000_000
N_ASSETS = 2_000  # of all types together
N_TIMED = 3
RANGES = {
    "1h": timedelta(hours=1),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "1y": timedelta(days=365),
}
NEWEST = """
insert into last_values select series_id, now(), 20, 1 from series
on conflict (series_id) do update set observed_at = now()
"""
Connection = psycopg.Connection[tuple[Any, ...]]


def main() -> None:
    """Fill a database, ask everything, and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="about so many")
    parser.add_argument("--assets", type=int, default=N_ASSETS)
    asked = parser.parse_args()
    with running(CHECKOUT) as services:
        drop_leftovers(services.admin_database_url)
        with fresh_database(services) as database_url, readers_of(database_url) as make_reader:
            with connect(database_url, program="bench", autocommit=True, statement_timeout_s=3600) as connection:
                fill(connection, asked.rows, asked.assets)
            with psycopg.connect(make_reader(TERRITORY), autocommit=True) as session:
                for name, length in RANGES.items():
                    ask_all(session, name, length)


def fill(connection: Connection, n_rows: int, n_assets: int) -> None:
    """Register the town, store a year of some of its series, and what was found and told."""
    entries = assets_of(n_assets)
    devices = [DeviceEntry(TERRITORY, one.slug, interval_s=600, placements={"*": one.slug}) for one in entries]
    register(connection, [TerritoryEntry(TERRITORY, "Bench")], entries, devices)
    given = given_at(LAST)
    with psycopg.ClientCursor(connection) as cursor:
        cursor.execute(QUERIES["describe"], given)
        rows = cursor.execute(
            "select series_id from series join devices using (device_id)"
            " order by split_part(external_id, '-', 2)::int, series_id"
        ).fetchall()
        ids = np.array([row[0] for row in rows], dtype=np.int32)[: max(1, n_rows // (DAYS * STEPS_A_DAY))]
        store_year(connection, ids)
        cursor.execute(NEWEST)
        for name in ("tell", "deliver", "reckon"):
            cursor.execute(QUERIES[name], given)
    connection.execute("vacuum (analyze)")


def assets_of(n_assets: int) -> list[AssetEntry]:
    """Give so many assets, as many of each type, parents first."""
    types = sorted(asset_types(), key=lambda name: name in PARENTS)
    return [
        AssetEntry(
            TERRITORY, f"{name}-{number}", f"{name} {number}", name, 5.0 + number / 9999, 47.5, PARENTS.get(name)
        )
        for name in types
        for number in range(1, 1 + n_assets // len(types))
    ]


def store_year(connection: Connection, ids: "np.ndarray[tuple[int], np.dtype[np.int32]]") -> None:
    """Write a year of the series day by day, as a worker does, and roll it up."""
    prepare_session(connection)
    random, began, n_rows = np.random.default_rng(5), time.monotonic(), 0
    for day in range(DAYS):
        rows = day_of_rows(day, ids, random)
        load(connection, rows)
        n_rows += len(rows.values)
    print(Row("grafana.rows_loaded", n_rows / (time.monotonic() - began), "rows/s", n=n_rows).line(), flush=True)
    connection.execute("vacuum (analyze) measurements")
    rollup.refresh(connection, LAST, grace_s=0, settle_s=0)


def ask_all(session: Session, name: str, length: timedelta) -> None:
    """Ask every query over a range that ends with the year; print the share within the goal, and those beyond it."""
    span = span_of(LAST, length)
    assert span.begin >= FIRST
    every = list(queries("fr"))
    chosen = {board: choices(session, board, span) for board in {query.board for query in every}}
    taken = {str(query): time_query(session, query, expand_for(query, span, chosen)) for query in every}
    within = sum(taken_ms <= GOAL_MS for taken_ms in taken.values())
    print(Row(f"grafana.{name}.within_200ms", within / len(taken), "1", goal=1.0, n=len(taken)).line(), flush=True)
    print(Row(f"grafana.{name}.median", statistics.median(taken.values()), "ms", "lower").line(), flush=True)
    for query, taken_ms in sorted(taken.items(), key=lambda item: -item[1])[:5]:
        print(Row(f"grafana.{name}.{query}", taken_ms, "ms", "lower", goal=GOAL_MS).line(), flush=True)


def expand_for(query: PanelQuery, span: Any, chosen: dict[str, dict[str, Value]]) -> str:
    """Give the SQL that PostgreSQL sees."""
    return expand(query.sql, span, chosen[query.board])


def time_query(session: Session, query: PanelQuery, sql: str) -> float:
    """Give the median time of a query with its rows fetched [ms]; one that the role's limit ends took that long."""
    taken = []
    for _ in range(1 + N_TIMED):
        began = time.perf_counter()
        try:
            session.execute(sql.encode()).fetchall()
        except psycopg.errors.QueryCanceled:
            return (time.perf_counter() - began) * 1000
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[1:])


if __name__ == "__main__":
    main()
