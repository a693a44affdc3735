"""Workers in processes of their own: the same outcome as one undisturbed run, whoever dies."""

import json
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from socket import create_server
from typing import Any

import psycopg
import pytest

from analytics.program import Settings, run_once
from deploy.local.services import Services
from store.connect import connect
from tests.support.services import fresh_database
from tests.support.waiting import wait_until
from tests.support.worked import fill, is_all_done, read_outcome, worker

pytestmark = pytest.mark.services
PATIENCE_S = 240.0


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    fill(database_url)
    with connect(database_url, program="test", autocommit=True) as opened:
        yield opened


def has_said(log: Path, event: str) -> bool:
    """Say whether a worker has logged something of this name."""
    return f'"event": "{event}"' in log.read_text(encoding="utf-8")


def doing(connection: psycopg.Connection[Any]) -> set[str]:
    """Kinds of the jobs that are being run, as the queue has it."""
    return {row[0] for row in connection.execute("select task_name from procrastinate_jobs where status = 'doing'")}


def test_worker_killed_half_way_is_replaced_and_nothing_differs(
    connection: psycopg.Connection[Any], database_url: str, services: Services, database_template: str, tmp_path: Path
) -> None:
    """Findings, KPIs, rollups and what detectors have learnt are those of one run in one process, row by row."""
    with fresh_database(services, database_template) as other_url:
        fill(other_url)
        with connect(other_url, program="test", autocommit=True) as other:
            run_once(other, datetime.now(UTC), Settings("", settle_s=0.0))
        undisturbed = read_outcome(other_url)
    logs = [tmp_path / f"{index}.log" for index in range(3)]
    with ExitStack() as stack:
        workers = [stack.enter_context(worker(database_url, log)) for log in logs[:2]]
        wait_until(lambda: any(has_said(log, "rollup_step") for log in logs[:2]), "a job half-way", PATIENCE_S)
        index = next(index for index in range(2) if has_said(logs[index], "rollup_step"))
        workers[index].send_signal(signal.SIGKILL)
        workers[index].wait(10)
        assert "rollup" in doing(connection)  # nobody said that it ended
        workers.append(stack.enter_context(worker(database_url, logs[2])))
        wait_until(lambda: is_all_done(connection), "all jobs done", PATIENCE_S)
        for survivor in (workers[1 - index], workers[2]):
            survivor.send_signal(signal.SIGTERM)
            assert survivor.wait(30) == 0
    outcome = read_outcome(database_url)
    assert {kind for kind, _ in outcome} >= {"finding", "kpi", "hour", "day", "state hour", "detector"}
    assert outcome - undisturbed == undisturbed - outcome


def test_database_killed_half_way_costs_nothing(
    connection: psycopg.Connection[Any], database_url: str, tmp_path: Path
) -> None:
    """Every session of the worker is cut in the middle of a job: it connects again and ends with all done once."""
    log = tmp_path / "worker.log"
    with worker(database_url, log) as process:
        wait_until(lambda: has_said(log, "rollup_step"), "a job half-way", PATIENCE_S)
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'vigie analyse' and datname = current_database()"
        )
        wait_until(lambda: is_all_done(connection), "all jobs done", PATIENCE_S)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    twice = connection.execute(
        "select count(*) from (select 1 from kpi_values where is_current"
        " group by territory_id, asset_id, kpi, period having count(*) > 1) as double"
    ).fetchone()
    assert twice == (0,)
    assert connection.execute("select count(*) from kpi_values where not is_current").fetchone() == (0,)
    assert connection.execute("select count(*) from procrastinate_jobs where status = 'failed'").fetchone() == (0,)


def test_worker_serves_its_counters(connection: psycopg.Connection[Any], database_url: str, tmp_path: Path) -> None:
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    log = tmp_path / "worker.log"
    with worker(database_url, log, VIGIE_ANALYSE_METRICS_PORT=str(port)):
        wait_until(lambda: has_said(log, "job_done"), "a job done", PATIENCE_S)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
    kinds = {json.loads(line)["kind"] for line in log.read_text().splitlines() if '"job_done"' in line}
    counted = {line.split('kind="')[1].split('"')[0] for line in lines if line.startswith("vigie_jobs_total{")}
    assert counted <= kinds
    assert counted
    assert any(line.startswith("vigie_data_time_lag_seconds ") for line in lines)
    assert any(line.startswith('vigie_jobs_waiting{kind="watch"}') for line in lines)
