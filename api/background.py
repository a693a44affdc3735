"""Work that goes on beside the requests."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

AGAIN_S = 1.0  # what ends in order needs less


@asynccontextmanager
async def in_background(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Have something done while in use, and end it with that.

    A cancellation may be lost: what waits for the database ends with an error of its own where the server's answer
    comes at the same instant, and work that goes on after errors then goes on. So it is cancelled until it has ended.
    """
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=AGAIN_S)
        with suppress(asyncio.CancelledError):
            task.result()
