"""The embedded services of one checkout as a whole: start, keep for as long as someone needs them, stop, reset."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import DiskFullError, LocalError
from deploy.local.lock import hold, open_lock, share_lock, try_lock
from deploy.local.log_limit import read_limit
from deploy.local.mosquitto import find_mosquitto, mqtt_address, start_mosquitto, stop_mosquitto
from deploy.local.place import CHECKOUT, Place, make_place, place_of
from deploy.local.postgres import ADMIN, address, find_postgres, start_postgres, stop_postgres
from deploy.local.state import State, WantedPorts, make_state, read_state
from deploy.local.tree import SERVICES, ensure_tree

ANY_PORTS = WantedPorts()


@dataclass(frozen=True, slots=True)
class Embedded:
    """The servers that we started ourselves."""

    place: Place
    postgres_port: int
    mqtt_port: int
    postgres_pid: int
    mosquitto_pid: int


@dataclass(frozen=True, slots=True)
class Services:
    """Where the running services answer, and the embedded servers behind (None: given by the environment).

    The URLs hold passwords. `admin_database_url` belongs to a role that may make databases and roles; on the embedded
    server it is a superuser.
    """

    database_url: str
    admin_database_url: str
    mqtt_url: str
    embedded: Embedded | None = None


def ensure_started(checkout: Path = CHECKOUT, ports: WantedPorts = ANY_PORTS) -> Services:
    """Start what does not run yet and keep it running until `stop`, whoever else ends.

    Raises
    ------
    LocalError
        See `deploy.local.errors`.
    """
    place = place_of(checkout)
    tree = ensure_tree(SERVICES, place.cache)
    make_place(place)
    with hold(place.start_lock):
        place.kept_mark.touch()
        started = start_all(place, tree, ports)
        start_watchdog(checkout, place)
        return started


start = ensure_started  # the opposite of stop


@contextmanager
def running(checkout: Path = CHECKOUT) -> Iterator[Services]:
    """Start what does not run yet; when the last of those who asked ends, even killed, stop what was started.

    Services started by hand are used and left running.
    """
    place = place_of(checkout)
    tree = ensure_tree(SERVICES, place.cache)
    make_place(place)
    owners = open_lock(place.owners_lock)
    try:
        with hold(place.start_lock):
            if not is_any_running(place):
                place.kept_mark.unlink(missing_ok=True)
            share_lock(owners)
            start_watchdog(checkout, place)
            services = start_all(place, tree, ANY_PORTS)
        yield services
    finally:
        os.close(owners)
        stop_unowned(place)


def start_all(place: Place, tree: Path, ports: WantedPorts) -> Services:
    """Start each server that does not run. The caller holds the start lock."""
    postgres_pid, mosquitto_pid = find_postgres(place), find_mosquitto(place)
    state = read_state(place)
    try:
        if state is None or postgres_pid is None or mosquitto_pid is None:
            stop_servers(place)  # one of two is of no use, and ports are chosen together
            state = make_state(place, ports)
            postgres_pid = start_postgres(place, tree, state)
            mosquitto_pid = start_mosquitto(place, tree, state)
        elif (ports.postgres or state.postgres_port, ports.mqtt or state.mqtt_port) != (
            state.postgres_port,
            state.mqtt_port,
        ):
            raise LocalError("the services run already at other ports: `vigie local stop` first")
    except OSError as error:
        raise translate(error, place) from error
    return describe(place, state, postgres_pid, mosquitto_pid)


def translate(error: OSError, place: Place) -> LocalError:
    """Turn an error of the operating system into one sentence."""
    if error.errno == errno.ENOSPC:
        return DiskFullError(f"no space is left under {place.data}")
    return LocalError(f"{error.filename or place.data}: {error.strerror}")


def describe(place: Place, state: State, postgres_pid: int, mosquitto_pid: int) -> Services:
    """Put together where the services answer."""
    return Services(
        database_url=address(state, "vigie", state.database_password, "vigie"),
        admin_database_url=address(state, ADMIN, state.admin_password, "postgres"),
        mqtt_url=mqtt_address(state),
        embedded=Embedded(place, state.postgres_port, state.mqtt_port, postgres_pid, mosquitto_pid),
    )


def find_services(checkout: Path = CHECKOUT) -> Services | None:
    """Give the running services, or None if they do not both run."""
    place = place_of(checkout)
    state = read_state(place)
    postgres_pid, mosquitto_pid = find_postgres(place), find_mosquitto(place)
    if state is None or postgres_pid is None or mosquitto_pid is None:
        return None
    return describe(place, state, postgres_pid, mosquitto_pid)


def is_any_running(place: Place) -> bool:
    """Tell whether at least one of the servers runs."""
    return find_postgres(place) is not None or find_mosquitto(place) is not None


def stop(checkout: Path = CHECKOUT) -> bool:
    """Stop both servers, whoever started them; False if none ran."""
    place = place_of(checkout)
    if not place.data.exists():
        return False
    with hold(place.start_lock):
        was_running = is_any_running(place)
        place.kept_mark.unlink(missing_ok=True)
        stop_servers(place)
    return was_running


def reset(checkout: Path = CHECKOUT) -> None:
    """Stop both servers and delete all they hold."""
    place = place_of(checkout)
    if not place.data.exists():
        return
    with hold(place.start_lock):
        stop_servers(place)
        for path in place.data.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.suffix != ".lock":  # others may wait at a lock
                path.unlink()


def stop_servers(place: Place) -> None:
    """Stop the broker, then the database. The caller holds the start lock."""
    stop_mosquitto(place)
    stop_postgres(place, place.cache / SERVICES.folder_name)


def stop_unowned(place: Place, then: Callable[[], None] = lambda: None) -> bool:
    """Stop the servers unless someone still owns them or they were started by hand; True if nobody owns them.

    `then` runs before anyone else may start again.
    """
    if not place.data.exists():
        return True
    owners = open_lock(place.owners_lock)
    try:
        with hold(place.start_lock):
            if not try_lock(owners):
                return False
            if not place.kept_mark.exists():
                stop_servers(place)
            then()
            return True
    finally:
        os.close(owners)


def start_watchdog(checkout: Path, place: Place) -> None:
    """Start the process that outlives a killed owner, unless one is there. The caller holds the start lock.

    Raises LogLimitError before anything is started.
    """
    read_limit()
    descriptor = open_lock(place.watchdog_lock)
    try:
        if not try_lock(descriptor):
            return
        with (place.data / "watchdog.log").open("ab") as log:
            subprocess.run(  # returns at once: the watchdog goes on in a child of its own
                [sys.executable, "-m", "deploy.local.watchdog", str(checkout.resolve()), str(descriptor)],
                cwd=CHECKOUT,
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                check=True,
            )
    finally:
        os.close(descriptor)
