"""Counters tell what was answered, by route and status, and an answer that has not changed is not sent again."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from store.backup_runs import BackupRun, note_run
from store.connect import connect
from tests.support.api import run_story
from tests.support.town import SmallRegion, seed_small_region

pytestmark = pytest.mark.services


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    return seed_small_region(database_url)


def count_of(text: str, name: str, **labels: str) -> float:
    """Read a counter as Prometheus does."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_answers_are_counted_by_route_and_status(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for path in ("/v1/assets", "/v1/assets?limit=0", "/v1/exports/7", "/v1/exports/8", "/no/such", "/nor/such"):
            await client.get(path)
        answer = await client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain")
        requests = {
            (sample.labels["route"], sample.labels["status"]): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
            if sample.name == "vigie_api_requests_total"
        }
        assert requests == {
            ("/v1/assets", "200"): 1,
            ("/v1/assets", "422"): 1,
            ("/v1/exports/{export_id}", "404"): 2,
            ("unknown", "404"): 2,
        }
        assert count_of(answer.text, "vigie_api_first_byte_seconds_count", route="/v1/assets") == 2
        assert count_of(answer.text, "vigie_api_listening") == 0

    run_story(database_url, region.east_key, story)


def test_the_last_backup_that_came_back_is_told_and_what_fails_since(database_url: str, region: SmallRegion) -> None:
    at = datetime(2026, 5, 20, 2, tzinfo=UTC)
    with connect(database_url, program="test", autocommit=True) as connection:
        note_run(connection, BackupRun("drill", at, made_at=at - timedelta(hours=1)))
        note_run(connection, BackupRun("backup", at + timedelta(hours=1), fault="failed"))

    async def story(client: httpx.AsyncClient) -> None:
        text = (await client.get("/metrics")).text
        assert count_of(text, "vigie_backup_restored_timestamp_seconds") == at.timestamp()
        assert count_of(text, "vigie_backup_restored_made_timestamp_seconds") == at.timestamp() - 3600
        assert count_of(text, "vigie_backup_written_timestamp_seconds") == 0
        assert count_of(text, "vigie_backup_failing") == 1

    run_story(database_url, region.east_key, story)


def test_counters_need_a_key(database_url: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await client.get("/metrics")).status_code == 401

    run_story(database_url, None, story)


def test_an_answer_that_has_not_changed_is_not_sent_again(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        first = await client.get("/v1/assets")
        etag = first.headers["etag"]
        for wanted in (etag, f'"other", W/{etag}', "*"):
            again = await client.get("/v1/assets", headers={"If-None-Match": wanted})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == etag
            assert "content-length" not in again.headers
        other = await client.get("/v1/assets?limit=1", headers={"If-None-Match": etag})
        assert other.status_code == 200
        assert other.headers["etag"] != etag
        refused = await client.get("/v1/assets?limit=0", headers={"If-None-Match": "*"})
        assert refused.status_code == 422

    run_story(database_url, region.region_key, story)
