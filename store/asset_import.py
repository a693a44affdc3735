"""Import of assets: what stands, and writing what a plan changes; for commands and, awaited, for the API."""

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from sensors.asset_entry import AssetEntry
from sensors.asset_file.changes import Key, Plan
from store.keys import Key as ApiKey
from store.reader import Connection as AsyncConnection
from store.registry import QUERIES as REGISTRY
from store.registry import asset_parameters, register
from store.sql import load_queries
from store.technician import note

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]


def read_standing(connection: Connection, territories: Sequence[str]) -> dict[Key, AssetEntry]:
    """Read all assets of some territories (slugs)."""
    rows = connection.execute(QUERIES["read_standing"], {"territories": list(territories)})
    return by_key(rows.fetchall())


def write_plan(connection: Connection, plan: Plan) -> None:
    """Write what a plan changes; nothing where it changes nothing."""
    if entries := entries_of(plan):
        register(connection, assets=entries)


async def await_standing(connection: AsyncConnection, territories: Sequence[str]) -> dict[Key, AssetEntry]:
    """Read all assets of some territories (slugs)."""
    cursor = await connection.execute(QUERIES["read_standing"], {"territories": list(territories)})
    return by_key(await cursor.fetchall())


async def await_plan(connection: AsyncConnection, key: ApiKey, territory: str, plan: Plan) -> None:
    """Write what a plan changes, with its line in the audit log; nothing where it changes nothing."""
    if not (entries := entries_of(plan)):
        return
    async with connection.cursor() as cursor:
        await cursor.executemany(REGISTRY["upsert_asset"], [asset_parameters(entry) for entry in entries])
    counts = {fate: plan.count(fate) for fate in ("new", "changed")}
    await note(connection, key, "import assets", f"territory {territory}", counts, territory)


def by_key(rows: Iterable[tuple[Any, ...]]) -> dict[Key, AssetEntry]:
    """Give assets by territory and slug."""
    return {(row[0], row[1]): AssetEntry(*row) for row in rows}


def entries_of(plan: Plan) -> list[AssetEntry]:
    """Give the entries to write, parents first, as the plan has them."""
    return [change.asset for change in plan.changes if change.fate != "unchanged"]
