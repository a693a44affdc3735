"""One town through the whole chain: simulator, Mosquitto, an ingest worker, TimescaleDB, analytics."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from analytics.incidents.job import keep_incidents
from analytics.jobs.office import open_connection
from analytics.program import RoundReport, Settings, run_once
from bench.database import fresh_database
from bench.evaluation.listening import listen
from bench.ingest.sessions import end_session, open_slot
from deploy.local.services import Services
from deploy.processes import first_ended, start_program, stop_programs
from deploy.reference import enter_file
from deploy.town import register_town
from simulators.format_mix import choose_encoders
from simulators.period import Period
from simulators.reference import Reference, reference_of, write_reference
from simulators.runner import Runner
from simulators.stream import Stream
from simulators.town import Town
from simulators.truth import Truth, truth_of
from store.inputs import Connection

# Towns begin in turn in winter, spring, summer and autumn, so that frost, both changes of the clock and holidays occur.
STARTS = tuple(datetime(2026, month, day, tzinfo=UTC) for month, day in ((1, 10), (3, 8), (6, 1), (9, 12)))
LONGEST_D = 60  # of a town that begins at one of these; longer ones begin as many whole years earlier as they need
AFTERWARDS = timedelta(hours=2)  # the last messages come late
PATIENCE_S = 1200.0


class EvaluationError(Exception):
    """A town did not come through the chain."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of each town: size, first day of the full town, days of it, metered history before it."""

    scale: float = 0.25
    start: datetime = STARTS[0]
    days: int = 60
    history_days: int = 400

    @property
    def end(self) -> datetime:
        """The instant at which the town stops."""
        return self.start + timedelta(days=self.days)

    def rounds(self) -> list[datetime]:
        """Give the instants at which analytics works: once for the metered past, then every day, as it would live."""
        return [*(self.start + timedelta(days=day) for day in range(self.days)), self.end + AFTERWARDS]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A town that went through the chain: its database, truth, reference data, and what the steps took [s].

    `rounds` are the instants at which analytics worked, by the town's time, each with the last finding known then.
    """

    seed: int
    database_url: str
    truth: Truth
    reference: Reference
    rounds: Sequence[tuple[datetime, int]]
    seconds: dict[str, float]


def start_of(seed: int, days: int) -> datetime:
    """Give the first day of a town; it lies in the past from beginning to end, as no simulator runs ahead of today."""
    start = STARTS[seed % len(STARTS)]
    return start.replace(year=start.year - max(0, -(-(days - LONGEST_D) // 365)))


@contextmanager
def evaluated(services: Services, seed: int, plan: Plan) -> Iterator[Evaluated]:
    """Send a town through the chain into a database of its own, which is dropped afterwards."""
    town = draw_town(seed, plan)
    with fresh_database(services) as database_url:
        began = time.monotonic()
        register_town(database_url, town)
        publish(services.mqtt_url, database_url, town, plan)
        published = time.monotonic()
        enter_reference_of(database_url, town, plan)
        with open_connection(database_url) as connection:
            rounds = [(now, compute(connection, now)) for now in plan.rounds()]
        computed = time.monotonic()
        listen(database_url, plan.start, plan.end)
        group(database_url, plan.end + AFTERWARDS)
        seconds = {
            "publish": published - began,
            "compute": computed - published,
            "listen": time.monotonic() - computed,
        }
        truth, reference = truth_of(town, plan.end), reference_of(town, plan.end)
        yield Evaluated(seed, database_url, truth, reference, rounds, seconds)


def draw_town(seed: int, plan: Plan) -> Town:
    """Draw a town. Raises TownError where the seed or the plan makes no sense."""
    return Town(seed, f"town-{seed}", plan.start, scale=plan.scale, history_days=plan.history_days)


def publish(mqtt_url: str, database_url: str, town: Town, plan: Plan) -> None:
    """Publish the town's whole past in packed messages, until every one has its receipt."""
    first = datetime.fromtimestamp(town.setting.history_s, UTC)
    with ingest_worker(mqtt_url, database_url, town.slug):
        stream = Stream(town, choose_encoders("native", town))
        with Runner([stream], mqtt_url, threading.Event()) as runner:
            tally = runner.run(Period(first, plan.end, plan.end), lambda _: None)
    if tally.n_unreceipted:
        raise EvaluationError(f"seed {town.seed}: {tally.n_unreceipted} messages have no receipt")


@contextmanager
def ingest_worker(mqtt_url: str, database_url: str, territory: str) -> Iterator[None]:
    """Run a worker of its own for this territory; it ends with this process, however that ends."""
    client_id = open_slot(database_url, mqtt_url, territory)
    environment = {
        "VIGIE_DATABASE_URL": database_url,
        "VIGIE_MQTT_URL": mqtt_url,
        "VIGIE_INGEST_TERRITORY": territory,
    }
    with TemporaryDirectory() as folder:
        program = start_program("ingest", ["ingest"], environment, Path(folder) / "ingest.log")
        try:
            yield
            if first_ended([program]):
                raise EvaluationError(f"ingest ended by itself: {program.last_words()}")
        finally:
            stop_programs([program], timeout_s=15)
            end_session(mqtt_url, client_id)


def enter_reference_of(database_url: str, town: Town, plan: Plan) -> None:
    """Enter what the town's people know at the end."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "reference.json"
        write_reference(path, town, plan.end)
        enter_file(database_url, path)


def compute(connection: Connection, now: datetime) -> int:
    """Run rounds of analytics until nothing is left to do at an instant; give the number of the last finding."""
    deadline = time.monotonic() + PATIENCE_S
    settings = Settings("", settle_s=0.0)
    while not is_idle(run_once(connection, now, settings)):
        if time.monotonic() > deadline:
            raise EvaluationError(f"analytics does not come to an end in {PATIENCE_S:g} s")
    row = connection.execute("select coalesce(max(finding_id), 0) from findings").fetchone()
    return int(row[0]) if row else 0


def group(database_url: str, now: datetime) -> None:
    """Put what was found last under its causes."""
    with open_connection(database_url) as connection:
        keep_incidents(connection, now)


def is_idle(report: RoundReport) -> bool:
    """Say whether a round found nothing to do."""
    kpis = report.kpis
    n_done = report.rollup.n_closed + report.rollup.n_changed + report.watched.n_scored + report.hints.n_steps
    return n_done + kpis.n_new + kpis.n_restated + kpis.n_unchanged == 0
