"""`vigie analyse`: how far jobs are, as a person asks for it; settings that cannot be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from deploy.cli import app
from store.connect import connect
from store.jobs import QueuedJob, defer_jobs, note_done, note_failed


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """The command writes its logs where the runner listens, which is closed afterwards."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.services
def test_status_tells_what_was_done_what_waits_and_what_failed(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        note_done(connection, QueuedJob("watch", "0", "x", -40), None, 2.5)
        note_failed(connection, QueuedJob("hints", "1.leak", "x", -70), "ValueError: no flow")
        defer_jobs(connection, [QueuedJob("hints", "1.leak", None, -70)])
    monkeypatch.setenv("VIGIE_DATABASE_URL", database_url)
    monkeypatch.setenv("COLUMNS", "160")
    result = CliRunner().invoke(app, ["analyse", "--status"])
    assert result.exit_code == 0, result.output
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in result.output.splitlines() if "│" in line]
    assert ["watch", "1", "0", "0", "0", "2.5"] in [line[:6] for line in lines]
    assert ["hints", "0", "1", "0", "1", "0.0", "", "ValueError: no flow"] in lines
    assert "0 workers; hours are computed to 1970-01-01 00:00 UTC" in result.output


def test_ports_of_the_counters_must_be_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_DATABASE_URL", "postgresql://h/d")
    monkeypatch.setenv("VIGIE_ANALYSE_METRICS_PORT", "metrics")
    result = CliRunner().invoke(app, ["analyse"])
    assert result.exit_code != 0
    assert "VIGIE_ANALYSE_METRICS_PORT must be a port from 0 to 65535" in str(result.exception)


def test_decision_and_reference_name_every_kind_of_job() -> None:
    from analytics.jobs import find_kinds

    reference = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "jobs.md").read_text(encoding="utf-8")
    assert [name for name in find_kinds() if f"| `{name}` |" not in reference] == []
