"""Cores, workers, memory, sessions and disk for so many devices, out of measured costs; pure arithmetic.

The model adds up: each message and value has its cost in each part, each series its cost a day. It holds as far as
parts do not wait for one another; what bounds it is told as `limits`. What it rests on: docs/explanation/scale.md.
"""

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COSTS = Path(__file__).with_name("costs.toml")
MICRO = 1e-6
DAY_S = 86_400
GB = 1e9


@dataclass(frozen=True, slots=True)
class Costs:
    """Measured costs; names end in their unit. Each has its measurement beside it in `costs.toml`.

    Those of a series and day were measured at `values_per_series_day` values; `idle_cores` is what all parts spend on
    looking whether there is something to do.
    """

    broker_us_per_message: float
    broker_us_per_value: float
    ingest_us_per_batch: float
    ingest_us_per_message: float
    ingest_us_per_value: float
    database_us_per_batch: float
    database_us_per_message: float
    database_us_per_value: float
    analyse_s_per_series_day: float
    analyse_database_s_per_series_day: float
    values_per_series_day: float
    idle_cores: float
    raw_bytes_per_value: float
    compressed_bytes_per_value: float
    derived_bytes_per_series_day: float
    ingest_mb: float
    analyse_mb: float
    api_mb: float
    session_mb: float
    ingest_sessions: float
    analyse_sessions: float
    api_sessions: float


@dataclass(frozen=True, slots=True)
class Size:
    """What is to be served. `peak` is the busiest hour over the mean; raw values are kept `raw_days`, in full for the
    first 14 days, then compressed where the edition can.
    """

    devices: int
    values_per_day: float
    values_per_message: float = 2.5
    series_per_device: float = 4.0
    peak: float = 2.0
    raw_days: int = 730
    is_compressed: bool = True
    shared_buffers_gb: float = 8.0

    @property
    def messages_per_s(self) -> float:
        """Messages a second in the busiest hour."""
        return self.values_per_day / self.values_per_message / DAY_S * self.peak

    @property
    def series(self) -> float:
        return self.devices * self.series_per_device


@dataclass(frozen=True, slots=True)
class Needs:
    """What it takes: cores busy in the busiest hour, processes, sessions at the database, memory, disk.

    `single_job_share` is how much of a day analytics would take in one job at a time, as rollups run.
    """

    broker_cores: float
    ingest_cores: float
    database_cores: float
    analyse_cores: float
    idle_cores: float
    single_job_share: float
    ingest_workers: int
    analyse_workers: int
    sessions: int
    memory_gb: float
    disk_gb: float
    disk_gb_per_day: float

    @property
    def cores(self) -> int:
        """Cores in all, each busy to 70 % at most."""
        busy = self.broker_cores + self.ingest_cores + self.database_cores + self.analyse_cores + self.idle_cores
        return math.ceil(busy / BUSY_RATIO)


BUSY_RATIO = 0.7  # beyond that queues grow quickly with each disturbance
YOUNG_DAYS = 14  # chunks are compressed when they are so old: docs/reference/retention.md
MOST_SESSIONS = 400  # PostgreSQL without a pooler; each costs memory and a place in every snapshot
MOST_DATABASE_CORES = 32.0  # one machine that can be bought everywhere


def read_costs(path: Path = COSTS) -> Costs:
    """Read measured costs. Raises TypeError where one is missing or unknown."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return Costs(**{name: entry["value"] for name, entry in tables.items()})


def tell_needs(size: Size, costs: Costs) -> Needs:
    """Work out what a size needs."""
    a_second, values = size.messages_per_s, size.messages_per_s * size.values_per_message
    broker, ingest, database = (
        MICRO * (a_second * of_message + values * of_value)
        for of_message, of_value in (
            (costs.broker_us_per_message, costs.broker_us_per_value),
            (costs.ingest_us_per_message, costs.ingest_us_per_value),
            (costs.database_us_per_message, costs.database_us_per_value),
        )
    )
    analyse, analyse_database = (
        series_days(size, costs) * cost_s / DAY_S
        for cost_s in (costs.analyse_s_per_series_day, costs.analyse_database_s_per_series_day)
    )
    ingest_workers, analyse_workers = (max(1, math.ceil(cores / BUSY_RATIO)) for cores in (ingest, analyse))
    batches = batches_per_s(a_second, ingest_workers, costs)
    ingest += MICRO * batches * costs.ingest_us_per_batch
    database += MICRO * batches * costs.database_us_per_batch
    sessions = math.ceil(
        ingest_workers * costs.ingest_sessions + analyse_workers * costs.analyse_sessions + costs.api_sessions
    )
    programs_mb = ingest_workers * costs.ingest_mb + analyse_workers * costs.analyse_mb + costs.api_mb
    return Needs(
        broker_cores=broker,
        ingest_cores=ingest,
        database_cores=database + analyse_database,
        analyse_cores=analyse,
        idle_cores=costs.idle_cores,
        single_job_share=analyse + analyse_database,
        ingest_workers=ingest_workers,
        analyse_workers=analyse_workers,
        sessions=sessions,
        memory_gb=(programs_mb + sessions * costs.session_mb) / 1000 + size.shared_buffers_gb,
        disk_gb=disk_bytes(size, costs) / GB,
        disk_gb_per_day=(disk_bytes(size, costs, 1)) / GB,
    )


def series_days(size: Size, costs: Costs) -> float:
    """Count the series, one with more values than the measured ones for as many: a bound from above."""
    return max(size.series, size.values_per_day / costs.values_per_series_day)


def batches_per_s(messages_per_s: float, workers: int, costs: Costs) -> float:
    """Give the most batches a second: one for each message, as long as the workers can be so fast one after the other.

    A worker commits what is there when the last commit has returned, so it makes small batches while it has time.
    """
    return min(messages_per_s, workers / (MICRO * (costs.ingest_us_per_batch + costs.database_us_per_batch)))


def disk_bytes(size: Size, costs: Costs, days: int | None = None) -> float:
    """Give the bytes of so many days (those that raw values are kept, where not given), rollups and ledger included."""
    kept = size.raw_days if days is None else days
    young = min(kept, YOUNG_DAYS) if size.is_compressed else kept
    raw = size.values_per_day * (young * costs.raw_bytes_per_value + (kept - young) * costs.compressed_bytes_per_value)
    return raw + kept * size.series * costs.derived_bytes_per_series_day


def limits(needs: Needs) -> Iterator[str]:
    """Say where the model stops holding for a size: what one process or one machine can do at most."""
    if needs.broker_cores > BUSY_RATIO:
        yield f"the broker needs {needs.broker_cores:.2f} cores, Mosquitto has one thread: several, or a cluster"
    if needs.single_job_share > BUSY_RATIO:
        yield (
            f"analytics takes {needs.single_job_share:.1f} days for a day, and rollups run one at a time: "
            "territories on several databases"
        )
    if needs.database_cores > MOST_DATABASE_CORES * BUSY_RATIO:
        yield f"one PostgreSQL would need {needs.database_cores:.0f} busy cores: territories on several databases"
    if needs.sessions > MOST_SESSIONS:
        yield f"{needs.sessions} sessions: a connection pooler before PostgreSQL"
