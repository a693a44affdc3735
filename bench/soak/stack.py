"""All of Vigie for one run, as `vigie demo` starts it, with services, ports and folders of its own."""

import math
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from deploy.health import answers
from deploy.local import place_of, reset
from deploy.local.services import Services, running
from deploy.local.state import LOOPBACK, free_port, is_free
from deploy.processes import Program, first_ended, start_program, stop_programs
from deploy.town import register_town
from simulators.town import Town
from store.connect import connect
from store.demo import renew_demo_key
from store.migrate import migrate

FOLDER = Path(__file__).resolve().parents[2] / "build" / "soak"
TERRITORY = "soak"
DEVICES_OF_SCALE_1 = 760
START_PATIENCE_S = 180.0
POLL_S = 0.2
END_S = 15.0
LAST_PORT = 65_535
COMMANDS = {"api": ["api"], "ingest": ["ingest"], "analyse": ["analyse"]}

Hold = Callable[[], AbstractContextManager[None]]


class SoakError(Exception):
    """A run could not be made."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How large the town is, and by how many workers its messages are taken."""

    devices: int
    ingest_workers: int = 2
    seed: int = 1

    @property
    def scale(self) -> float:
        """The size of the town as the simulator counts it."""
        return math.ceil(100 * self.devices / DEVICES_OF_SCALE_1) / 100


@dataclass(slots=True)
class Stack:
    """What runs: where it answers, and by which processes. `key` opens the API."""

    services: Services
    key: str
    api_port: int
    metrics_port: int
    wish: Wish
    folder: Path
    programs: list[Program] = field(default_factory=list)

    @property
    def api_address(self) -> str:
        return f"http://{LOOPBACK}:{self.api_port}"

    def pids(self) -> dict[str, int]:
        """Give the first process of each part, by name; the simulator is none of them."""
        embedded = self.services.embedded
        assert embedded is not None, "the services of a run are its own"
        servers = {"database": embedded.postgres_pid, "broker": embedded.mosquitto_pid}
        return {one.name: one.process.pid for one in self.programs if one.name != "simulate"} | servers

    def metrics_addresses(self) -> dict[str, str]:
        """Give where each worker tells its counters."""
        n = self.wish.ingest_workers
        ports = {f"ingest {index + 1}": self.metrics_port + index for index in range(n)}
        return {name: f"http://{LOOPBACK}:{port}" for name, port in {**ports, "analyse": self.metrics_port + n}.items()}

    def require_running(self) -> None:
        """Refuse to go on where a program has ended by itself. Raises SoakError."""
        if ended := first_ended(self.programs):
            raise SoakError(f"{ended.name} ended by itself: {ended.last_words()} (log: {ended.log})")

    def start(self, names: Sequence[str]) -> None:
        """Start some of the programs, the town not among them."""
        self.programs += [self._start(name, COMMANDS[name]) for name in names]

    def simulate(self, words: Sequence[str]) -> None:
        """Start the town, with more options of `vigie simulate`."""
        self.programs.append(self._start("simulate", self._town(words)))

    @contextmanager
    def sending_past(self, words: Sequence[str]) -> Iterator[None]:
        """Let the town send a past meanwhile; what it would send late, long after its end, is left out."""
        past = self._start("simulate", self._town(words))
        try:
            yield
        finally:
            stop_programs([past], END_S)

    def _town(self, words: Sequence[str]) -> list[str]:
        town = ["--seed", str(self.wish.seed), "--scale", str(self.wish.scale), "--territory", TERRITORY]
        return ["simulate", *town, *words]

    def _start(self, name: str, command: Sequence[str]) -> Program:
        environment = {
            "VIGIE_DATABASE_URL": self.services.database_url,
            "VIGIE_MQTT_URL": self.services.mqtt_url,
            "VIGIE_API_PORT": str(self.api_port),
            "VIGIE_INGEST_METRICS_PORT": str(self.metrics_port),
            "VIGIE_ANALYSE_METRICS_PORT": str(self.metrics_port + self.wish.ingest_workers),
        }
        more = ["--workers", str(self.wish.ingest_workers)] if name == "ingest" else []
        return start_program(name, [*command, *more], environment, self.folder / f"{name}.log")


@contextmanager
def running_stack(wish: Wish, folder: Path, hold: Hold = nullcontext) -> Iterator[Stack]:
    """Start services and programs, within `hold`, on an empty database; all but the logs is taken away in the end.

    The caller starts the town. Raises SoakError.
    """
    checkout = folder / f"run-{os.getpid()}"  # two runs at once have services of their own
    for log in folder.glob("*.log"):
        log.unlink()
    checkout.mkdir(parents=True)
    with ExitStack() as ends:
        ends.callback(take_away, checkout)
        with hold():
            services = ends.enter_context(running(checkout))
        stack = prepare(services, wish, folder)
        ends.callback(lambda: stop_programs(stack.programs, END_S))
        with hold():
            stack.start(tuple(COMMANDS))
        wait_until_ready(stack)
        yield stack


def prepare(services: Services, wish: Wish, folder: Path) -> Stack:
    """Migrate the database, enter the town, and make a key."""
    migrate(services.database_url)
    register_town(services.database_url, Town(wish.seed, TERRITORY, scale=wish.scale))
    with connect(services.database_url, program="soak") as connection:
        key = renew_demo_key(connection, TERRITORY)
    first = free_ports(wish.ingest_workers + 2)
    return Stack(services, key, first, first + 1, wish, folder)


def wait_until_ready(stack: Stack) -> None:
    """Wait until the API and the workers answer. Raises SoakError."""
    deadline = time.monotonic() + START_PATIENCE_S
    addresses = {"api": f"{stack.api_address}/v1/health"} | stack.metrics_addresses()
    while waiting := [name for name, address in addresses.items() if not answers(address)]:
        stack.require_running()
        if time.monotonic() > deadline:
            raise SoakError(f"no answer from {', '.join(waiting)}")
        time.sleep(POLL_S)


def take_away(checkout: Path) -> None:
    """Stop the services of a run and delete what they hold."""
    reset(checkout)
    shutil.rmtree(place_of(checkout).data, ignore_errors=True)
    shutil.rmtree(checkout, ignore_errors=True)


def free_ports(n: int) -> int:
    """Give the first of so many free ports in a row. Raises SoakError."""
    for _ in range(100):
        first = free_port()
        if first + n <= LAST_PORT and all(is_free(first + index) for index in range(n)):
            return first
    raise SoakError(f"no {n} free ports in a row")
