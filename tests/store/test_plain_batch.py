"""A small batch in one statement: exactly what was given, or nothing."""

import random

import numpy as np
import psycopg
import pytest

from store.connect import connect
from store.intake import (
    BatchEntry,
    Connection,
    PlainDelivery,
    Rows,
    find_batch,
    insert_plain_batch,
    prepare_session,
)
from store.registry import DeviceEntry, TerritoryEntry, register
from store.series import SeriesKey, ensure_series

pytestmark = pytest.mark.services

FIRST_US = 1_600_000_000_000_000
YEARS_US = 300_000_000_000_000


def prepared(connection: Connection) -> tuple[int, int, int]:
    """Give the numbers of a territory, a device and a series."""
    register(connection, [TerritoryEntry("town", "Town")], devices=[DeviceEntry("town", "d1")])
    prepare_session(connection)
    row = connection.execute("select territory_id, device_id from devices").fetchone()
    assert row is not None
    (series_id,) = ensure_series(connection, [SeriesKey(row[1], "", "voltage", "V")]).values()
    connection.commit()
    return row[0], row[1], series_id


def entry(received_at_us: int, n: int) -> BatchEntry:
    """Give a batch of one worker."""
    return BatchEntry("worker", received_at_us, n, n, "native/1")


def test_instants_and_values_are_stored_bit_for_bit(database_url: str) -> None:
    chance = random.Random(5)
    times_us = sorted(chance.sample(range(FIRST_US, FIRST_US + YEARS_US), 200))
    values = [chance.choice([chance.random(), chance.gauss(0, 1e-300), chance.gauss(0, 1e300)]) for _ in times_us]
    with connect(database_url, program="test") as connection:
        territory_id, device_id, series_id = prepared(connection)
        rows = Rows(np.full(200, series_id, dtype=np.int32), np.array(times_us), np.array(values))
        delivery = PlainDelivery(territory_id, device_id, FIRST_US // 3_600_000_000 * 3_600_000_000, 7, 200)
        batch_id = insert_plain_batch(connection, entry(FIRST_US + 1, 200), rows, [delivery])
        found = connection.execute(
            "select (extract(epoch from observed_at) * 1000000)::bigint, value, batch_id from measurements order by 1"
        ).fetchall()
        ledger = connection.execute(
            "select device_id, extract(epoch from arrival_hour)::bigint, n_messages, n_received, n_stored, n_duplicate,"
            " n_rejected from deliveries_log"
        ).fetchall()
        assert find_batch(connection, 0, "worker", FIRST_US + 1) == batch_id
        assert find_batch(connection, batch_id, "worker", FIRST_US + 1) is None
    assert found == [(at, value, batch_id) for at, value in zip(times_us, values, strict=True)]
    assert ledger == [(device_id, delivery.hour_us // 1_000_000, 7, 200, 200, 0, 0)]


def test_one_known_instant_leaves_nothing_of_its_batch(database_url: str) -> None:
    with connect(database_url, program="test") as connection:
        territory_id, device_id, series_id = prepared(connection)
        for times_us in ([FIRST_US], [FIRST_US - 1, FIRST_US]):
            n = len(times_us)
            rows = Rows(np.full(n, series_id, dtype=np.int32), np.array(times_us), np.ones(n))
            delivery = PlainDelivery(territory_id, device_id, 0, n, n)
            if n == 1:
                insert_plain_batch(connection, entry(FIRST_US, n), rows, [delivery])
                continue
            with pytest.raises(psycopg.errors.UniqueViolation):
                insert_plain_batch(connection, entry(FIRST_US + 1, n), rows, [delivery])
        counts = connection.execute(
            "select (select count(*) from measurements), (select count(*) from batches),"
            " (select sum(n_received) from deliveries_log)"
        ).fetchone()
    assert counts == (1, 1, 1)
