"""Packed messages beside raw binary COPY into the same hypertable."""

import time

import numpy as np
import psycopg

from bench.ingest.chain import Chain
from bench.ingest.messages import N_DEVICES, PACK_N
from store.intake import Rows, copy_measurements

SECOND_US = 1_000_000
COPIED_N = 20_000  # rows a transaction, near the best


def measure_copy(chain: Chain, first_s: int, n_packs: int) -> float:
    """Give the rows a second of COPY in transactions of 20,000, for as many rows in the order of the packs."""
    rows = rows_of(chain, first_s, n_packs)
    n = len(rows.values)
    with psycopg.connect(chain.database_url) as connection:
        began = time.monotonic()
        for begin in range(0, n, COPIED_N):
            part = slice(begin, begin + COPIED_N)
            copy_measurements(connection, 0, Rows(rows.series_ids[part], rows.times_us[part], rows.values[part]))
            connection.commit()
        return n / (time.monotonic() - began)


def rows_of(chain: Chain, first_s: int, n_packs: int) -> Rows:
    """Make the rows that the packs of `bench.ingest.messages.packs` hold."""
    with psycopg.connect(chain.database_url) as connection:
        series = [row[0] for row in connection.execute("select series_id from series order by device_id")]
    packs = np.arange(n_packs)
    steps = np.arange(PACK_N)
    seconds = first_s + (packs // N_DEVICES * PACK_N)[:, None] + steps[None, :]
    values = 230.25 + (packs[:, None] + steps[None, :]) % 7
    ids = np.repeat(np.array(series[:N_DEVICES], dtype=np.int32)[packs % N_DEVICES], PACK_N)
    return Rows(ids, seconds.ravel().astype(np.int64) * SECOND_US, values.ravel().astype(np.float64))
