"""A run of simulated towns from what was asked to what came of it: files, broker, progress."""

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from simulators.format_mix import choose_encoders
from simulators.grid import DAY_S
from simulators.period import Period
from simulators.reference import write_reference
from simulators.runner import Report, Runner, Tally
from simulators.stream import Stream
from simulators.town import Town
from simulators.truth import check_truth_file, write_truth


@dataclass(frozen=True, slots=True)
class Cast:
    """Which towns: the first one's seed and slug, how many, how large, and how far back their meters reach."""

    seed: int = 1
    slug: str = "val-de-tille"
    n_towns: int = 1
    scale: float = 1.0
    lamps: int | None = None
    history: timedelta = timedelta(days=400)

    def towns(self, start: datetime) -> list[Town]:
        """Draw the towns; everything reports from `start`. Raises TownError."""
        return [
            Town(
                self.seed + number,
                self.slug if number == 0 else f"{self.slug}-{number + 1}",
                start,
                scale=self.scale,
                lamps=self.lamps,
                history_days=self.history.days,
            )
            for number in range(self.n_towns)
        ]


@dataclass(frozen=True, slots=True)
class Output:
    """Where the truth and the reference data go; several towns add their slug to the name."""

    truth: Path | None = None
    reference: Path | None = None

    def check(self, towns: Sequence[Town]) -> None:
        """Refuse to overwrite the truth of another town. Raises TownError."""
        for town in towns:
            if (path := own(self.truth, town, len(towns))) is not None:
                check_truth_file(path, town)

    def write(self, towns: Sequence[Town], reached_s: Sequence[int]) -> None:
        """Write what is true of each town up to where its stream has come."""
        for town, at_s in zip(towns, reached_s, strict=True):
            reached = datetime.fromtimestamp(max(at_s, town.setting.history_s), UTC)
            if (path := own(self.truth, town, len(towns))) is not None:
                write_truth(path, town, reached)
            if (path := own(self.reference, town, len(towns))) is not None:
                write_reference(path, town, reached)


def own(path: Path | None, town: Town, n_towns: int) -> Path | None:
    """Give a town's own file."""
    if path is None or n_towns == 1:
        return path
    return path.with_name(f"{path.stem}-{town.slug}{path.suffix}")


def with_history(period: Period, towns: Sequence[Town]) -> Period:
    """Let a run start where the meters' history does; that part is packed at any speed."""
    first_s = min(town.setting.history_s for town in towns)
    return Period(datetime.fromtimestamp(first_s, UTC), period.live_from, period.to_at, period.speed)


def simulate_towns(
    towns: Sequence[Town], mqtt_url: str, period: Period, output: Output, formats: str = "native"
) -> Tally:
    """Publish the towns' streams until the period ends or Ctrl-C, with a progress bar; files are written in any case.

    Raises
    ------
    simulators.publisher.PublisherError
        No broker answers, or it refuses us.
    simulators.town.TownError
        The truth file belongs to another town.
    """
    output.check(towns)
    streams = [Stream(town, choose_encoders(formats, town)) for town in towns]
    stop = threading.Event()
    runner = Runner(streams, mqtt_url, stop)
    with stopped_by_signals(stop), shown(period) as report, runner:
        try:
            return runner.run(period, report)
        finally:
            output.write(towns, runner.reached_s)


@contextmanager
def stopped_by_signals(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C and termination end the run in order, where we are the main thread."""

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Bar:
    """The progress bar: days of the past, then what goes out live."""

    def __init__(self, progress: Progress, period: Period) -> None:
        self.progress = progress
        self.from_s = period.from_at.timestamp()
        past_s = min(datetime.now(UTC), period.to_at).timestamp() - self.from_s
        self.task = progress.add_task("past", total=max(past_s / DAY_S, 1e-9), detail="")

    def report(self, tally: Tally) -> None:
        """Show how far the run has come."""
        reached = datetime.fromtimestamp(tally.reached_s, UTC) if tally.reached_s else None
        detail = f"{tally.n_messages:,} messages, {tally.n_values:,} values, {tally.n_unreceipted:,} without receipt"
        if reached:
            detail = f"{reached:%Y-%m-%d %H:%M}  {detail}"
        done = max(tally.reached_s - self.from_s, 0) / DAY_S
        title = "live" if tally.is_live else "past"
        self.progress.update(self.task, completed=done, description=title, detail=detail)


@contextmanager
def shown(period: Period) -> Iterator[Report]:
    """Show a progress bar on the terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[detail]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4) as progress:
        yield Bar(progress, period).report


def summary(tally: Tally) -> str:
    """Say in one sentence what became of the run."""
    refused = ", ".join(f"{n:,} {reason}" for reason, n in sorted(tally.refused.items()))
    parts = [
        f"{tally.n_messages:,} messages with {tally.n_values:,} values published",
        f"{tally.stored:,} stored",
        f"{tally.duplicate:,} duplicate",
        f"refused: {refused or 'none'}",
    ]
    if tally.n_unreceipted:
        parts.append(f"{tally.n_unreceipted:,} messages without receipt (does `vigie ingest` run?)")
    return "; ".join(parts)
