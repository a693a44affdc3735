"""Each route answers with its unit, in UTC, page by page, and refuses what cannot be with a sentence."""

from datetime import datetime

import httpx
import pytest

from tests.support.api import read_all, run_story
from tests.support.town import BEGIN, N_STEPS, STEP, SmallRegion, seed_small_region

pytestmark = pytest.mark.services

SPAN = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-10T00:00:00Z"}


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    return seed_small_region(database_url)


def test_territories_of_a_region_are_its_subtree(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert [item["territory"] for item in await read_all(client, "/v1/territories")] == ["region", "east", "west"]

    run_story(database_url, region.region_key, story)


def test_assets_carry_names_of_their_type_and_newest_instant(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        (asset,) = await read_all(client, "/v1/assets", territory="east", bbox="5,47,6,48")
        assert asset["type_name_en"] == "Street light"
        assert asset["last_observed_at"] == (BEGIN + (N_STEPS - 1) * STEP).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert (await client.get("/v1/assets?bbox=0,0,1,1")).json() == {"items": [], "next": None}
        features = (await client.get("/v1/assets?format=geojson")).json()["features"]
        assert [feature["geometry"]["coordinates"] for feature in features] == [[5.1, 47.5]] * 2

    run_story(database_url, region.region_key, story)


@pytest.mark.parametrize("limit", [1, 7, 431, 432, 433, 864, 10_000])
def test_measurements_come_once_and_in_order_whatever_the_page(
    database_url: str, region: SmallRegion, limit: int
) -> None:
    """Paging yields each measurement of both series exactly once, series after series, times ascending."""
    wanted = [region.east_series, region.west_series]

    async def story(client: httpx.AsyncClient) -> None:
        pages = 30 if limit == 1 else 1_000_000
        items = await read_some(client, pages, series_id=wanted, limit=limit, **SPAN)
        seen = [(item["series_id"], datetime.fromisoformat(str(item["observed_at"]))) for item in items]
        expected = [(number, BEGIN + step * STEP) for number in wanted for step in range(N_STEPS)]
        assert seen == expected[: len(seen)]
        assert len(seen) == (30 if limit == 1 else len(expected))

    run_story(database_url, region.region_key, story)


async def read_some(client: httpx.AsyncClient, n_pages: int, **parameters: object) -> list[dict[str, object]]:
    items: list[dict[str, object]] = []
    cursor = None
    for _ in range(n_pages):
        body = (
            await client.get("/v1/measurements", params={**parameters, **({"cursor": cursor} if cursor else {})})
        ).json()  # type: ignore[dict-item]
        items += body["items"]
        cursor = body["next"]
        if cursor is None:
            break
    return items


def test_hours_not_closed_yet_are_made_of_raw_values(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        items = await read_all(client, "/v1/measurements", series_id=region.east_series, bucket="hour", **SPAN)
        assert len(items) == N_STEPS // 6
        assert {item["n"] for item in items} == {6}
        assert items[0]["mean"] == pytest.approx(sum(40 + n for n in range(6)) / 6, rel=1e-12)

    run_story(database_url, region.east_key, story)


def test_last_values_of_an_asset(database_url: str, region: SmallRegion) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        (asset,) = await read_all(client, "/v1/assets")
        (last,) = (await client.get("/v1/measurements/last", params={"asset_id": asset["asset_id"]})).json()["items"]  # type: ignore[dict-item]
        assert (last["series_id"], last["value"]) == (region.east_series, 40 + (N_STEPS - 1) % 7)

    run_story(database_url, region.east_key, story)


def test_a_foreign_territory_is_not_to_be_seen(database_url: str, region: SmallRegion) -> None:
    """A key of the west sees nothing of the east on any route, not even by a guessed id."""

    async def story(client: httpx.AsyncClient) -> None:
        for path in ("territories", "assets", "devices", "series"):
            assert "east" not in {item["territory"] for item in await read_all(client, f"/v1/{path}")}
            if path != "territories":
                assert await read_all(client, f"/v1/{path}", territory="east") == []
        guessed = await client.get("/v1/measurements", params={"series_id": region.east_series, **SPAN})
        assert guessed.status_code == 404
        assert (await client.get(f"/v1/measurements/last?series_id={region.east_series}")).json()["items"] == []

    run_story(database_url, region.west_key, story)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("series_id=1&from=2026-03-01T00:00:00", "timezone"),
        ("series_id=1&from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "bucket=hour"),
        ("series_id=1&from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", "before"),
        ("series_id=1&cursor=rubbish!", "cursor"),
        ("series_id=1&cursor=WzFd", "cursor"),
        ("series_id=1&limit=0", "limit"),
        ("series_id=one", "series_id"),
        ("", "series_id"),
        ("series_id=1&bucket=week", "bucket"),
    ],
)
def test_what_cannot_be_is_refused_with_a_remedy(
    database_url: str, region: SmallRegion, query: str, words: str
) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/v1/measurements?{query}")
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert words in answer.json()["detail"]

    run_story(database_url, region.region_key, story)


def test_unknown_path_and_method_are_problems(database_url: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for answer, status in ((await client.get("/v1/nothing"), 404), (await client.post("/v1/health"), 405)):
            assert (answer.status_code, answer.json()["status"]) == (status, status)
            assert answer.headers["content-type"] == "application/problem+json"

    run_story(database_url, None, story)
