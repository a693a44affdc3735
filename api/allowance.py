"""How much each sender may post: a bucket of posts that fills at a steady rate, so that none takes all the room."""

import time
from collections.abc import Callable, Hashable

BURST_S = 10.0  # how long a key that was silent may go on at once, as time at its rate
MOST_KEYS = 10_000


class Allowance:
    """Buckets by sender. `posts_per_s` is the lasting rate of one; 0 sets no limit. `clock` is monotonic, seconds.

    Who was silent may go on at once for `burst_s` at that rate.
    """

    def __init__(
        self, posts_per_s: float, clock: Callable[[], float] = time.monotonic, burst_s: float = BURST_S
    ) -> None:
        self.posts_per_s = posts_per_s
        self._clock = clock
        self._burst_s = burst_s
        self._full_at: dict[Hashable, float] = {}

    def take(self, sender: Hashable) -> float:
        """Take one post out of a sender's bucket and give 0, or the seconds until there is one again."""
        if not self.posts_per_s:
            return 0.0
        now, cost_s = self._clock(), 1 / self.posts_per_s
        full_at = max(self._full_at.get(sender, now), now) + cost_s
        wait_s = full_at - now - max(self._burst_s, cost_s)
        if wait_s > 1e-9:
            return wait_s
        if len(self._full_at) >= MOST_KEYS:
            self._full_at = {known: at for known, at in self._full_at.items() if at > now}
        self._full_at[sender] = full_at
        return 0.0
