"""All of Vigie on this machine: services, a town that publishes, ingest, analytics, API and page.

The demo keeps a database of its own beside the checkout's other data, so a second start continues where the first
ended. Everything ends with it, within seconds, also when it is killed.
"""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from deploy.errors import SettingError
from deploy.health import answers
from deploy.local.log_limit import keep_small, read_limit
from deploy.local.services import Services, find_services
from deploy.page import build_page
from deploy.processes import Program, first_ended, start_program, stop_on_signal, stop_programs
from deploy.reference import enter_file
from deploy.settings import CHECKOUT, services_given_or_embedded
from deploy.town import register_town
from simulators.town import Town
from store.connect import connect
from store.demo import has_territory, publish_kpis, renew_demo_key
from store.migrate import migrate

FIRST_PORT = 8080
API_PATIENCE_S = 120.0  # four programs start at once, on a small machine that may have other work
LOGS = CHECKOUT / ".vigie" / "demo"
TRUTH = LOGS / "truth.json"
REFERENCE = LOGS / "reference.json"
TERRITORY = "val-de-tille"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the demo shows: days of back-fill, and the size of the town."""

    days: int = 60
    scale: float = 1.0


def run_demo(wish: Wish) -> None:
    """Start everything, say where to look, and wait for Ctrl-C or for a program that ends by itself."""
    stop = stop_on_signal()
    say("services: TimescaleDB and Mosquitto")
    with services_given_or_embedded() as services:
        migrate(services.database_url)
        say("page: building")
        build_page()
        key = prepare(services)
        port = free_port(FIRST_PORT)
        programs = start_all(services, port, wish)
        try:
            wait_for_api(port, programs, stop)
            show(port, key)
            watch(programs, stop, services.database_url)
        finally:
            for line in stop_programs(programs):
                say(line)
    say("TimescaleDB, Mosquitto: " + ("stopped" if find_services() is None else "left running"))


def prepare(services: Services) -> str:
    """Register the town, publish its KPIs on the page that needs no key, and make a key."""
    with connect(services.database_url, program="demo") as connection:
        if not has_territory(connection, TERRITORY):
            forget_town()
    register_town(services.database_url, Town(slug=TERRITORY))
    with connect(services.database_url, program="demo") as connection:
        publish_kpis(connection, TERRITORY)
        return renew_demo_key(connection, TERRITORY)


def forget_town() -> None:
    """Forget how far a town went: it would go on there, and a new database would miss its past."""
    for path in (TRUTH, REFERENCE):
        path.unlink(missing_ok=True)


def start_all(services: Services, port: int, wish: Wish) -> list[Program]:
    """Start the four programs, the town last."""
    environment = {
        "VIGIE_DATABASE_URL": services.database_url,
        "VIGIE_MQTT_URL": services.mqtt_url,
        "VIGIE_API_PORT": str(port),
    }
    town = ["simulate", "--backfill", f"{wish.days}d", "--scale", str(wish.scale), "--territory", TERRITORY]
    truth = ["--truth", str(TRUTH), "--reference", str(REFERENCE)]
    commands = {"api": ["api"], "ingest": ["ingest"], "analyse": ["analyse"], "simulate": [*town, *truth]}
    LOGS.mkdir(parents=True, exist_ok=True)
    return [start_program(name, words, environment, LOGS / f"{name}.log") for name, words in commands.items()]


def wait_for_api(port: int, programs: Sequence[Program], stop: threading.Event) -> None:
    """Wait until the API answers, for as long as its programs run and at most two minutes."""
    deadline = time.monotonic() + API_PATIENCE_S
    while not stop.is_set() and not answers(f"http://127.0.0.1:{port}/v1/health"):
        require_running(programs)
        if time.monotonic() > deadline:
            raise SettingError(f"the API does not answer on port {port}; its log is {LOGS / 'api.log'}")
        stop.wait(0.2)


def watch(programs: Sequence[Program], stop: threading.Event, database_url: str) -> None:
    """Wait for the end; meanwhile enter what the town's people write down, and keep the logs small."""
    entered_at, limit_bytes = 0.0, read_limit()
    while not stop.wait(0.5):
        require_running(programs)
        keep_small((program.log for program in programs), limit_bytes)
        entered_at = enter_what_is_new(database_url, entered_at)


def enter_what_is_new(database_url: str, entered_at: float) -> float:
    """Enter the town's reference data if they were written since an instant (Unix seconds); give when they were."""
    written_at = REFERENCE.stat().st_mtime if REFERENCE.exists() else 0.0
    if written_at > entered_at:
        enter_file(database_url, REFERENCE)
    return written_at


def require_running(programs: Sequence[Program]) -> None:
    """End the demo where a program ended by itself."""
    ended = first_ended(programs)
    if ended is not None:
        raise SettingError(f"{ended.name} ended by itself: {ended.last_words() or 'without a word'} (log: {ended.log})")


def show(port: int, key: str) -> None:
    """Say where to look."""
    print(
        f"\n  Vigie is running:  http://127.0.0.1:{port}/#key={key}\n"
        f"  API:               http://127.0.0.1:{port}/openapi.json   key: {key}\n"
        f"  logs:              {LOGS}\n"
        "  The town's last 60 days arrive first, then it lives. Ctrl-C ends everything.\n",
        flush=True,
    )


def free_port(first: int) -> int:
    """Give the first free port from here on: a demo should not fail because somebody else is on 8080."""
    for port in range(first, first + 100):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise SettingError(f"no free port between {first} and {first + 99}")


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)
