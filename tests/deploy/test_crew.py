"""`vigie ingest --workers N`: what ends it, and what it says then. That it restarts who dies is in test_scale."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.crew import Seat, end, make_environment
from tests.support.shared import REPOSITORY
from tests.support.waiting import wait_until


def run_ingest(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", "ingest", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.services
def test_worker_that_can_be_of_no_use_ends_all_with_its_sentence_and_code(database_url: str, mqtt_url: str) -> None:
    wrong = mqtt_url.replace("@", "x@")
    result = run_ingest("--workers", "2", VIGIE_DATABASE_URL=database_url, VIGIE_MQTT_URL=wrong)
    assert result.returncode == 12
    assert "refuses us" in result.stderr
    assert "Traceback" not in result.stderr


def test_ports_of_the_counters_must_suffice() -> None:
    given = {"VIGIE_DATABASE_URL": "postgresql://h/d", "VIGIE_MQTT_URL": "mqtt://h"}
    result = run_ingest("--workers", "2", **given, VIGIE_INGEST_METRICS_PORT="65535")
    assert result.returncode == 11
    assert "VIGIE_INGEST_METRICS_PORT leaves no port for worker 2" in result.stderr


def test_each_worker_serves_its_counters_on_a_port_of_its_own() -> None:
    ports = [
        make_environment("VIGIE_INGEST_METRICS_PORT", 9100, index)["VIGIE_INGEST_METRICS_PORT"] for index in range(3)
    ]
    assert ports == ["9100", "9101", "9102"]
    assert make_environment("VIGIE_ANALYSE_METRICS_PORT", 0, 2) == {"VIGIE_ANALYSE_METRICS_PORT": "0"}


def test_who_died_just_before_the_end_does_not_spoil_it() -> None:
    """Its death was not seen yet; a moment earlier it would have been started again."""
    dead, alive = (subprocess.Popen(["sleep", "60"]) for _ in range(2))
    dead.kill()
    wait_until(lambda: Path(f"/proc/{dead.pid}/stat").read_text(encoding="ascii").split()[2] == "Z", "its death")
    assert end([Seat({}, dead), Seat({}, alive), Seat({})]) == 0
    assert alive.returncode == -signal.SIGTERM


STUBBORN = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print("ready", flush=True)
signal.pause()
"""


def test_who_ends_badly_when_asked_is_told() -> None:
    with subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
        assert end([Seat({}, worker)]) == 7
