"""`make evaluate`: towns with known truth, each through the whole chain, then what was found against what was true.

One JSON object a line on standard output, over all towns together; how far it is on standard error.
"""

import argparse
import signal
import sys
import time
from collections.abc import Container, Iterator
from contextlib import closing
from pathlib import Path

from bench.database import drop_leftovers
from bench.evaluation.crew import work_through
from bench.evaluation.kept import KeptError, find, keep
from bench.evaluation.outcome import Outcome, Task, evaluate_town, figures
from bench.evaluation.town import Plan, draw_town, start_of
from deploy.local.services import Services, running
from simulators.town import TownError

CHECKOUT = Path(__file__).resolve().parent  # servers and data of their own, apart from the demo's and the tests'
REFUSED, INTERRUPTED = 2, 130
MOST_SEEDS = 1000


def main() -> None:
    """Evaluate the towns asked for, print the figures, leave nothing behind."""
    asked = read_arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    outcomes: list[Outcome] = []
    code = 0
    try:
        outcomes.extend(recall(asked))
        with running(CHECKOUT) as services:
            drop_leftovers(services.database_url)
            outcomes.extend(evaluate_all(services, asked, {outcome.seed for outcome in outcomes}))
    except KeptError as error:
        say(str(error))
        code = REFUSED
    except KeyboardInterrupt:
        say("interrupted: databases and services are gone; the figures are of the towns that were done")
        code = INTERRUPTED
    lines = "".join(figure.line() + "\n" for figure in figures(len(asked.seeds), outcomes))
    print(lines, end="")
    if asked.out:
        asked.out.write_text(lines, encoding="utf-8")
    say(f"{len(outcomes)} of {len(asked.seeds)} towns in {(time.monotonic() - began) / 60:.1f} min")
    raise SystemExit(code or int(len(outcomes) < len(asked.seeds)))


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    plan = Plan()
    parser = argparse.ArgumentParser(prog="bench.evaluation", description=__doc__)
    parser.add_argument("--seeds", type=read_seeds, default=read_seeds("1-20"), help="such as 1-20 or 101,102")
    parser.add_argument("--jobs", type=int, choices=range(1, 65), metavar="N", default=2, help="towns at a time")
    parser.add_argument("--scale", type=float, default=plan.scale, help="1: 400 lamps and all the rest")
    parser.add_argument("--days", type=int, default=plan.days, help="of the full town")
    parser.add_argument("--history", type=int, default=plan.history_days, help="metered days before it")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep outcomes there; what it holds is not done again"
    )
    parser.add_argument("--out", type=Path, help="write the figures to this file too")
    asked = parser.parse_args()
    try:
        draw_town(max(asked.seeds), plan_of(asked, max(asked.seeds)))
    except (TownError, OverflowError) as error:
        parser.error(str(error))
    return asked


def plan_of(asked: argparse.Namespace, seed: int) -> Plan:
    """Give what is asked of a town; the season it starts in goes by its seed."""
    start = start_of(seed, asked.days)
    return Plan(start=start, scale=asked.scale, days=asked.days, history_days=asked.history)


def read_seeds(text: str) -> tuple[int, ...]:
    """Read seeds and spans of seeds: `1-20` or `101,102,105-107`; each once, in order."""
    seeds: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise argparse.ArgumentTypeError(f"seeds are numbers and spans such as 1-20 or 101,102, not {text!r}")
        span = range(int(first), int(last or first) + 1)
        if not 0 < len(span) <= MOST_SEEDS:
            raise argparse.ArgumentTypeError(f"{part.strip()!r} is no span of 1 to {MOST_SEEDS} seeds")
        seeds.update(span)
    return tuple(sorted(seeds))


def recall(asked: argparse.Namespace) -> Iterator[Outcome]:
    """Give the outcomes of earlier sittings. Raises KeptError."""
    for seed in asked.seeds if asked.keep else ():
        if kept := find(asked.keep, plan_of(asked, seed), seed):
            say(f"seed {seed}: kept, evaluated at {kept.outcome.commit or 'an unknown commit'}")
            yield kept.outcome


def evaluate_all(services: Services, asked: argparse.Namespace, done: Container[int]) -> Iterator[Outcome]:
    """Evaluate what is not done and say how far it is; a town that failed is left out, its process has said why."""
    tasks = [Task(services, seed, plan_of(asked, seed)) for seed in asked.seeds if seed not in done]
    with closing(work_through(tasks, asked.jobs, evaluate_town)) as answers:
        for number, (task, outcome) in enumerate(answers, 1):
            say(f"{number}/{len(tasks)} {describe(task, outcome)}")
            if outcome is not None:
                if asked.keep:
                    keep(asked.keep, task.plan, outcome)
                yield outcome


def describe(task: Task, outcome: Outcome | None) -> str:
    """Say in a line what became of a town."""
    if outcome is None:
        return f"seed {task.seed}: failed"
    faults = [case for case in outcome.findings.cases if case.is_fault]
    n_found = sum(case.is_found for case in faults)
    n_false = sum(outcome.findings.n_false.values())
    spent = ", ".join(f"{step} {spent_s:.0f} s" for step, spent_s in outcome.seconds.items())
    return f"seed {task.seed}: {n_found} of {len(faults)} faults found, {n_false} false alarms ({spent})"


def say(line: str) -> None:
    """Print a line for the person who waits."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
