"""`make faults`: the long form. Rounds go to the error output as they come, figures to the output, as JSON lines."""

import argparse
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests.faults.chain import running_servers
from tests.faults.disk import small_disk
from tests.faults.drive import Plan, drive
from tests.faults.fault import find_parts
from tests.faults.host import apart
from tests.faults.schedule import LONGEST_HOLD_S, draw_schedule
from tests.faults.stream import make_stream


def main() -> int:
    """Run and give the exit code: 1 where something was lost, stored twice, or told otherwise."""
    options = read_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are taken away too
    rounds = tuple(
        draw_schedule(options.seed, options.rounds, chosen(options.only, as_root=options.root), options.hold)
    )
    plan = Plan(options.messages, rounds, options.rate, drain_s=max(600.0, options.messages / 50))
    stream = make_stream(options.seed, options.messages)
    log = Path(options.log or tempfile.mkdtemp(prefix="vigie-faults-"))
    print(f"seed {options.seed}, {len(rounds)} rounds, logs of the programs in {log}", file=sys.stderr, flush=True)
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk()) if options.root else None
        host = stack.enter_context(apart()) if options.root else None
        servers = stack.enter_context(running_servers(disk))
        report = drive(servers, stream, replace(plan, host=host), log, tell)
    for line in report.lines():
        print(line)
    return 0 if report.is_good else 1


def tell(line: str) -> None:
    """Say how far it is."""
    print(line, file=sys.stderr, flush=True)


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=main.__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--messages", type=int, default=1_000_000, help="at least so many")
    parser.add_argument("--rounds", type=int, default=60, help="how often something strikes")
    parser.add_argument("--rate", type=float, help="most messages a second; as many as go through where not given")
    parser.add_argument("--hold", type=float, default=LONGEST_HOLD_S, help="longest length of a fault [s]")
    parser.add_argument("--only", help="names of faults, with commas")
    parser.add_argument("--root", action="store_true", help="also what needs root: full disk, slow disk, split network")
    parser.add_argument("--log", help="folder for the logs of the programs")
    return parser.parse_args()


def chosen(names: str | None, *, as_root: bool) -> dict[str, str]:
    """Give the faults to draw from, by what they strike. Ends the program where one is unknown."""
    parts = find_parts() | (find_parts(as_root=True) if as_root else {})
    if names is None:
        return parts
    wanted = names.split(",")
    if unknown := [name for name in wanted if name not in parts]:
        sys.exit(f"no fault {', '.join(unknown)}; there are {', '.join(sorted(parts))}")
    return {name: parts[name] for name in wanted}


if __name__ == "__main__":
    sys.exit(main())
