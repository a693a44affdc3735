"""Ways by which alerts go out: each module of this package exposes `send`, and is named as its way.

`send` gives the status that the other side answered (HTTP, or SMTP), and raises OSError, HTTPException or ValueError
where none came.
"""

import importlib
from typing import Protocol, cast

from analytics.alert.carrier import Carrier
from analytics.alert.letter import Letter
from store.alert_messages import Channel


class Way(Protocol):
    """A module that sends a letter to a channel."""

    def send(self, letter: Letter, channel: Channel, carrier: Carrier) -> int:
        """Send, and give the status."""
        ...


def find_way(name: str) -> Way:
    """Give the way of this name. Raises ModuleNotFoundError where there is none."""
    return cast("Way", importlib.import_module(f"{__name__}.{name}"))
