"""Bytes through every reader of what others write, guided by coverage, for an hour. JSON lines.

`python -m bench.fuzz.inputs [--minutes 60] [--inputs N] [--only sensorthings] [--jobs 1]`. Each target runs in a
process of its own; crashes, hangs and logs go to `build/fuzz`. `--replay FILE` runs one input again, `--keep FILE`
keeps it for good, `--renew` makes the corpus anew of what searches have grown. Exit code 1 after a crash or a hang.
See docs/reference/fuzzing.md.
"""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from analytics.evaluate.row import Row
from bench.fuzz.inputs.budget import Budget
from bench.fuzz.inputs.corpus import keep, read_folder, renew
from bench.fuzz.inputs.reduction import reduce
from bench.fuzz.inputs.search import FOLDER, Found, Searcher, grown_folder
from bench.fuzz.inputs.target import Target, all_targets, find_target

GOAL_INPUTS = 10_000_000.0


def main() -> int:
    """Do what is asked and give the exit code."""
    asked = read_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))  # so that no process stays
    if asked.replay or asked.keep:
        return run_again(asked.replay or asked.keep, is_kept=asked.keep is not None)
    targets = [target for target in all_targets() if asked.only in target.name]
    if asked.renew:
        return renew_all(targets)
    searcher = Searcher()
    begin = time.monotonic()
    founds: list[Found] = []
    try:
        search_all(searcher, targets, asked, founds)
    finally:  # also where somebody has seen enough
        tell(founds, (time.monotonic() - begin) / 60)
    return 1 if any(one.crashes or one.hangs or not one.is_run for one in founds) else 0


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz.inputs", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="of all targets together")
    parser.add_argument(
        "--inputs", type=int, default=10**12, help="of all targets together; else as many as there is time for"
    )
    parser.add_argument("--only", default="", help="targets whose name holds this")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--replay", type=Path, help="run the input of this file again")
    parser.add_argument("--keep", type=Path, help="keep the input of this file in the repository")
    parser.add_argument("--renew", action="store_true", help="make the corpus anew")
    return parser.parse_args()


def search_all(searcher: Searcher, targets: Sequence[Target], asked: argparse.Namespace, founds: list[Found]) -> None:
    """Search every target, so many at a time; what was found is told as it comes."""
    budget = Budget(60 * asked.minutes * asked.jobs, asked.inputs, sum(target.weight for target in targets))

    def search(target: Target) -> Found:
        share = budget.take(target.weight)
        found = searcher.search(target, share)
        budget.give_back(share, found.seconds, found.inputs)
        return found

    with ThreadPoolExecutor(asked.jobs) as pool:
        try:
            for found in pool.map(search, targets):
                founds.append(found)
                print(sentence(found), file=sys.stderr, flush=True)
        finally:
            searcher.end()


def sentence(found: Found) -> str:
    """Say what came of one target."""
    rate = found.inputs / found.seconds if found.seconds else 0
    figures = f"{found.target}: {found.inputs} inputs in {found.seconds:.0f} s ({rate:.0f}/s), {found.edges} edges, "
    figures += f"{found.features} features, slowest {found.slowest_s:.3f} s, {found.peak_mb} MB"
    troubles = [f"CRASH {path}" for path in found.crashes] + [f"HANG {path}" for path in found.hangs]
    troubles += [] if found.is_run else [f"NOT RUN: see {FOLDER / found.target}.log"]
    return "\n  ".join([figures, *troubles])


def tell(founds: Sequence[Found], minutes: float) -> None:
    """Print the figures."""
    rows = (
        Row("fuzz.inputs", sum(one.inputs for one in founds), "1", goal=GOAL_INPUTS),
        Row("fuzz.minutes", round(minutes, 2), "min"),
        Row("fuzz.targets", sum(one.is_run for one in founds), "1"),
        Row("fuzz.crashes", sum(len(one.crashes) for one in founds), "1", "lower", goal=0.0),
        Row("fuzz.hangs", sum(len(one.hangs) for one in founds), "1", "lower", goal=0.0),
        Row("fuzz.edges", sum(one.edges for one in founds), "1"),
        Row("fuzz.slowest_input", max((one.slowest_s for one in founds), default=0.0), "s", "lower"),
        Row("fuzz.peak_memory", max((one.peak_mb for one in founds), default=0), "MB", "lower"),
    )
    for row in rows:
        print(row.line(), flush=True)


def run_again(path: Path, *, is_kept: bool) -> int:
    """Run the input of a file by the target that its name begins with; it raises what it raised."""
    name = path.name.partition("-")[0]
    if is_kept:
        keep(name, path.read_bytes())
    find_target(name).run(path.read_bytes())
    print(f"{name}: taken or refused as documented")
    return 0


def renew_all(targets: Sequence[Target]) -> int:
    """Make the corpus of each target anew, out of what searches have grown, if there were any."""
    for target in targets:
        if grown := read_folder(grown_folder(target.name)):
            renew(target.name, reduce(target, grown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
