"""The clock of the workers jumps by up to an hour and jumps home again; the monotonic one goes on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.faults.chain import Chain
from tests.faults.fault import Fault

LONGEST_S = 3600


@contextmanager
def strike(chain: Chain, chance: Random) -> Iterator[None]:
    write(chain.clock, 0)
    if not chain.is_clock_loose:
        chain.is_clock_loose = True
        chain.kill("ingest")
        chain.start("ingest")
    write(chain.clock, chance.randrange(-LONGEST_S, LONGEST_S))
    yield
    write(chain.clock, 0)


def write(path: Path, seconds: int) -> None:
    """Say by how much the clock is ahead [s]; whoever reads finds the old number or the new one."""
    draft = path.with_suffix(".draft")
    draft.write_text(f"{seconds:+d}\n", encoding="ascii")
    os.replace(draft, path)


FAULT = Fault("clock_step", "ingest", "The clock of the ingest jumps and jumps home", strike)
