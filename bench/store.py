"""The store with a year of values: `python -m bench.store [--rows N]`. One JSON object a line.

1,000 series, one year, a value each 10 minutes (52.6 million rows); with fewer rows fewer series speak all year, and
all of them on the last day. Reads go through the API's role and views, one client, warm: the 95th percentile of many.
The naive SQL beside each asks the raw rows for the same thing; where it needs longer than its time-out, that stands.
"""

import argparse
import asyncio
import itertools
import time
from collections.abc import Iterator
from typing import Any

import psycopg

from analytics.evaluate.row import Row
from analytics.tell import tell_changed
from bench.database import CHECKOUT, drop_leftovers, fresh_database
from bench.store_reads import measure_reads
from bench.upkeep import measure_upkeep
from bench.year_of_series import LAST, STEPS_A_DAY, WHOLE, Year, make_year
from deploy.local.services import running
from store import rollup
from store.connect import connect
from store.intake import BatchEntry, Rows, copy_measurements, encode_measurements, insert_batch, prepare_session
from store.newest import upsert_newest
from store.results import KpiReport

GOAL_LOAD_RATIO = 0.6
N_COPIED = 5_000_000  # rows that the bare COPY is measured with, the same that the load begins with
ROLLUPS = [f"{name}_{bucket}" for name in ("measurements", "counters", "states") for bucket in ("hourly", "daily")]
Connection = psycopg.Connection[tuple[Any, ...]]


def main() -> None:
    """Load, roll up, read, and say what it takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=WHOLE, help="about so many")
    parser.add_argument("--no-upkeep", action="store_true", help="leave out ingest with and without rollups")
    asked = parser.parse_args()
    with running(CHECKOUT) as services:
        drop_leftovers(services.admin_database_url)
        if not asked.no_upkeep:
            measure_upkeep(services)
        with fresh_database(services) as database_url:
            with connect(database_url, program="bench", autocommit=True, statement_timeout_s=3600) as connection:
                year = make_year(connection, asked.rows)
                n_rows = measure_load(connection, year)
                measure_size(connection, n_rows)
                measure_rollup(connection, n_rows)
                tell_kpis(connection)
            asyncio.run(measure_reads(database_url, year))


def measure_load(connection: Connection, year: Year) -> int:
    """Load the year by the writer's way, day by day, beside bare COPY of its first rows; give the number of rows."""
    bare = measure_copy(connection, itertools.islice(year.days(), N_COPIED // (STEPS_A_DAY * year.whole_ids.size)))
    prepare_session(connection)
    n_rows, load_s = 0, 0.0
    for rows in year.days():
        began = time.monotonic()
        load(connection, rows)
        load_s += time.monotonic() - began
        n_rows += len(rows.values)
    rate = n_rows / load_s
    print(
        Row("store.load", rate, "rows/s", reference=bare, goal=GOAL_LOAD_RATIO, is_goal_of_ratio=True).line(),
        flush=True,
    )
    connection.execute("vacuum (analyze) measurements")
    return n_rows


def load(connection: Connection, rows: Rows) -> None:
    """Write one batch as a worker does, and its newest values."""
    first, last = int(rows.times_us[0]), rows.times_us.max()
    with connection.transaction():
        entry = BatchEntry("bench", first, len(rows.values), len(rows.values), "bench/1")
        batch_id = insert_batch(connection, entry)
        copy_measurements(connection, batch_id, rows)
    newest = rows.times_us > last - 600_000_000
    ids, times, values = rows.series_ids[newest], rows.times_us[newest], rows.values[newest]
    upsert_newest(connection, ids, times, values, ids * 0 + batch_id)


def measure_copy(connection: Connection, days: Iterator[Rows]) -> float:
    """Rows a second of binary COPY, encoded beforehand, into a table that is made and indexed alike."""
    connection.execute("create table copied (like measurements)")
    connection.execute(
        "select create_hypertable('copied', by_range('observed_at', interval '7 days'),"
        " create_default_indexes => false)"
    )
    connection.execute("create unique index on copied (series_id, observed_at)")
    n_rows, copy_s = 0, 0.0
    for rows in days:
        stream = encode_measurements(1, rows)
        began = time.monotonic()
        with (
            connection.cursor() as cursor,
            cursor.copy("copy copied (series_id, batch_id, observed_at, value) from stdin (format binary)") as copy,
        ):
            copy.write(stream)
        copy_s += time.monotonic() - began
        n_rows += len(rows.values)
    connection.execute("drop table copied")
    return n_rows / copy_s


def measure_size(connection: Connection, n_rows: int) -> None:
    """Bytes on disk per row, index and all."""
    size = read_number(connection, "select hypertable_size('measurements')")
    print(Row("store.bytes_per_row", size / n_rows, "B", "lower").line(), flush=True)


def measure_rollup(connection: Connection, n_rows: int) -> None:
    """Compute the year's rollups, hours and days."""
    began = time.monotonic()
    rollup.refresh(connection, LAST, grace_s=0, settle_s=0)
    elapsed_s = time.monotonic() - began
    print(Row("store.rollup", n_rows / elapsed_s, "rows/s").line(), flush=True)
    size = sum(read_number(connection, "select pg_total_relation_size(%s)", name) for name in ROLLUPS)
    print(Row("store.rollup_bytes_per_row", size / n_rows, "B", "lower").line(), flush=True)
    connection.execute("vacuum (analyze)")


def tell_kpis(connection: Connection) -> None:
    """Tell the KPIs of the year, as `vigie analyse` does, for the tile to be read."""
    began = time.monotonic()
    n_values = 0
    while (report := tell_changed(connection, LAST)) != KpiReport(0, 0, 0):
        n_values += report.n_new
    print(Row("store.kpis_told", n_values / (time.monotonic() - began), "values/s").line(), flush=True)
    connection.execute("vacuum (analyze) kpi_values")


def read_number(connection: Connection, query: str, *parameters: object) -> float:
    """Read one number."""
    row = connection.execute(query.encode(), parameters).fetchone()
    return float(row[0]) if row else 0.0


if __name__ == "__main__":
    main()
