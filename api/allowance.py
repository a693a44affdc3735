"""How often each asker may ask: a bucket that fills at a steady rate, so that nobody takes all the room."""

import time
from collections.abc import Callable, Hashable

BURST_S = 10.0  # how long a key that was silent may go on at once, as time at its rate
MOST_KEYS = 10_000
REPORTS_BURST = 5
MOST_SENDERS = 10  # for a territory as many reports as that many addresses may make


class Allowance:
    """Buckets by asker. `rate` [1/s] is the lasting rate of one; 0 sets no limit. `clock` is monotonic, seconds.

    Who was silent may go on at once for `burst_s` at that rate.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic, burst_s: float = BURST_S) -> None:
        self.rate = rate
        self._clock = clock
        self._burst_s = burst_s
        self._full_at: dict[Hashable, float] = {}

    def take(self, asker: Hashable) -> float:
        """Take one out of an asker's bucket and give 0, or the seconds until there is one again."""
        if not self.rate:
            return 0.0
        now, cost_s = self._clock(), 1 / self.rate
        full_at = max(self._full_at.get(asker, now), now) + cost_s
        wait_s = full_at - now - max(self._burst_s, cost_s)
        if wait_s > 1e-9:
            return wait_s
        if len(self._full_at) >= MOST_KEYS:
            self._full_at = {known: at for known, at in self._full_at.items() if at > now}
        self._full_at[asker] = full_at
        return 0.0


def allowances_of_citizens(reports_per_h: float) -> tuple[Allowance, Allowance]:
    """Give what one address, and one territory, may take: some at once, then at a steady rate."""
    per_s = reports_per_h / 3600
    burst_s = REPORTS_BURST / per_s if per_s else 0.0
    return Allowance(per_s, burst_s=burst_s), Allowance(per_s * MOST_SENDERS, burst_s=burst_s)
