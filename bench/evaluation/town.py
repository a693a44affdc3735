"""One town through the whole chain: simulator, Mosquitto, an ingest worker, TimescaleDB, analytics."""

import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from analytics.program import RoundReport, Settings, run_once
from bench.chain import end_session, open_session
from bench.database import fresh_database
from deploy.local.services import Services
from deploy.reference import enter_file
from deploy.town import register_town
from simulators.format_mix import choose_encoders
from simulators.period import Period
from simulators.reference import write_reference
from simulators.runner import Runner
from simulators.stream import Stream
from simulators.town import Town
from simulators.truth import Truth, truth_of
from store.connect import connect

WORKER = "from ingest.program import main; from ingest.settings import read_settings; main(read_settings())"
AFTERWARDS = timedelta(hours=2)  # the last messages come late
PATIENCE_S = 600.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of each town: size, first day of the full town, days of it, metered history before it."""

    scale: float = 0.25
    start: datetime = datetime(2026, 1, 10, tzinfo=UTC)
    days: int = 60
    history_days: int = 400

    @property
    def end(self) -> datetime:
        """The instant at which the town stops."""
        return self.start + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A town that went through the chain: its database, its truth, and what the steps took [s]."""

    seed: int
    database_url: str
    truth: Truth
    seconds: dict[str, float]


@contextmanager
def evaluated(services: Services, seed: int, plan: Plan) -> Iterator[Evaluated]:
    """Send a town through the chain into a database of its own, which is dropped afterwards."""
    slug = f"town-{seed}"
    town = Town(seed, slug, plan.start, scale=plan.scale, history_days=plan.history_days)
    with fresh_database(services) as database_url:
        register_town(database_url, town)
        seconds = {"publish": publish(services.mqtt_url, database_url, town, plan)}
        enter_reference_of(database_url, town, plan)
        seconds["compute"] = compute(database_url, plan.end + AFTERWARDS)
        yield Evaluated(seed, database_url, truth_of(town, plan.end), seconds)


def publish(mqtt_url: str, database_url: str, town: Town, plan: Plan) -> float:
    """Publish the town's whole past in packed messages, until every one has its receipt; give the seconds."""
    began = time.monotonic()
    first = datetime.fromtimestamp(town.setting.history_s, UTC)
    with ingest_worker(mqtt_url, database_url, town.slug):
        stream = Stream(town, choose_encoders("native", town))
        with Runner([stream], mqtt_url, threading.Event()) as runner:
            tally = runner.run(Period(first, plan.end, plan.end), lambda _: None)
    if tally.n_unreceipted:
        raise SystemExit(f"seed {town.seed}: {tally.n_unreceipted} messages have no receipt")
    return time.monotonic() - began


@contextmanager
def ingest_worker(mqtt_url: str, database_url: str, territory: str) -> Iterator[None]:
    """Run a worker of its own for this territory."""
    client_id = f"evaluate-{secrets.token_hex(4)}"
    open_session(mqtt_url, client_id, territory)
    environment = {
        **os.environ,
        "VIGIE_DATABASE_URL": database_url,
        "VIGIE_MQTT_URL": mqtt_url,
        "VIGIE_INGEST_CLIENT_ID": client_id,
        "VIGIE_INGEST_TERRITORY": territory,
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(15)
        end_session(mqtt_url, client_id)


def enter_reference_of(database_url: str, town: Town, plan: Plan) -> None:
    """Enter what the town's people know at the end."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "reference.json"
        write_reference(path, town, plan.end)
        enter_file(database_url, path)


def compute(database_url: str, now: datetime) -> float:
    """Run rounds of analytics until nothing is left to do; give the seconds."""
    began = time.monotonic()
    settings = Settings(database_url, settle_s=0.0)
    with connect(database_url, program="evaluate", autocommit=True) as connection:
        while not is_idle(run_once(connection, now, settings)):
            if time.monotonic() - began > PATIENCE_S:
                raise SystemExit("analytics does not come to an end")
    return time.monotonic() - began


def is_idle(report: RoundReport) -> bool:
    """Say whether a round found nothing to do."""
    kpis = report.kpis
    n_done = report.rollup.n_closed + report.rollup.n_changed + report.watched.n_scored + report.hints.n_steps
    return n_done + kpis.n_new + kpis.n_restated + kpis.n_unchanged == 0
