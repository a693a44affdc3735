"""The chain that is struck: servers, the three programs at them, and proxies on every way in between."""

import importlib.util
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

import psycopg

from deploy.health import answers
from deploy.local.state import LOOPBACK, free_port
from deploy.processes import start
from ingest.source import own_source
from store.connect import connect
from store.registry import register
from store.slots import read_slots
from tests.faults.disk import Disk
from tests.faults.host import Host, inside
from tests.faults.servers import Servers, own_servers
from tests.faults.stream import Stream
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until

N_WORKERS = 2
PROGRAMS = ("ingest", "api", "analyse")
TEMPLATE = "faults_template"
START_PATIENCE_S = 120.0
END_S = 30.0


@dataclass(slots=True)
class Chain:
    """One database at the servers, and what works on it. `database_url` and `mqtt_url` are the ways without a proxy."""

    servers: Servers
    stream: Stream
    database_url: str
    to_database: Proxy
    to_broker: Proxy
    from_gateways: Proxy
    log: Path
    api_port: int = field(default_factory=free_port)
    is_clock_loose: bool = False
    host: Host | None = None
    programs: dict[str, "Popen[bytes]"] = field(default_factory=dict)
    n_ended: dict[str, int] = field(default_factory=dict)

    @property
    def mqtt_url(self) -> str:
        return self.servers.mqtt_url

    @property
    def gateway_url(self) -> str:
        return behind(self.mqtt_url, self.from_gateways)

    def start(self, name: str) -> None:
        """Start a program as a service manager does."""
        environment = {
            "VIGIE_DATABASE_URL": behind(self.database_url, self.to_database),
            "VIGIE_MQTT_URL": behind(self.mqtt_url, self.to_broker),
            "VIGIE_API_PORT": str(self.api_port),
            "VIGIE_ANALYSE_ROUND_S": "1",
            "VIGIE_ANALYSE_SETTLE_S": "1",
        }
        if name == "ingest" and self.is_clock_loose:
            environment |= loose_clock(self.clock)
        arguments = ["ingest", "--workers", str(N_WORKERS)] if name == "ingest" else [name]
        where = self.host if name == "ingest" else None
        with (self.log / f"{name}.log").open("ab") as output, inside(where):
            self.programs[name] = start(arguments, environment, output)

    @property
    def clock(self) -> Path:
        """The file that says by how much the clock of the ingest is ahead, once that is loose."""
        return self.log / "clock"

    def kill(self, name: str) -> None:
        """SIGKILL a program with the processes it has started."""
        process = self.programs.pop(name)
        for pid in (process.pid, *self.children(process)):
            signal_quietly(pid, signal.SIGKILL)
        process.wait(END_S)

    def workers(self) -> list[int]:
        """Give the process numbers of the ingest workers."""
        return self.children(self.programs["ingest"])

    def children(self, process: "Popen[bytes]") -> list[int]:
        """Give the process numbers that a program has started itself."""
        try:
            text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
        except (FileNotFoundError, ProcessLookupError):
            return []
        return [int(word) for word in text.split()]

    def revive(self) -> None:
        """Start again what has ended by itself, and count it; nobody killed it."""
        for name, process in list(self.programs.items()):
            if process.poll() is not None:
                self.n_ended[name] = self.n_ended.get(name, 0) + 1
                self.start(name)

    def is_answering(self) -> bool:
        """Say whether the API can do its work."""
        self.revive()
        return answers(f"http://127.0.0.1:{self.api_port}/v1/health")

    def fetch(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Ask the store."""
        with psycopg.connect(self.database_url, connect_timeout=5) as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def end(self) -> None:
        """Ask all programs to end; one that does not is killed."""
        for process in self.programs.values():
            process.terminate()
        for name in list(self.programs):
            try:
                self.programs[name].wait(END_S)
            finally:
                self.kill(name)


@contextmanager
def running_servers(disk: Disk | None = None) -> Iterator[Servers]:
    """Run the servers of a run, on a disk of their own where given, with a migrated database to copy."""
    with own_servers(disk) as servers:
        servers.make_database(TEMPLATE)
        yield servers


@contextmanager
def running_chain(
    servers: Servers,
    stream: Stream,
    name: str,
    log: Path,
    programs: Sequence[str] = PROGRAMS,
    host: Host | None = None,
) -> Iterator[Chain]:
    """Run programs on a new database of this name, and wait until they do their work; the ingest on a given host."""
    url = servers.make_database(name, TEMPLATE)
    enter(url, stream)
    with ExitStack() as stack:
        address = LOOPBACK if host is None else host.address
        ports = (servers.state.postgres_port, servers.state.mqtt_port, servers.state.mqtt_port)
        to_database, to_broker, from_gateways = (Proxy(port, address) for port in ports)
        for proxy in (to_database, to_broker, from_gateways):
            proxy.start()
            stack.callback(proxy.stop)
        log.mkdir(parents=True, exist_ok=True)
        chain = Chain(servers, stream, url, to_database, to_broker, from_gateways, log, host=host)
        stack.callback(chain.end)
        for program in programs:
            chain.start(program)
        if "api" in programs:
            wait_until(chain.is_answering, "the API answers", START_PATIENCE_S)
        wait_until(lambda: has_all_sessions(chain), "all workers are at their slots", START_PATIENCE_S)
        yield chain


def enter(database_url: str, stream: Stream) -> None:
    """Register what speaks, and its series in a fixed order, so that two runs can be compared."""
    with connect(database_url, program="test", autocommit=True) as connection:
        register(connection, stream.territories(), stream.assets(), stream.devices())
        connection.execute(
            "insert into series (territory_id, device_id, quantity, unit)"
            " select d.territory_id, d.device_id, q.quantity, q.unit from devices d, quantities q"
            " where q.quantity = 'occupancy' order by d.device_id"
        )


def has_all_sessions(chain: Chain) -> bool:
    """Say whether every worker has its session at the broker."""
    with connect(chain.database_url, program="test", autocommit=True) as connection:
        return sum(state.is_held for state in read_slots(connection, own_source(None).memory_name)) >= N_WORKERS


def behind(url: str, proxy: Proxy) -> str:
    """Give the way through a proxy."""
    return url.replace(f"127.0.0.1:{proxy.server_port}", f"{proxy.address}:{proxy.port}")


def loose_clock(offset: Path) -> dict[str, str]:
    """Give the environment of a program whose clock a file sets; its monotonic clock is the machine's."""
    spec = importlib.util.find_spec("libfaketime")
    assert spec is not None, "`make setup` installs libfaketime"
    assert spec.origin is not None
    return {
        "LD_PRELOAD": str(Path(spec.origin).parent / "vendor/libfaketime/src/libfaketime.so.1"),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


def signal_quietly(pid: int, number: int) -> None:
    """Send a signal to a process that may have gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
