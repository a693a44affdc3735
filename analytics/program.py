"""`vigie analyse`: keeps rollups, findings and KPIs current, in rounds.

Every step of a round is a transaction of its own that may be cut anywhere and done again: what was not committed is
found undone by the next round, or by another program.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType

import structlog

from analytics.clock.job import ClockReport, watch_clocks
from analytics.delivery.account import DeliveryReport, keep_account
from analytics.forecast.job import ForecastReport, tell_forecasts
from analytics.hint import HintReport, tell_hints
from analytics.tell import note_versions, tell_changed
from analytics.watch import WatchReport, watch_series, watch_silence
from store import ledger, retention, rollup, usage
from store.connect import connect, translated_errors
from store.errors import UnreachableError
from store.inputs import Connection
from store.results import KpiReport

log = structlog.get_logger("analytics")
N_STEPS = 30  # days of rollups computed per round: each round looks at every series once more
N_BATCHES = 20  # of series scored per round and detector, so that no step starves the others
STATEMENT_TIMEOUT_S = 600.0
METER = usage.Meter("analyse")  # one process, one meter


class SettingError(Exception):
    """An environment variable cannot be used."""

    exit_code = 11


@dataclass(frozen=True, slots=True)
class Settings:
    """What the program is told. A round begins `round_s` [s] after the end of the one before."""

    database_url: str
    round_s: float = 5.0
    grace_s: float = 30.0
    settle_s: float = 5.0


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings: VIGIE_DATABASE_URL, VIGIE_ANALYSE_ROUND_S, VIGIE_ANALYSE_GRACE_S, VIGIE_ANALYSE_SETTLE_S.

    Raises
    ------
    SettingError
        The database is not named, or a number is none.
    """
    database_url = environment.get("VIGIE_DATABASE_URL", "")
    if not database_url:
        raise SettingError("set VIGIE_DATABASE_URL to the database's address")
    return Settings(
        database_url,
        seconds_from(environment, "VIGIE_ANALYSE_ROUND_S", 5.0),
        seconds_from(environment, "VIGIE_ANALYSE_GRACE_S", 30.0),
        seconds_from(environment, "VIGIE_ANALYSE_SETTLE_S", 5.0),
    )


def seconds_from(environment: Mapping[str, str], name: str, default_s: float) -> float:
    """Read a number of seconds, not negative."""
    text = environment.get(name, "")
    try:
        seconds = float(text) if text else default_s
    except ValueError as error:
        raise SettingError(f"{name} must be a number of seconds, not {text!r}") from error
    if not 0 <= seconds < float("inf"):
        raise SettingError(f"{name} must be a number of seconds from 0 on, not {text!r}")
    return seconds


@dataclass(frozen=True, slots=True)
class RoundReport:
    """What one round did, and the seconds that each of its steps took."""

    n_folded: int
    delivery: DeliveryReport
    rollup: rollup.RefreshReport
    watched: WatchReport
    kpis: KpiReport
    hints: HintReport
    clocks: ClockReport
    forecasts: ForecastReport
    seconds: Mapping[str, float]

    @property
    def is_behind(self) -> bool:
        """Whether old hours or hints wait that could be computed at once."""
        has_hours = self.rollup.n_closed > 0 and self.rollup.computed_to < self.rollup.closed_to
        return has_hours or self.hints.is_behind or self.delivery.is_behind


def main(settings: Settings | None = None, *, once: bool = False) -> None:
    """Run rounds until SIGTERM or SIGINT; with `once`, one round.

    A signal cancels the query that runs: its step is rolled back and done again by the next start. A database that
    goes away is waited for; any other fault ends the program.
    """
    chosen = settings or settings_from(os.environ)
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()
        raise KeyboardInterrupt  # the driver answers by cancelling its query at the server

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    log.info("started", round_s=chosen.round_s)
    with contextlib.suppress(KeyboardInterrupt):
        run_rounds(chosen, stop, once=once)
    log.info("stopped")


