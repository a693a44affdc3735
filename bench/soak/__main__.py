"""`make soak`: all of Vigie under a town of 5,000 devices whose time runs fast; exit code 1 where anything grows.

Memory, open files, sessions at the database, queues and lag are read every few seconds; after a warm-up each must stay
flat. The table goes to the output, the plot and the logs to `build/soak`. Bounds and what they can see:
docs/reference/soak.md.
"""

import argparse
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.soak.listening import Clients, listening
from bench.soak.report import Report
from bench.soak.sampling import Sample, Sampler
from bench.soak.settling import wait_until_computed
from bench.soak.stack import FOLDER, SoakError, Wish, running_stack

N_SAMPLES = 240
LEAST_EVERY_S = 2.0
TELL_S = 60.0
START_MIN = 1.0  # until the town is drawn


def main() -> int:
    """Run, print, draw, and give the exit code."""
    options = read_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))  # so that all is taken away
    try:
        report = soak(options)
    except SoakError as error:
        sys.exit(str(error))
    judgements = report.judgements()
    for line in (*report.table(judgements), "", *report.spent()):
        print(line)
    plot = options.folder / "soak.svg"
    title = f"{options.devices} devices, {options.minutes:g} minutes at {options.speed:g} times their speed"
    plot.write_text(report.drawn(title, judgements), encoding="utf-8")
    growing = [name for name, one in judgements.items() if not one.is_flat]
    print(f"\nplot: {plot}\n" + (f"GROWS: {', '.join(growing)}" if growing else "everything is flat"))
    return 1 if growing else 0


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0, help="how long")
    parser.add_argument("--devices", type=int, default=5000, help="size of the town")
    parser.add_argument("--speed", type=float, default=72.0, help="how many times faster than life the town sends")
    parser.add_argument("--workers", type=int, default=2, help="processes of the ingest")
    parser.add_argument("--listeners", type=int, default=20, help="clients that hear every new measurement")
    parser.add_argument("--warm-up", type=float, default=0.35, help="share of the time that is not judged")
    parser.add_argument("--seed", type=int, default=1, help="which town")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="for logs and plot")
    return parser.parse_args()


def soak(options: argparse.Namespace) -> Report:
    """Run the chain and note its figures. Raises SoakError."""
    wish, seconds = Wish(options.devices, options.workers, options.seed), options.minutes * 60
    with running_stack(wish, options.folder) as stack, listening(stack, options.listeners) as clients:
        sampler = Sampler(stack)
        warm_up(sampler, options.minutes * options.speed)
        stack.simulate(past(options.minutes * options.speed, options.speed))
        samples = watch(sampler, clients, seconds)
    return Report(samples, options.warm_up * seconds)


def warm_up(sampler: Sampler, minutes: float) -> None:
    """Let a whole day come in a burst before the run, so that every series is known and every job has run once."""
    end = datetime.now(UTC) - timedelta(minutes=minutes)
    begin = end - timedelta(days=1)
    with sampler.stack.sending_past(["--from", told(begin), "--to", told(end), "--history", "0d"]):
        last = wait_until_computed(sampler)
    print(f"warm: {last.n_messages:,} messages, {last.n_measurements:,} values of a day", file=sys.stderr, flush=True)


def past(minutes: float, speed: float) -> list[str]:
    """Have the town send what happened for so long, up to now, message by message."""
    begin = datetime.now(UTC) - timedelta(minutes=minutes + START_MIN * speed)
    return ["--from", told(begin), "--speed", str(speed), "--history", "0d"]


def told(instant: datetime) -> str:
    """Write an instant for the simulator."""
    return instant.isoformat(timespec="seconds")


def watch(sampler: Sampler, clients: Clients, seconds: float) -> list[Sample]:
    """Sample until the time is over, from the first message on. Raises SoakError where a program ends."""
    every_s = max(LEAST_EVERY_S, seconds / N_SAMPLES)
    before = sampler.sample(clients.n_hung_up).n_messages
    while sampler.sample(clients.n_hung_up).n_messages == before:
        sampler.stack.require_running()
        time.sleep(LEAST_EVERY_S)
    samples: list[Sample] = []
    sampler.began, told_s = time.monotonic(), 0.0
    while (due_s := len(samples) * every_s) <= seconds:
        time.sleep(max(0.0, sampler.began + due_s - time.monotonic()))
        sampler.stack.require_running()
        samples.append(sampler.sample(clients.n_hung_up))
        if samples[-1].at_s >= told_s:
            tell(samples[-1], clients)
            told_s += TELL_S
    return samples


def tell(sample: Sample, clients: Clients) -> None:
    """Say how far it is."""
    memory = " ".join(f"{name} {held.whole_b / 1e6:.0f} MB" for name, held in sample.held.items())
    counts = f"{sample.n_messages:,} messages, {clients.n_answers} answers, {clients.n_heard_b / 1e6:.0f} MB heard"
    late = f"late hours {sample.figures['late_hours']:.0f} s, lag {sample.figures['lag']:.2f} s"
    print(f"{sample.at_s / 60:5.1f} min: {counts}; {late}; {memory}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
