"""What came of one attempt to send something out of an outbox, and what follows from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sensors.webhook import GONE, wait_after


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt: the HTTP status, or why none came. `seconds` is how long it took [s]."""

    at: datetime
    seconds: float
    status: int | None
    error: str = ""

    @property
    def is_taken(self) -> bool:
        """Say whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300

    def settle(self, n_before: int) -> dict[str, Any]:
        """Give what an outbox writes down after so many attempts before: this one, and when the next is due, if any."""
        n_attempts = n_before + 1
        wait_s = None if self.status == GONE else wait_after(n_attempts)
        return {
            "attempt": n_attempts,
            "at": self.at,
            "seconds": self.seconds,
            "status": self.status,
            "error": self.error,
            "is_taken": self.is_taken,
            "is_given_up": not self.is_taken and wait_s is None,
            "due_at": self.at + timedelta(seconds=wait_s or 0.0),
        }
