"""How a session with a broker fares, as other threads may read it at any time."""

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Health:
    """Whether the connection stands and since when; the last trouble; the last message, 0 where none came.

    Times are microseconds since 1970 UTC. Written by the network thread only.
    """

    is_connected: bool = False
    changed_at_us: int = field(default_factory=lambda: time.time_ns() // 1000)
    last_message_at_us: int = 0
    error: str = ""

    def stand(self) -> None:
        """Note that the broker has taken us."""
        self._change(is_connected=True)
        self.error = ""

    def lose(self, error: str) -> None:
        """Note that the connection ended or could not be made."""
        self._change(is_connected=False)
        self.error = error

    def _change(self, *, is_connected: bool) -> None:
        if self.is_connected != is_connected:
            self.is_connected = is_connected
            self.changed_at_us = time.time_ns() // 1000
