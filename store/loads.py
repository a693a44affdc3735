"""Loads of files: each known by its digest, with how far it is and what became of its values. Nothing here commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from store.errors import BusyError
from store.intake import Connection
from store.series import DeviceRow
from store.sql import load_queries

QUERIES = load_queries(__file__)
N_KEPT = 1_000  # refused lines of each reason; beyond them they are only counted


@dataclass(frozen=True, slots=True)
class Load:
    """How far a load is: `n_lines` of its file are settled; revised values are counted among the stored too."""

    load_id: int
    file: str
    started_at: datetime
    finished_at: datetime | None
    n_lines: int
    n_values: int
    n_stored: int
    n_duplicate: int
    n_revised: int
    n_repeated: int


class RefusedLine(NamedTuple):
    """A line of the file, counted from 1, of which a value was refused."""

    reason: str
    line: int
    detail: str


@dataclass(frozen=True, slots=True)
class Advance:
    """What one block adds: `n_lines` is where it ends in the file, the others count its values.

    `refused` counts by reason; `lines` are the first of them.
    """

    n_lines: int
    n_values: int
    n_stored: int
    n_duplicate: int
    n_revised: int
    n_repeated: int
    refused: Mapping[str, int]
    lines: Sequence[RefusedLine]


def open_load(connection: Connection, digest: str, file: str, settings: Mapping[str, Any]) -> Load:
    """Give the load of this digest, made where it is new, and hold it until the session ends.

    Raises
    ------
    BusyError
        Another session holds it.
    """
    connection.execute(QUERIES["open_load"], {"digest": digest, "file": file, "settings": Jsonb(dict(settings))})
    load = read_load(connection, digest)
    connection.execute(QUERIES["wait_briefly"])  # a session that was killed may still be ending
    try:
        connection.execute(QUERIES["lock_load"], {"load_id": load.load_id})
    except psycopg.errors.LockNotAvailable as error:
        raise BusyError(f"{file} is being loaded already") from error
    connection.execute(QUERIES["wait_on"])
    return read_load(connection, digest)


def read_load(connection: Connection, digest: str) -> Load:
    """Read how far a load is. Raises LookupError where there is none."""
    row = connection.execute(QUERIES["read_load"], {"digest": digest}).fetchone()
    if row is None:
        raise LookupError("the load is gone")
    return Load(*row)


def begin_again(connection: Connection, load_id: int) -> None:
    """Have a load start at the file's first line again, with an empty account."""
    for name in ("begin_again", "forget_refusals", "forget_lines"):
        connection.execute(QUERIES[name], {"load_id": load_id})


def advance_load(connection: Connection, load_id: int, advance: Advance) -> None:
    """Note that a block is settled; in the transaction that writes its values."""
    counts = {
        "load_id": load_id,
        "n_lines": advance.n_lines,
        "n_values": advance.n_values,
        "n_stored": advance.n_stored,
        "n_duplicate": advance.n_duplicate,
        "n_revised": advance.n_revised,
        "n_repeated": advance.n_repeated,
    }
    connection.execute(QUERIES["advance_load"], counts)
    for reason, n_values in advance.refused.items():
        of_reason = [line for line in advance.lines if line.reason == reason]
        parameters = {
            "load_id": load_id,
            "reason": reason,
            "n_values": n_values,
            "lines": [line.line for line in of_reason],
            "details": [line.detail for line in of_reason],
            "n_kept": N_KEPT,
        }
        connection.execute(QUERIES["count_refused"], parameters)
        connection.execute(QUERIES["keep_lines"], parameters)


def finish_load(connection: Connection, load_id: int) -> None:
    """Note that a load has reached the end of its file."""
    connection.execute(QUERIES["finish_load"], {"load_id": load_id})


def read_refusals(connection: Connection, load_id: int) -> dict[str, int]:
    """Give how many values were refused, by reason, the most frequent first."""
    return {row[0]: row[1] for row in connection.execute(QUERIES["read_refusals"], {"load_id": load_id})}


def read_lines(connection: Connection, load_id: int, n_each: int = N_KEPT) -> list[RefusedLine]:
    """Give the first refused lines of each reason, in order."""
    parameters = {"load_id": load_id, "n_each": n_each}
    return [RefusedLine(*row) for row in connection.execute(QUERIES["read_lines"], parameters)]


def find_devices(connection: Connection, keys: Sequence[tuple[str, str]]) -> list[DeviceRow]:
    """Give those of the (territory slug, external id) that are registered, retired ones too."""
    parameters = {"territories": [key[0] for key in keys], "external_ids": [key[1] for key in keys]}
    return [DeviceRow(*row) for row in connection.execute(QUERIES["find_devices"], parameters)]
