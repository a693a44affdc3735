"""What a technician changes over the API; each change is noted in the audit log, in its own transaction."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from store import admission
from store.admission import Acceptance
from store.audit import Line, await_line
from store.keys import Key
from store.reader import Connection, Pool
from store.sql import load_queries

QUERIES = load_queries(__file__)


class NotThereError(LookupError):
    """The thing to change is not there, or not in a territory of the key."""


class NotWaitingError(ValueError):
    """The device does not wait for acceptance."""


class PlacedLaterError(ValueError):
    """The device was placed anew at or after that instant already."""


class Found(NamedTuple):
    """A device in a territory of the key."""

    territory_id: int
    territory: str
    external_id: str
    state: str


class Changed(NamedTuple):
    """A device that was changed with others."""

    territory_id: int
    territory: str
    device_id: int
    external_id: str


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
    PlacedLaterError
        It has been placed before.
    """
    found = await find_device(connection, key, device_id)
    parameters = admission.acceptance_parameters(found.territory, found.external_id, acceptance, actor(key))
    cursor = await connection.execute(admission.QUERIES["accept_device"], parameters)
    if await cursor.fetchone() is None:
        raise NotWaitingError(f"device {device_id} does not wait, it is {found.state}")
    if acceptance.asset is not None:
        await place(connection, found, device_id, acceptance.asset, acceptance.channel)
    await note(
        connection,
        key,
        "accept_device",
        f"device {device_id}",
        parameters | {"asset": acceptance.asset},
        found.territory,
    )
    return found, await request_strangers_replay(connection, key, found.territory_id, found.external_id)


async def accept_devices(
    connection: Connection, key: Key, device_ids: Sequence[int]
) -> tuple[list[Changed], list[int]]:
    """Accept those of the devices that wait in territories of the key, and ask for one replay a territory.

    Gives the devices that were accepted and the numbers of the requests.
    """
    taken = await change_devices(connection, key, "accept_devices", device_ids)
    requests = []
    for territory_id, group in groupby(taken, key=lambda found: found.territory_id):
        external_ids = [found.external_id for found in group]
        device = external_ids[0] if len(external_ids) == 1 else None
        requests.append(await request_strangers_replay(connection, key, territory_id, device))
    return taken, requests


async def ignore_devices(connection: Connection, key: Key, device_ids: Sequence[int]) -> list[Changed]:
    """Ignore those of the devices that wait in territories of the key, and give them.

    Their messages stay refused and kept, so that they can still be accepted.
    """
    return await change_devices(connection, key, "ignore_devices", device_ids)


async def change_devices(connection: Connection, key: Key, action: str, device_ids: Sequence[int]) -> list[Changed]:
    """Run one of the queries that change devices, note it, and give the devices by territory."""
    parameters = {
        "device_ids": list(device_ids),
        "ancestor_ids": list(key.territory_ids),
        "accepted_by": actor(key),
    }
    cursor = await connection.execute(QUERIES[action], parameters)
    changed = sorted(Changed(*row) for row in await cursor.fetchall())
    if changed:
        detail = {"devices": [f"{found.territory}/{found.external_id}" for found in changed]}
        (territory, *others) = {found.territory for found in changed}
        await note(connection, key, action, f"{len(changed)} devices", detail, None if others else territory)
    return changed


async def move_device(
    connection: Connection, key: Key, device_id: int, asset: str, channel: str, at: datetime | None
) -> Found:
    """Place a device, or one of its channels, on an asset from an instant on (None: now; the first time: always).

    Raises
    ------
    NotThereError
        Device or asset is not there for this key.
    PlacedLaterError
        The device was placed anew at or after that instant already.
    """
    found = await find_device(connection, key, device_id)
    await place(connection, found, device_id, asset, channel, at)
    detail = {
        "territory": found.territory,
        "external_id": found.external_id,
        "asset": asset,
        "channel": channel,
        "at": None if at is None else at.isoformat(),
    }
    await note(connection, key, "move_device", f"device {device_id}", detail, found.territory)
    return found


async def find_device(connection: Connection, key: Key, device_id: int) -> Found:
    """Give a device and hold it until the transaction ends. Raises NotThereError."""
    row = await fetch_one(connection, "find_device", {"device_id": device_id, "ancestor_ids": list(key.territory_ids)})
    if row is None:
        raise NotThereError(f"no device {device_id}")
    return Found(*row)


async def place(  # which device, which of its channels, where to, when
    connection: Connection, found: Found, device_id: int, asset: str, channel: str, at: datetime | None = None
) -> None:
    """Place a device. Raises NotThereError where its territory has no such asset, PlacedLaterError as `move_device`."""
    parameters: dict[str, Any] = {"territory": found.territory, "external_id": found.external_id, "asset": asset}
    cursor = await connection.execute(admission.QUERIES["find_device_and_asset"], parameters)
    row = await cursor.fetchone()
    if row is None or row[1] is None:
        raise NotThereError(f"no asset {asset!r} in {found.territory!r}")
    parameters = {"device_id": device_id, "asset_id": row[1], "channel": channel, "at": at}
    cursor = await connection.execute(admission.QUERIES["has_later_placement"], parameters)
    if await cursor.fetchone() is not None:
        raise PlacedLaterError(f"{found.external_id} was placed at or after this instant already")
    await connection.execute(admission.QUERIES["end_placement"], parameters)
    await connection.execute(admission.QUERIES["begin_placement"], parameters)


async def request_strangers_replay(connection: Connection, key: Key, territory_id: int, device: str | None) -> int:
    """Ask for the replay of what came before the acceptance, and for one of what came before workers knew of it."""
    choice = {"territory_id": territory_id, "reason": "unknown_device", "device": device, "format": None}
    request_id = await insert_request(connection, key, choice)
    later = {**choice, "delay_s": admission.NOTICED_S, "requested_by": actor(key)}
    await fetch_one(connection, "insert_request", later)
    return request_id


async def insert_request(connection: Connection, key: Key, choice: dict[str, Any]) -> int:
    """Write a request for a replay and note it."""
    row = await fetch_one(connection, "insert_request", {**choice, "delay_s": 0, "requested_by": actor(key)})
    if row is None:
        raise LookupError("the request was not inserted")
    await note(connection, key, "replay", f"replay {row[0]}", choice, choice["territory_id"])
    return int(row[0])


async def note(  # who, what, to what, where
    connection: Connection,
    key: Key,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
    territory: str | int | None = None,
) -> None:
    """Write a line of the audit log. Without a territory it is that of the key, where the key has only one."""
    if territory is None and len(key.territory_ids) == 1:
        territory = key.territory_ids[0]
    await await_line(connection, Line(actor(key), action, subject, detail, territory))


async def fetch_one(connection: Connection, name: str, parameters: dict[str, Any]) -> Sequence[Any] | None:
    """Run a query and give its first row."""
    cursor = await connection.execute(QUERIES[name], parameters)
    return await cursor.fetchone()


def actor(key: Key) -> str:
    """Name who did it."""
    return f"key {key.key_id} ({key.name})"
