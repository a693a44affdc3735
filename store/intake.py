"""What a batch of messages writes: the batch, measurements by binary COPY, the comparing path, message ids, notes.

Nothing here commits: the caller holds the transaction, so that all of a batch is there or nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import psycopg

from store.binary import POSTGRES_EPOCH_US, decode_rows, encode_rows, postgres_us
from store.sql import load_queries

QUERIES = load_queries(__file__)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR_US = 3_600_000_000

Connection = psycopg.Connection[tuple[Any, ...]]
Ints = npt.NDArray[np.int32]
Times = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Rows(NamedTuple):
    """Measurements in columns of equal length: series, microseconds since 1970 UTC, value."""

    series_ids: Ints
    times_us: Times
    values: Floats


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """A batch as the table has it; `n_measurements` counts values stored, `received_at_us` the first arrival."""

    worker: str
    received_at_us: int
    n_messages: int
    n_measurements: int
    decoder_version: str
    source: str = "own"


class PlainDelivery(NamedTuple):
    """What came of one device in one hour and was stored, all of it."""

    territory_id: int
    device_id: int
    hour_us: int
    n_messages: int
    n_values: int


class Revision(NamedTuple):
    """A value that took the place of another."""

    series_id: int
    time_us: int
    old_value: float
    new_value: float


def instant(time_us: int) -> datetime:
    """Give the aware instant of microseconds since 1970 UTC, exactly."""
    return EPOCH + timedelta(microseconds=time_us)


def prepare_session(connection: Connection) -> None:
    """Make what the comparing path needs in this session."""
    connection.execute(QUERIES["create_taken"])


def read_watermark(connection: Connection) -> int:
    """Give the instant before which written hours must be marked as changed, in microseconds since 1970 UTC."""
    row = connection.execute(QUERIES["read_watermark"]).fetchone()
    return int(row[0]) if row else 0


def insert_batch(connection: Connection, entry: BatchEntry) -> int:
    """Note a batch and give its number. Waits while another transaction of this worker is still open."""
    row = connection.execute(QUERIES["insert_batch"], batch_parameters(entry)).fetchone()
    if row is None:
        raise LookupError("the batch was not inserted")
    return int(row[0])


def batch_parameters(entry: BatchEntry) -> dict[str, Any]:
    """Give a batch as its row has it."""
    return {
        "worker": entry.worker,
        "source": entry.source,
        "received_at": instant(entry.received_at_us),
        "n_messages": entry.n_messages,
        "n_measurements": entry.n_measurements,
        "decoder_version": entry.decoder_version,
    }


def find_batch(connection: Connection, after: int, worker: str, received_at_us: int) -> int | None:
    """Give the number of a batch where it was committed after another. Waits while the worker has a transaction open.

    Worker and first arrival tell a batch: its number may have been given out again after a crash of the server.
    """
    connection.execute(QUERIES["lock_worker"], {"worker": worker})
    parameters = {"after": after, "worker": worker, "received_at": instant(received_at_us)}
    row = connection.execute(QUERIES["find_batch"], parameters).fetchone()
    return int(row[0]) if row else None


def correct_batch(connection: Connection, batch_id: int, n_measurements: int) -> None:
    """Write how many values were really stored."""
    connection.execute(QUERIES["correct_batch"], {"batch_id": batch_id, "n_measurements": n_measurements})


def copy_measurements(connection: Connection, batch_id: int, rows: Rows) -> None:
    """Append rows whose (series, instant) are all new; the fast path.

    Raises
    ------
    psycopg.errors.UniqueViolation
        One of them is not new; the transaction must be rolled back.
    """
    with connection.cursor() as cursor, cursor.copy(QUERIES["copy_measurements"]) as copy:
        copy.write(encode_measurements(batch_id, rows))


def insert_plain_batch(
    connection: Connection, entry: BatchEntry, rows: Rows, deliveries: Sequence[PlainDelivery]
) -> int:
    """Commit a batch of few new measurements and its account in one turn, and give its number.

    No transaction may be open.

    Raises
    ------
    psycopg.errors.UniqueViolation
        One of them is not new; nothing was written.
    """
    territories, devices, hours_us, ns, n_values = zip(*deliveries, strict=True)
    parameters = {
        **batch_parameters(entry),
        "series_ids": array_text(rows.series_ids.tolist()),
        "times_us": array_text(rows.times_us.tolist()),
        "values": array_text(rows.values.tolist()),
        "territory_ids": array_text(territories),
        "device_ids": array_text(devices),
        "hours_us": array_text(hours_us),
        "ns": array_text(ns),
        "n_values": array_text(n_values),
    }
    connection.autocommit = True
    try:
        row = connection.execute(QUERIES["insert_plain_batch"], parameters).fetchone()
    finally:
        if not connection.closed:
            connection.autocommit = False
    if row is None:
        raise LookupError("the batch was not inserted")
    return int(row[0])


def array_text(numbers: Iterable[float]) -> str:
    """Write an array as PostgreSQL reads it: for a few numbers ten times as fast as the driver's way; exact."""
    return "{" + ",".join(map(repr, numbers)) + "}"


