"""How a session with a broker fares, as other threads may read it at any time."""

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

MAX_CHANGES = 1000  # that wait for the store to be written down


class Change(NamedTuple):
    """The connection came or went at an instant [us since 1970 UTC].

    `is_kept`: the broker still had our session, None for an end.
    """

    at_us: int
    is_connected: bool
    is_kept: bool | None = None
    cause: str = ""


@dataclass(slots=True)
class Health:
    """Whether the connection stands and since when; the last trouble; the last message, 0 where none came.

    Times are microseconds since 1970 UTC. Written by the network thread only, except that whoever writes down `changes`
    takes them away, and sets `is_noted` at the first time.
    """

    is_connected: bool = False
    changed_at_us: int = field(default_factory=lambda: time.time_ns() // 1000)
    last_message_at_us: int = 0
    error: str = ""
    changes: deque[Change] = field(default_factory=lambda: deque(maxlen=MAX_CHANGES))
    is_noted: bool = False
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def stand(self, *, is_kept: bool) -> None:
        """Note that the broker has taken us, and whether it still had our session."""
        self._change(is_connected=True, is_kept=is_kept)
        self.error = ""

    def lose(self, error: str) -> None:
        """Note that the connection ended or could not be made."""
        self._change(is_connected=False, cause=error)
        self.error = error

    def _change(self, *, is_connected: bool, is_kept: bool | None = None, cause: str = "") -> None:
        if self.is_connected != is_connected:
            self.is_connected = is_connected
            self.changed_at_us = time.time_ns() // 1000
            self.changes.append(Change(self.changed_at_us, is_connected, is_kept, cause))
