"""Open data without a key: catalogue, data sets, files and record; publishing and withdrawing with an admin's key."""

import asyncio
import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pyarrow.parquet as pq
import pyshacl
import pytest
from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef
from rdflib.compare import isomorphic

from analytics.open_data.release import publish
from api.allowance import Allowance
from store.keys import create_key
from store.publications import find_publication, withdraw
from tests.support.api import read_all, run_story
from tests.support.open_town import END, Connection, add, moment, open_town
from tests.support.shared import shared_data

# The library's own reader of JSON-LD warns of itself.
pytestmark = [pytest.mark.services, pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")]

NOTATIONS = {"jsonld": "json-ld", "ttl": "turtle", "rdf": "xml"}
ALL = ("parking_occupancy", "container_fill", "lighting_energy", "kpis", "mobility_counts", "car_parks")
DQV = "http://www.w3.org/ns/dqv#"
HYDRA = "http://www.w3.org/ns/hydra/core#"


@pytest.fixture
def town(database_url: str) -> Iterator[Connection]:
    with open_town(database_url) as connection:
        yield connection


def publish_all(town: Connection) -> None:
    """Publish one of everything."""
    for dataset in ALL:
        kpis = {"kpis": ("lighting_energy_saved",)} if dataset == "kpis" else {}
        publish(town, add(town, dataset, **kpis), moment())


async def graph_of(client: httpx.AsyncClient, notation: str) -> Graph:
    answer = await client.get(f"/open/catalogue.{notation}")
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.content, format=NOTATIONS[notation])


async def content_of(client: httpx.AsyncClient, notation: str) -> Graph:
    """Give the catalogue without the addresses of its pages, which end as the notation does."""
    graph = await graph_of(client, notation)
    for subject in list(graph.subjects(RDF.type, URIRef(f"{HYDRA}PartialCollectionView"))):
        graph.remove((subject, None, None))
    return graph


def test_the_catalogue_says_the_same_in_each_notation(database_url: str, town: Connection) -> None:
    publish_all(town)

    async def story(client: httpx.AsyncClient) -> None:
        graphs = [await content_of(client, notation) for notation in NOTATIONS]
        assert isomorphic(graphs[0], graphs[1])
        assert isomorphic(graphs[1], graphs[2])
        assert len(list(graphs[0].subjects(RDF.type, DCAT.Dataset))) == len(ALL)

    run_story(database_url, None, story)


@pytest.mark.shared_data
@pytest.mark.parametrize("shapes", ["dcat-ap-3.0.1-SHACL.ttl", "dcat-ap-3.0.1-shapes.ttl"])
def test_the_catalogue_conforms_to_dcat_ap(database_url: str, town: Connection, shapes: str) -> None:
    folder = shared_data("payloads/dcat-ap")
    publish_all(town)

    async def story(client: httpx.AsyncClient) -> None:
        rules = Graph().parse(folder / shapes)
        graph = await graph_of(client, "ttl")
        conforms, _, report = pyshacl.validate(graph, shacl_graph=rules)
        assert conforms, report
        graph.remove((None, DCTERMS.publisher, None))  # the shapes find what is missing
        assert not pyshacl.validate(graph, shacl_graph=rules)[0]

    run_story(database_url, None, story)


def test_completeness_in_the_catalogue_is_what_was_measured(database_url: str, town: Connection) -> None:
    publish(town, add(town, "car_parks"), moment())

    async def story(client: httpx.AsyncClient) -> None:
        graph = await graph_of(client, "jsonld")
        (measured,) = graph.objects(None, URIRef(f"{DQV}value"))
        assert measured.toPython() == 0.5  # of two car parks one lacks what the schema requires

    run_story(database_url, None, story)


def test_what_the_catalogue_names_can_be_fetched_and_is_what_it_says(database_url: str, town: Connection) -> None:
    publish_all(town)
    spdx = "http://spdx.org/rdf/terms#"

    async def story(client: httpx.AsyncClient) -> None:
        without_limit(client)
        graph = await graph_of(client, "rdf")
        n_files = 0
        for node in graph.subjects(RDF.type, DCAT.Distribution):
            answer = await client.get(str(graph.value(node, DCAT.downloadURL)))
            digest = graph.value(graph.value(node, URIRef(f"{spdx}checksum")), URIRef(f"{spdx}checksumValue"))
            assert hashlib.sha256(answer.content).hexdigest() == str(digest)
            assert str(graph.value(node, DCAT.byteSize)) == str(len(answer.content))
            media_type = str(graph.value(node, DCAT.mediaType)).rpartition("media-types/")[2]
            assert answer.headers["content-type"].startswith(media_type)
            n_files += readable(answer)
        assert n_files == 3 + 3 + 3 + 2 + 5 + 3

    run_story(database_url, None, story)


def readable(answer: httpx.Response) -> int:
    """Read a file as its media type says; it holds something."""
    match answer.headers["content-type"].partition(";")[0]:
        case "text/csv":
            assert len(list(csv.DictReader(io.StringIO(answer.text, newline="")))) > 0
        case "application/geo+json":
            assert json.loads(answer.content)["features"]
        case _:
            assert pq.read_table(io.BytesIO(answer.content)).num_rows > 0
    return 1


