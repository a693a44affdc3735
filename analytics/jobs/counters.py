"""What a worker of analytics counts, for Prometheus."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge

from analytics.jobs import Done, find_kinds
from store.jobs import Waiting

Outcome = Literal["done", "failed", "elsewhere"]


class Counters:
    """Counters of one worker, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.jobs = Counter("vigie_jobs", "Jobs ended", ["kind", "outcome"], registry=self.registry)
        self.seconds = Counter("vigie_job_seconds", "Time spent in jobs [s]", ["kind"], registry=self.registry)
        self.opened = Counter("vigie_findings_opened", "Findings opened or raised", ["kind"], registry=self.registry)
        self.waiting = Gauge("vigie_jobs_waiting", "Jobs in the queue, on all hosts", ["kind"], registry=self.registry)
        self.running = Gauge("vigie_jobs_running", "Jobs being run, on all hosts", ["kind"], registry=self.registry)
        self.lag_s = Gauge("vigie_data_time_lag_seconds", "Age of the last computed hour", registry=self.registry)

    def count(self, kind: str, outcome: Outcome, seconds: float) -> None:
        """Add a job that has ended one way or another."""
        self.jobs.labels(kind, outcome).inc()
        self.seconds.labels(kind).inc(seconds)

    def count_findings(self, kind: str, done: Done) -> None:
        """Add the findings that a job opened, where its report tells of any."""
        if n_opened := getattr(done.report, "n_opened", 0):
            self.opened.labels(kind).inc(n_opened)

    def show(self, waiting: Mapping[str, Waiting], now: datetime, computed_to: datetime) -> None:
        """Set what is known of the queue and of data time."""
        for name in find_kinds():
            one = waiting.get(name, Waiting(0, 0))
            self.waiting.labels(name).set(one.n_waiting)
            self.running.labels(name).set(one.n_running)
        self.lag_s.set((now - computed_to).total_seconds())
