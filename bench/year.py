"""A year of the town, back-filled and computed: `python -m bench.year`. One JSON object a line.

The programs are those of `make demo`, each a process: a simulator publishes the past in packed messages through
Mosquitto, an ingest worker stores it, `vigie analyse` computes rollups, findings and KPIs meanwhile. The clock runs
from the simulator's start to the end of the last round of analytics that found something to do. Seconds of a step
add up what the rounds said they took: they overlap with ingest, on the same cores.

Afterwards the simulator publishes a day of the town message by message, as fast as receipts come.
"""

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from analytics.evaluate.row import Row
from bench.database import CHECKOUT, fresh_database
from bench.ingest.sessions import end_session, open_slot
from deploy.local.services import Services, running
from deploy.processes import Program, first_ended, start_program, stop_programs

SLUG = "bench-year"
SEED = 101
GOAL_S = 600.0  # for 365 days; fewer days in proportion
GOAL_SINGLE = 1000.0
SINGLE_SPEED = 1_000_000  # times real time: as fast as it goes
PATIENCE_S = 7200.0
IDLE_KEYS = ("n_closed_hours", "n_changed_hours", "n_scored", "n_kpis_new", "n_kpis_restated")
STEPS = {"rollup_s": "rollups", "kpis_s": "kpis", "watch_s": "detectors", "fold_s": "ledger"}


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the programs work, and the days of the town that end with the last midnight (UTC)."""

    environment: Mapping[str, str]
    folder: Path
    days: int
    scale: float

    @property
    def database_url(self) -> str:
        """The database of this run."""
        return self.environment["VIGIE_DATABASE_URL"]

    @property
    def to_at(self) -> datetime:
        """The instant at which the town stops."""
        return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def main() -> None:
    """Back-fill and compute, then publish singly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365, help="of the full town")
    parser.add_argument("--scale", type=float, default=1.0, help="1: 400 lamps and all the rest")
    parser.add_argument("--logs", type=Path, default=None, help="keep the programs' logs in this folder")
    asked = parser.parse_args()
    with running(CHECKOUT) as services, TemporaryDirectory() as folder:
        logs = asked.logs or Path(folder)
        with bench_of(services, logs / "packed", asked.days, asked.scale) as bench:
            measure_year(bench)
        with bench_of(services, logs / "single", 1, asked.scale) as bench:
            measure_single(bench)


@contextmanager
def bench_of(services: Services, folder: Path, days: int, scale: float) -> Iterator[Bench]:
    """Give a database and a broker's session of this run's own."""
    with fresh_database(services) as database_url:
        client_id = open_slot(database_url, services.mqtt_url, SLUG)
        environment = {
            "VIGIE_DATABASE_URL": database_url,
            "VIGIE_MQTT_URL": services.mqtt_url,
            "VIGIE_INGEST_TERRITORY": SLUG,
        }
        try:
            yield Bench(environment, folder, days, scale)
        finally:
            end_session(services.mqtt_url, client_id)


def measure_year(bench: Bench) -> None:
    """Run everything together and print what it took."""
    began_at = time.time()
    programs = [start(bench, "ingest", ["ingest"]), start(bench, "analyse", ["analyse"]), simulator(bench, [])]
    try:
        wait_for_end(programs)
        ended_at = wait_until_idle(programs)
    finally:
        stop_programs(programs, timeout_s=30)
    rounds = read_rounds(programs[1].log)
    n_values, ingest_s = read_stored(bench.database_url)
    total_s = ended_at - began_at
    goal_s = GOAL_S * bench.days / 365 * bench.scale
    print(Row("year.seconds", total_s, "s", better="lower", goal=goal_s).line())
    copy = n_values / measure_copy(bench.database_url)
    print(Row("year.values", n_values / total_s, "measurements/s", reference=copy).line())
    print(Row("year.ingest", ingest_s, "s", better="lower").line())
    for key, name in STEPS.items():
        print(Row(f"year.{name}", sum(found[key] for found in rounds), "s", better="lower").line())


