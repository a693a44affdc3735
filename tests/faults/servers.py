"""A database server and a broker of one run alone, with the configuration that Vigie ships, to be killed."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from deploy.local.errors import ServerStartError
from deploy.local.mosquitto import find_mosquitto, mqtt_address, start_mosquitto, stop_mosquitto
from deploy.local.place import Place, make_place, place_of
from deploy.local.postgres import address, find_postgres, start_postgres, stop_postgres
from deploy.local.state import State, WantedPorts, make_state
from deploy.local.tree import SERVICES, ensure_tree
from store.migrate import migrate
from tests.faults.disk import Disk
from tests.support.services import QUERIES, run, with_database
from tests.support.shared import REPOSITORY
from tests.support.waiting import wait_until

SAVED = "mosquitto.db"
START_PATIENCE_S = 90.0


@dataclass(slots=True)
class Servers:
    """`kill_` takes the power away, `stop_` asks to end; the ports stay the same."""

    place: Place
    tree: Path
    state: State
    disk: Disk | None = None

    def start_database(self) -> None:
        """Start, as a service manager does: again and again until it stays."""

        def start() -> bool:
            try:
                start_postgres(self.place, self.tree, self.state)
            except ServerStartError:
                return False  # what the dead one left is not gone yet, or there is still no room
            return True

        wait_until(start, "the database server starts", START_PATIENCE_S)

    def database_processes(self) -> list[int]:
        """Give the process numbers of the server, the parent first."""
        pid = find_postgres(self.place)
        if pid is None:
            return []
        words = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        return [pid, *map(int, words)]

    def kill_database(self) -> None:
        """SIGKILL the server with all its processes."""
        kill(self.database_processes())

    def stop_database(self) -> None:
        """Stop in order; sessions are cut."""
        stop_postgres(self.place, self.tree)

    def start_broker(self) -> None:
        """Start with what was saved."""
        start_mosquitto(self.place, self.tree, self.state)

    def kill_broker(self) -> None:
        """SIGKILL: what was not saved is lost, at most five seconds' worth."""
        pid = find_mosquitto(self.place)
        kill([] if pid is None else [pid])

    def stop_broker(self) -> None:
        """Stop in order: it saves first."""
        stop_mosquitto(self.place)

    def forget(self) -> None:
        """Take away what the broker has saved, sessions included."""
        (self.place.broker / SAVED).unlink(missing_ok=True)

    def make_database(self, name: str, template: str | None = None) -> str:
        """Make a migrated database and give its URL; as a copy of another one where given."""
        url = address(self.state, "vigie", self.state.database_password, "vigie")
        with psycopg.connect(url, autocommit=True) as connection:
            if template is None:
                run(connection, QUERIES["create_database"], name=name)
            else:
                run(connection, QUERIES["clone_database"], name=name, template=template)
        made = with_database(url, name)
        if template is None:
            migrate(made)
        return made

    @property
    def mqtt_url(self) -> str:
        return mqtt_address(self.state)


@contextmanager
def own_servers(disk: Disk | None = None) -> Iterator[Servers]:
    """Run both servers with their data in a folder of this process, or on a given disk; all is removed in the end."""
    usual = place_of(REPOSITORY / "tests")
    tree = ensure_tree(SERVICES, usual.cache)
    make_place(usual)
    place = replace(usual, data=disk.folder if disk else usual.data / f"faults-{os.getpid()}")
    make_place(place)
    servers = Servers(place, tree, make_state(place, WantedPorts()), disk)
    try:
        servers.start_database()
        servers.start_broker()
        yield servers
    finally:
        servers.kill_broker()
        servers.kill_database()
        shutil.rmtree(place.data, ignore_errors=True)


def kill(pids: list[int]) -> None:
    """SIGKILL processes and wait until they are gone."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue  # gone by itself
    wait_until(lambda: not any(is_alive(pid) for pid in pids), "killed processes are gone")


def is_alive(pid: int) -> bool:
    """Say whether a process is there and no zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return text.rpartition(")")[2].split()[0] not in ("Z", "X")
