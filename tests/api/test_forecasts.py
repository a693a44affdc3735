"""Forecasts over the API: of one's own territories, with unit and interval, page by page."""

import asyncio

import pytest

from tests.support.api import api_client, read_all
from tests.support.every_row import seed_every_row

pytestmark = pytest.mark.services


def test_forecasts_are_those_of_the_key(database_url: str) -> None:
    """The region sees those of three territories however long the page, the commune its own."""
    seeded = seed_every_row(database_url)

    async def story() -> None:
        async with api_client(database_url, seeded.region_key) as client:
            items = await read_all(client, "/v1/forecasts", limit=1)
            assert [item["territory"] for item in items] == ["region", "north", "south"]
            assert await read_all(client, "/v1/forecasts", quantity="fill_level") == []
            assert len(await read_all(client, "/v1/forecasts", type="street_light", territory="south")) == 1
            refused = await client.get("/v1/forecasts?cursor=WzFd")
            assert (refused.status_code, refused.json()["status"]) == (422, 422)
        async with api_client(database_url, seeded.north_key) as client:
            (item,) = await read_all(client, "/v1/forecasts")
            assert (item["territory"], item["unit"], item["lead_s"]) == ("north", "1", 3600)
            assert item["for_at"] == "2026-05-01T11:00:00Z"

    asyncio.run(story())
