"""Takes posts to the desk and waits for their outcome, for a while."""

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from sensors.posting import Desk, Post, PostOutcome, UndeliveredError, topic_of

PATIENCE_S = 10.0
REMEMBERED_FOR_S = 900.0
MOST_REMEMBERED = 20_000

Answer = Future[Sequence[PostOutcome]]


class Courier:
    """Brings posts to a desk that is opened at the first one; None where this program takes no messages.

    Whoever is told to try again because the outcome was not known in time, and does, gets the outcome of the first
    try: so a message without time and id, too, is stored once through an outage of the database.
    """

    def __init__(self, open_desk: Callable[[], Desk] | None, patience_s: float = PATIENCE_S) -> None:
        self._open_desk = open_desk
        self._desk: Desk | None = None
        self._patience_s = patience_s
        self.n_bytes = 0
        self._undecided: OrderedDict[bytes, tuple[Answer, float]] = OrderedDict()

    async def deliver(self, posts: Sequence[Post]) -> Sequence[PostOutcome]:
        """Give the outcome of each post after its commit.

        Raises
        ------
        UndeliveredError
            It is not known whether they are stored: they are to be sent again.
        """
        self.n_bytes += sum(len(post.payload) for post in posts)
        mark = digest(posts)
        answer = self._find_undecided(mark) or await self._hand_over(posts)
        try:
            async with asyncio.timeout(self._patience_s):
                outcomes = await asyncio.wrap_future(answer)
        except TimeoutError as error:
            self._remember(mark, answer)
            raise UndeliveredError("the database does not answer") from error
        self._undecided.pop(mark, None)
        return outcomes

    async def close(self) -> None:
        """Have the desk end."""
        if self._desk is not None:
            await asyncio.to_thread(self._desk.close)

    async def _hand_over(self, posts: Sequence[Post]) -> Answer:
        if self._desk is None:
            if self._open_desk is None:
                raise UndeliveredError("this server only reads")
            self._desk = self._open_desk()
        return self._desk.deliver(posts)

    def _find_undecided(self, mark: bytes) -> Answer | None:
        found = self._undecided.get(mark)
        if found is None or found[1] < time.monotonic():
            return None
        is_lost = found[0].done() and found[0].exception() is not None
        return None if is_lost else found[0]

    def _remember(self, mark: bytes, answer: Answer) -> None:
        now = time.monotonic()
        self._undecided[mark] = answer, now + REMEMBERED_FOR_S
        self._undecided.move_to_end(mark)
        while len(self._undecided) > MOST_REMEMBERED or next(iter(self._undecided.values()))[1] < now:
            self._undecided.popitem(last=False)


def digest(posts: Sequence[Post]) -> bytes:
    """Hash posts: the same messages to the same addresses, in the same order."""
    found = hashlib.sha256()
    for post in posts:
        read_by = post.format.name if post.format else f"{post.source}:"
        head = f"{post.territory}\n{read_by}\n{topic_of(post)}\n{post.message_id}\n{len(post.payload)}\n"
        found.update(head.encode() + post.payload)
    return found.digest()
