"""A simulated town with weeks of measurements in the store, as ingest leaves them, without broker and worker."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
from numpy.typing import NDArray

from deploy.town import register_town
from simulators.grid import GARBLED, UNTIMED, Table
from simulators.town import Town

ROW = np.dtype(
    [("n", ">i2"), ("n1", ">i4"), ("series_id", ">i4"), ("n2", ">i4"), ("batch_id", ">i4"), ("n3", ">i4"),
     ("at", ">i8"), ("n4", ">i4"), ("value", ">f8")]
)  # fmt: skip
HEADER, TRAILER = b"PGCOPY\n\xff\r\n\x00" + bytes(8), b"\xff\xff"
EPOCH_S = 946_684_800  # 2000-01-01, from which the database counts
Series = Mapping[tuple[int, str, str], int]


def fill_town(database_url: str, town: Town, n_days: int, quantities: frozenset[str] | None = None) -> datetime:
    """Register a town and store its first days of full reports; give the instant at which they end.

    `quantities` leaves all others out, which saves time.
    """
    end = datetime.fromtimestamp(town.setting.start_s, UTC) + timedelta(days=n_days)
    fill_until(database_url, town, end, quantities)
    return end


def fill_until(database_url: str, town: Town, end: datetime, quantities: frozenset[str] | None = None) -> None:
    """Register a town and store its full reports up to an instant."""
    start = datetime.fromtimestamp(town.setting.start_s, UTC)
    register_town(database_url, town)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into batches (worker, received_at, n_messages, n_measurements, decoder_version)"
            " values ('test', %s, 1, 1, 'native/1')",
            (start,),
        )
        connection.execute("create temp table taken (like measurements)")
        for block in town.generate(start, end):
            tables = [only(table, quantities) for table in block.tables] if quantities else block.tables
            copy_tables(connection, create_series(connection, town, tables), tables)
        connection.execute(
            "insert into last_values select distinct on (series_id) series_id, observed_at, value, batch_id"
            " from measurements order by series_id, observed_at desc"
        )
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("analyze")


def only(table: Table, quantities: frozenset[str]) -> Table:
    """Keep some columns of a table."""
    places = [place for place, column in enumerate(table.columns) if column.quantity in quantities]
    return replace(table, columns=[table.columns[place] for place in places], values=table.values[:, places])


def create_series(connection: psycopg.Connection[tuple[object, ...]], town: Town, tables: Iterable[Table]) -> Series:
    """Make the series that the tables' rows need, and give all by device's position, channel and quantity."""
    position = {device.external_id: index for index, device in enumerate(town.devices)}
    wanted = [
        (town.devices[index].external_id, column.channel, column.quantity)
        for table in tables
        for place, column in enumerate(table.columns)
        for index in np.unique(table.device[~np.isnan(table.values[:, place])]).tolist()
    ]
    connection.execute(
        "insert into series (territory_id, device_id, channel, quantity, unit)"
        " select d.territory_id, d.device_id, w.channel, q.quantity, q.unit"
        " from unnest(%s::text[], %s::text[], %s::text[]) as w (external_id, channel, quantity)"
        " join devices d using (external_id) join quantities q using (quantity) on conflict do nothing",
        [list(part) for part in zip(*wanted, strict=True)],
    )
    rows = connection.execute(
        "select d.external_id, s.channel, s.quantity, s.series_id from series s join devices d using (device_id)"
    )
    return {(position[str(row[0])], str(row[1]), str(row[2])): int(str(row[3])) for row in rows}


def copy_tables(connection: psycopg.Connection[tuple[object, ...]], series: Series, tables: Iterable[Table]) -> None:
    """Store the rows that could be read and carry an instant; the first of those that contradict stands."""
    with connection.cursor() as cursor:
        with cursor.copy("copy taken from stdin (format binary)") as copy:
            copy.write(HEADER)
            for table in tables:
                good = table.take((table.flags & (GARBLED | UNTIMED)) == 0)
                for place in range(len(good.columns)):
                    copy.write(rows_of(series, good, place).tobytes())
            copy.write(TRAILER)
        cursor.execute("insert into measurements select * from taken on conflict do nothing")
        cursor.execute("truncate taken")


def rows_of(series: Series, table: Table, place: int) -> NDArray[np.void]:
    """Write one column of a table as rows of a binary copy."""
    there = ~np.isnan(table.values[:, place])
    column, device = table.columns[place], table.device[there]
    known, where = np.unique(device, return_inverse=True)
    ids = np.array([series[index, column.channel, column.quantity] for index in known.tolist()], dtype=np.int64)
    rows = np.zeros(device.size, dtype=ROW)
    rows["n"], rows["n1"], rows["n2"], rows["n3"], rows["n4"], rows["batch_id"] = 4, 4, 4, 8, 8, 1
    rows["series_id"] = ids[where]
    rows["at"] = (table.at_s[there] - EPOCH_S) * 1_000_000
    rows["value"] = table.values[there, place]
    return rows
