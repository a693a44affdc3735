"""`vigie ingest --workers N`: what ends it, and what it says then. That it restarts who dies is in test_scale."""

import os
import subprocess
import sys

import pytest

from deploy.crew import make_environment
from tests.support.shared import REPOSITORY


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
    ports = [make_environment(9100, index)["VIGIE_INGEST_METRICS_PORT"] for index in range(3)]
    assert ports == ["9100", "9101", "9102"]
    assert make_environment(0, 2) == {"VIGIE_INGEST_METRICS_PORT": "0"}
