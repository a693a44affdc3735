"""Work that goes on beside the requests."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

PATIENCE_S = 1.0


@asynccontextmanager
async def in_background(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Have something done while in use, and end it with that.

    It is told to end again and again: ending a query can turn the first telling into an error of the database, after
    which work that goes on for ever goes on.
    """
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=PATIENCE_S)
        if not task.cancelled():
            task.result()
