"""Waiting in tests: for a condition, with a deadline, never for a time."""

import time
from collections.abc import Callable

PAUSE_S = 0.02


def wait_until(is_met: Callable[[], object], what: str, timeout_s: float = 30.0) -> None:
    """Return as soon as the condition holds; fail with `what` was waited for when the time is over."""
    deadline = time.monotonic() + timeout_s
    while not is_met():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout_s:g} s in vain for: {what}")
        time.sleep(PAUSE_S)
