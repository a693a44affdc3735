"""What is noted every few seconds of a run: memory, handles, connections, queues, lag."""

import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client.parser import text_string_to_metric_families

from bench.soak.judging import Bound
from bench.soak.proc import Held, read_tree
from bench.soak.stack import Stack
from deploy.local.alarm import read_counts
from store.connect import connect
from store.sql import load_queries

QUERIES = load_queries(__file__)
MB = 1e6
PATIENCE_S = 10.0
HOUR_S = 3600.0
NEVER_S = 1e8  # nothing computed yet: the lag begins in 1970


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of figure: its unit, what it tells, and by how much it may grow while it is judged."""

    unit: str
    about: str
    bound: Bound


KINDS = {
    "memory": Kind("MB", "memory that a program alone holds", Bound(0.05, 8.0)),
    "handles": Kind("1", "open files and sockets", Bound(0.05, 8.0)),
    "connections": Kind("1", "sessions at the database", Bound(0.0, 2.0)),
    "queue": Kind("MB", "messages waiting in the broker", Bound(0.05, 0.5)),
    "unfinished": Kind("1", "messages taken by a worker, not yet committed", Bound(0.0, 100.0)),
    "dropped": Kind("1", "messages that the broker dropped", Bound(0.0, 0.0)),
    "lag": Kind("s", "from the arrival of a batch to its commit, 99 %", Bound(0.0, 1.0)),
    "late_hours": Kind("s", "how long the oldest late hour waits to be computed again", Bound(0.0, 60.0)),
    "hours_behind": Kind("1", "closed hours not yet computed", Bound(0.0, 0.5)),
    "jobs": Kind("1", "jobs waiting", Bound(0.0, 5.0)),
    "hung_up": Kind("1", "listeners that lost their stream", Bound(0.0, 0.0)),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """All figures at one instant [s from the begin]; names are `kind` or `kind.of`. `held` is for those who add up."""

    at_s: float
    figures: Mapping[str, float]
    held: Mapping[str, Held]
    n_messages: int
    n_measurements: int


@dataclass(slots=True)
class Sampler:
    """Reads a running stack; `n_hung_up` is asked for the listeners that were cut off."""

    stack: Stack
    began: float = field(default_factory=time.monotonic)
    _last_batch: int = 0
    _n_messages: int = 0
    _n_measurements: int = 0

    def sample(self, n_hung_up: int) -> Sample:
        """Read everything once."""
        at_s = time.monotonic() - self.began
        held = {name: read_tree(pid) for name, pid in self.stack.pids().items()}
        figures = {f"memory.{name}": one.own_b / MB for name, one in held.items()}
        figures |= {f"handles.{name}": float(one.n_handles) for name, one in held.items()}
        figures |= self.read_database() | self.read_broker() | self.read_counters()
        figures["hung_up"] = float(n_hung_up)
        return Sample(at_s, figures, held, self._n_messages, self._n_measurements)

    def read_database(self) -> dict[str, float]:
        """Ask for sessions, delays of the batches since the last sample, and hours that wait."""
        with connect(self.stack.services.database_url, program="soak", autocommit=True) as connection:
            sessions = connection.execute(QUERIES["count_connections"]).fetchall()
            batches = connection.execute(QUERIES["read_batches"], {"after": self._last_batch}).fetchone()
            hours = connection.execute(QUERIES["read_oldest_change"]).fetchone()
        assert batches is not None, "an aggregate gives a row"
        assert hours is not None, "an aggregate gives a row"
        self._last_batch = max(self._last_batch, int(batches[0]))
        self._n_messages += int(batches[1])
        self._n_measurements += int(batches[2])
        figures = {"lag": float(batches[3]), "late_hours": float(hours[0])}
        for name, n in sessions:  # "vigie ingest slots": the program, then what for
            figure = f"connections.{str(name).removeprefix('vigie ').split()[0]}"
            figures[figure] = figures.get(figure, 0.0) + n
        return figures

    def read_broker(self) -> dict[str, float]:
        """Ask for the broker's own counts."""
        counts = read_counts(self.stack.services.mqtt_url, PATIENCE_S)
        if counts is None:
            return {"queue": float("nan"), "dropped": float("nan")}
        return {"queue": counts["stored_bytes"] / MB, "dropped": float(counts["dropped"])}

    def read_counters(self) -> dict[str, float]:
        """Ask all workers for what they tell Prometheus."""
        told = {name: scrape(address) for name, address in self.stack.metrics_addresses().items()}
        analyse = told.pop("analyse")
        lag_s = analyse.get("vigie_data_time_lag_seconds", NEVER_S)
        return {
            "unfinished": sum(one.get("vigie_messages_unfinished", 0.0) for one in told.values()),
            "jobs": analyse.get("vigie_jobs_waiting", float("nan")),
            "hours_behind": lag_s // HOUR_S if lag_s < NEVER_S else float("nan"),
        }


def read_size(stack: Stack) -> tuple[int, int]:
    """Give how large the database is [B], the server's log left out, and how many series it has."""
    with connect(stack.services.database_url, program="soak", autocommit=True) as connection:
        row = connection.execute(QUERIES["read_size"]).fetchone()
    assert row is not None, "one row"
    return int(row[0]), int(row[1])


def scrape(address: str) -> dict[str, float]:
    """Give the counters of a worker, those with labels added up and by `kind`; nothing where it does not answer."""
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:  # our own address
            text = answer.read().decode()
    except OSError:
        return {}
    told: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            told[one.name] = told.get(one.name, 0.0) + one.value
            if kind := one.labels.get("kind"):
                told[f"{one.name}.{kind}"] = one.value
    return told
