"""What a program holds and has spent, with all processes under it, as the kernel counts it."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.spent import TICKS

KIB = 1024
# A table, an index or a part of one as PostgreSQL keeps it, and not yet deleted.
RELATION = re.compile(r"/(?:base/\d+|global)/\d+(?:_(?:fsm|vm|init))?(?:\.\d+)?$")


@dataclass(frozen=True, slots=True)
class Held:
    """Memory [B], open files and sockets, CPU seconds since the start, of a program and the processes under it.

    `n_handles` leaves out one descriptor for each table's file and process. PostgreSQL's processes keep the files that
    they touched open on purpose, `max_files_per_process` at most: the checkpointer opened 370 at its first checkpoint,
    five minutes after the start, and each session some more as it met new tables. There can be no more of them than
    the database has files. What is open twice, deleted, temporary or no table is counted.
    `own_b` is what nobody else uses and no file backs: what leaks. `whole_b` adds its part of what is shared
    (libraries, PostgreSQL's buffers), each page divided by those that map it, so that programs can be added up.
    """

    own_b: int = 0
    whole_b: int = 0
    n_handles: int = 0
    cpu_s: float = 0.0

    def __add__(self, other: "Held") -> "Held":
        """Add two processes."""
        return Held(
            self.own_b + other.own_b,
            self.whole_b + other.whole_b,
            self.n_handles + other.n_handles,
            self.cpu_s + other.cpu_s,
        )


def read_tree(pid: int) -> Held:
    """Read a program with all processes under it; those that end meanwhile are left out."""
    total = Held()
    for one in tree_of(pid):
        try:
            total += read_process(one)
        except OSError:
            continue
    return total


def tree_of(pid: int) -> Iterator[int]:
    """Give the numbers of a process and of all under it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            words = task.read_text(encoding="ascii").split()
        except OSError:  # it ended meanwhile
            continue
        for child in words:
            yield from tree_of(int(child))


def read_process(pid: int) -> Held:
    """Read one process. Raises OSError where it is gone."""
    folder = Path(f"/proc/{pid}")
    sizes = {
        line.split(":")[0]: int(line.split()[1]) * KIB
        for line in (folder / "smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    }
    fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    cpu_s = sum(int(field) for field in fields[11:15]) / TICKS  # own: user, system; of those waited for: the same
    return Held(sizes["Pss_Anon"], sizes["Pss"], count_handles(folder / "fd"), cpu_s)


def count_handles(folder: Path) -> int:
    """Count the descriptors of a process, without the first of each table's file. Raises OSError where it is gone."""
    n_handles, relations = 0, set()
    for descriptor in folder.iterdir():
        try:
            target = os.readlink(descriptor)
        except FileNotFoundError:  # closed meanwhile
            continue
        if RELATION.search(target) and target not in relations:
            relations.add(target)
        else:
            n_handles += 1
    return n_handles
