"""Stops the embedded services when their last user is gone, killed ones included: `python -m deploy.local.watchdog`."""

import fcntl
import os
import sys
from pathlib import Path

from deploy.local.place import place_of
from deploy.local.services import stop_if_unused


def watch(checkout: Path) -> None:
    """Wait until nobody holds the users' lock, then stop the services; wait again if somebody came in between."""
    users = place_of(checkout).data / "users.lock"
    while True:
        with users.open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
        if stop_if_unused(checkout):
            return


def detach() -> None:
    """Let go of the process that started us, so that it need not wait for us."""
    if os.fork() != 0:
        os._exit(0)


if __name__ == "__main__":
    detach()
    watch(Path(sys.argv[1]))
