"""A small machine within this one: programs held to a core and to so much memory, by the kernel's control groups."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.process import wait_until

ROOT = Path("/sys/fs/cgroup")
GONE_S = 30.0


class RoomError(Exception):
    """Programs cannot be held to so much memory here."""


@dataclass(frozen=True, slots=True)
class Files:
    """How a version of control groups calls what we need; `of_swap` may be absent."""

    limit: str
    of_swap: str
    highest: str
    killed: str
    killed_word: str = "oom_kill"


V1 = Files("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control")
V2 = Files("memory.max", "memory.swap.max", "memory.peak", "memory.events")


@dataclass(frozen=True, slots=True)
class Room:
    """A control group with a limit of memory [B], and the core that its programs run on."""

    folder: Path
    home: Path
    files: Files
    core: int

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Have what is started meanwhile live in the room, and stay there."""
        cores = os.sched_getaffinity(0)
        move(self.folder)
        os.sched_setaffinity(0, {self.core})
        try:
            yield
        finally:
            os.sched_setaffinity(0, cores)
            move(self.home)

    @property
    def highest_b(self) -> int:
        """Give the most memory that was in use at once [B], cached files included, which give way."""
        return int((self.folder / self.files.highest).read_text(encoding="ascii"))

    @property
    def n_killed(self) -> int:
        """Count the processes that the kernel has ended for want of memory."""
        lines = (self.folder / self.files.killed).read_text(encoding="ascii").splitlines()
        return next((int(line.split()[1]) for line in lines if line.split()[0] == self.files.killed_word), 0)


@contextmanager
def small_room(limit_b: int) -> Iterator[Room]:
    """Make a room and take it away in the end. Raises RoomError, with the reason, where that is not possible."""
    home, files = find_home(own_groups(), ROOT)
    # A group that holds processes cannot hand memory on to groups below it in version 2: there we lie beside our own.
    folder = (home if files is V1 else home.parent) / f"vigie-small-{os.getpid()}"
    try:
        folder.mkdir()
        set_limit(folder, files, limit_b)
    except OSError as error:
        raise RoomError(f"the control group {folder} cannot be made: {error.strerror}") from error
    try:
        yield Room(folder, home, files, max(os.sched_getaffinity(0)))
    finally:
        wait_until(lambda: is_gone(folder), GONE_S)


def own_groups() -> dict[str, str]:
    """Give our group by controller; that of version 2 has no controller's name."""
    lines = Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    return {names: path for _, names, path in (line.split(":", 2) for line in lines)}


def find_home(groups: dict[str, str], root: Path) -> tuple[Path, Files]:
    """Give the group that we live in where memory is counted, and how its files are called. Raises RoomError."""
    for names, path in groups.items():
        if "memory" in names.split(","):
            return root / names / path.lstrip("/"), V1
    home = root / groups.get("", "/").lstrip("/")
    handed_on = home.parent / "cgroup.subtree_control"
    if home != root and handed_on.exists() and "memory" in handed_on.read_text(encoding="ascii").split():
        return home, V2
    raise RoomError(
        "no control group for memory is handed on to us: as root, start it with "
        "`systemd-run --scope -p MemoryMax=1G -p AllowedCPUs=0`, or in a container with a limit"
    )


def set_limit(folder: Path, files: Files, limit_b: int) -> None:
    """Limit memory, and with it swap where that is counted. Raises OSError."""
    (folder / files.limit).write_text(str(limit_b), encoding="ascii")
    if (folder / files.of_swap).exists():
        (folder / files.of_swap).write_text(str(limit_b if files is V1 else 0), encoding="ascii")


def move(folder: Path) -> None:
    """Move this process into a group."""
    (folder / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")


def is_gone(folder: Path) -> bool:
    """Remove a group; false while somebody lives there."""
    try:
        folder.rmdir()
    except OSError:
        time.sleep(0.2)
    return not folder.exists()
