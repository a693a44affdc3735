"""Reference data over the API: entered, ended, corrected with a cause, looked at before, and refused with reasons."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import TerritoryEntry, register
from store.results import KpiValue, write_kpis
from tests.support.desk import Desk
from tests.support.technician import ask, key_for

pytestmark = pytest.mark.services

MARCH = datetime(2026, 3, 1, tzinfo=UTC) - timedelta(hours=1)  # the first of March in Paris
TARIFF = {
    "energy": "electricity",
    "use": "lighting",
    "unit": "kW.h",
    "price_eur": 0.2,
    "valid_from": "2025-01-01",
}
PLAN = {
    "sector": "nord",
    "waste_stream": "glass",
    "weekdays": [1, 4],
    "every_weeks": 1,
    "first_on": "2026-01-05",
    "start_hour": "05:30",
}
Story = Callable[[httpx.AsyncClient], Coroutine[Any, Any, Any]]


@pytest.fixture
def desk(database_url: str) -> Desk:
    """A town with a cabinet, a KPI told of the first ten days of March, and a town beside it."""
    with connect(database_url, program="test") as connection:
        register(
            connection,
            [TerritoryEntry("town", "Town"), TerritoryEntry("beside", "Beside")],
            [AssetEntry("town", "c-1", "C 1", "light_cabinet")],
        )
        connection.execute("update rollup_watermarks set computed_to = '2026-03-11'")
        write_kpis(connection, [a_kpi(MARCH + timedelta(days=n)) for n in range(10)])
    return Desk(database_url, "town")


def a_kpi(begins_at: datetime) -> KpiValue:
    return KpiValue(
        territory_id=1,
        asset_id=None,
        kpi="lighting_cost_saved",
        begins_at=begins_at,
        ends_at=begins_at + timedelta(days=1),
        value=1.0,
        unit="{EUR}",
        low=0.9,
        high=1.1,
        completeness=1.0,
        method="m",
        method_version="1",
        inputs_hash="a" * 64,
    )


def path(kind: str, id_: object = None) -> str:
    return f"/v1/territories/town/reference/{kind}" + (f"/{id_}" if id_ else "")


def tell(desk: Desk, story: Story) -> Any:
    return ask(desk, key_for(desk, "town", "read", "write"), story)


def test_an_entry_is_made_listed_and_noted(desk: Desk) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        done = await client.post(path("tariffs"), json=TARIFF)
        assert done.status_code == 201, done.text
        (item,) = (await client.get(path("tariffs"))).json()["items"]
        assert item == {**done.json()["after"], "id": done.json()["id"]}
        assert {name: item[name] for name in TARIFF} == TARIFF

    tell(desk, story)
    (line,) = desk.fetch("select action, subject, detail -> 'after' ->> 'price_eur' from audit_log")
    assert line == ("enter reference data", "territory town", "0.2")


def test_a_preview_says_what_is_told_again_and_writes_nothing(desk: Desk) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        seen = await client.post(path("tariffs"), params={"preview": True}, json=TARIFF | {"valid_from": "2026-03-08"})
        assert seen.status_code == 200, seen.text
        (told,) = seen.json()["told_again"]
        assert (told["kpi"], told["months"], told["n_values"]) == ("lighting_cost_saved", ["2026-03"], 3)
        assert (seen.json()["id"], seen.json()["preview"]) == (None, True)
        assert (await client.get(path("tariffs"))).json()["items"] == []

    tell(desk, story)
    assert desk.fetch("select (select count(*) from changed_days), (select count(*) from audit_log)") == [(0, 0)]


def test_a_new_price_ends_the_one_before_which_stays_for_its_days(desk: Desk) -> None:
    """The months before the new price are not told again."""

    async def story(client: httpx.AsyncClient) -> None:
        await client.post(path("tariffs"), json=TARIFF)
        desk.change("delete from changed_days")
        new = TARIFF | {"price_eur": 0.3, "valid_from": "2026-03-09"}
        refused = await client.post(path("tariffs"), json=new)
        (fault,) = refused.json()["faults"]
        assert (refused.status_code, fault["field"]) == (422, "valid_from")
        assert fault["sentence_en"] == "Another entry (electricity, lighting) holds from 2025-01-01 without end."
        done = await client.post(path("tariffs"), params={"ends_standing": True}, json=new)
        assert done.json()["ended"]["valid_to"] == "2026-03-09"
        items = (await client.get(path("tariffs"))).json()["items"]
        assert sorted((item["price_eur"], item["valid_to"]) for item in items) == [(0.2, "2026-03-09"), (0.3, None)]

    tell(desk, story)
    days = desk.fetch("select to_char(day at time zone 'Europe/Paris', 'MM-DD') from changed_days order by 1")
    assert days == [("03-09",), ("03-10",)]


def test_days_that_have_passed_change_only_with_a_cause(desk: Desk) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        id_ = (await client.post(path("tariffs"), json=TARIFF)).json()["id"]
        seen = await client.patch(path("tariffs", id_), params={"preview": True}, json={"price_eur": 0.25})
        assert (seen.json()["needs_cause"], seen.json()["before"]["price_eur"]) == (True, 0.2)
        refused = await client.patch(path("tariffs", id_), json={"price_eur": 0.25})
        assert (refused.status_code, refused.json()["faults"][0]["field"]) == (422, "cause")
        assert (await client.delete(path("tariffs", id_))).status_code == 422
        done = await client.patch(path("tariffs", id_), params={"cause": "invoice misread"}, json={"price_eur": 0.25})
        assert (done.status_code, done.json()["after"]["price_eur"]) == (200, 0.25)

    tell(desk, story)
    assert desk.fetch("select action, detail ->> 'cause' from audit_log order by audit_id") == [
        ("enter reference data", None),
        ("change reference data", "invoice misread"),
    ]


def test_an_end_in_the_future_needs_no_cause_and_tells_nothing_again(desk: Desk) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        id_ = (await client.post(path("tariffs"), json=TARIFF)).json()["id"]
        done = await client.patch(path("tariffs", id_), json={"valid_to": "2100-01-01"})
        assert done.status_code == 200, done.text
        assert (done.json()["needs_cause"], done.json()["told_again"]) == (False, [])
        assert (
            await client.delete(path("tariffs", id_), params={"cause": "x"})
        ).status_code == 404  # has another number
        gone = await client.delete(path("tariffs", done.json()["id"]), params={"cause": "typed in twice"})
        assert (gone.status_code, gone.json()["after"]) == (200, None)
        assert (await client.get(path("tariffs"))).json()["items"] == []

    tell(desk, story)


@pytest.mark.parametrize(
    ("kind", "entry", "field"),
    [
        ("tariffs", TARIFF | {"unit": "MW.h"}, "unit"),
        ("tariffs", TARIFF | {"price_eur": "cheap"}, "price_eur"),
        ("tariffs", TARIFF | {"valid_from": "2026-02-30"}, "valid_from"),
        ("tariffs", TARIFF | {"valid_to": "2024-01-01"}, "valid_to"),
        ("tariffs", TARIFF | {"colour": "red"}, "colour"),
        ("tariffs", {name: value for name, value in TARIFF.items() if name != "use"}, "use"),
        ("collection-plans", PLAN | {"weekdays": [9]}, "weekdays"),
        ("schedules", {"asset": "c-9", "kind": "opening", "from_hour": "08:00", "to_hour": "18:00", "level": 1,
                       "valid_from": "2026-01-01"}, "asset"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(desk: Desk, kind: str, entry: dict[str, Any], field: str) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        refused = await client.post(path(kind), json=entry)
        assert refused.status_code == 422
        assert refused.headers["content-type"] == "application/problem+json"
        (fault,) = refused.json()["faults"]
        assert fault["field"] == field
        assert fault["sentence_fr"]

    tell(desk, story)
    assert desk.fetch("select count(*) from audit_log") == [(0,)]


def test_all_that_is_missing_is_said_at_once(desk: Desk) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        refused = await client.post(path("tariffs"), json={"price_eur": 1, "colour": "red", "use": None})
        fields = {fault["field"] for fault in refused.json()["faults"]}
        assert fields == {"energy", "use", "unit", "valid_from", "colour"}
        parts = await client.post(path("projects"), json={"subsidy": {}, "invoices": [{"number": "F1"}]})
        fields = {fault["field"] for fault in parts.json()["faults"]}
        assert {"subsidy.eligible_from", "invoices.0.amount_eur", "slug"} <= fields

    tell(desk, story)


def test_a_round_is_declared_once_corrected_and_taken_away(desk: Desk) -> None:
    entry = {
        "sector": "nord",
        "waste_stream": "glass",
        "started_at": "2026-03-04T05:00:00+01:00",
        "ended_at": "2026-03-04T09:00:00+01:00",
    }

    async def story(client: httpx.AsyncClient) -> None:
        done = await client.post(path("rounds-done"), json=entry)
        assert (done.status_code, done.json()["after"]["source"]) == (201, "declared")
        assert [told["n_values"] for told in done.json()["told_again"]] == [1]
        again = await client.post(path("rounds-done"), json=entry | {"ended_at": "2026-03-04T10:00:00+01:00"})
        assert again.json()["faults"][0]["field"] == "started_at"
        longer = await client.patch(
            path("rounds-done", done.json()["id"]),
            params={"cause": "returned later"},
            json={"ended_at": "2026-03-04T10:00:00+01:00"},
        )
        assert longer.status_code == 200, longer.text
        gone = await client.delete(path("rounds-done", longer.json()["id"]), params={"cause": "another sector"})
        assert gone.status_code == 200
        assert (await client.get(path("rounds-done"))).json()["items"] == []

    tell(desk, story)


def test_a_project_carries_its_invoices_and_subsidy(desk: Desk) -> None:
    """Its parts come back as they were entered; a correction of one part leaves the others."""
    entry = {
        "slug": "led",
        "name": "LED",
        "domain": "lighting",
        "assets": ["c-1"],
        "started_on": "2026-01-01",
        "baseline_from": "2025-01-01",
        "baseline_to": "2026-01-01",
        "cost_eur": 9000,
        "invoices": [{"number": "F1", "invoiced_on": "2025-06-12", "amount_eur": 8000}],
        "subsidy": {"eligible_from": "2025-03-01", "is_ambitious": True},
    }

    async def story(client: httpx.AsyncClient) -> None:
        done = await client.post(path("projects"), json=entry)
        assert done.status_code == 201, done.text
        (item,) = (await client.get(path("projects"))).json()["items"]
        assert item == {**done.json()["after"], "id": done.json()["id"]}
        assert (item["invoices"][0]["is_eligible"], item["subsidy"]["share"]) == (True, 0.4)
        twice = await client.post(path("projects"), json=entry)
        assert twice.json()["faults"][0]["sentence_en"] == "This entry is there already."
        bad = await client.patch(path("projects", item["id"]), json={"subsidy": {"eligible_from": "then"}})
        assert bad.json()["faults"][0]["field"] == "subsidy.eligible_from"
        fixed = await client.patch(
            path("projects", item["id"]), params={"cause": "credit note"}, json={"invoices": [], "cost_eur": 8500}
        )
        assert fixed.status_code == 200, fixed.text
        (item,) = (await client.get(path("projects"))).json()["items"]
        assert (item["invoices"], item["cost_eur"], item["subsidy"]["is_ambitious"]) == ([], 8500.0, True)

    tell(desk, story)


def test_lists_are_paged(desk: Desk) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        for n in range(5):
            entry = PLAN | {"sector": f"s{n}"}
            assert (await client.post(path("collection-plans"), json=entry)).status_code == 201
        first = (await client.get(path("collection-plans"), params={"limit": 3})).json()
        second = (await client.get(path("collection-plans"), params={"limit": 3, "cursor": first["next"]})).json()
        assert [item["sector"] for item in first["items"] + second["items"]] == [f"s{n}" for n in range(5)]
        assert second["next"] is None

    tell(desk, story)


def test_only_keys_of_the_territory_read_and_only_writers_change(desk: Desk) -> None:
    async def foreign(client: httpx.AsyncClient) -> None:
        assert (await client.get(path("tariffs"))).status_code == 404
        assert (await client.post(path("tariffs"), json=TARIFF)).status_code == 404

    async def reader(client: httpx.AsyncClient) -> None:
        assert (await client.get(path("tariffs"))).status_code == 200
        assert (await client.post(path("tariffs"), params={"preview": True}, json=TARIFF)).status_code == 403
        kinds = (await client.get("/v1/reference-kinds")).json()["items"]
        assert {"tariffs", "collection-plans"} <= {kind["kind"] for kind in kinds}

    ask(desk, key_for(desk, "beside", "read", "write"), foreign)
    ask(desk, key_for(desk, "town", "read"), reader)
    assert desk.fetch("select count(*) from tariffs") == [(0,)]