def without_limit(client: httpx.AsyncClient) -> None:
    """Let the test ask as fast as it can."""
    client._transport.app.state.open_allowance = Allowance(0)  # type: ignore[attr-defined]


def test_a_file_is_not_sent_again_to_who_has_it(database_url: str, town: Connection) -> None:
    publish(town, add(town, "car_parks"), moment())

    async def story(client: httpx.AsyncClient) -> None:
        path = "/open/datasets/town/car-parks/stationnement.csv"
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert first.headers["etag"] == f'"{hashlib.sha256(first.content).hexdigest()}"'
        assert (await client.get("/open/datasets/town/car-parks/else.csv")).status_code == 404

    run_story(database_url, None, story)


def test_what_is_withdrawn_is_gone_and_its_record_stays(database_url: str, town: Connection) -> None:
    publish(town, add(town, "lighting_energy"), moment())
    withdraw(town, ("town", "lighting-energy"), "compteur erroné", "test")

    async def story(client: httpx.AsyncClient) -> None:
        for path in ("", "/energy.csv"):
            answer = await client.get(f"/open/datasets/town/lighting-energy{path}")
            assert (answer.status_code, answer.headers["content-type"]) == (410, "application/problem+json")
            assert "compteur erroné" in answer.json()["detail"]
            record = await client.get(answer.json()["record"])
            (release,) = record.json()["items"]
            assert release["withdrawn_at"]
            assert [file["name"] for file in release["files"]] == ["energy.csv", "energy.parquet", "energy.geojson"]
        assert (await client.get("/open/datasets")).json()["items"] == []
        assert not list((await graph_of(client, "ttl")).subjects(RDF.type, DCAT.Dataset))

    run_story(database_url, None, story)


def test_nothing_is_shown_before_it_is_published(database_url: str, town: Connection) -> None:
    add(town, "lighting_energy")

    async def story(client: httpx.AsyncClient) -> None:
        assert (await client.get("/open/datasets")).json()["items"] == []
        assert (await client.get("/open/datasets/town/lighting-energy")).status_code == 404

    run_story(database_url, None, story)


