"""Tells when a session that is to end is empty.

The broker is asked something again and again (to end subscriptions that have ended). It answers in order, after what it
had to deliver; so a question asked when nothing was unfinished, and answered without a message in between, says that
nothing is left. A broker of several hosts may still carry a message from one to another: hence a time of quiet too.
"""

QUIET_S = 2.0


class Drain:
    """What was asked and heard over the present connection. Instants are monotonic, in seconds."""

    def __init__(self) -> None:
        self._is_open = False
        self._is_silent = False
        self._heard_at = 0.0

    def ask(self, now: float, *, is_idle: bool, is_first: bool = False) -> None:
        """Note a question; `is_idle`: nothing is unfinished. The first over a connection forgets what was before."""
        self._is_open = True
        self._is_silent = is_idle and not is_first
        if is_first:
            self._heard_at = now

    def hear(self, now: float) -> None:
        """Note that messages came."""
        self._is_silent = False
        self._heard_at = now

    def answer(self) -> None:
        """Note the broker's answer."""
        self._is_open = False

    @property
    def may_ask(self) -> bool:
        """Say whether the last question is answered."""
        return not self._is_open

    def is_over(self, now: float) -> bool:
        """Say whether the session is empty."""
        return self.may_ask and self._is_silent and now - self._heard_at >= QUIET_S
