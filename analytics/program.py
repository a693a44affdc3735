"""`vigie analyse`: keeps rollups, findings and KPIs current, by jobs that any number of workers on any host share.

Every step of a job is a transaction of its own that may be cut anywhere and done again: what was not committed is found
undone by the next run, here or elsewhere.
"""

import contextlib
import os
import signal
from datetime import UTC, datetime
from types import FrameType

import structlog

from analytics.jobs.office import note_usage, open_connection
from analytics.jobs.round import RoundReport, run_once
from analytics.jobs.settings import SettingError, Settings, settings_from
from analytics.jobs.worker import run_worker
from analytics.tell import note_versions
from store.connect import translated_errors

__all__ = ["RoundReport", "SettingError", "Settings", "main", "run_once", "settings_from"]
log = structlog.get_logger("analytics")


def main(settings: Settings | None = None, *, once: bool = False) -> None:
    """Work until SIGTERM or SIGINT; with `once`, run what waits here and now, and end.

    A signal cancels the query that runs: its step is rolled back and done again by the next start, or elsewhere.
    """
    chosen = settings or settings_from(os.environ)
    log.info("started", round_s=chosen.round_s)
    if once:
        do_round(chosen)
    else:
        run_worker(chosen)
    log.info("stopped")


def do_round(settings: Settings) -> None:
    """Run all that waits, one job after the other."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt  # the driver answers by cancelling its query at the server

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    with (
        contextlib.suppress(KeyboardInterrupt),
        translated_errors(settings.database_url),
        open_connection(settings.database_url) as connection,
    ):
        if n_days := note_versions(connection):
            log.info("methods_changed", n_days=n_days)
        run_once(connection, datetime.now(UTC), settings)
        note_usage(connection)
