"""`make small`: all of Vigie for a village of 500 devices on one core and 1 GB: memory, CPU seconds and disk a day.

Two days of the village's past come first, as a gateway that was away sends them; once they are computed, the village
lives at its own rhythm for some minutes. The programs and the services are held to a core and to the memory, the
simulator is not. JSON lines; exit code 1 where the kernel had to end something. What it means: docs/reference/soak.md.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from analytics.evaluate.row import Row
from bench.soak.listening import listening
from bench.soak.room import Room, RoomError, small_room
from bench.soak.sampling import MB, Sample, Sampler, read_size, scrape
from bench.soak.settling import EVERY_S, wait_until_computed
from bench.soak.stack import FOLDER, SoakError, Wish, running_stack

MEMORY_MIB = 1024
DAYS = 2
N_LISTENERS = 2
DAY_S = 86_400
ONE_AT_A_TIME = ("rollup", "fold", "delivery", "silence", "clocks", "limits")  # docs/reference/jobs.md


@dataclass(frozen=True, slots=True)
class Past:
    """What the days that came first have cost: bytes on disk and CPU seconds of each program, by day."""

    bytes_per_day: float
    cpu_s_per_day: dict[str, float]
    seconds: float
    n_days: float
    n_measurements: int
    n_series: int
    single_jobs_s_per_day: float


def main() -> int:
    """Run, print, and give the exit code."""
    options = read_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    wish = Wish(options.devices, ingest_workers=1)
    try:
        rows = list(run(options, wish))
    except (SoakError, RoomError) as error:
        sys.exit(str(error))
    for row in rows:
        print(row.line())
    return 1 if any(row.met is False for row in rows) else 0


def run(options: argparse.Namespace, wish: Wish) -> Iterator[Row]:
    """Give all figures. Raises SoakError, RoomError."""
    with (
        small_room(options.memory * 2**20) as room,
        running_stack(wish, options.folder, room.hold) as stack,
        listening(stack, N_LISTENERS) as clients,
    ):
        sampler = Sampler(stack)
        past = take_past(sampler)
        yield from figures([*live(sampler, options.minutes * 60, lambda: clients.n_hung_up)], past)
        yield from of_room(room)


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak.small", description=__doc__)
    parser.add_argument("--devices", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the village lives once its past is in")
    parser.add_argument("--memory", type=int, default=MEMORY_MIB, help="of programs and services together [MiB]")
    parser.add_argument("--folder", type=Path, default=FOLDER.with_name("small"), help="for logs")
    return parser.parse_args()


def take_past(sampler: Sampler) -> Past:
    """Start the village and wait until its past is stored and computed. Raises SoakError where it never is."""
    (before_b, _), began = read_size(sampler.stack), time.monotonic()
    start = datetime.now(UTC)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    first, jobs_s = sampler.sample(0), single_jobs_s(sampler)
    sampler.stack.simulate(["--backfill", f"{DAYS}d", "--history", "0d"])
    last = wait_until_computed(sampler)
    days = (start - midnight) / timedelta(days=1)
    spent = {name: (held.cpu_s - first.held[name].cpu_s) / days for name, held in last.held.items()}
    after_b, n_series = read_size(sampler.stack)
    return Past(
        bytes_per_day=(after_b - before_b) / days,
        cpu_s_per_day=spent,
        seconds=time.monotonic() - began,
        n_days=days,
        n_measurements=last.n_measurements,
        n_series=n_series,
        single_jobs_s_per_day=(single_jobs_s(sampler) - jobs_s) / days,
    )


def single_jobs_s(sampler: Sampler) -> float:
    """Give the seconds spent so far in jobs of which one runs at a time, waiting included."""
    told = scrape(sampler.stack.metrics_addresses()["analyse"])
    return sum(told.get(f"vigie_job_seconds_total.{kind}", 0.0) for kind in ONE_AT_A_TIME)


def live(sampler: Sampler, seconds: float, n_hung_up: Callable[[], int]) -> Iterator[Sample]:
    """Sample while the village lives. Raises SoakError where a program ends."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sampler.stack.require_running()
        yield sampler.sample(n_hung_up())
        time.sleep(EVERY_S)


def figures(samples: Sequence[Sample], past: Past) -> Iterator[Row]:
    """Give what each program holds and spends, and what a day takes."""
    first, last = samples[0], samples[-1]
    seconds = last.at_s - first.at_s
    for name in last.held:
        held = [one.held[name].whole_b / MB for one in samples]
        yield Row(f"small.memory.{name}", median(held), "MB", "lower", n=len(held))
        cpu_s = (last.held[name].cpu_s - first.held[name].cpu_s) / seconds * DAY_S
        yield Row(f"small.cpu_live_day.{name}", cpu_s, "s", "lower")
    together = [sum(one.whole_b for one in sample.held.values()) / MB for sample in samples]
    yield Row("small.memory.together", max(together), "MB", "lower")
    yield Row("small.cpu_live_day.together", (cpu_of(last) - cpu_of(first)) / seconds * DAY_S, "s", "lower")
    for name, cpu_s in past.cpu_s_per_day.items():
        yield Row(f"small.cpu_past_day.{name}", cpu_s, "s", "lower")
    yield Row("small.single_jobs_past_day", past.single_jobs_s_per_day, "s", "lower")
    yield Row("small.past_computed_in", past.seconds, "s", "lower")
    yield Row("small.series", past.n_series, "1")
    yield Row("small.values_day", past.n_measurements / past.n_days, "1")
    yield Row("small.disk_day", past.bytes_per_day / MB, "MB", "lower")
    yield Row("small.messages_live", (last.n_messages - first.n_messages) / seconds, "1/s")


def of_room(room: Room) -> Iterator[Row]:
    """Give what the kernel says of the room."""
    yield Row("small.memory.with_cached_files", room.highest_b / MB, "MB", "lower")
    yield Row("small.killed_for_memory", room.n_killed, "1", "lower", goal=0.0)


def cpu_of(sample: Sample) -> float:
    """Add up what all programs have spent [s]."""
    return sum(one.cpu_s for one in sample.held.values())


if __name__ == "__main__":
    sys.exit(main())
