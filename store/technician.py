"""What a technician changes over the API; each change is noted in the audit log, in its own transaction."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from store import admission
from store.admission import Acceptance
from store.keys import Key
from store.reader import Connection, Pool
from store.sql import load_queries

QUERIES = load_queries(__file__)


class NotThereError(LookupError):
    """The thing to change is not there, or not in a territory of the key."""


class NotWaitingError(ValueError):
    """The device does not wait for acceptance."""


class Found(NamedTuple):
    """A device in a territory of the key."""

    territory_id: int
    territory: str
    external_id: str
    state: str


@asynccontextmanager
async def changing(pool: Pool) -> AsyncIterator[Connection]:
    """Borrow a connection for one transaction. Whoever uses it checks each territory against the key."""
    async with pool.connection() as connection, connection.transaction():
        yield connection


async def request_replay(
    connection: Connection, key: Key, territory: str | None, reason: str | None, device: str | None, format_: str | None
) -> int:
    """Ask for a replay in a territory and those below it, and give the number of the request.

    Raises
    ------
    NotThereError
        The territory is not one of the key's, or none is named and the key has several.
    """
    row = await fetch_one(
        connection, "find_territory", {"territory": territory, "ancestor_ids": list(key.territory_ids)}
    )
    if row is None:
        raise NotThereError("name one of the key's territories")
    choice = {"territory_id": row[0], "reason": reason, "device": device, "format": format_}
    return await insert_request(connection, key, choice)


async def accept_device(connection: Connection, key: Key, device_id: int, acceptance: Acceptance) -> tuple[Found, int]:
    """Accept a device that waits, place it, ask for the replay of its messages; give the device and that request.

    Raises
    ------
    NotThereError
        Device or asset is not there for this key.
    NotWaitingError
        The device is accepted already, or retired.
    """
    row = await fetch_one(connection, "find_device", {"device_id": device_id, "ancestor_ids": list(key.territory_ids)})
    if row is None:
        raise NotThereError(f"no device {device_id}")
    found = Found(*row)
    parameters: dict[str, Any] = {
        "territory": found.territory,
        "external_id": found.external_id,
        "name": acceptance.name,
        "model": acceptance.model,
        "interval_s": acceptance.interval_s,
        "accepted_by": actor(key),
    }
    cursor = await connection.execute(admission.QUERIES["accept_device"], parameters)
    if await cursor.fetchone() is None:
        raise NotWaitingError(f"device {device_id} does not wait, it is {found.state}")
    if acceptance.asset is not None:
        await place(connection, found, device_id, acceptance.asset, acceptance.channel)
    await note(connection, key, "accept_device", f"device {device_id}", parameters | {"asset": acceptance.asset})
    choice = {
        "territory_id": found.territory_id,
        "reason": "unknown_device",
        "device": found.external_id,
        "format": None,
    }
    return found, await insert_request(connection, key, choice)


async def place(connection: Connection, found: Found, device_id: int, asset: str, channel: str) -> None:
    """Place a device for the first time. Raises NotThereError where its territory has no such asset."""
    parameters: dict[str, Any] = {"territory": found.territory, "external_id": found.external_id, "asset": asset}
    cursor = await connection.execute(admission.QUERIES["find_device_and_asset"], parameters)
    row = await cursor.fetchone()
    if row is None or row[1] is None:
        raise NotThereError(f"no asset {asset!r} in {found.territory!r}")
    parameters = {"device_id": device_id, "asset_id": row[1], "channel": channel, "at": None}
    await connection.execute(admission.QUERIES["end_placement"], parameters)
    await connection.execute(admission.QUERIES["begin_placement"], parameters)


async def insert_request(connection: Connection, key: Key, choice: dict[str, Any]) -> int:
    """Write a request for a replay and note it."""
    row = await fetch_one(connection, "insert_request", {**choice, "requested_by": actor(key)})
    if row is None:
        raise LookupError("the request was not inserted")
    await note(connection, key, "replay", f"replay {row[0]}", choice)
    return int(row[0])


async def note(connection: Connection, key: Key, action: str, subject: str, detail: dict[str, Any]) -> None:
    """Write a line of the audit log."""
    parameters = {"actor": actor(key), "action": action, "subject": subject, "detail": Jsonb(detail)}
    await connection.execute(QUERIES["insert_note"], parameters)


async def fetch_one(connection: Connection, name: str, parameters: dict[str, Any]) -> Sequence[Any] | None:
    """Run a query and give its first row."""
    cursor = await connection.execute(QUERIES[name], parameters)
    return await cursor.fetchone()


def actor(key: Key) -> str:
    """Name who did it."""
    return f"key {key.key_id} ({key.name})"
