"""The real ingest worker as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.settings import Settings
from tests.support.shared import REPOSITORY

WORKER = "from ingest.program import main; from ingest.settings import read_settings; main(read_settings())"


@contextmanager
def ingesting(settings: Settings) -> Iterator[None]:
    """Run a worker until the block ends; it must end by itself when asked to."""
    environment = {
        **os.environ,
        "VIGIE_DATABASE_URL": settings.database_url,
        "VIGIE_MQTT_URL": settings.mqtt_url,
        "VIGIE_INGEST_TERRITORY": settings.territory or "",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER], cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield
        assert process.poll() is None, "the worker ended early"
    finally:
        process.terminate()
        try:
            code = process.wait(20)
        finally:
            process.kill()
            process.wait()
    assert code == 0
