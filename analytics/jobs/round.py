"""A round: the jobs that workers take from the queue run here, one after the other, until nothing is behind."""

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import structlog

from analytics.clock.job import ClockReport
from analytics.delivery.account import DeliveryReport
from analytics.forecast.job import ForecastReport
from analytics.hint import HintReport
from analytics.jobs import Kind, find_kinds
from analytics.jobs.planning import find_due
from analytics.jobs.running import look, run_job
from analytics.jobs.settings import Settings
from analytics.watch import WatchReport
from store.inputs import Connection
from store.results import KpiReport
from store.rollup import RefreshReport, read_watermark

log = structlog.get_logger("analytics")
Report = TypeVar("Report")


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What a round did: the reports of each kind of job added up, and the seconds that its jobs took."""

    reports: Mapping[str, Any]
    seconds: Mapping[str, float]

    @property
    def n_folded(self) -> int:
        return int(self.reports.get("fold", 0))

    @property
    def delivery(self) -> DeliveryReport:
        return self._of("delivery", DeliveryReport())

    @property
    def rollup(self) -> RefreshReport:
        report: RefreshReport = self.reports["rollup"]
        return report

    @property
    def watched(self) -> WatchReport:
        return sum((self._of(kind, WatchReport()) for kind in ("watch", "assets", "silence")), WatchReport())

    @property
    def kpis(self) -> KpiReport:
        return self._of("kpis", KpiReport(0, 0, 0))

    @property
    def hints(self) -> HintReport:
        return self._of("hints", HintReport())

    @property
    def clocks(self) -> ClockReport:
        return self._of("clocks", ClockReport())

    @property
    def forecasts(self) -> ForecastReport:
        return self._of("forecasts", ForecastReport())

    def _of(self, kind: str, nothing: Report) -> Report:
        found: Report = self.reports.get(kind, nothing)
        return found


def run_once(connection: Connection, now: datetime, settings: Settings | None = None) -> RoundReport:
    """Run all kinds of jobs in their order, and again as long as one of them is behind."""
    chosen = settings or Settings("")
    watermark = read_watermark(connection)
    reports: dict[str, Any] = {"rollup": RefreshReport(watermark.closed_to, watermark.computed_to, 0, 0)}
    seconds: dict[str, float] = {}
    is_behind = True
    while is_behind:
        is_behind = False
        for kind in find_kinds().values():
            with timed(seconds, kind.name):
                is_behind |= run_kind(connection, kind, (now, chosen), reports)
    report = RoundReport(reports, seconds)
    log_round(report)
    return report


def run_kind(connection: Connection, kind: Kind, when: tuple[datetime, Settings], reports: dict[str, Any]) -> bool:
    """Run what is due of one kind, add to the reports, and say whether any job of it is behind."""
    now, settings = when
    moment = look(connection, now, settings)
    is_behind = False
    for job in list(find_due(connection, kind, moment)):
        done = run_job(connection, job, moment)
        if done is not None:
            reports[kind.name] = reports[kind.name] + done.report if kind.name in reports else done.report
            is_behind |= done.is_behind
    return is_behind


@contextlib.contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Add how long the jobs of a kind took."""
    began = time.monotonic()
    yield
    seconds[name] = seconds.get(name, 0.0) + time.monotonic() - began


def log_round(report: RoundReport) -> None:
    """Say what a round did."""
    log.info(
        "round_done",
        computed_to=report.rollup.computed_to.isoformat(),
        n_folded=report.n_folded,
        n_counts=report.delivery.n_counts,
        n_closed_hours=report.rollup.n_closed,
        n_changed_hours=report.rollup.n_changed,
        n_scored=report.watched.n_scored,
        n_series_again=report.watched.n_again,
        n_findings_opened=report.watched.n_opened + report.hints.n_opened + report.clocks.n_opened,
        n_findings_closed=report.watched.n_closed + report.hints.n_closed + report.clocks.n_closed,
        n_forecasts=report.forecasts.n_written,
        n_kpis_new=report.kpis.n_new,
        n_kpis_restated=report.kpis.n_restated,
        **{f"{name}_s": round(seconds, 3) for name, seconds in report.seconds.items()},
    )
