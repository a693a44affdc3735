"""Waits until nobody owns the embedded services of a checkout any more, and stops them; meanwhile keeps logs small.

Those that were started by hand are left running, and watched for as long as they run.

`python -m deploy.local.watchdog CHECKOUT DESCRIPTOR`; the descriptor is the watchdog's lock, inherited locked, which
tells others that this process is there.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path

from deploy.local.lock import open_lock, wait_until_unshared
from deploy.local.log_limit import keep_small, read_limit
from deploy.local.place import Place, place_of
from deploy.local.services import is_any_running, stop_unowned

LOOK_S = 5.0


def main(checkout: Path, descriptor: int) -> None:
    """Wait and stop. A new owner who comes in between makes it wait again."""
    if os.fork():
        os._exit(0)  # whoever started us need not wait for us, nor reap us
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    place = place_of(checkout)
    threading.Thread(target=watch_logs, args=(place, read_limit()), name="logs", daemon=True).start()
    while True:
        if is_kept(place):
            time.sleep(LOOK_S)
        elif stop_unowned(place, then=lambda: os.close(descriptor)):
            return
        else:
            owners = open_lock(place.owners_lock)
            wait_until_unshared(owners)
            os.close(owners)


def is_kept(place: Place) -> bool:
    """Say whether servers run that were started by hand."""
    return place.kept_mark.exists() and is_any_running(place)


def watch_logs(place: Place, limit_bytes: int) -> None:
    """Keep the logs of the servers, and ours, small for as long as this process lives."""
    while True:
        keep_small(place.data.glob("*.log"), limit_bytes)
        time.sleep(LOOK_S)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
