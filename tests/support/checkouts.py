"""Checkouts of their own for tests of the embedded services, and programs that own them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local import place_of, reset
from deploy.local.services import Embedded, Services
from tests.support.shared import REPOSITORY

OWNER = """
import sys
from pathlib import Path
from deploy.local import running
with running(Path(sys.argv[1])) as services:
    print(services.embedded.postgres_pid, services.embedded.mosquitto_pid, flush=True)
    sys.stdin.read()
"""


@contextmanager
def a_checkout(folder: Path) -> Iterator[Path]:
    """Make a folder that counts as a checkout; its services are stopped and deleted in the end."""
    folder.mkdir()
    try:
        yield folder
    finally:
        reset(folder)
        shutil.rmtree(place_of(folder).data, ignore_errors=True)


@contextmanager
def an_owner(checkout: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """Run a program that owns the services until its input ends; give it and the servers' process numbers."""
    command = [sys.executable, "-c", OWNER, str(checkout)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, [int(pid) for pid in process.stdout.readline().split()]
        finally:
            process.kill()


def embedded(services: Services | None) -> Embedded:
    """Give the servers that we started."""
    assert services is not None
    assert services.embedded is not None
    return services.embedded
