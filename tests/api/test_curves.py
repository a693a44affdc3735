"""`/v1/curves` and counts: aligned, bounded, filled as asked, and refused with the limit."""

import httpx
import pytest

from store.connect import connect
from tests.support.api import run_story
from tests.support.town import N_STEPS, SmallRegion, seed_small_region

pytestmark = pytest.mark.services

SPAN = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-10T00:00:00Z"}


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    return seed_small_region(database_url)


def test_series_lie_side_by_side_on_one_grid(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        wanted = [region.east_series, region.west_series]
        body = (await client.get("/v1/curves", params={"series_id": wanted, "bucket": "hour", **SPAN})).json()  # type: ignore[dict-item]
        assert (body["bucket"], len(body["starts"]), body["end"]) == ("hour", 216, "2026-03-10T00:00:00Z")
        assert [item["series_id"] for item in body["items"]] == sorted(wanted)
        for item in body["items"]:
            assert {len(item[name]) for name in ("n", "values", "low", "high")} == {216}
            assert sum(item["n"]) == N_STEPS

    run_story(database_url, region.region_key, story)


def test_count_is_the_number_of_measurements(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get("/v1/measurements/count", params={"series_id": region.east_series, **SPAN})
        assert answer.json()["items"] == [{"series_id": region.east_series, "n": N_STEPS}]

    run_story(database_url, region.east_key, story)


@pytest.mark.parametrize("path", ["/v1/curves", "/v1/measurements/count"])
def test_a_foreign_series_is_not_to_be_seen(database_url: str, region: SmallRegion, path: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get(path, params={"series_id": region.east_series, **SPAN})
        assert answer.status_code == 404

    run_story(database_url, region.west_key, story)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("bucket=raw&from=2024-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "at most 400 days"),
        ("from=2001-01-01T00:00:00Z&to=2199-01-01T00:00:00Z", "18300 days"),
        ("points=0", "points"),
        ("points=5001", "points"),
    ],
)
def test_what_cannot_be_is_refused_with_the_limit(
    database_url: str, region: SmallRegion, query: str, words: str
) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/v1/curves?series_id={region.east_series}&{query}")
        assert answer.status_code == 422
        assert words in answer.json()["detail"]

    run_story(database_url, region.region_key, story)


def test_lines_through_a_counter_are_refused(database_url: str, region: SmallRegion) -> None:
    with connect(database_url, program="test") as connection:
        row = connection.execute(
            "insert into series (territory_id, device_id, quantity, unit)"
            " select territory_id, device_id, 'active_energy', 'kW.h' from devices where external_id = 'dev-east'"
            " returning series_id"
        ).fetchone()
    assert row is not None

    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/v1/curves?series_id={row[0]}&fill=linear")
        assert answer.status_code == 422
        assert "gauges" in answer.json()["detail"]

    run_story(database_url, region.east_key, story)
