"""Reports of citizens: where they are taken, to which asset they are tied, what is kept, and how they end."""

import asyncio
from typing import Any

import httpx
import pytest

from api.allowance import Allowance
from api.app import create_app
from sensors.asset_entry import AssetEntry
from store.citizen_reports import close_desk, open_desk
from store.connect import connect
from store.keys import NewKey, create_key, insert_key
from store.registry import TerritoryEntry, register
from tests.support.api import run_story

pytestmark = pytest.mark.services

PATH = "/v1/citizen-reports/town"
LAMP = {"kind": "lamp", "latitude": 47.5000, "longitude": 5.1000}


@pytest.fixture
def town(database_url: str) -> str:
    """A town of two lamps 30 m apart and a container that takes reports; a village below; a town beside."""
    with connect(database_url, program="test") as connection:
        register(
            connection,
            [
                TerritoryEntry("town", "Ville"),
                TerritoryEntry("village", "Village", parent="town"),
                TerritoryEntry("beside", "À côté"),
            ],
            [
                AssetEntry("town", "lamp-1", "Lampe 1", "street_light", 5.1000, 47.50010),
                AssetEntry("town", "lamp-2", "Lampe 2", "street_light", 5.1000, 47.50037),
                AssetEntry("town", "bin-1", "Conteneur 1", "waste_container", 5.1000, 47.50001),
                AssetEntry("village", "lamp-9", "Lampe 9", "street_light", 5.2000, 47.60000),
                AssetEntry("beside", "lamp-b", "Lampe B", "street_light", 5.3000, 47.70000),
            ],
        )
        open_desk(connection, "town", 50.0, "test")
    return database_url


def send(
    database_url: str, *bodies: dict[str, object], path: str = PATH, key: str | None = None
) -> list[httpx.Response]:
    async def story(client: httpx.AsyncClient) -> list[httpx.Response]:
        return [await client.post(path, json=body) for body in bodies]

    answers: list[httpx.Response] = run_story(database_url, key, story)
    return answers


def fetch(database_url: str, query: Any) -> list[tuple[Any, ...]]:
    with connect(database_url, program="test") as connection:
        return connection.execute(query).fetchall()


REPORTS = (
    "select c.kind, a.slug, t.slug, c.note, c.place_note, o.title, o.state, o.severity from citizen_reports c"
    " join territories t using (territory_id) left join assets a using (asset_id)"
    " left join work_orders o using (work_order_id) order by citizen_report_id"
)


def test_a_report_is_tied_to_the_nearest_asset_of_its_kind_and_opens_an_order(town: str) -> None:
    (answer,) = send(town, {**LAMP, "note": "éteinte depuis lundi"})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["kind"], told["asset_name"], told["state"], told["closed_at"]) == ("lamp", "Lampe 1", "open", None)
    ((kind, asset, territory, note, _, title, state, severity),) = fetch(town, REPORTS)
    assert (kind, asset, territory, note) == ("lamp", "lamp-1", "town", "éteinte depuis lundi")
    assert (title, state, severity) == ("Signalement : éclairage", "open", "warning")
    (distance,) = fetch(town, "select asset_distance_m from citizen_reports")[0]
    assert distance == pytest.approx(11.1, abs=0.1)  # 0.0001 degrees of latitude


@pytest.mark.parametrize(
    ("body", "asset", "territory"),
    [
        ({**LAMP, "kind": "container"}, "bin-1", "town"),
        ({**LAMP, "kind": "leak"}, None, "town"),  # no pipe is near
        ({**LAMP, "kind": "other"}, "bin-1", "town"),  # whatever is nearest
        ({**LAMP, "latitude": 47.5010}, None, "town"),  # 70 m from the nearest lamp
        ({**LAMP, "asset": "LAMP-2"}, "lamp-2", "town"),  # a number is surer than a position
        ({"kind": "lamp", "asset": "Lampe 2"}, "lamp-2", "town"),
        ({**LAMP, "asset": "lamp-77"}, "lamp-1", "town"),
        ({"kind": "lamp", "latitude": 47.6, "longitude": 5.2}, "lamp-9", "village"),
        ({"kind": "lamp", "asset": "lamp-b"}, None, "town"),  # of another town
        ({"kind": "lamp", "place": "place de la mairie"}, None, "town"),
    ],
)
def test_which_asset_is_meant(town: str, body: dict[str, object], asset: str | None, territory: str) -> None:
    (answer,) = send(town, body)
    assert answer.status_code == 201, answer.text
    ((_, found, where, *_),) = fetch(town, REPORTS)
    assert (found, where) == (asset, territory)
    assert fetch(town, "select count(*) from work_orders") == [(1,)]


