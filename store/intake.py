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
    parameters = {
        "worker": entry.worker,
        "source": entry.source,
        "received_at": instant(entry.received_at_us),
        "n_messages": entry.n_messages,
        "n_measurements": entry.n_measurements,
        "decoder_version": entry.decoder_version,
    }
    row = connection.execute(QUERIES["insert_batch"], parameters).fetchone()
    if row is None:
        raise LookupError("the batch was not inserted")
    return int(row[0])


def has_batch(connection: Connection, batch_id: int, worker: str, received_at_us: int) -> bool:
    """Say whether this batch was committed. Waits while a transaction of this worker is still open."""
    connection.execute(QUERIES["lock_worker"], {"worker": worker})
    # The worker and the instant too: after a crash the server may give a number out again.
    parameters = {"batch_id": batch_id, "worker": worker, "received_at": instant(received_at_us)}
    return connection.execute(QUERIES["find_batch"], parameters).fetchone() is not None


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


def note_arrival_times(connection: Connection, keys: Iterable[tuple[int, int]]) -> None:
    """Mark measurements, by (series, instant), whose instant is that of their arrival."""
    with connection.cursor() as cursor:
        cursor.executemany(
            QUERIES["insert_arrival_note"],
            [{"series_id": series_id, "observed_at": instant(time_us)} for series_id, time_us in keys],
        )


def mark_changed_hours(connection: Connection, series_ids: Ints, times_us: Times) -> None:
    """Have the hours of these measurements computed again."""
    pairs = np.unique(series_ids.astype(np.int64) << 32 | times_us // HOUR_US)
    hours_us = (pairs & 0xFFFFFFFF) * HOUR_US
    stream = encode_rows({"series_id": (pairs >> 32).astype(np.int32), "hour": postgres_us(hours_us)})
    with connection.cursor() as cursor, cursor.copy(QUERIES["copy_changed_hours"]) as copy:
        copy.write(stream)
