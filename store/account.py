"""The account of a batch: what was refused, with its bytes, and the delivery log. Nothing here commits."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from store.binary import encode_rows, postgres_us
from store.intake import Connection, instant
from store.sql import load_queries

QUERIES = load_queries(__file__)


class RejectionRow(NamedTuple):
    """A refused message or part, in the order of the table's columns after the batch.

    `n_settled` counts the values of the same message and device that were stored or duplicate; None: the message could
    not be read at all. `speaks_for` is the only territory that its source may speak for, None for any.
    `uplink` is what a message of a format with state said with what came before it, as JSON.
    """

    territory_id: int | None
    device_id: int | None
    source: str
    topic: str
    device: str | None
    received_at_us: int
    reason: str
    detail: str
    n_measurements: int
    payload: bytes
    format: str | None
    decoder_version: str | None
    n_settled: int | None = None
    speaks_for: str | None = None
    uplink: bytes | None = None


class UnknownDelivery(NamedTuple):
    """What came for no registered device: all of it was refused."""

    territory_id: int | None
    hour_us: int
    n_messages: int
    n_values: int


def keep_rejections(connection: Connection, batch_id: int, rejections: Iterable[RejectionRow]) -> None:
    """Keep what was refused, with its bytes."""
    with connection.cursor() as cursor, cursor.copy(QUERIES["copy_rejections"]) as copy:
        for row in rejections:
            head, tail = (row.territory_id, row.device_id, batch_id, row.source, row.topic, row.device), row[6:]
            copy.write_row((*head, instant(row.received_at_us), *tail))


def log_deliveries(connection: Connection, batch_id: int, deliveries: Mapping[str, npt.NDArray[Any]]) -> None:
    """Append to the delivery log, one row per device and arrival hour.

    `deliveries` holds columns in the order of the table after the batch: territory_id, device_id (int32),
    arrival_hour (int64, microseconds since 1970 UTC), then the six counts (int32).
    """
    size = len(deliveries["device_id"])
    columns = {"batch_id": np.full(size, batch_id, dtype=np.int32), **deliveries}
    columns["arrival_hour"] = postgres_us(columns["arrival_hour"])
    with connection.cursor() as cursor, cursor.copy(QUERIES["copy_deliveries"]) as copy:
        copy.write(encode_rows(columns))


def log_unknown_deliveries(connection: Connection, batch_id: int, deliveries: Iterable[UnknownDelivery]) -> None:
    """Append what came for no registered device."""
    with connection.cursor() as cursor:
        cursor.executemany(
            QUERIES["insert_delivery"],
            [
                {
                    "batch_id": batch_id,
                    "territory_id": delivery.territory_id,
                    "arrival_hour": instant(delivery.hour_us),
                    "n_messages": delivery.n_messages,
                    "n_received": delivery.n_values,
                    "n_rejected": delivery.n_values,
                }
                for delivery in deliveries
            ],
        )
