"""How long to wait before trying again: longer each time, never the same for two workers."""

import random
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays that double from `first_s` to `longest_s`, each shortened by a random part of up to a half.

    A value: `failed()` gives the next state, `wait_until` the instant on the caller's clock, in seconds.
    """

    first_s: float = 0.2
    longest_s: float = 15.0
    n_failures: int = 0
    wait_until: float = 0.0

    def failed(self, now: float, chance: random.Random) -> "Backoff":
        """Give the state after one more failure at `now` [s]."""
        longest = min(self.longest_s, self.first_s * 2.0 ** min(self.n_failures, 30))
        delay = longest * (1.0 - 0.5 * chance.random())
        return replace(self, n_failures=self.n_failures + 1, wait_until=now + delay)

    def succeeded(self) -> "Backoff":
        """Give the state after a success: the next failure starts again with the shortest delay."""
        return replace(self, n_failures=0, wait_until=0.0)

    def remaining_s(self, now: float) -> float:
        """Give how long to wait yet, in seconds, 0 when it is time."""
        return max(0.0, self.wait_until - now)