def test_a_radius_of_the_desk_decides(town: str) -> None:
    with connect(town, program="test") as connection:
        open_desk(connection, "town", 10.0, "test")
    send(town, LAMP)
    assert fetch(town, REPORTS)[0][1] is None


def test_more_reports_of_the_same_add_to_the_open_order(town: str) -> None:
    """The second's words come to the order, with a line of history; after it is closed the next one opens another."""
    send(town, {**LAMP, "note": "éteinte"}, {**LAMP, "note": "toujours éteinte"}, {"kind": "lamp", "asset": "lamp-1"})
    assert fetch(town, "select note, version from work_orders") == [("éteinte\n+ toujours éteinte", 2)]
    assert fetch(town, "select count(*), count(distinct work_order_id) from citizen_reports") == [(3, 1)]
    with connect(town, program="test") as connection:
        connection.execute("update work_orders set state = 'cancelled'")
    send(town, LAMP)
    assert fetch(town, "select count(*) from work_orders") == [(2,)]


def test_places_without_an_asset_are_one_order_where_they_are_near(town: str) -> None:
    far = {"kind": "leak", "latitude": 47.9, "longitude": 5.9}
    send(town, far, {**far, "latitude": 47.9002}, {**far, "latitude": 47.95}, {**far, "kind": "other"})
    assert fetch(town, "select count(*) from work_orders") == [(3,)]
    assert "47.900000, 5.900000" in fetch(town, "select note from work_orders order by work_order_id")[0][0]


def test_a_report_ends_with_its_work_order_and_its_sender_sees_how_far_it_is(town: str) -> None:
    (answer,) = send(town, LAMP)
    with connect(town, program="test") as connection:
        key = create_key(connection, "technician", ["town"], scopes=("read", "write"))

    async def story(client: httpx.AsyncClient) -> list[tuple[str, bool, int]]:
        seen = []

        async def look() -> None:
            state = (await client.get(f"{PATH}/{answer.json()['reference']}")).json()
            listed = (await client.get("/v1/citizen-reports")).json()["items"]
            seen.append((state["state"], state["closed_at"] is not None, len(listed)))

        await look()
        (order,) = (await client.get("/v1/work-orders")).json()["items"]
        path, anyhow = f"/v1/work-orders/{order['work_order_id']}", {"If-Match": "*"}
        await client.patch(path, json={"technician": "équipe"}, headers=anyhow)
        await look()
        await client.post(f"{path}/close", json={"verdict": "confirmed"}, headers=anyhow)
        await look()
        closed = (await client.get("/v1/citizen-reports", params={"state": "closed"})).json()["items"]
        assert [one["state"] for one in closed] == ["closed"]
        return seen

    assert run_story(town, key, story) == [("open", False, 1), ("assigned", False, 1), ("closed", True, 0)]