def run_rounds(settings: Settings, stop: threading.Event, *, once: bool = False) -> None:
    """Connect and run rounds until told to stop; connect again where the connection is lost."""
    while not stop.is_set():
        try:
            with translated_errors(settings.database_url), open_connection(settings) as connection:
                if n_days := note_versions(connection):
                    log.info("methods_changed", n_days=n_days)
                while not stop.is_set():
                    report = run_once(connection, datetime.now(UTC), settings)
                    note_usage(connection, is_due=once or METER.is_due)
                    if once or stop.wait(0 if report.is_behind else settings.round_s):
                        return
        except UnreachableError as error:
            if once:
                raise
            log.warning("database_away", reason=str(error).strip())
            stop.wait(settings.round_s)


def note_usage(connection: Connection, *, is_due: bool) -> None:
    """Note what this program and the database used since the last time, once a minute."""
    if is_due:
        usage.note_usage(connection, METER.take())
        usage.note_database(connection)


def open_connection(settings: Settings) -> Connection:
    """Open the program's one connection; each step begins and ends its own transaction."""
    return connect(settings.database_url, program="analyse", statement_timeout_s=STATEMENT_TIMEOUT_S, autocommit=True)


def run_once(connection: Connection, now: datetime, settings: Settings | None = None) -> RoundReport:
    """Do one round: ledger, rollups, gaps, scores, KPIs, hints, clocks, forecasts; retention once a day."""
    chosen = settings or Settings("")
    seconds: dict[str, float] = {}
    with timed(seconds, "fold"):
        n_folded = ledger.fold(connection)
    with timed(seconds, "rollup"):
        refreshed = rollup.refresh(
            connection,
            rollup.find_front(connection, now),
            grace_s=chosen.grace_s,
            settle_s=chosen.settle_s,
            n_steps=N_STEPS,
            on_progress=log_progress,
        )
    with timed(seconds, "delivery"):
        delivery = keep_account(connection, now, refreshed.computed_to)
    with timed(seconds, "watch"):
        watched = watch_series(connection, N_BATCHES) + watch_silence(connection, now)
    with timed(seconds, "kpis"):
        kpis = tell_changed(connection, refreshed.computed_to)
    with timed(seconds, "hints"):
        hints = tell_hints(connection, refreshed.computed_to)
    with timed(seconds, "clocks"):
        clocks = watch_clocks(connection, now, N_BATCHES)
    with timed(seconds, "forecasts"):
        forecasts = tell_forecasts(connection, now)
    with timed(seconds, "retention"):
        log_endings(retention.run_daily(connection, now) or [])
    report = RoundReport(n_folded, delivery, refreshed, watched, kpis, hints, clocks, forecasts, seconds)
    log_round(report)
    return report


@contextlib.contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Note how long a step of a round took."""
    began = time.monotonic()
    yield
    seconds[name] = time.monotonic() - began


def log_progress(computed_to: datetime, goal: datetime) -> None:
    """Say how far a long refresh is."""
    log.info("rollup_step", computed_to=computed_to.isoformat(), goal=goal.isoformat())


def log_endings(endings: Iterable[retention.Ending]) -> None:
    """Say what retention has ended, or held back."""
    for ending in endings:
        log.info(
            "retention",
            level=ending.level,
            retention_class=ending.retention_class,
            begins_at=ending.begins_at.isoformat(),
            ends_at=ending.ends_at.isoformat(),
            n_rows=ending.n_rows,
            held=ending.held,
        )


def log_round(report: RoundReport) -> None:
    """Say what a round did, where it did something."""
    log.info(
        "round_done",
        n_folded=report.n_folded,
        n_counts=report.delivery.n_counts,
        n_gaps_attributed=report.delivery.n_attributed,
        n_closed_hours=report.rollup.n_closed,
        n_changed_hours=report.rollup.n_changed,
        n_scored=report.watched.n_scored,
        n_findings_opened=report.watched.n_opened + report.hints.n_opened + report.clocks.n_opened,
        n_findings_closed=report.watched.n_closed + report.hints.n_closed + report.clocks.n_closed,
        n_clocks_judged=report.clocks.n_judged,
        n_forecasts=report.forecasts.n_written,
        n_kpis_new=report.kpis.n_new,
        n_kpis_restated=report.kpis.n_restated,
        **{f"{name}_s": round(seconds, 3) for name, seconds in report.seconds.items()},
    )
