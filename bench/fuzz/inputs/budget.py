"""Time and inputs of a campaign, shared out by weight: what one target leaves, the others get."""

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """What one target may spend."""

    seconds: float
    inputs: int


class Budget:
    """Shares out; may be asked from several threads. `seconds` are those of all processes together."""

    def __init__(self, seconds: float, inputs: int, weight: float) -> None:
        self._seconds, self._inputs, self._weight = seconds, inputs, weight
        self._lock = threading.Lock()

    def take(self, weight: float) -> Share:
        """Give the share of a target."""
        with self._lock:
            part = min(1.0, weight / self._weight) if self._weight > 0 else 1.0
            share = Share(self._seconds * part, int(self._inputs * part))
            self._seconds -= share.seconds
            self._inputs -= share.inputs
            self._weight -= weight
            return share

    def give_back(self, share: Share, seconds: float, inputs: int) -> None:
        """Take what was left, or what was too much."""
        with self._lock:
            self._seconds += share.seconds - seconds
            self._inputs += share.inputs - inputs