def test_nothing_is_kept_by_which_the_sender_could_be_reached(town: str) -> None:
    """Neither in words, nor the address in the network, in any table."""
    secrets = ["marie@exemple.fr", "06 12 34 56 78", "203.0.113.77"]
    body = {**LAMP, "note": f"appelez {secrets[1]}", "place": f"chez {secrets[0]}", "asset": f"tél. {secrets[1]}"}

    async def story() -> int:
        app = create_app(town, n_connections=2)
        transport = httpx.ASGITransport(app=app, client=(secrets[2], 4711))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://t") as client,
        ):
            return (await client.post(PATH, json=body, headers={"User-Agent": "Marie's phone"})).status_code

    assert asyncio.run(story()) == 201
    with connect(town, program="test") as connection:
        tables = connection.execute(
            "select format('%I', relname) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        ).fetchall()
        kept = "\n".join(
            str(row)
            for (table,) in tables
            for row in connection.execute(f"select x::text from {table} x".encode()).fetchall()
        )
    assert "[…]" in kept
    assert [secret for secret in [*secrets, "Marie's phone"] if secret in kept] == []


@pytest.mark.parametrize(
    "path", ["/v1/citizen-reports/beside", "/v1/citizen-reports/nowhere", "/v1/citizen-reports/village"]
)
def test_where_no_desk_is_open_nothing_is_taken(town: str, path: str) -> None:
    (answer,) = send(town, LAMP, path=path)
    assert answer.status_code == 404
    assert fetch(town, "select count(*) from citizen_reports") == [(0,)]


def test_a_closed_desk_takes_nothing_but_from_a_key_that_may_write(town: str) -> None:
    with connect(town, program="test") as connection:
        close_desk(connection, "town", "test")
        writer = create_key(connection, "call centre", ["town"], scopes=("write",))
        reader = create_key(connection, "reader", ["town"])
        foreign = create_key(connection, "foreign", ["beside"], scopes=("write",))
    assert send(town, LAMP)[0].status_code == 404
    assert send(town, LAMP, key=reader)[0].status_code == 403
    assert send(town, LAMP, key=foreign)[0].status_code == 404
    assert send(town, LAMP, key="vg_unknown")[0].status_code == 401
    assert send(town, LAMP, key=writer)[0].status_code == 201
    assert fetch(town, "select given_by from work_order_changes") == [("key 1 (call centre)",)]


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "lamp"},
        {"kind": "lamp", "asset": "  "},
        {"kind": "lamp", "latitude": 47.5},
        {"kind": "lamp", "latitude": 91, "longitude": 5},
        {"kind": "lamp", "place": "x", "email": "marie@exemple.fr"},
        {"kind": "cat", "place": "x"},
        {"kind": "lamp", "place": "x", "note": "x" * 501},
        {"kind": "lamp", "place": "x\u0000"},
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(town: str, body: dict[str, object]) -> None:
    (answer,) = send(town, body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert fetch(town, "select count(*) from citizen_reports") == [(0,)]


def test_who_reports_too_often_waits(town: str) -> None:
    """Five at once from one address, then one every two minutes; another address is not held up."""

    async def story() -> list[int]:
        app = create_app(town, n_connections=2)
        statuses = []
        async with app.router.lifespan_context(app):
            for address, n in (("203.0.113.1", 7), ("203.0.113.2", 1)):
                transport = httpx.ASGITransport(app=app, client=(address, 4711))
                async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
                    answers = [await client.post(PATH, json=LAMP) for _ in range(n)]
                    statuses += [answer.status_code for answer in answers]
                    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 429)
        return statuses

    assert asyncio.run(story()) == [201] * 5 + [429, 429, 201]


def test_an_allowance_fills_at_its_rate() -> None:
    now = 0.0
    allowance = Allowance(1 / 120, clock=lambda: now, burst_s=600)
    assert [allowance.take("a") > 0 for _ in range(6)] == [False] * 5 + [True]
    now = 120.0
    assert [allowance.take("a") > 0 for _ in range(2)] == [False, True]


def test_references_of_others_lead_nowhere(town: str) -> None:
    (answer,) = send(town, LAMP)
    reference = answer.json()["reference"]

    async def story(client: httpx.AsyncClient) -> list[int]:
        paths = [f"{PATH}/{reference}", f"/v1/citizen-reports/beside/{reference}", f"{PATH}/2222222222", f"{PATH}/x"]
        return [(await client.get(path)).status_code for path in paths]

    assert run_story(town, None, story) == [200, 404, 404, 422]


def test_technicians_see_the_reports_of_their_territories_only(town: str) -> None:
    send(
        town,
        {**LAMP, "note": "a"},
        {"kind": "lamp", "latitude": 47.6, "longitude": 5.2},
        {"kind": "leak", "place": "ici"},
    )
    with connect(town, program="test") as connection:
        keys = {
            slug: insert_key(connection, NewKey(slug, [slug], "technician"))[1]
            for slug in ("town", "village", "beside")
        }

    async def story(client: httpx.AsyncClient) -> list[str]:
        first = await client.get("/v1/citizen-reports", params={"limit": 2})
        items = first.json()["items"]
        if first.json()["next"]:
            items += (await client.get(first.links["next"]["url"])).json()["items"]
        leaks = (await client.get("/v1/citizen-reports", params={"kind": "leak"})).json()["items"]
        assert [one["place"] for one in leaks] == (["ici"] if len(items) == 3 else [])
        return [one["asset"] for one in items]

    seen = {slug: run_story(town, key, story) for slug, key in keys.items()}
    assert seen == {"town": [None, "lamp-9", "lamp-1"], "village": ["lamp-9"], "beside": []}
