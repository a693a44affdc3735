"""The list of maintenance over the API and as a command: order, pages, filters, nothing of others."""

from datetime import UTC, datetime

import httpx
import psycopg
import pytest
from typer.testing import CliRunner

from analytics.health.job import tell_health
from deploy.cli import app
from store.connect import connect
from store.registry import TerritoryEntry, register
from tests.support.api import read_all, run_story
from tests.support.lamp_town import SLUG, LampTown, seed_lamp_town

pytestmark = pytest.mark.services


@pytest.fixture
def town(database_url: str) -> LampTown:
    """Two lamps, one of them with an odd value, a bin, and a thing of a type that nobody knows."""
    seeded = seed_lamp_town(database_url)
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute(
            "insert into assets (territory_id, slug, name, type, parent_id) select territory_id, 'statue', 'Statue',"
            " 'statue', asset_id from assets where slug = 'lamp-2'"
        )
        for (territory_id,) in connection.execute("select territory_id from territories").fetchall():
            tell_health(connection, territory_id, datetime.now(UTC))
    return seeded


def test_list_goes_by_expected_loss_and_ends_with_what_is_not_known(database_url: str, town: LampTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        lines = (await client.get("/v1/maintenance")).json()["items"]
        losses = [one["expected_loss_eur"] for one in lines]
        assert losses[-1] is None
        assert losses[:-1] == sorted(losses[:-1], reverse=True)
        assert (lines[-1]["slug"], lines[-1]["basis"], lines[-1]["within_30"]) == ("statue", "unknown", None)
        (odd,) = [one for one in lines if one["basis"] == "signals"]
        assert odd["asset_id"] == town.lamp_id
        assert odd["consequence_eur"] == odd["people_eur"] + odd["safety_eur"] + odd["repair_eur"]
        assert odd["signals"][0]["kind"] == "unusual_value"
        assert odd["incident_id"] is not None
        assert 0 <= odd["within_7"] <= odd["within_30"] <= odd["within_90"] <= 1

    run_story(database_url, town.key, story)


def test_pages_give_each_line_once_where_losses_tie(database_url: str, town: LampTown) -> None:
    """Five lamps without a finding are worth the same, two things are of no known worth."""
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute(
            "insert into assets (territory_id, slug, name, type) select territory_id, 'l' || n, 'L', 'street_light'"
            " from territories, generate_series(1, 5) as n where slug = %s union all"
            " select territory_id, 'other', 'Other', 'statue' from territories where slug = %s",
            (SLUG, SLUG),
        )
        ((territory_id,),) = connection.execute("select territory_id from territories where slug = %s", (SLUG,))
        tell_health(connection, territory_id, datetime.now(UTC))

    async def story(client: httpx.AsyncClient) -> None:
        whole = (await client.get("/v1/maintenance")).json()["items"]
        assert len(whole) == 10
        for limit in (1, 3, 9):
            assert await read_all(client, "/v1/maintenance", limit=limit) == whole

    run_story(database_url, town.key, story)


def test_filters(database_url: str, town: LampTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for query, slugs in (
            ("type=waste_container", {"bin-1"}),
            ("basis=signals", {"lamp-1"}),
            ("basis=signals&basis=unknown", {"lamp-1", "statue"}),
            (f"asset_id={town.lamp_id}", {"lamp-1"}),
            ("bbox=5.108,47.5,5.2,47.6", {"lamp-2"}),
            (f"territory={SLUG}", {"lamp-1", "lamp-2", "bin-1", "statue"}),
            ("territory=empty", set()),
        ):
            lines = (await client.get(f"/v1/maintenance?{query}")).json()["items"]
            assert {one["slug"] for one in lines} == slugs, query
        parent = (await client.get("/v1/maintenance?basis=unknown")).json()["items"][0]["parent_id"]
        zone = (await client.get(f"/v1/maintenance?zone={parent}")).json()["items"]
        assert {one["slug"] for one in zone} == {"lamp-2", "statue"}
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "update assets set parent_id = (select asset_id from assets where slug = 'lamp-2') where slug = 'bin-1'"
            )
        below = (await client.get(f"/v1/maintenance?zone={parent}")).json()["items"]
        assert {one["slug"] for one in below} == {"lamp-2", "statue", "bin-1"}
        assert (await client.get("/v1/maintenance?basis=guess")).status_code == 422

    run_story(database_url, town.key, story)


def test_nobody_sees_another_territory_s_list(database_url: str, town: LampTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await client.get("/v1/maintenance")).json()["items"] == []

    run_story(database_url, town.empty_key, story)


def test_command_lists_what_findings_tell_of_first(
    database_url: str, town: LampTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_DATABASE_URL", database_url)
    with connect(database_url, program="test") as connection:
        register(connection, [TerritoryEntry("beside", "Beside")])
    shown = CliRunner().invoke(app, ["maintenance", "list"])
    assert shown.exit_code == 0, shown.output
    (line,) = shown.output.splitlines()
    assert line.startswith(f"{SLUG}\tlamp-1\tstreet_light\t")
    assert "Ce genre de constat est juste dans 10 % des cas (hypothèse)." in line
    every = CliRunner().invoke(app, ["maintenance", "list", "--all", "--en", "--territory", SLUG]).output.splitlines()
    assert len(every) == 4
    assert "not known" in every[-1]
