"""Notes what the API itself uses, once a minute, as the other programs do."""

import asyncio

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from store.usage import PERIOD_S, AsyncConnection, Meter, note_usage_async

LOG = structlog.get_logger()


async def keep_noting(pool: AsyncConnectionPool[AsyncConnection], meter: Meter) -> None:
    """Note usage for ever; where the database is away, the minute is lost."""
    while True:
        await asyncio.sleep(PERIOD_S)
        try:
            async with pool.connection() as connection:
                await note_usage_async(connection, meter.take())
        except (psycopg.Error, PoolTimeout) as error:
            LOG.warning("usage_not_noted", error=str(error).strip())
