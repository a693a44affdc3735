"""Who is told how a connection with a broker fares."""

from typing import Protocol


class Listener(Protocol):
    """Who is told, from within `loop_read`, how the connection fares."""

    def connected(self, *, is_kept: bool) -> None:
        """The broker has taken us; `is_kept`: it still had our session."""
        ...

    def subscribed(self) -> None:
        """The broker sends us, or puts by for us, what we asked for from now on."""
        ...

    def unsubscribed(self) -> None:
        """The broker takes nothing more for us."""
        ...

    def lacks_mqtt5(self) -> None:
        """The broker speaks an older protocol only."""
        ...

    def refused(self, sentence: str) -> None:
        """The broker does not want us, and trying again is of no use."""
        ...

    def disconnected(self, sentence: str, *, is_taken_over: bool) -> None:
        """The connection ended; `is_taken_over`: another connection has our client identifier now."""
        ...
