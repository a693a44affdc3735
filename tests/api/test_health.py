"""Everybody hears one word of health; engineers hear of each program what is not well."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.health import find_full, find_standing
from store.connect import connect
from store.keys import NewKey, Role, insert_key
from store.migrate import read_migrations
from tests.support.api import api_client
from tests.support.town import seed_small_region

pytestmark = pytest.mark.services
HEARTBEAT = "insert into procrastinate_workers default values"
NEWEST = max(migration.number for migration in read_migrations())


def key_of(database_url: str, role: Role) -> str:
    with connect(database_url, program="test") as connection:
        return insert_key(connection, NewKey(role, ["east"], role))[1]


def get(database_url: str, path: str, key: str | None = None) -> httpx.Response:
    async def ask() -> httpx.Response:
        async with api_client(database_url, key) as client:
            return await client.get(path)

    return asyncio.run(ask())


def causes(answer: httpx.Response) -> dict[str, list[str]]:
    """Give the causes by program, those that are well left out; each tells of itself in both languages."""
    found: dict[str, list[str]] = {}
    for program in answer.json()["programs"]:
        assert program["status"] == ("degraded" if program["causes"] else "ok")
        for cause in program["causes"]:
            assert len(cause["sentence_fr"]) > 10
            assert len(cause["sentence_en"]) > 10
            found.setdefault(program["program"], []).append(cause["cause"])
    return found


def make_well(database_url: str) -> Any:
    """Close the hours, and have a worker of analyse and a session of ingest; the session ends with what is given."""
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute("update rollup_watermarks set closed_to = date_trunc('hour', now())")
        connection.execute(HEARTBEAT)
    return connect(database_url, program="ingest", autocommit=True)


def test_a_platform_whose_programs_work_is_well(database_url: str) -> None:
    seed_small_region(database_url)
    key = key_of(database_url, "engineer")
    with make_well(database_url):
        assert (get(database_url, "/v1/health").status_code, get(database_url, "/v1/health").json()) == (
            200,
            {"status": "ok"},
        )
        answer = get(database_url, "/v1/health/programs", key)
        assert (answer.json()["status"], causes(answer)) == ("ok", {})
        assert [one["program"] for one in answer.json()["programs"]] == [
            "database",
            "broker",
            "ingest",
            "analyse",
            "api",
        ]


@pytest.mark.parametrize(
    ("trouble", "cause"),
    [
        ("delete from procrastinate_workers", {"analyse": ["absent"]}),
        (
            "update procrastinate_workers set last_heartbeat = now() - interval '1 minute'",
            {"analyse": ["absent"]},
        ),
        (
            "update rollup_watermarks set closed_to = now() - interval '3 hours'",
            {"analyse": ["hours_open"]},
        ),
        (
            "insert into job_marks (kind, part, failed_at, last_error) values ('kpis', 'x', now(), 'no')",
            {"analyse": ["failing"]},
        ),
        (
            "insert into procrastinate_jobs (queue_name, task_name) values ('analyse', 'kpis');"
            " update procrastinate_events set at = now() - interval '1 hour'",
            {"analyse": ["queue"]},
        ),
        (
            "insert into source_states (source, session, is_connected, changed_at) values ('own', 'a', false, now())",
            {"broker": ["disconnected"]},
        ),
        (
            "insert into broker_drops (source, noted_at, since, total, n_dropped) values ('own', now(), now(), 5, 5)",
            {"broker": ["dropped"]},
        ),
        (f"delete from migrations where number = {NEWEST}", {"database": ["schema"]}),
    ],
)
def test_each_trouble_is_named_with_its_program(database_url: str, trouble: str, cause: dict[str, list[str]]) -> None:
    seed_small_region(database_url)
    key = key_of(database_url, "engineer")
    with make_well(database_url):
        with connect(database_url, program="test", autocommit=True) as connection:
            connection.execute(trouble.encode())
        assert causes(get(database_url, "/v1/health/programs", key)) == cause
        public = get(database_url, "/v1/health")
        assert (public.status_code, public.json()) == (200, {"status": "degraded"})


def test_no_ingest_is_said_so(database_url: str) -> None:
    seed_small_region(database_url)
    key = key_of(database_url, "engineer")
    make_well(database_url).close()
    assert causes(get(database_url, "/v1/health/programs", key)) == {"ingest": ["absent"]}


def test_who_is_no_engineer_hears_no_causes(database_url: str) -> None:
    seed_small_region(database_url)
    assert get(database_url, "/v1/health/programs", key_of(database_url, "technician")).status_code == 403


def test_a_disk_that_is_nearly_full_is_said_so(tmp_path: Path) -> None:
    """The measure is the disk's own; a folder that is not there yet counts as the one it will lie in."""
    assert find_standing(tmp_path / "not" / "yet") == tmp_path
    found = find_full(tmp_path, least_free=1.1)
    assert found is not None
    assert (found.program, found.cause) == ("api", "disk")
    assert "%" in found.sentence_en
    assert find_full(tmp_path, least_free=0.0) is None
    assert find_full(tmp_path / "not", least_free=1.1) is None
