"""TimescaleDB and Mosquitto on this machine without containers: a private tree of Debian packages."""

from deploy.local.errors import LocalError
from deploy.local.place import place_of
from deploy.local.services import Embedded, Services, ensure_started, find_services, reset, running, start, stop

__all__ = [
    "Embedded",
    "LocalError",
    "Services",
    "ensure_started",
    "find_services",
    "place_of",
    "reset",
    "running",
    "start",
    "stop",
]
