"""From the store to planned rounds and over the API: three containers, a fixed plan, a fleet."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from analytics.rounds.distances import estimate
from analytics.rounds.fleet import Depot, Fleet, VehicleEntry
from analytics.rounds.job import Means, NothingToPlanError, Order, plan_rounds
from analytics.rounds.problem import Effort
from analytics.rounds.solver_builtin import solve
from store.connect import connect
from store.keys import create_key
from store.registry import TerritoryEntry, register
from tests.support.api import api_client
from tests.support.filling import add_filling

pytestmark = pytest.mark.services

AT = datetime(2026, 3, 2, 16, tzinfo=UTC)  # a Monday; the next round of the fixed plan is on Friday
FLEET = Fleet((Depot("Depot", 5.0, 47.3),), (VehicleEntry("Truck", "Depot", 50_000.0, "06:00", "13:00", n=2),))


def seed(database_url: str) -> str:
    """A container that fills in four days and is at 67 %, one that hardly fills, one that is silent; give a key."""
    with connect(database_url, program="test") as connection:
        add_filling(connection, TerritoryEntry("town", "Town"), AT, weekdays=(4,))
        register(connection, [TerritoryEntry("else", "Else")])
        return create_key(connection, "reader", ["town"])


def plan(database_url: str, day: date | None = None, territory: str = "town") -> list[str]:
    """Plan, and say what became of each container."""
    with connect(database_url, program="test") as connection:
        order = Order(territory, day, AT, Effort(iterations=100))
        plans = plan_rounds(connection, order, Means(FLEET, estimate, solve))
    assert [one.day for one in plans] == [day or date(2026, 3, 3)]
    served = [f"{stop.container.slug} {stop.reason}" for one in plans[0].rounds for stop in one.stops]
    return sorted(served) + sorted(f"{left.container.slug} {left.reason}" for left in plans[0].left_out)


def test_tomorrow_serves_what_will_overflow_and_says_what_is_left(database_url: str) -> None:
    seed(database_url)
    assert plan(database_url) == ["brimming may_overflow", "calm not_worth", "silent level_not_known"]


def test_on_the_day_of_the_fixed_plan_the_silent_one_is_served(database_url: str) -> None:
    seed(database_url)
    assert "silent fixed_plan" in plan(database_url, date(2026, 3, 6))


def test_without_containers_there_is_nothing_to_plan(database_url: str) -> None:
    seed(database_url)
    for territory in ("else", "nowhere"):
        with pytest.raises(NothingToPlanError):
            plan(database_url, territory=territory)


def test_the_api_gives_the_last_plan_in_each_form(database_url: str) -> None:
    key = seed(database_url)
    plan(database_url)
    plan(database_url)

    async def story() -> None:
        async with api_client(database_url, key) as client:
            (item,) = (await client.get("/v1/planned-rounds?territory=town&day=2026-03-03")).json()["items"]
            assert (item["waste_stream"], item["summary"]["n_stops"], item["made_at"]) == (
                "glass",
                1,
                "2026-03-02T16:00:00Z",
            )
            path = f"/v1/planned-rounds/{item['planned_rounds_id']}"
            assert (await client.get(path)).json() == item
            body = (await client.get(path, params={"format": "geojson"})).json()
            assert [feature["properties"]["kind"] for feature in body["features"]] == [
                "round",
                "stop",
                "left_out",
                "left_out",
            ]
            assert "<rtept" in (await client.get(path, params={"format": "gpx"})).text
            sheet = await client.get(path, params={"format": "html", "language": "en"})
            assert "Rounds of Tuesday 3 March 2026" in sheet.text
            assert "script" not in sheet.headers["content-security-policy"]
            assert (await client.get("/v1/planned-rounds?day=2026-03-04")).json()["items"] == []
            assert (await client.get("/v1/planned-rounds/999999")).status_code == 404
            assert (await client.get("/v1/planned-rounds?day=2026-02-30")).status_code == 422

    asyncio.run(story())


def test_another_territory_sees_none_of_it(database_url: str) -> None:
    seed(database_url)
    plan(database_url)
    with connect(database_url, program="test") as connection:
        key = create_key(connection, "other", ["else"])

    async def story() -> None:
        async with api_client(database_url, key) as client:
            assert (await client.get("/v1/planned-rounds")).json()["items"] == []
            assert (await client.get("/v1/planned-rounds/1?format=html")).status_code == 404

    asyncio.run(story())
