"""A restated KPI is listed beside what it replaced, with cause and author."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from store.connect import connect
from store.restatement import Occasion
from store.results import write_kpis
from tests.store.test_results import KPI
from tests.support.api import api_client
from tests.support.every_row import seed_every_row

pytestmark = pytest.mark.services


def test_history_shows_both_values_and_why(database_url: str) -> None:
    town = seed_every_row(database_url)
    with connect(database_url, program="test", autocommit=True) as connection:
        write_kpis(connection, [KPI])
        newer = replace(KPI, value=0.55, inputs_hash="bb")
        write_kpis(connection, [newer], [Occasion("reference data", "key town hall")])

    async def ask(history: bool) -> list[dict[str, Any]]:
        async with api_client(database_url, town.region_key) as client:
            answer = await client.get("/v1/kpis", params={"kpi": KPI.kpi, "history": history})
            items: list[dict[str, Any]] = answer.json()["items"]
            return items

    (current,) = asyncio.run(ask(history=False))
    new, old = asyncio.run(ask(history=True))
    assert new == current
    assert (new["value"], new["replaced_value"], new["replaces_id"]) == (0.55, 0.5, old["kpi_value_id"])
    assert (new["cause"], new["restated_by"]) == ("reference data", "key town hall")
    assert (old["value"], old["is_current"], old["cause"], old["replaced_value"]) == (0.5, False, None, None)
