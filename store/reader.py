"""Reading for others: connections limited by the database to the territories of a checked key."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from store.errors import OutdatedSchemaError
from store.sql import load_queries

QUERIES = load_queries(__file__)

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
Pool = AsyncConnectionPool[Connection]
Row = dict[str, Any]
NOT_MIGRATED = "the database is not migrated: run `vigie migrate`"
OUTDATED = (
    psycopg.errors.InvalidParameterValue,  # no such role
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.UndefinedFunction,
)


@asynccontextmanager
async def limited(pool: Pool, territory_ids: Sequence[int]) -> AsyncIterator[Connection]:
    """Borrow a connection whose transaction is read-only, runs as `vigie_api` and sees only these subtrees.

    Role and limit end with the transaction, whatever happens in it.

    Raises
    ------
    OutdatedSchemaError
        The role is not there: nothing was ever migrated on this server.
    """
    async with pool.connection() as connection, connection.transaction():
        await limit(connection, territory_ids)
        yield connection


@asynccontextmanager
async def alone(pool: Pool) -> AsyncIterator[Connection]:
    """Borrow a connection for a statement that is a transaction by itself: begin and commit are not sent.

    Raises
    ------
    OutdatedSchemaError
        What the statement names is not there.
    """
    async with pool.connection() as connection:
        await connection.set_autocommit(True)
        try:
            yield connection
        except OUTDATED as error:
            raise OutdatedSchemaError(NOT_MIGRATED) from error
        finally:
            if connection.pgconn.transaction_status == TransactionStatus.IDLE:
                await connection.set_autocommit(False)
            else:  # it broke, or its statement goes on: nobody may take it for one that begins transactions
                await connection.close()


@asynccontextmanager
async def limited_within(connection: Connection, territory_ids: Sequence[int]) -> AsyncIterator[Connection]:
    """Look as `limited` does from within a transaction that writes: what it has written so far is seen.

    All that is set for it, role and limit, is rolled back at the end, and nothing else.
    """
    async with connection.transaction(force_rollback=True):
        await limit(connection, territory_ids)
        yield connection


async def limit(connection: Connection, territory_ids: Sequence[int]) -> None:
    """Make the rest of a transaction read-only, within these subtrees. Raises OutdatedSchemaError."""
    try:
        await connection.execute(QUERIES["limit_reader"], {"territories": join_ids(territory_ids)})
    except psycopg.errors.InvalidParameterValue as error:
        raise OutdatedSchemaError(NOT_MIGRATED) from error


def join_ids(territory_ids: Sequence[int]) -> str:
    """Write territories as the setting `vigie.territories` has them."""
    return ",".join(map(str, territory_ids))


async def fetch(connection: Connection, query: LiteralString, parameters: Mapping[str, Any]) -> list[Row]:
    """Run a named query and give its rows as mappings."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, parameters)
        return await cursor.fetchall()