def test_pages_of_the_catalogue_name_each_data_set_once(
    database_url: str, town: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_all(town)
    monkeypatch.setattr("api.routes.open_data.N_CATALOGUED", 4)
    following = URIRef(f"{HYDRA}next")

    async def story(client: httpx.AsyncClient) -> None:
        first = await graph_of(client, "ttl")
        (address,) = first.objects(None, following)
        second = Graph().parse(data=(await client.get(str(address))).content, format="turtle")
        named = [sorted(map(str, graph.subjects(RDF.type, DCAT.Dataset))) for graph in (first, second)]
        assert [len(one) for one in named] == [4, 2]
        assert len(set(named[0] + named[1])) == len(ALL)
        assert not list(second.objects(None, following))
        assert [item["publication"] for item in await read_all(client, "/open/datasets", limit=4)] == [
            dataset.replace("_", "-") for dataset in ALL
        ]

    run_story(database_url, None, story)


def test_a_catalogue_is_written_anew_when_something_is_published(database_url: str, town: Connection) -> None:
    publish(town, add(town, "car_parks"), moment())

    async def story(client: httpx.AsyncClient) -> None:
        shelf = client._transport.app.state.shelf  # type: ignore[attr-defined]
        first, second = await asyncio.gather(*(client.get("/open/catalogue.ttl") for _ in range(2)))
        assert (first.content == second.content, shelf.n_written) == (True, 1)
        publish(town, add(town, "lighting_energy"), moment())
        third = await client.get("/open/catalogue.ttl")
        assert (b"lighting-energy" in third.content, shelf.n_written) == (True, 2)
        elsewhere = await client.get("/open/catalogue.ttl", headers={"Host": "open.example"})
        assert b"vigie.test" not in elsewhere.content

    run_story(database_url, None, story)


def test_an_address_that_asks_too_often_waits(database_url: str, town: Connection) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        client._transport.app.state.open_allowance = Allowance(0.1)  # type: ignore[attr-defined]
        assert (await client.get("/open/datasets")).status_code == 200
        answer = await client.get("/open/releases")
        assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (429, True)
        assert (await client.get("/v1/public/kpis")).status_code == 200  # what else is public does not wait

    run_story(database_url, None, story)


def test_the_catalogue_is_not_written_for_a_host_that_is_none(database_url: str, town: Connection) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.get("/open/catalogue.ttl", headers={"Host": "a.test/<b>"})
        assert answer.status_code == 422

    run_story(database_url, None, story)


def test_names_that_xml_cannot_hold_leave_the_catalogue_readable(database_url: str, town: Connection) -> None:
    town.execute("update territories set name = E'Bourg\\x0b <sur> Tille' where slug = 'town'")
    publish(town, add(town, "car_parks"), moment())

    async def story(client: httpx.AsyncClient) -> None:
        assert isomorphic(await content_of(client, "rdf"), await content_of(client, "ttl"))

    run_story(database_url, None, story)


CHOICE = {"dataset": "parking_occupancy", "licence": "odbl", "frequency": "weekly", "from": "2026-03-01"}
HOME = "/v1/territories/town/publications"


def key_of(town: Connection, territory: str, scope: str) -> str:
    return create_key(town, f"{scope} of {territory}", [territory], scopes=["read", scope])


def test_an_administrator_publishes_and_withdraws(database_url: str, town: Connection) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        made = await client.post(HOME, json=CHOICE)
        assert (made.status_code, made.json()["path"]) == (201, "/open/datasets/town/parking-occupancy")
        assert (await client.post(HOME, json=CHOICE)).status_code == 409
        found = find_publication(town, "town", "parking-occupancy")
        assert found is not None
        publish(town, found, moment())
        (listed,) = await read_all(client, "/v1/publications")
        assert (listed["licence"], listed["step"], listed["n_releases"]) == ("odbl", "hour", 1)
        told = (await client.get(made.json()["path"])).json()
        assert (told["licence"], told["n_hidden"] > 0) == ("Open Database License 1.0", True)
        assert datetime.fromisoformat(told["told_to"]) < END
        gone = await client.post(f"{HOME}/parking-occupancy/withdraw", json={"reason": "à revoir"})
        assert gone.status_code == 204
        assert (await client.get(made.json()["path"])).status_code == 410
        assert (await client.post(f"{HOME}/parking-occupancy/withdraw", json={"reason": "x"})).status_code == 404

    run_story(database_url, key_of(town, "town", "admin"), story)
    actions = town.execute("select action from audit_log order by audit_id").fetchall()
    assert actions == [("publish",), ("withdraw",)]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"dataset": "nonsense"}, "dataset"),
        ({"dataset": "lighting_energy", "step": "hour"}, "step: lighting_energy is told by month"),
        ({"dataset": "kpis", "kpis": ["nonsense"]}, "no KPI 'nonsense'"),
        ({"dataset": "kpis", "least_group": 2}, "least_group"),
        ({"dataset": "kpis", "contact": "nobody <x>"}, "contact"),
        ({"dataset": "kpis", "publication": "A b"}, "publication"),
    ],
)
def test_what_cannot_be_published_is_refused(
    database_url: str, town: Connection, choice: dict[str, Any], words: str
) -> None:
    async def story(client: httpx.AsyncClient) -> None:
        answer = await client.post(HOME, json=choice)
        assert answer.status_code == 422
        assert words in answer.json()["detail"]

    run_story(database_url, key_of(town, "town", "admin"), story)


@pytest.mark.parametrize(
    ("territory", "scope", "status"), [("other", "admin", 404), ("town", "write", 403), ("town", "ingest", 403)]
)
def test_nobody_else_publishes_or_withdraws(
    database_url: str, town: Connection, territory: str, scope: str, status: int
) -> None:
    publish(town, add(town, "car_parks"), moment())

    async def story(client: httpx.AsyncClient) -> None:
        assert (await client.post(HOME, json=CHOICE)).status_code == status
        gone = await client.post(f"{HOME}/car-parks/withdraw", json={"reason": "not mine"})
        assert gone.status_code == status
        assert (await client.get("/open/datasets/town/car-parks")).status_code == 200
        if territory == "other":
            assert await read_all(client, "/v1/publications") == []

    run_story(database_url, key_of(town, territory, scope), story)


def test_kpis_of_people_are_shown_to_all_by_months_and_of_enough_bays(database_url: str, town: Connection) -> None:
    add(town, "kpis", kpis=("bay_occupancy", "lighting_energy_saved", "water_night_flow"))

    async def told(client: httpx.AsyncClient) -> set[tuple[object, object]]:
        items = await read_all(client, "/v1/public/kpis")
        return {(item["kpi"], str(item["to"])[5:10]) for item in items}

    async def story(client: httpx.AsyncClient) -> None:
        by_month = {
            ("lighting_energy_saved", "03-31"),
            ("lighting_energy_saved", "04-01"),
            ("water_night_flow", "03-31"),
        }
        assert await told(client) == {*by_month, ("bay_occupancy", "03-31")}
        town.execute("update assets set retired_at = now() where slug not like 'gare-%'")
        assert await told(client) == by_month

    run_story(database_url, None, story)


def test_a_large_file_comes_whole_in_parts(
    database_url: str, town: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(town, add(town, "parking_occupancy"), moment())
    monkeypatch.setattr("api.routes.open_data.PART_BYTES", 10_007)

    async def story(client: httpx.AsyncClient) -> None:
        listed = (await client.get("/open/datasets/town/parking-occupancy")).json()["files"]
        for file in listed:
            answer = await client.get(file["path"])
            assert len(answer.content) == file["n_bytes"] > 10_007
            assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]

    run_story(database_url, None, story)
