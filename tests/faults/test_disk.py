"""The disk of `make faults-root` is slow where it says so, full where it says so, and well again when healed."""

import errno
import os
from pathlib import Path

import pytest

from tests.faults.disk import ROOT, V1, small_disk

N_PER_S = 5
N_SYNCED = 4
CAN_SLOW = (ROOT / "blkio" / V1.names[-1]).exists() or (ROOT / "cgroup.subtree_control").exists()
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(
        os.geteuid() != 0 or not Path("/dev/loop-control").exists() or not CAN_SLOW,
        reason="a disk of one's own needs root, loop devices and a control group for disks",
    ),
]


def test_disk_is_slow_for_processes_of_its_group_until_healed() -> None:
    with small_disk() as disk:
        disk.slow([], N_PER_S)
        assert disk.sync_s(N_SYNCED) > (N_SYNCED - 1) / N_PER_S
        disk.heal()
        assert min(disk.sync_s(N_SYNCED) for _ in range(5)) < (N_SYNCED - 1) / N_PER_S


def test_disk_that_is_filled_takes_no_byte_until_the_ballast_is_gone() -> None:
    with small_disk() as disk:
        ballast, other = disk.folder.parent / "ballast", disk.folder.parent / "other"
        disk.fill(ballast)
        with pytest.raises(OSError) as refused, other.open("wb", buffering=0) as file:
            file.write(b"x" * 4096)
        assert refused.value.errno == errno.ENOSPC
        ballast.unlink()
        other.write_bytes(b"x" * 4096)
