"""Waits until nobody owns the embedded services of a checkout any more, and stops them.

`python -m deploy.local.watchdog CHECKOUT DESCRIPTOR`; the descriptor is the watchdog's lock, inherited locked, which
tells others that this process is there.
"""

import os
import signal
import sys
from pathlib import Path

from deploy.local.lock import open_lock, wait_until_unshared
from deploy.local.place import place_of
from deploy.local.services import stop_unowned


def main(checkout: Path, descriptor: int) -> None:
    """Wait and stop. A new owner who comes in between makes it wait again."""
    if os.fork():
        os._exit(0)  # whoever started us need not wait for us, nor reap us
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    place = place_of(checkout)
    while not stop_unowned(place, then=lambda: os.close(descriptor)):
        owners = open_lock(place.owners_lock)
        wait_until_unshared(owners)
        os.close(owners)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
