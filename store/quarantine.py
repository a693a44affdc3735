"""The quarantine: rejections that are still open, grouped by cause, taken out of the account when they are replayed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from store.errors import BusyError
from store.intake import Connection, instant
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which open rejections: all that fit every field that is given. `territory_ids` None means everywhere."""

    territory_ids: Sequence[int] | None = None
    reason: str | None = None
    device: str | None = None
    format: str | None = None


class HeldRow(NamedTuple):
    """An open rejection, in the order of the query."""

    rejection_id: int
    territory_id: int | None
    territory: str | None
    device_id: int | None
    source: str
    topic: str
    device: str | None
    received_at_us: int
    reason: str
    n_values: int
    payload: bytes
    format: str | None
    n_settled: int | None
    speaks_for: str | None
    uplink: bytes | None


class Withdrawal(NamedTuple):
    """Counts to be taken out of the account of one device (or of no known one) and arrival hour."""

    territory_id: int | None
    device_id: int | None
    received_at_us: int
    n_messages: int
    n_rejected: int


class Cause(NamedTuple):
    """Open rejections of one cause, with the latest of them as a sample."""

    territory: str | None
    reason: str
    format: str | None
    decoder_version: str | None
    n_messages: int
    n_values: int
    n_devices: int
    first_at: datetime
    last_at: datetime
    sample_id: int
    sample_device: str | None
    sample_detail: str
    sample_topic: str
    sample_payload: bytes


class Request(NamedTuple):
    """A replay that somebody asked for over the API."""

    request_id: int
    choice: Choice


class Counts(NamedTuple):
    """What a replay did: messages taken, messages left because nothing was mended for them, and their values."""

    n_messages: int = 0
    n_unchanged: int = 0
    n_stored: int = 0
    n_duplicate: int = 0
    n_rejected: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Add up."""
        return Counts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


@contextmanager
def replay_lock(connection: Connection) -> Iterator[None]:
    """Let one replay at a time run in this database; waits for its turn.

    Raises
    ------
    BusyError
        The turn does not come within the connection's statement time-out.
    """
    try:
        connection.execute(QUERIES["lock_replay"])
    except psycopg.errors.QueryCanceled as error:
        raise BusyError from error
    connection.commit()
    try:
        yield
    finally:
        if not connection.closed:
            connection.rollback()
            connection.execute(QUERIES["unlock_replay"])
            connection.commit()


def newest_rejection(connection: Connection) -> int:
    """Give the highest id so far, 0 where there is none: a replay leaves what it writes itself."""
    row = connection.execute(QUERIES["newest_rejection"]).fetchone()
    return int(row[0]) if row else 0


def read_held(connection: Connection, choice: Choice, *, after: int, to: int, n: int) -> tuple[list[HeldRow], int]:
    """Give all open rows of the next messages with an open row that fits, and the id to go on after (0: no more).

    `after` and `to` bound the ids of the rows that fit; rows of one message stand together, in order of arrival.
    """
    parameters = {**choice_parameters(choice), "after": after, "to": to, "n": n}
    row = connection.execute(QUERIES["find_page"], parameters).fetchone()
    last = int(row[0]) if row and row[0] is not None else 0
    if not last:
        return [], 0
    return [HeldRow(*found) for found in connection.execute(QUERIES["read_held"], {**parameters, "to": last})], last


def resolve(connection: Connection, batch_id: int, rejection_ids: Sequence[int]) -> None:
    """Mark rows as replayed by this batch.

    Raises
    ------
    psycopg.errors.SerializationFailure
        One of them is no longer open: whoever was faster has counted it.
    """
    n = connection.execute(QUERIES["resolve"], {"batch_id": batch_id, "rejection_ids": list(rejection_ids)}).rowcount
    if n != len(rejection_ids):
        raise psycopg.errors.SerializationFailure("another replay was faster")


def withdraw(connection: Connection, batch_id: int, withdrawals: Iterable[Withdrawal]) -> None:
    """Take counts out of the delivery log; they were refused, and are now accounted for anew."""
    with connection.cursor() as cursor:
        cursor.executemany(
            QUERIES["withdraw"],
            [
                {**taken._asdict(), "batch_id": batch_id, "received_at": instant(taken.received_at_us)}
                for taken in withdrawals
            ],
        )


def list_causes(connection: Connection, choice: Choice) -> list[Cause]:
    """Group the open rejections by cause, the most frequent first."""
    return [Cause(*row) for row in connection.execute(QUERIES["list_causes"], choice_parameters(choice))]


def choice_parameters(choice: Choice) -> dict[str, Any]:
    """Name the fields as the queries do."""
    return {
        "territory_ids": None if choice.territory_ids is None else list(choice.territory_ids),
        "reason": choice.reason,
        "device": choice.device,
        "format": choice.format,
    }


def take_request(connection: Connection) -> Request | None:
    """Lock the oldest replay asked for and not done; None where there is none. Held until the transaction ends."""
    row = connection.execute(QUERIES["take_request"]).fetchone()
    return Request(row[0], Choice(row[1], row[2], row[3], row[4])) if row else None


def finish_request(connection: Connection, request_id: int, counts: Counts) -> None:
    """Note what a replay did."""
    connection.execute(QUERIES["finish_request"], {**counts._asdict(), "request_id": request_id})
