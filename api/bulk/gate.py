"""Room for bulk answers: they share a few connections and are limited in number, so that others find room too."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager

from api.errors import ProblemError
from store.keys import Key
from store.reader import Connection, Pool, limited
from store.technician import note

N_CONNECTIONS = 2
MOST_AT_ONCE = 8


class Gate:
    """Lets bulk answers in, and to the database, each for the length of a slice."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._free = asyncio.Semaphore(N_CONNECTIONS)
        self.n_running = 0
        self.n_refused = 0

    def opens(self, territory_ids: Sequence[int]) -> Callable[[], AbstractAsyncContextManager[Connection]]:
        """Give what opens connections limited to these territories."""

        @asynccontextmanager
        async def opened() -> AsyncIterator[Connection]:
            async with self._free, limited(self._pool, territory_ids) as connection:
                yield connection

        return opened

    def require_room(self) -> None:
        """End the request with 429 where as many run as may."""
        if self.n_running >= MOST_AT_ONCE:
            self.n_refused += 1
            raise ProblemError(
                429, f"{MOST_AT_ONCE} bulk answers run already: try again, or order it by POST /v1/exports", RETRY
            )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count one that runs."""
        self.n_running += 1
        try:
            yield
        finally:
            self.n_running -= 1

    async def note(self, key: Key, subject: str, detail: Mapping[str, object]) -> None:
        """Keep in the audit log what a key takes out."""
        async with self._pool.connection() as connection:
            await note(connection, key, "export", subject, detail)


RETRY = {"Retry-After": "10"}
