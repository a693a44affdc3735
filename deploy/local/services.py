"""Start, stop and look at the embedded services of a checkout.

Who uses them for a while (the demo, a test run) holds a shared lock while it lives, so that even a killed user lets go;
a watchdog process stops the servers when nobody holds the lock any more. `vigie local start` keeps them until
`vigie local stop`.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import broker, postgres, state
from deploy.local.place import Place, place_of
from deploy.local.tree import SERVICES, ensure_tree


@dataclass(frozen=True, slots=True)
class Services:
    """Addresses of running services. The admin address is that of PostgreSQL's superuser."""

    database_url: str
    admin_database_url: str
    mqtt_url: str


@contextmanager
def running(checkout: Path) -> Iterator[Services]:
    """Use the services for a while: started if need be, stopped when the last user is gone, however it went."""
    place = place_of(checkout)
    with (place.data / "users.lock").open("a") as users:
        with changing(place):
            fcntl.flock(users, fcntl.LOCK_SH)
            services = start_servers(place)
            if not is_kept(place):
                start_watchdog(checkout)
        yield services


def start(checkout: Path) -> Services:
    """Start the services and keep them running until `stop`."""
    place = place_of(checkout)
    with changing(place):
        services = start_servers(place)
        (place.data / "kept").touch()
    return services


def stop(checkout: Path) -> None:
    """Stop the services, whoever uses them."""
    place = place_of(checkout)
    with changing(place):
        stop_servers(place)


def stop_if_unused(checkout: Path) -> bool:
    """Stop the services if nobody uses or keeps them. Gives False while somebody does."""
    place = place_of(checkout)
    with changing(place), (place.data / "users.lock").open("a") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if not is_kept(place):
            stop_servers(place)
    return True


def start_servers(place: Place) -> Services:
    """Start what does not run; ports that somebody else took meanwhile are chosen anew."""
    tree = ensure_tree(SERVICES, place.cache)
    remembered = state.read_or_make(place)
    has_database, has_broker = postgres.is_running(tree, place), broker.process_id(place) is not None
    if not has_database and not has_broker:
        remembered = state.with_free_ports(place, remembered)
    if not has_database:
        postgres.start(tree, place, remembered)
    if not has_broker:
        broker.start(tree, place, remembered)
    return Services(remembered.database_url, remembered.admin_database_url, remembered.mqtt_url)


def stop_servers(place: Place) -> None:
    """Stop the broker first, so that it saves its queues while nothing hurries."""
    (place.data / "kept").unlink(missing_ok=True)
    broker.stop(place)
    postgres.stop(ensure_tree(SERVICES, place.cache), place)


def is_kept(place: Place) -> bool:
    """Were the services started by hand, to stay?"""
    return (place.data / "kept").exists()


def start_watchdog(checkout: Path) -> None:
    """Start the process that stops the services after their last user; a second one simply waits its turn."""
    subprocess.run(
        [sys.executable, "-m", "deploy.local.watchdog", str(checkout.resolve())],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ},
    )


@contextmanager
def changing(place: Place) -> Iterator[None]:
    """Hold the lock under which services are started and stopped."""
    with (place.data / "change.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
