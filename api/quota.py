"""How much each key may ask in a day (UTC): counted in the database, by all processes of the API together.

A process sets a block of requests aside at a time, a hundredth of the limit at most, so that not each request writes:
what it has set aside and not used when it ends, or at midnight, counts as used. Where the database does not answer,
neither does the API.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil

from store.keys import Key, take_requests
from store.reader import Pool

BLOCKS = 100
LARGEST_BLOCK = 1_000
MOST_KEYS = 10_000


@dataclass(slots=True)
class Left:
    """What is set aside for a key on a day; `is_spent` where the day's limit is reached."""

    day: date
    n: int = 0
    is_spent: bool = False


class Quota:
    """Requests left by key. `requests_per_day` holds where a key has no limit of its own; 0 sets none."""

    def __init__(
        self, pool: Pool, requests_per_day: int, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._pool, self._requests_per_day, self._clock = pool, requests_per_day, clock
        self._left: dict[int, Left] = {}

    async def take(self, key: Key, *, is_post: bool = False) -> int:
        """Take one request of a key and give 0, or the seconds until the next day if it has no more.

        Posts of messages are limited only where the key itself has a limit: what is measured is not to be lost.
        """
        usual = 0 if is_post else self._requests_per_day
        limit = usual if key.requests_per_day is None else key.requests_per_day
        if not limit:
            return 0
        now = self._clock()
        left = self._left_of(key.key_id, now.date())
        while not left.n and not left.is_spent:  # another request may take what was set aside
            await self._fill(left, key.key_id, limit)
        if not left.n:
            return seconds_to_midnight(now)
        left.n -= 1
        return 0

    def _left_of(self, key_id: int, today: date) -> Left:
        left = self._left.get(key_id)
        if left is None or left.day != today:
            if len(self._left) >= MOST_KEYS:
                self._left.clear()
            left = self._left[key_id] = Left(today)
        return left

    async def _fill(self, left: Left, key_id: int, limit: int) -> None:
        block = max(1, min(limit // BLOCKS, LARGEST_BLOCK))
        async with self._pool.connection() as connection:
            taken = await take_requests(connection, key_id, block)
        granted = max(0, block - max(0, taken - limit))
        left.n += granted
        left.is_spent = granted < block


def seconds_to_midnight(now: datetime) -> int:
    """Give the seconds until the next day (UTC) begins, at least 1."""
    tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
    return max(1, ceil((tomorrow - now).total_seconds()))
