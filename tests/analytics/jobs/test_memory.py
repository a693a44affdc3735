"""What a job has freed goes back to the kernel, also where something that is kept lies above it."""

import platform
import subprocess
import sys

import pytest

from tests.support.shared import REPOSITORY

MB = 1_000_000
CODE = """
from bench.soak.proc import read_process
from analytics.jobs.memory import give_back
import os
blocks = [bytes(2000) for _ in range(50_000)]
kept = bytes(2000)
blocks.clear()
freed = read_process(os.getpid()).own_b
give_back()
print(freed, read_process(os.getpid()).own_b)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked for it")
def test_freed_memory_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    freed, after = (int(word) for word in done.stdout.split())
    assert freed - after > 50 * MB
