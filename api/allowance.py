"""How often each key may ask: a bucket that fills at a steady rate, so that nobody takes all the room."""

import time
from collections.abc import Callable

BURST_S = 10.0  # how long a key that was silent may go on at once, as time at its rate
MOST_KEYS = 10_000


class Allowance:
    """Buckets by key. `rate` [1/s] is the lasting rate of one key; 0 sets no limit. `clock` is monotonic, seconds."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._full_at: dict[int, float] = {}

    def take(self, key_id: int) -> float:
        """Take one out of a key's bucket and give 0, or the seconds until there is one again."""
        if not self.rate:
            return 0.0
        now, cost_s = self._clock(), 1 / self.rate
        full_at = max(self._full_at.get(key_id, now), now) + cost_s
        wait_s = full_at - now - max(BURST_S, cost_s)
        if wait_s > 1e-9:
            return wait_s
        if len(self._full_at) >= MOST_KEYS:
            self._full_at = {known: at for known, at in self._full_at.items() if at > now}
        self._full_at[key_id] = full_at
        return 0.0
