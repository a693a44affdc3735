"""When a message is due on the wall's clock: as it happens, or a past period run through faster."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """Turns instants of the town into waiting time.

    What lies in the past is spread at `speed` times real time from `start_s` (Unix seconds) on; what lies in the
    future waits until it is true.
    """

    start_s: float
    speed: float = 1.0
    now: Callable[[], float] = time.time
    begun_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun_at = self.now()

    def wait_s(self, due_s: float) -> float:
        """Say how long to wait [s] before what is due at an instant goes out."""
        paced_at = self.begun_at + (due_s - self.start_s) / self.speed
        now = self.now()
        return max(0.0, (paced_at if due_s <= now else max(due_s, paced_at)) - now)