def compare_measurements(connection: Connection, batch_id: int, rows: Rows) -> dict[tuple[int, int], float]:
    """Append those rows that are new, and give the values that stood before for the others, by (series, instant).

    The (series, instant) of `rows` must differ from one another.
    """
    standing = compare_rows(connection, batch_id, rows)
    keys = zip(standing.series_ids.tolist(), standing.times_us.tolist(), strict=True)
    return dict(zip(keys, standing.values.tolist(), strict=True))


def compare_rows(connection: Connection, batch_id: int, rows: Rows) -> Rows:
    """Append those rows that are new, and give what stood before for the others, in any order."""
    with connection.cursor() as cursor:
        with cursor.copy(QUERIES["copy_taken"]) as copy:
            copy.write(encode_measurements(batch_id, rows))
        cursor.execute(QUERIES["insert_taken"])
        if cursor.rowcount == len(rows.values):
            return Rows(rows.series_ids[:0], rows.times_us[:0], rows.values[:0])
        bounds = {"from": instant(int(rows.times_us.min())), "to": instant(int(rows.times_us.max()))}
        with cursor.copy(QUERIES["copy_standing"], bounds) as copy:
            stream = b"".join(copy)
    found = decode_rows(stream, {"series_id": "int32", "observed_at": "int64", "value": "float64"})
    return Rows(found["series_id"], found["observed_at"] + POSTGRES_EPOCH_US, found["value"])


def encode_measurements(batch_id: int, rows: Rows) -> bytes:
    """Write rows as a binary COPY stream."""
    return encode_rows(
        {
            "series_id": rows.series_ids,
            "batch_id": np.full(len(rows.values), batch_id, dtype=np.int32),
            "observed_at": postgres_us(rows.times_us),
            "value": rows.values,
        }
    )


def revise_measurements(connection: Connection, batch_id: int, revisions: Sequence[Revision], revised_by: str) -> None:
    """Let new values take the place of old ones, in order, and keep the old ones."""
    parameters = [
        {
            "series_id": revision.series_id,
            "observed_at": instant(revision.time_us),
            "old_value": revision.old_value,
            "new_value": revision.new_value,
            "batch_id": batch_id,
            "revised_by": revised_by,
        }
        for revision in revisions
    ]
    with connection.cursor() as cursor:
        cursor.executemany(QUERIES["revise_measurement"], parameters)
        cursor.executemany(QUERIES["insert_revision"], parameters)


def insert_message_keys(connection: Connection, arrivals_us: Mapping[tuple[int, str], int]) -> set[tuple[int, str]]:
    """Note when each (device, message id) arrived, and give those that were not known, or only from this arrival.

    The same arrival again is the message itself, taken out of the quarantine.
    """
    parameters = {
        "device_ids": [key[0] for key in arrivals_us],
        "message_ids": [key[1] for key in arrivals_us],
        "received_at": [instant(time_us) for time_us in arrivals_us.values()],
    }
    return {(row[0], row[1]) for row in connection.execute(QUERIES["insert_message_keys"], parameters)}


def mark_changed_hours(connection: Connection, series_ids: Ints, times_us: Times) -> None:
    """Have the hours of these measurements computed again."""
    pairs = np.unique(series_ids.astype(np.int64) << 32 | times_us // HOUR_US)
    hours_us = (pairs & 0xFFFFFFFF) * HOUR_US
    stream = encode_rows({"series_id": (pairs >> 32).astype(np.int32), "hour": postgres_us(hours_us)})
    with connection.cursor() as cursor, cursor.copy(QUERIES["copy_changed_hours"]) as copy:
        copy.write(stream)


def log_counts(connection: Connection, counts: Iterable[tuple[int, str, str, int, int]]) -> None:
    """Note where messages stand in their senders' counts: device, basis, session, number, when sent [us]."""
    with connection.cursor() as cursor, cursor.copy(QUERIES["copy_counts"]) as copy:
        for device_id, basis, session, number, sent_us in counts:
            copy.write_row((device_id, basis, session, number, instant(sent_us)))


def log_counts_by_name(connection: Connection, counts: Sequence[tuple[str, str, str, str, int, int]]) -> None:
    """Do the same by territory slug and external id, where the device is registered."""
    territories, devices, bases, sessions, numbers, sent = (list(column) for column in zip(*counts, strict=True))
    parameters = {"territories": territories, "devices": devices, "bases": bases, "sessions": sessions}
    parameters |= {"numbers": numbers, "sent_at": [instant(sent_us) for sent_us in sent]}
    connection.execute(QUERIES["insert_counts"], parameters)
