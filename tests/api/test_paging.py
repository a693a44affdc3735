"""Pages of any size, put together, are the list: each item once, in order; and both ways to the next page agree."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from store.connect import connect
from tests.support.api import api_client, read_all
from tests.support.every_row import EveryRow, seed_every_row
from tests.support.town import BEGIN, N_STEPS, STEP, seed_small_region

pytestmark = pytest.mark.services

LISTS = {
    "territories": 3,
    "assets": 3,
    "devices": 6,
    "series": 3,
    "findings": 3,
    "incidents": 3,
    "kpis": 6,
    "public/kpis": 6,
    "rejections": 9,
    "deliveries": 12,
    "measurements": 3,
}


@pytest.mark.parametrize("path", LISTS)
def test_pages_of_one_are_the_list(database_url: str, path: str) -> None:
    town = seed_every_row(database_url)
    parameters = span_of(town) if path == "measurements" else {}

    async def story() -> None:
        async with api_client(database_url, town.region_key) as client:
            whole = (await client.get(f"/v1/{path}", params=parameters)).json()
            assert (len(whole["items"]), whole["next"]) == (LISTS[path], None)
            assert await read_all(client, f"/v1/{path}", limit=1, **parameters) == whole["items"]

    asyncio.run(story())


@pytest.mark.parametrize("path", LISTS)
def test_link_and_cursor_lead_to_the_same_page(database_url: str, path: str) -> None:
    """The link carries all parameters on and names no host, because a proxy may know us by another name."""
    town = seed_every_row(database_url)
    parameters = {**(span_of(town) if path == "measurements" else {}), "limit": "2"}

    async def story() -> None:
        async with api_client(database_url, town.region_key) as client:
            first = await client.get(f"/v1/{path}", params=parameters)
            by_cursor = await client.get(f"/v1/{path}", params={**parameters, "cursor": first.json()["next"]})
            assert first.links["next"]["url"].startswith(f"/v1/{path}?")
            by_link = await client.get(first.links["next"]["url"])
            assert by_link.json() == by_cursor.json()
            assert by_link.json()["items"] not in ([], first.json()["items"])

    asyncio.run(story())


def span_of(town: EveryRow) -> dict[str, Any]:
    """Write parameters that all measurements of the town answer to."""
    return {"series_id": town.series_ids, "from": town.first, "to": town.last}


def test_features_come_page_by_page(database_url: str) -> None:
    town = seed_every_row(database_url)

    async def story() -> list[int]:
        async with api_client(database_url, town.region_key) as client:
            return [
                feature["id"] for page in await follow(client, "/v1/assets?format=geojson&limit=2") for feature in page
            ]

    assert asyncio.run(story()) == [1, 2, 3]


async def follow(client: httpx.AsyncClient, address: str) -> list[list[dict[str, Any]]]:
    """Follow links from one feature collection to the next."""
    pages = []
    while address:
        answer = await client.get(address)
        assert answer.headers["content-type"] == "application/geo+json"
        pages.append(answer.json()["features"])
        address = answer.links["next"]["url"] if answer.json()["next"] else ""
    return pages


@pytest.mark.parametrize("limit", [1, 5, 23, 24, 100])
@pytest.mark.parametrize("n_closed", [0, 30, 200])
def test_hours_are_whole_whatever_the_page(database_url: str, limit: int, n_closed: int) -> None:
    """From within an hour on, closed and open hours come once, in order, and each tells about its whole hour."""
    region = seed_small_region(database_url)
    close_hours(database_url, n_closed)
    within = BEGIN + timedelta(minutes=25)
    parameters = {
        "series_id": [region.east_series, region.west_series],
        "bucket": "hour",
        "from": within.isoformat(),
        "to": (within + N_STEPS * STEP).isoformat(),
    }

    async def story() -> list[tuple[Any, datetime, Any]]:
        async with api_client(database_url, region.region_key) as client:
            items = await read_all(client, "/v1/measurements", limit=limit, **parameters)
        return [(item["series_id"], datetime.fromisoformat(str(item["bucket"])), item["n"]) for item in items]

    hours = [BEGIN + timedelta(hours=hour) for hour in range(1, N_STEPS // 6)]
    assert asyncio.run(story()) == [(number, hour, 6) for number in parameters["series_id"] for hour in hours]


def close_hours(database_url: str, n: int) -> None:
    """Store the rollups of the first n hours, as the job does, and forget their raw values: none may be read."""
    end = BEGIN + timedelta(hours=n)
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into measurements_hourly (series_id, bucket, n, sum, min, max, covered_s)"
            " select series_id, date_trunc('hour', observed_at), count(*), sum(value), min(value), max(value), 3600"
            " from measurements where observed_at < %s group by 1, 2",
            (end,),
        )
        connection.execute("delete from measurements where observed_at < %s", (end,))
        connection.execute("update rollup_watermarks set closed_to = %(end)s, computed_to = %(end)s", {"end": end})


def test_of_periods_that_end_together_the_shorter_is_public(database_url: str) -> None:
    """A month and a year that end on the same day: the page of one KPI does not change from request to request."""
    seed_every_row(database_url)
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into kpi_values (territory_id, kpi, period, value, unit, method, method_version, inputs_hash)"
            " select territory_id, 'energy', tstzrange('2025-05-02', '2026-05-02'), 1, 'kWh', 'sum', '1', 'hash'"
            " from territories"
        )

    async def story() -> set[object]:
        async with api_client(database_url) as client:
            return {item["from"] for item in await read_all(client, "/v1/public/kpis", limit=1)}

    assert asyncio.run(story()) == {"2026-04-02T00:00:00Z", "2026-05-01T00:00:00Z"}