def measure_single(bench: Bench) -> None:
    """Have one simulator process publish a day of the town message by message, and print its rate."""
    programs = [start(bench, "ingest", ["ingest"]), simulator(bench, ["--speed", str(SINGLE_SPEED)])]
    try:
        wait_for_end(programs)
    finally:
        stop_programs(programs, timeout_s=30)
    with psycopg.connect(bench.database_url) as connection:
        row = connection.execute(
            "select sum(n_messages)::float8,"
            " extract(epoch from max(committed_at) - min(received_at))::float8 from batches"
        ).fetchone()
    rate = row[0] / row[1] if row else 0.0
    print(Row("year.single", rate, "messages/s", goal=GOAL_SINGLE).line())


def start(bench: Bench, name: str, arguments: list[str]) -> Program:
    """Start `vigie ARGUMENTS` as a process of its own."""
    return start_program(name, arguments, bench.environment, bench.folder / f"{name}.log")


def simulator(bench: Bench, how: list[str]) -> Program:
    """Start the town's gateways; the process ends when every message has its receipt."""
    first = bench.to_at - timedelta(days=bench.days)
    span = ["--from", first.isoformat(), "--to", bench.to_at.isoformat(), "--history", "1d"]
    town = ["--seed", str(SEED), "--territory", SLUG, "--scale", str(bench.scale)]
    return start(bench, "simulate", ["simulate", *town, *span, *how])


def wait_for_end(programs: list[Program]) -> None:
    """Wait until the last of the programs, the simulator, has ended well; the others must go on."""
    deadline = time.monotonic() + PATIENCE_S
    while (ended := first_ended(programs)) is None and time.monotonic() < deadline:
        time.sleep(0.1)
    last_words = programs[-1].last_words()
    if ended is not programs[-1] or ended.process.returncode != 0 or "without receipt" in last_words:
        failed = ended or programs[-1]
        raise SystemExit(f"{failed.name} ended too early or too late: {failed.last_words()}")


def wait_until_idle(programs: list[Program]) -> float:
    """Wait for a round of analytics that began after all was stored and found nothing; give when work ended."""
    analyse = programs[1]
    n_before = len(read_rounds(analyse.log))
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and analyse.process.poll() is None:
        rounds = read_rounds(analyse.log)
        if len(rounds) > n_before + 1 and is_idle(rounds[-1]):
            busy = [found for found in rounds if not is_idle(found)]
            return datetime.fromisoformat(busy[-1]["timestamp"]).timestamp()
        time.sleep(0.5)
    raise SystemExit(f"analytics did not come to an end: {analyse.last_words()}")


def is_idle(found: Mapping[str, float]) -> bool:
    """Whether a round found nothing to do."""
    return not any(found[key] for key in IDLE_KEYS)


def read_rounds(log: Path) -> list[dict[str, Any]]:
    """Read what the rounds of `vigie analyse` said."""
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("event") == "round_done"]


def read_stored(database_url: str) -> tuple[int, float]:
    """Count the values stored, and the seconds from the first arrival to the last commit."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "select sum(n_measurements)::bigint,"
            " extract(epoch from max(committed_at) - min(received_at))::float8 from batches"
        ).fetchone()
    if row is None or not row[0]:
        raise SystemExit("nothing was stored")
    return row[0], row[1]


def measure_copy(database_url: str) -> float:
    """Seconds to copy the same values out and, by binary COPY, into a table made and indexed like theirs."""
    with psycopg.connect(database_url) as source, psycopg.connect(database_url, autocommit=True) as target:
        target.execute("create table copied (like measurements)")
        target.execute(
            "select create_hypertable('copied', by_range('observed_at', interval '7 days'),"
            " create_default_indexes => false)"
        )
        target.execute("create unique index on copied (series_id, observed_at)")
        began = time.monotonic()
        columns = "(series_id, batch_id, observed_at, value)"
        with (
            source.cursor().copy(
                "copy (select series_id, batch_id, observed_at, value from measurements) to stdout (format binary)"
            ) as out,
            target.cursor().copy(f"copy copied {columns} from stdin (format binary)") as into,
        ):
            for block in out:
                into.write(block)
        return time.monotonic() - began


if __name__ == "__main__":
    main()
