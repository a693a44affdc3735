"""From a planted fault to who is told: `python -m bench.alerts [--n N] [--things T]`. One JSON object per line.

Ingest and analytics run as they are run for real, with a town of `--things` containers that speak all the time. One
container after another is set on fire; the clock runs from handing its message to the broker until a webhook has the
alert, and until a mail server has the mail. Planting waits for the one before, and for an instant drawn between two
looks of the worker.
"""

import argparse
import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from analytics.evaluate.row import Row
from bench.database import CHECKOUT, fresh_database
from bench.ingest.sessions import end_session
from deploy.local import running
from deploy.local.services import Services
from deploy.processes import Program, first_ended, start_program, stop_programs
from sensors.asset_entry import AssetEntry
from store import alert_setup as setup
from store.alert_setup import NewChannel, NewRule
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.hearing import Listener, PostOffice, hearing, post_office
from tests.support.publisher import Message, publish
from tests.support.waiting import wait_until

TERRITORY = "bench-alerts"
GOAL_S = 20.0
PATIENCE_S = 300.0
SPOKEN_S = 5.0  # the others speak so often
PAGE = "http://127.0.0.1:8080"


def main() -> None:
    """Measure, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=20, help="faults")
    parser.add_argument("--things", type=int, default=500, help="containers of the town")
    parser.add_argument("--workers", type=int, default=2, help="of analytics: with one, alerts wait for its other jobs")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        services = stack.enter_context(running(CHECKOUT))
        url = stack.enter_context(fresh_database(services))
        listener, office = stack.enter_context(hearing()), stack.enter_context(post_office())
        fill(url, asked.things, listener, office)
        stack.enter_context(programs(services, (url, asked.workers), office, folder))
        burning: set[int] = set()
        stack.enter_context(talking(services.mqtt_url, asked.things, burning))
        show(*plant(services.mqtt_url, (url, asked.n), burning, (listener, office)))


def fill(url: str, n_things: int, listener: Listener, office: PostOffice) -> None:
    """Register the town, and who is told of its fires."""
    names = [name_of(n) for n in range(n_things)]
    with connect(url, program="bench", autocommit=True) as connection:
        register(
            connection,
            [TerritoryEntry(TERRITORY, "Bench")],
            [AssetEntry(TERRITORY, name, name, "waste_container") for name in names],
            [DeviceEntry(TERRITORY, name, placements={"*": name}) for name in names],
        )
        for way, address in (("webhook", listener.url), ("email", "who@example.org")):
            channel = NewChannel(TERRITORY, way, "webhook" if way == "webhook" else "email", address)
            number, _ = setup.create_channel(connection, channel, "bench")
            setup.create_rule(connection, NewRule(TERRITORY, ("bin_fire",), channel_id=number), "bench")


def name_of(n: int) -> str:
    """Name a container."""
    return f"bin-{n}"


@contextmanager
def programs(services: Services, asked: tuple[str, int], office: PostOffice, folder: Path) -> Iterator[None]:
    """Run one worker of ingest, and so many of analytics."""
    url, n_workers = asked
    environment = {
        "VIGIE_DATABASE_URL": url,
        "VIGIE_MQTT_URL": services.mqtt_url,
        "VIGIE_INGEST_TERRITORY": TERRITORY,
        "VIGIE_MAIL_URL": office.url,
    }
    started: list[Program] = []
    try:
        for name, arguments in (("ingest", ["ingest"]), ("analyse", ["analyse", "--workers", str(n_workers)])):
            started.append(start_program(name, arguments, environment, folder / f"{name}.log"))
        yield
        if ended := first_ended(started):
            raise RuntimeError(f"{ended.name} ended by itself: {ended.last_words()}")
    finally:
        stop_programs(started, timeout_s=30)
        with connect(url, program="bench") as connection:
            rows = connection.execute("select client_id from ingest_slots").fetchall()
        for (client_id,) in rows:
            end_session(services.mqtt_url, client_id)


@contextmanager
def talking(mqtt_url: str, n_things: int, burning: set[int]) -> Iterator[None]:
    """Have all containers that do not burn say that they are cool, again and again."""
    stop = threading.Event()

    def talk() -> None:
        while not stop.is_set():
            publish(mqtt_url, [say(name_of(n), 21.0) for n in range(n_things) if n not in burning])
            stop.wait(SPOKEN_S)

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def say(name: str, degrees: float) -> Message:
    """Make a message of one temperature now, and a level."""
    body = {"at": datetime.now(UTC).timestamp(), "values": {"container_temperature": degrees, "fill_level": 40.0}}
    return Message(f"vigie/{TERRITORY}/{name}/up", json.dumps(body).encode())


def plant(
    mqtt_url: str, asked: tuple[str, int], burning: set[int], ends: tuple[Listener, PostOffice]
) -> tuple[list[float], list[float]]:
    """Set one container after another on fire; give the delays of webhook and mail [s]."""
    (url, n), (listener, office) = asked, ends
    wait_until(lambda: count(url, "select count(*) from last_values") > 0, "the first values", PATIENCE_S)
    generator = random.Random(7)
    posted, mailed = [], []
    for index in range(n):
        time.sleep(generator.uniform(0.0, SPOKEN_S))
        burning.add(index)
        began = time.monotonic()
        publish(mqtt_url, [say(name_of(index), 300.0)])
        wait_until(lambda: len(listener.heard) > index, "the webhook", PATIENCE_S)  # noqa: B023 - called at once
        posted.append(time.monotonic() - began)
        wait_until(lambda: len(office.mails) > index, "the mail", PATIENCE_S)  # noqa: B023 - called at once
        mailed.append(time.monotonic() - began)
    return posted, mailed


def count(url: str, query: str) -> int:
    """Ask the store for one number."""
    with connect(url, program="bench") as connection:
        row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def show(posted: list[float], mailed: list[float]) -> None:
    """Print the figures."""
    for way, delays in (("webhook", posted), ("mail", mailed)):
        for name, share in (("p50", 0.5), ("max", 1.0)):
            value = float(np.quantile(delays, share))
            print(Row(f"alerts.{way}_{name}", value, "s", "lower", goal=GOAL_S, n=len(delays)).line(), flush=True)


if __name__ == "__main__":
    main()
