"""CPU seconds spent: of this program and the processes it has waited for, and of a database server on this machine."""

import os
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds so far; `database_s` is 0 where the server runs elsewhere."""

    program_s: float
    database_s: float

    def __sub__(self, other: "Spent") -> "Spent":
        """Give what was spent since."""
        return Spent(self.program_s - other.program_s, self.database_s - other.database_s)


def read_spent(postmaster: int | None) -> Spent:
    """Read what was spent up to now; `postmaster` is the process number of the server."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    program_s = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    return Spent(program_s, 0.0 if postmaster is None else sum(server_seconds(postmaster)))


def server_seconds(postmaster: int) -> Iterator[float]:
    """Give the seconds of the server, of its sessions that have ended, and of each that goes on."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        times = [int(field) / TICKS for field in fields[11:15]]  # own: user, system; of those waited for: the same
        if int(status.parent.name) == postmaster:
            yield sum(times)
        elif int(fields[1]) == postmaster:
            yield sum(times[:2])
