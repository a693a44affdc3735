"""One look at the store a few times a second, for all who listen; who does not keep up is cut and comes back by id."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from api.errors import ProblemError
from api.live.interest import Described, Interest, write_news
from store.live import (
    News,
    Position,
    Watch,
    describe_series,
    read_newest,
    read_news,
    read_received_at,
    read_tokens,
    steps_between,
)
from store.reader import Pool

LOG = structlog.get_logger()
LOOK_S = 0.2
AWAY_S = 2.0  # between two tries while the database is away
START_S = 5.0  # how long those may go on that were at work when the first one listened
MOST_LISTENERS = 2_000
MOST_WAITING = 64  # pieces of text that a listener may be behind
MOST_DESCRIBED = 1_000_000


class Listener:
    """Somebody who listens: what he wants, and what waits for him."""

    def __init__(self, interest: Interest, position: Position) -> None:
        self.interest = interest
        self.position = position  # behind all that was left for him
        self.pieces: asyncio.Queue[bytes] = asyncio.Queue(MOST_WAITING)
        self.is_behind = False

    def put(self, text: bytes, position: Position) -> None:
        """Leave a piece for him, unless he is too far behind."""
        if self.is_behind:
            return
        try:
            if text:
                self.pieces.put_nowait(text)
            self.position = position
        except asyncio.QueueFull:
            self.is_behind = True


class Hub:
    """Looks while anybody listens."""

    def __init__(self, pool: Pool) -> None:
        self.n_cut = 0
        self.n_refused = 0
        self.n_elsewhere = 0
        self._pool = pool
        self._told = Position(0, 0, 0)
        self._listeners: set[Listener] = set()
        self._described: dict[int, Described] = {}
        self._watch: Watch | None = None
        self._starting = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    @property
    def n_listening(self) -> int:
        """How many listen."""
        return len(self._listeners)

    @asynccontextmanager
    async def closing(self) -> AsyncIterator[None]:
        """Stop looking at the end."""
        try:
            yield
        finally:
            await self._stop()

    async def start(self) -> None:
        """Begin to look where nobody listened. Raises ProblemError (503) where workers do not come to an end."""
        async with self._starting:
            if self._watch is None:
                self._told = await self._find_start()
                self._watch = Watch(self._told)
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._keep_looking(self._watch), name="live")

    def require_room(self) -> None:
        """End the request with 429 where as many listen as may."""
        if len(self._listeners) >= MOST_LISTENERS:
            self.n_refused += 1
            raise ProblemError(429, f"{MOST_LISTENERS} clients listen already: try again", {"Retry-After": "30"})

    @contextmanager
    def listening(self, interest: Interest) -> Iterator[Listener]:
        """Listen for what comes from now on."""
        listener = Listener(interest, self._told)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def read_missed(self, since: Position, until: Position) -> AsyncGenerator[News]:
        """Give step by step what somebody has missed; no connection is held between two steps."""
        for end in steps_between(since, until):
            async with self._pool.connection() as connection:
                news = await read_news(connection, since, end)
            await self._describe(news)
            yield news
            since = end

    async def received_at(self, since: Position) -> datetime | None:
        """Say when the first batch behind a position came; None where there is none."""
        async with self._pool.connection() as connection:
            return await read_received_at(connection, since.batch)

    def write(self, news: News, interest: Interest) -> bytes:
        """Write news for an interest; the series in it were described when they were read."""
        return write_news(news, interest, self._described)

    async def _find_start(self) -> Position:
        """Begin where no batch with a lower number can come any more."""
        async with self._pool.connection() as connection:
            start = await read_newest(connection)
            working = await read_tokens(connection, "read_working")
        try:
            async with asyncio.timeout(START_S):
                while working:
                    await asyncio.sleep(LOOK_S / 4)
                    async with self._pool.connection() as connection:
                        working &= await read_tokens(connection, "read_working")
        except TimeoutError as error:
            raise ProblemError(503, "workers do not come to an end: try again", {"Retry-After": "5"}) from error
        return start

    async def _keep_looking(self, watch: Watch) -> None:
        """Look until nobody listens."""
        idle = 0
        while idle < 50:  # ten seconds, so that who reconnects does not begin anew
            idle = 0 if self._listeners else idle + 1
            try:
                await self._look(watch)
                await asyncio.sleep(LOOK_S)
            except (psycopg.Error, PoolTimeout) as error:
                LOG.warning("live_waits", error=f"{type(error).__name__}: {error}".strip())
                await asyncio.sleep(AWAY_S)
        self._watch = None

    async def _look(self, watch: Watch) -> None:
        async with self._pool.connection() as connection:
            news = await watch.look(connection, self._told)
        if news.since == news.until:
            return
        await self._describe(news)
        self.n_elsewhere += news.n_elsewhere
        texts: dict[Interest, bytes] = {}  # written once for all who want the same
        for listener in self._listeners:
            if listener.interest not in texts:
                texts[listener.interest] = self.write(news, listener.interest)
            listener.put(texts[listener.interest], news.until)
        self._told = news.until

    async def _describe(self, news: News) -> None:
        """Find out about series that are not known yet; a series belongs to its device for ever."""
        missing = {value[1] for value in news.values} - self._described.keys()
        if not missing:
            return
        if len(self._described) > MOST_DESCRIBED:
            self._described.clear()
            missing = {value[1] for value in news.values}
        async with self._pool.connection() as connection:
            for row in await describe_series(connection, sorted(missing)):
                self._described[row["series_id"]] = Described(row["territory"], row["quantity"], row["unit"])

    async def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
