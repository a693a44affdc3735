"""How fast files are loaded, beside a bare binary COPY of the same rows: `python -m bench.load`. JSON lines.

A file of 2 million values: 1,000 series, one value every 10 minutes, in the order of time, as CSV and as Parquet. Both
sides write to a fresh database in blocks of the same size, each a transaction; the bare COPY begins with encoded bytes.
"""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from analytics.evaluate.row import Row
from bench.database import CHECKOUT, fresh_database
from deploy.local.services import Services, running
from ingest.backfill.load import load_file
from ingest.backfill.reader import Reading
from ingest.backfill.table import BLOCK_LINES
from ingest.writer import take
from store.connect import connect
from store.intake import Connection, Rows, encode_measurements
from store.registry import TerritoryEntry, register

N_SERIES, N_STEPS, STEP_S = 1_000, 2_000, 600
N_DEVICES = 100
FIRST_S = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
READING = Reading(constants={"territory": "bench", "quantity": "active_power", "unit": "kW"})
GOAL_RATIO = 0.6
COPY = "copy measurements (series_id, batch_id, observed_at, value) from stdin (format binary)"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, running(CHECKOUT) as services:
        table = make_table()
        csv, parquet = Path(folder) / "year.csv", Path(folder) / "year.parquet"
        pa.csv.write_csv(table, csv)
        pa.parquet.write_table(table, parquet)
        bare = time_bare(services, table)
        for name, path in (("csv", csv), ("parquet", parquet)):
            rate = time_load(services, path)
            figure = Row(f"load.{name}", rate, "rows/s", reference=bare, goal=GOAL_RATIO, is_goal_of_ratio=True)
            print(figure.line(), flush=True)


def make_table() -> pa.Table:
    """Make the file's rows: step after step, each time all series."""
    steps, series = (part.ravel() for part in np.mgrid[0:N_STEPS, 0:N_SERIES])
    devices = pa.array([f"device-{number:03d}" for number in range(N_DEVICES)])
    channels = pa.array([f"channel-{number}" for number in range(N_SERIES // N_DEVICES)])
    return pa.table(
        {
            "device": devices.take(pa.array(series % N_DEVICES)),
            "channel": channels.take(pa.array(series // N_DEVICES)),
            "time": pa.array((FIRST_S + steps * STEP_S + series % 600) * 1_000_000, pa.timestamp("us", tz="UTC")),
            "value": np.round(np.random.default_rng(5).uniform(0, 2, steps.size), 4),
        }
    )


def time_bare(services: Services, table: pa.Table) -> float:
    """Copy the same rows without anything else [rows/s]."""
    numbers = np.arange(len(table)) % N_SERIES
    whole = Rows(
        numbers.astype(np.int32),
        table["time"].cast(pa.int64()).to_numpy(),
        table["value"].to_numpy(),
    )
    cuts = [slice(begin, begin + BLOCK_LINES) for begin in range(0, len(table), BLOCK_LINES)]
    streams = [encode_measurements(1, in_order(Rows(*(column[cut] for column in whole)))) for cut in cuts]
    with fresh_database(services) as url, connect(url, program="bench") as connection:
        began = time.monotonic()
        for stream in streams:
            copy(connection, stream)
        return len(table) / (time.monotonic() - began)


def in_order(rows: Rows) -> Rows:
    """Sort a block as the index is: a bare COPY is faster so, too."""
    return take(rows, np.lexsort((rows.times_us, rows.series_ids)))


def copy(connection: Connection, stream: bytes) -> None:
    """Copy a block and commit."""
    with connection.cursor() as cursor, cursor.copy(COPY) as copying:
        copying.write(stream)
    connection.commit()


def time_load(services: Services, path: Path) -> float:
    """Load a file into an empty database [rows/s]."""
    with fresh_database(services) as url, connect(url, program="bench", statement_timeout_s=600) as connection:
        register(connection, [TerritoryEntry("bench", "Bench")])
        connection.commit()
        began = time.monotonic()
        report = load_file(connection, path, READING, register_as="bench")
        seconds = time.monotonic() - began
    if report.load.n_stored != N_SERIES * N_STEPS or report.refused:
        raise RuntimeError(f"not all was stored: {report}")
    return report.load.n_stored / seconds


if __name__ == "__main__":
    main()
