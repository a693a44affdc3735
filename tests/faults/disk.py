"""A small disk of its own for the servers of a run, as root: it can be filled, and slowed for chosen processes."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from bench.soak.room import GONE_S, ROOT, is_gone
from tests.faults.host import run
from tests.support.waiting import wait_until

DISK_MB = 1500  # a year's free room is not needed, but twice the log of a busy minute is
PIECE = bytes(1 << 12)
ALLOCATED_PART = 0.99  # of the free room at once; the rest is written
SYNC = 'echo $$ > "$1/cgroup.procs" && exec dd if=/dev/zero of="$2" bs=4k count=1 conv=fsync status=none'


@dataclass(frozen=True, slots=True)
class Files:
    """How a version of control groups bounds the use of a disk: files, the line that bounds and that which lifts."""

    names: tuple[str, ...]
    bound: str
    lifted: str


V1 = Files(("blkio.throttle.read_iops_device", "blkio.throttle.write_iops_device"), "{disk} {n_per_s}", "{disk} 0")
V2 = Files(("io.max",), "{disk} riops={n_per_s} wiops={n_per_s}", "{disk} riops=max wiops=max")


@dataclass(frozen=True, slots=True)
class Disk:
    """A disk: a folder on it for the servers, its number as the kernel has it, and the control group that is slowed."""

    folder: Path
    number: str
    group: Path
    files: Files

    def slow(self, pids: Sequence[int], n_per_s: int) -> None:
        """Let these processes, and those that they start, read and write at most so often [1/s] in all."""
        self.write(self.files.bound.format(disk=self.number, n_per_s=n_per_s))
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                (self.group / "cgroup.procs").write_text(str(pid), encoding="ascii")

    def heal(self) -> None:
        """Let them read and write as fast as they can; they stay in the group."""
        self.write(self.files.lifted.format(disk=self.number))

    def write(self, line: str) -> None:
        """Tell the kernel."""
        for name in self.files.names:
            (self.group / name).write_text(line, encoding="ascii")

    def sync_s(self, n: int) -> float:
        """Measure how long so many writes of 4 kB take [s], each synchronised, for a process of the group."""
        probe = self.folder.parent / "probe"
        began = time.monotonic()
        for _ in range(n):
            run("sh", "-c", SYNC, "sh", str(self.group), str(probe))
        elapsed_s = time.monotonic() - began
        probe.unlink()
        return elapsed_s

    def fill(self, ballast: Path) -> None:
        """Fill it to the last byte by a file."""
        with ballast.open("wb", buffering=0) as file:
            room = os.fstatvfs(file.fileno())
            os.posix_fallocate(file.fileno(), 0, int(room.f_bavail * room.f_frsize * ALLOCATED_PART))
            file.seek(0, os.SEEK_END)
            while write_all(file):  # room that was only set aside is given back once what was written is on the disk
                os.fsync(file.fileno())


def write_all(file: FileIO) -> int:
    """Write until there is no room, and give how many bytes that were."""
    n_bytes = 0
    with contextlib.suppress(OSError):
        while True:
            n_bytes += file.write(PIECE)
    return n_bytes


@contextmanager
def small_disk() -> Iterator[Disk]:
    """Make a disk of 1.5 GB out of a file and mount it; all is taken away in the end."""
    with tempfile.TemporaryDirectory(prefix="vigie-faults-disk-") as name, slowed_group() as (group, files):
        image, mounted = Path(name) / "image", Path(name) / "mounted"
        os.chmod(name, 0o711)  # the servers run as another user
        mounted.mkdir()
        with image.open("wb") as file:
            file.truncate(DISK_MB * 1_000_000)
        run("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
        run("mount", "-o", "loop", str(image), str(mounted))
        try:
            device = mounted.stat().st_dev
            yield Disk(mounted / "servers", f"{os.major(device)}:{os.minor(device)}", group, files)
        finally:
            run("umount", "--lazy", str(mounted))


@contextmanager
def slowed_group() -> Iterator[tuple[Path, Files]]:
    """Make a control group whose reading and writing can be bounded; taken away once nobody lives there."""
    files = V1 if (ROOT / "blkio").exists() else V2
    home = ROOT / "blkio" if files is V1 else ROOT
    if files is V2:
        (home / "cgroup.subtree_control").write_text("+io", encoding="ascii")
    group = home / f"vigie-faults-{os.getpid()}"
    group.mkdir()
    try:
        yield group, files
    finally:
        wait_until(lambda: is_gone(group), "the slowed processes are gone", GONE_S)
