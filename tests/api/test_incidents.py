"""Incidents over the API: filters, members, a number that was merged, and nothing of others."""

from datetime import datetime, timedelta

import httpx
import pytest

from analytics.incidents.job import keep_incidents
from store.connect import connect
from tests.support.api import run_story
from tests.support.lamp_town import SLUG, LampTown, flood_lamp_town, seed_lamp_town

pytestmark = pytest.mark.services


@pytest.fixture
def town(database_url: str) -> LampTown:
    """An odd value, and a gateway that fell silent with what is behind it."""
    seeded = seed_lamp_town(database_url)
    flood_lamp_town(database_url, seeded)
    return seeded


def test_incidents_are_filtered_and_lead_to_their_findings(database_url: str, town: LampTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        flood, odd = (await client.get("/v1/incidents")).json()["items"]
        assert (flood["cause"], flood["n_findings"], flood["n_assets"]) == ("gateway_silent", 4, 4)
        assert (flood["asset_name"], flood["territory"], flood["ended_at"]) == ("Passerelle", SLUG, None)
        assert datetime.fromisoformat(flood["started_at"]) == town.last_at - timedelta(hours=1)
        assert odd["sentence_en"] == "Lamp 1: power is 46 W; between 38 and 44 W is usual."
        found = (await client.get(f"/v1/findings?incident_id={flood['incident_id']}&state=all")).json()["items"]
        assert {one["kind"] for one in found} == {"silent", "silent_gateway"}
        assert {one["incident_id"] for one in found} == {flood["incident_id"]}
        for query, expected in (
            ("cause=gateway_silent", [flood]),
            (f"asset_id={town.lamp_id}", [flood, odd]),  # the gateway's, because a finding of it is about the lamp
            ("state=closed", []),
            (f"territory={SLUG}&state=all", [flood, odd]),
        ):
            assert (await client.get(f"/v1/incidents?{query}")).json()["items"] == expected
        assert (await client.get(f"/v1/incidents/{flood['incident_id']}")).json() == flood

    run_story(database_url, town.key, story)


def test_number_that_was_merged_leads_to_the_incident_that_it_became(database_url: str, town: LampTown) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute("update findings set incident_id = null where kind = 'silent_gateway'")
        connection.execute("update incidents set cause = 'thing' where cause = 'gateway_silent'")
        connection.execute(
            "with apart as (insert into incidents (territory_id, cause, severity, score, started_at, n_findings,"
            " n_assets, sentence_en, sentence_fr) select territory_id, 'thing', severity, score, started_at, 1, 1,"
            " sentence_en, sentence_fr from findings where kind = 'silent' limit 1 returning incident_id)"
            " update findings set incident_id = apart.incident_id from apart"
            " where finding_id = (select max(finding_id) from findings)"
        )
        keep_incidents(connection, town.last_at)
        merged, into = connection.execute(
            "select incident_id, merged_into_id from incidents where merged_into_id is not null"
        ).fetchone() or (0, 0)

    async def story(client: httpx.AsyncClient) -> None:
        led = (await client.get(f"/v1/incidents/{merged}")).json()
        assert (led["incident_id"], led["cause"]) == (into, "gateway_silent")
        assert merged not in [
            one["incident_id"] for one in (await client.get("/v1/incidents?state=all")).json()["items"]
        ]

    run_story(database_url, town.key, story)


def test_incident_of_others_is_not_there(database_url: str, town: LampTown) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        assert (await client.get("/v1/incidents?state=all")).json()["items"] == []
        answers = [await client.get(f"/v1/incidents/{number}") for number in (1, 2, 2**40)]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert answers[0].json()["detail"].replace("1", "N") == answers[1].json()["detail"].replace("2", "N")

    run_story(database_url, town.empty_key, story)
