"""How far the jobs of analytics are, on all hosts together: what `vigie analyse --status` prints."""

from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from analytics.jobs.planning import STALE_S
from store.connect import connect
from store.jobs import Progress, count_workers, read_progress, read_pulse

COLUMNS = ("job", "done", "waiting", "running", "failed", "seconds", "last done", "last error")


def show_progress(database_url: str) -> None:
    """Print a line per kind of job, how many workers are heard of, and how far data time is."""
    with connect(database_url, program="status", autocommit=True) as connection:
        progress, n_workers = read_progress(connection), count_workers(connection, STALE_S)
        computed_to = read_pulse(connection).computed_to
    table = Table(*COLUMNS)
    for one in progress:
        table.add_row(*cells_of(one))
    console = Console()
    console.print(table)
    lag_h = (datetime.now(UTC) - computed_to).total_seconds() / 3600
    console.print(f"{n_workers} workers; hours are computed to {computed_to:%Y-%m-%d %H:%M} UTC, {lag_h:.1f} h ago")


def cells_of(one: Progress) -> tuple[str, ...]:
    """Write a kind's line."""
    done_at = "" if one.done_at is None else f"{one.done_at:%Y-%m-%d %H:%M:%S}"
    numbers = (one.n_done, one.n_waiting, one.n_running, one.n_failed)
    return (one.kind, *map(str, numbers), f"{one.seconds:.1f}", done_at, one.last_error or "")
