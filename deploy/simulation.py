"""A run of simulated towns from what was asked to what came of it: files, broker, progress."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
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
from simulators.town import Town, TownError
from simulators.truth import Truth, find_earlier_run, write_truth

CHECKPOINT_S = 30.0
OVERLAP = timedelta(days=1)  # sent again when a run goes on: what was on its way when it ended; Vigie knows duplicates


@dataclass(frozen=True, slots=True)
class Cast:
    """Which towns: the first one's seed and slug, how many, how large, and how far back their meters reach."""

    seed: int = 1
    slug: str = "val-de-tille"
    n_towns: int = 1
    scale: float = 1.0
    lamps: int | None = None
    history: timedelta = timedelta(days=400)

    def members(self) -> list[tuple[int, str]]:
        """Give seed and slug of each town."""
        numbers = range(self.n_towns)
        return [(self.seed + n, self.slug if n == 0 else f"{self.slug}-{n + 1}") for n in numbers]

    def towns(self, start: datetime) -> list[Town]:
        """Draw the towns; everything reports from `start`. Raises TownError."""
        size = {"scale": self.scale, "lamps": self.lamps, "history_days": self.history.days}
        return [Town(seed, slug, start, **size) for seed, slug in self.members()]  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Output:
    """Where the truth and the reference data go; several towns add their slug to the name."""

    truth: Path | None = None
    reference: Path | None = None

    def earlier(self, cast: Cast) -> list[Truth]:
        """Give what earlier runs of these towns left; empty unless all left something. Raises TownError."""
        if self.truth is None:
            return []
        found = [find_earlier_run(own(self.truth, slug, cast.n_towns), seed, slug) for seed, slug in cast.members()]
        return [truth for truth in found if truth is not None] if all(found) else []

    def write(self, towns: Sequence[Town], reached_s: Sequence[int]) -> None:
        """Write what is true of each town up to where its stream has come; nothing where it has not begun."""
        for town, at_s in zip(towns, reached_s, strict=True):
            if at_s <= town.setting.history_s:
                continue
            reached = datetime.fromtimestamp(at_s, UTC)
            if self.truth is not None:
                write_truth(own(self.truth, town.slug, len(towns)), town, reached)
            if self.reference is not None:
                write_reference(own(self.reference, town.slug, len(towns)), town, reached)


def own(path: Path, slug: str, n_towns: int) -> Path:
    """Give a town's own file."""
    return path if n_towns == 1 else path.with_name(f"{path.stem}-{slug}{path.suffix}")


def draw_run(cast: Cast, period: Period, output: Output, *, has_past: bool) -> tuple[list[Town], Period]:
    """Draw the towns of a run, and say from when to when it goes.

    Where a run of the same towns left its truth, this one goes on with them where that one ended. Else a run with a
    past starts with the meters' history.

    Raises
    ------
    TownError
        The size makes no sense, or differs from the earlier run's; the file tells of another town.
    """
    earlier = output.earlier(cast)
    if not earlier:
        towns = cast.towns(period.from_at)
        return towns, with_history(period, towns) if has_past else period
    towns = cast.towns(earlier[0].full_from)
    same = [(truth.scale, truth.n_lamps, truth.history_days, truth.full_from) for truth in earlier]
    if same != [(town.scale, town.setting.plan.n_lamps, cast.history.days, earlier[0].full_from) for town in towns]:
        raise TownError(f"{output.truth} tells of a run of another size; choose another name or delete it")
    reached = min(truth.generated_to for truth in earlier) - OVERLAP
    first = datetime.fromtimestamp(towns[0].setting.history_s, UTC)
    from_at = max(reached, first)
    return towns, Period(from_at, max(period.live_from, from_at), max(period.to_at, from_at), period.speed)


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
    """
    streams = [Stream(town, choose_encoders(formats, town)) for town in towns]
    stop = threading.Event()
    runner = Runner(streams, mqtt_url, stop)
    checkpoint = Checkpoint(lambda: output.write(towns, runner.reached_s))
    with stopped_by_signals(stop), shown(period) as show, runner:
        try:
            return runner.run(period, both(show, checkpoint))
        finally:
            checkpoint.write()


def both(show: Report, checkpoint: "Checkpoint") -> Report:
    """Show how far a run has come, and keep it."""

    def report(tally: Tally) -> None:
        show(tally)
        checkpoint.tick()

    return report


class Checkpoint:
    """Writes now and then, so that a run that is killed can go on where it was."""

    def __init__(self, write: Callable[[], None]) -> None:
        self.write = write
        self.written_at = time.monotonic()

    def tick(self) -> None:
        """Write if it is time."""
        if time.monotonic() - self.written_at >= CHECKPOINT_S:
            self.write()
            self.written_at = time.monotonic()


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
