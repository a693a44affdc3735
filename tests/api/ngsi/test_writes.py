"""Making, changing and deleting entities by ETSI GS CIM 009, and what of it is refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from store.connect import connect
from tests.api.ngsi.broker import CORE, ERRORS, LAMP, MODELS, Broker, a_building, link, opened_broker, seed_writers

pytestmark = pytest.mark.services
NULL = "urn:ngsi-ld:null"
ONE = "/entities/urn:ngsi-ld:Building:1"


@pytest.fixture
def keys(database_url: str) -> tuple[str, str, str]:
    """Keys that write in the east, write in both communes, and only read."""
    region, east, both = seed_writers(database_url)
    return east, both, region.east_key


@pytest.fixture
def broker(database_url: str, keys: tuple[str, str, str]) -> Iterator[Broker]:
    with opened_broker(database_url, keys[0]) as opened:
        yield opened


def a_value(value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "Property", "value": value, **more}


def test_an_entity_is_given_back_as_it_was_written(broker: Broker) -> None:
    body = a_building(
        address=a_value(
            {"streetAddress": "1 place", "lines": [1, {"deep": None}]}, observedAt="2026-03-01T10:00:00.25Z"
        ),
        names={"type": "LanguageProperty", "languageMap": {"fr": "Mairie", "de": "Rathaus"}},
        kind={"type": "VocabProperty", "vocab": "townHall"},
        plan={"type": "JsonProperty", "json": {"type": "unread", "@context": 5}},
        steps={"type": "ListProperty", "valueList": [1, 2, 1]},
        ways={"type": "ListRelationship", "objectList": ["urn:a:1", "urn:a:2"]},
        temperature=[
            a_value(20, datasetId="urn:ngsi-ld:Dataset:hall", accuracy=a_value(0.5)),
            a_value(18, datasetId="urn:ngsi-ld:Dataset:cellar"),
        ],
    )
    made = broker.send("/entities", body)
    assert made.headers["Location"] == "/ngsi-ld/v1/entities/urn:ngsi-ld:Building:1"
    assert made.content == b""
    assert broker.get(ONE) == body


def test_each_form_says_the_same(broker: Broker) -> None:
    """Concise and normalized are written alike; each can be read back as either, and simplified."""
    concise = {
        "id": "urn:ngsi-ld:Building:1",
        "type": "Building",
        "name": "Mairie",
        "floorArea": {"value": 5, "unitCode": "MTK"},
        "refStreetlight": {"object": LAMP},
        "location": {"type": "Point", "coordinates": [5, 47]},
    }
    broker.send("/entities", concise)
    assert broker.get(ONE, options="concise") == concise
    assert broker.get(ONE)["floorArea"] == a_value(5, unitCode="MTK")
    assert broker.get(ONE)["location"]["type"] == "GeoProperty"
    simple = {**concise, "floorArea": 5, "refStreetlight": LAMP}
    assert broker.get(ONE, options="keyValues") == simple
    assert broker.get(ONE, format="simplified", pick="id,name") == {"id": concise["id"], "name": "Mairie"}
    assert "name" not in broker.get(ONE, omit="name")
    assert broker.get(ONE, attrs="name") == {"id": concise["id"], "type": "Building", "name": a_value("Mairie")}


def test_system_attributes_are_shown_when_asked_for(broker: Broker) -> None:
    broker.send("/entities", a_building())
    broker.send(f"{ONE}/attrs/name", {"value": "new"}, "PATCH", 204)
    body = broker.get(ONE, options="sysAttrs")
    assert body["createdAt"] <= body["name"]["createdAt"] < body["name"]["modifiedAt"] <= body["modifiedAt"]
    assert body["floorArea"]["createdAt"] == body["floorArea"]["modifiedAt"]
    assert "createdAt" not in broker.get(ONE)["name"]
    assert broker.ids(q='modifiedAt>"2020-01-01T00:00:00Z";type', type="Building") == []
    assert broker.ids(q="modifiedAt>2020-01-01T00:00:00Z", type="Building") == [body["id"]]


def test_texts_come_in_a_language(broker: Broker) -> None:
    names = {"type": "LanguageProperty", "languageMap": {"fr": "Mairie", "de": "Rathaus"}}
    broker.send("/entities", a_building(name=names))
    assert broker.get(ONE, lang="de")["name"] == {"type": "Property", "value": "Rathaus", "lang": "de"}
    assert broker.get(ONE, lang="it,fr;q=0.5", options="keyValues")["name"] == "Mairie"
    assert broker.ids(q='name[de]=="Rathaus"') == ["urn:ngsi-ld:Building:1"]
    assert broker.ids(q='name=="Mairie"') == ["urn:ngsi-ld:Building:1"]


def test_attributes_are_added_and_given_anew(broker: Broker) -> None:
    broker.send("/entities", a_building())
    broker.send(f"{ONE}/attrs", {"floor": a_value(1), "name": a_value("x")}, status=204)
    assert broker.get(ONE, options="keyValues")["floor"] == 1
    answer = broker.send(f"{ONE}/attrs", {"floor": a_value(2), "doors": a_value(9)}, status=207, options="noOverwrite")
    assert answer.json()["updated"] == ["doors"]
    assert [one["attributeName"] for one in answer.json()["notUpdated"]] == ["floor"]
    answer = broker.send(f"{ONE}/attrs", {"floor": a_value(3), "none": a_value(1)}, "PATCH", 207)
    assert answer.json()["updated"] == ["floor"]
    assert broker.get(ONE, options="keyValues")["floor"] == 3
    assert "none" not in broker.get(ONE)


def test_one_attribute_is_changed_replaced_and_deleted(broker: Broker) -> None:
    hall = "urn:ngsi-ld:Dataset:hall"
    broker.send("/entities", a_building(temperature=[a_value(20), a_value(18, datasetId=hall)]))
    broker.send(f"{ONE}/attrs/floorArea", {"value": 7}, "PATCH", 204)
    assert broker.get(ONE)["floorArea"] == a_value(7, unitCode="MTK")
    broker.send(f"{ONE}/attrs/temperature", {"value": 19, "datasetId": hall}, "PATCH", 204)
    assert [one["value"] for one in broker.get(ONE)["temperature"]] == [20, 19]
    assert broker.get(ONE, datasetId=hall)["temperature"]["value"] == 19
    broker.send(f"{ONE}/attrs/temperature", None, "DELETE", 204)
    assert broker.get(ONE)["temperature"]["value"] == 19
    broker.refuse(f"{ONE}/attrs/temperature", "ResourceNotFound", 404, "DELETE")
    broker.send(f"{ONE}/attrs/temperature", None, "DELETE", 204, deleteAll="true")
    assert "temperature" not in broker.get(ONE)
    broker.send(f"{ONE}/attrs/name", a_value("anew"), "PUT", 204)
    assert broker.get(ONE)["name"] == a_value("anew")
    for method in ("PATCH", "PUT", "DELETE"):
        broker.refuse(f"{ONE}/attrs/nothing", "ResourceNotFound", 404, method, a_value(1))


def test_a_patch_is_merged_and_takes_away(broker: Broker) -> None:
    broker.send("/entities", a_building(address=a_value({"street": "a", "town": {"name": "b", "code": 1}})))
    patch = {
        "address": a_value({"town": {"code": NULL, "zone": 2}}),
        "floorArea": {"type": "Property", "value": NULL},
        "name": {"value": "c"},
        "storeys": 3,
    }
    broker.send(ONE, patch, "PATCH", 204)
    body = broker.get(ONE, options="keyValues")
    assert body["address"] == {"street": "a", "town": {"name": "b", "zone": 2}}
    assert "floorArea" not in body
    assert (body["name"], body["storeys"]) == ("c", 3)


def test_an_entity_is_replaced_and_deleted(broker: Broker) -> None:
    broker.send("/entities", a_building())
    whole = {"id": "urn:ngsi-ld:Building:1", "type": "Building", "name": a_value("only")}
    broker.send(ONE, whole, "PUT", 204)
    assert broker.get(ONE) == whole
    broker.send(ONE, None, "DELETE", 204)
    broker.refuse(ONE, "ResourceNotFound", 404)
    for method in ("PUT", "PATCH", "DELETE"):
        broker.refuse(ONE, "ResourceNotFound", 404, method, whole)
    broker.send("/entities", whole)
    broker.refuse("/entities", "AlreadyExists", 409, "POST", whole)


def test_types_and_scopes_are_chosen_by(broker: Broker) -> None:
    broker.send("/entities", a_building(1, type=["Building", "Shop"], scope=["/bfc/dijon"]))
    broker.send("/entities", a_building(2, scope="/bfc"))
    assert broker.ids(type="Building;Shop") == ["urn:ngsi-ld:Building:1"]
    assert broker.ids(type="Building", scopeQ="/bfc/#") == ["urn:ngsi-ld:Building:1", "urn:ngsi-ld:Building:2"]
    assert broker.ids(type="Building", scopeQ="/+/dijon") == ["urn:ngsi-ld:Building:1"]
    broker.send(f"{ONE}/attrs", {"type": "Office", "x": a_value(1)}, status=204)
    assert broker.get(ONE)["type"] == ["Building", "Shop", "Office"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "floorArea>=200"}, [2, 3]),
        ({"q": 'floorArea>100;(name=="Mairie 2"|name=="Mairie 9")'}, [2]),
        ({"q": 'name~="^mairie [12]$"'}, []),
        ({"q": 'name~="^Mairie [12]$"'}, [1, 2]),
        ({"q": 'name!~="1"', "type": "Building"}, [2, 3]),
        ({"q": f"refStreetlight=={LAMP}"}, [1, 2, 3]),
        ({"q": 'address[town]=="b"'}, [1]),
        ({"q": "address[lines.n]==2"}, [1]),
        ({"q": "temperature.accuracy<1"}, [1]),
        ({"q": "temperature==18..21"}, [1]),
        ({"q": "floorArea.unitCode==MTK"}, [1, 2, 3]),
        ({"q": "open==true"}, [1]),
        ({"q": "since==2026-03-01"}, [1]),
        ({"type": "Building", "q": "nothing"}, []),
        (
            {"georel": "near;maxDistance==500", "geometry": "Point", "coordinates": "[5.01,47.0]", "type": "Building"},
            [1],
        ),
        ({"georel": "disjoint", "geometry": "Point", "coordinates": "[5.01,47.0]", "type": "Building"}, [2, 3]),
        ({"georel": "equals", "geometry": "Point", "coordinates": "[5.02,47.0]"}, [2]),
        (
            {
                "georel": "intersects",
                "geometry": "LineString",
                "coordinates": "[[5.0,47.0],[5.025,47.0]]",
                "type": "Building",
            },
            [1, 2],
        ),
    ],
)
def test_entities_of_clients_are_found(broker: Broker, query: dict[str, str], found: list[int]) -> None:
    more = {
        "address": a_value({"town": "b", "lines": [{"n": 1}, {"n": 2}]}),
        "temperature": a_value([20, 30], accuracy=a_value(0.5)),
        "open": a_value(True),
        "since": a_value({"@type": "Date", "@value": "2026-03-01"}),
    }
    for number in (1, 2, 3):
        broker.send("/entities", a_building(number, **(more if number == 1 else {})))
    assert broker.ids(**query) == [f"urn:ngsi-ld:Building:{number}" for number in found]


def test_a_posted_question_is_answered_alike(broker: Broker) -> None:
    for number in (1, 2, 3):
        broker.send("/entities", a_building(number))
    body = {
        "type": "Query",
        "entities": [{"type": "Building", "idPattern": "[23]$"}],
        "q": "floorArea<300",
        "attrs": ["floorArea"],
        "geoQ": {"georel": "near;maxDistance==90000", "geometry": "Point", "coordinates": [5, 47]},
    }
    (one,) = broker.send("/entityOperations/query", body, status=200).json()
    assert one == {
        "id": "urn:ngsi-ld:Building:2",
        "type": "Building",
        "floorArea": a_value(200, unitCode="MTK"),
    }


def test_many_are_written_each_by_itself(broker: Broker) -> None:
    made = broker.send("/entityOperations/create", [a_building(1), a_building(2)])
    assert made.json() == ["urn:ngsi-ld:Building:1", "urn:ngsi-ld:Building:2"]
    wrong = {**a_building(4), "name": {"type": "Property"}}
    answer = broker.send("/entityOperations/create", [a_building(2), a_building(3), wrong], status=207).json()
    assert answer["success"] == ["urn:ngsi-ld:Building:3"]
    types = {one["entityId"][-1]: one["error"]["type"] for one in answer["errors"]}
    assert types == {"2": ERRORS + "AlreadyExists", "4": ERRORS + "BadRequestData"}
    answer = broker.send("/entityOperations/upsert", [a_building(3, name="a"), a_building(4)])
    assert answer.json() == ["urn:ngsi-ld:Building:4"]
    only = {"id": "urn:ngsi-ld:Building:3", "type": "Building", "floor": 1}
    broker.send("/entityOperations/upsert", [only], status=204, options="update")
    assert broker.get("/entities/urn:ngsi-ld:Building:3", options="keyValues")["name"] == "a"
    broker.send("/entityOperations/upsert", [only], status=204)
    assert "name" not in broker.get("/entities/urn:ngsi-ld:Building:3")
    broker.send("/entityOperations/update", [{**only, "floor": 2}], status=204)
    broker.send("/entityOperations/merge", [{**only, "floor": NULL, "roof": 1}], status=204)
    assert broker.get("/entities/urn:ngsi-ld:Building:3", options="keyValues") == {
        "id": only["id"], "type": "Building", "roof": 1,
    }  # fmt: skip
    answer = broker.send(
        "/entityOperations/delete", [f"urn:ngsi-ld:Building:{n}" for n in (1, 2, 3, 4, 5)], status=207
    ).json()
    assert len(answer["success"]) == 4
    assert answer["errors"][0]["error"]["type"] == ERRORS + "ResourceNotFound"
    assert broker.ids(type="Building") == []


@pytest.mark.parametrize(
    "body",
    [
        {"type": "Building"},
        {"id": "no-uri", "type": "Building"},
        {"id": "urn:a:1"},
        {"id": "urn:a:1", "type": []},
        {"id": "urn:a:1", "type": "A", "x": None},
        {"id": "urn:a:1", "type": "A", "x": {"type": "Property"}},
        {"id": "urn:a:1", "type": "A", "x": {"type": "Nonsense", "value": 1}},
        {"id": "urn:a:1", "type": "A", "x": {"anything": 1}},
        {"id": "urn:a:1", "type": "A", "x": {"type": "Property", "value": None}},
        {"id": "urn:a:1", "type": "A", "x": {"type": "Property", "value": NULL}},
        {"id": "urn:a:1", "type": "A", "x": {"type": "Property", "value": "\x00"}},
        {"id": "urn:a:1", "type": "A", "x": {"type": "Relationship", "object": "no uri"}},
        {"id": "urn:a:1", "type": "A", "x": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": []}}},
        {"id": "urn:a:1", "type": "A", "x": {"type": "LanguageProperty", "languageMap": {"fr": 5}}},
        {"id": "urn:a:1", "type": "A", "x": {"value": 1, "observedAt": "yesterday"}},
        {"id": "urn:a:1", "type": "A", "x": {"value": 1, "datasetId": "a"}},
        {"id": "urn:a:1", "type": "A", "x": {"value": 1, "unitCode": 5}},
        {"id": "urn:a:1", "type": "A", "x": [{"value": 1}, {"value": 2}]},
        {"id": "urn:a:1", "type": "A", "x y": 1},
        {"id": "urn:a:1", "type": "A", "a<b": 1},
        {"id": "urn:a:1", "type": "A", "scope": 5},
        ["urn:a:1"],
        5,
    ],
)
def test_what_is_no_entity_is_refused_and_nothing_is_kept(broker: Broker, body: Any) -> None:
    broker.refuse("/entities", "BadRequestData", 400, "POST", body)
    assert broker.ids(type="A") == []


def test_the_registry_is_not_written_here(broker: Broker) -> None:
    broker.refuse("/entities", "AlreadyExists", 409, "POST", {"id": LAMP, "type": "Streetlight"})
    for path, method in (
        (f"/entities/{LAMP}", "DELETE"),
        (f"/entities/{LAMP}", "PATCH"),
        (f"/entities/{LAMP}/attrs", "POST"),
        (f"/entities/{LAMP}/attrs/name", "PATCH"),
        (f"/entities/{LAMP}/attrs/name", "DELETE"),
    ):
        broker.refuse(path, "OperationNotSupported", 422, method, {"name": a_value("x"), "value": 1})
    answer = broker.send("/entityOperations/delete", [LAMP], status=207).json()
    assert answer["success"] == []


def test_the_context_stands_where_it_belongs(broker: Broker) -> None:
    entity = a_building()
    with_context = {**entity, "@context": MODELS}
    broker.refuse(
        "/entities", "BadRequestData", 400, "POST", with_context, headers={"Content-Type": "application/json"}
    )
    broker.refuse("/entities", "BadRequestData", 400, "POST", with_context, headers={"Link": link(MODELS)})
    broker.refuse("/entities", "BadRequestData", 400, "POST", entity, headers={"Content-Type": "application/ld+json"})
    broker.refuse("/entities", "InvalidRequest", 415, "POST", entity, headers={"Content-Type": "application/xml"})
    broker.refuse("/entities?type=A", "InvalidRequest", 406, headers={"Accept": "text/html"})
    unknown = "https://elsewhere.example/context.jsonld"
    broker.refuse("/entities", "LdContextNotAvailable", 503, "POST", {**entity, "@context": unknown})
    broker.refuse(ONE, "LdContextNotAvailable", 503, headers={"Link": link(unknown)})
    broker.send("/entities", {**entity, "@context": [{"floorArea": "https://elsewhere.example/area"}, MODELS]})
    assert broker.get(ONE)["https://elsewhere.example/area"]["value"] == 100


def test_a_context_is_kept_listed_served_and_deleted(broker: Broker) -> None:
    body = {"@context": [{"ex": "https://ex.example/", "height": "ex:height", "Tower": {"@id": "ex:Tower"}}, CORE]}
    path = broker.send("/jsonldContexts", body).headers["Location"]
    url = f"http://vigie.test{path}"
    name = path.rpartition("/")[2]
    assert broker.get(f"/jsonldContexts/{name}") == body
    assert url in broker.get("/jsonldContexts")
    assert [one["localId"] for one in broker.get("/jsonldContexts", details="true", kind="Hosted")] == [name]
    broker.send("/entities", {"id": "urn:a:1", "type": "Tower", "height": 5, "@context": url})
    answer = broker.ask("/entities/urn:a:1", headers={"Link": link(CORE)}).json()
    assert answer["type"] == "https://ex.example/Tower"
    assert broker.ask("/entities/urn:a:1", headers={"Link": link(url)}).json()["height"]["value"] == 5
    broker.send(f"/jsonldContexts/{name}", None, "DELETE", 204)
    broker.refuse(f"/jsonldContexts/{name}", "ResourceNotFound", 404)
    broker.refuse(f"/jsonldContexts/{name}", "ResourceNotFound", 404, "DELETE")
    broker.refuse("/entities/urn:a:1", "LdContextNotAvailable", 503, headers={"Link": link(url)})
    broker.refuse("/jsonldContexts", "InvalidRequest", 400, "POST", {"height": "ex:height"})
    broker.refuse(f"/jsonldContexts/{name}?reload=true", "BadRequestData", 400, "DELETE")
    for wrong in ({"@context": 5}, {"@context": ["https://elsewhere.example/x"]}, [], {"@context": [5]}):
        answer = broker.ask("/jsonldContexts", "POST", wrong, headers={"Content-Type": "application/json"})
        assert answer.status_code in {400, 503}
        assert answer.json()["type"].startswith(ERRORS)


def test_a_circle_of_terms_ends(broker: Broker) -> None:
    circle = {"@context": {"a": "b:x", "b": "a:x"}, "id": "urn:a:1", "type": "T", "a": 1}
    broker.refuse("/entities", "BadRequestData", 400, "POST", circle)


def test_who_only_reads_writes_nothing(database_url: str, keys: tuple[str, str, str]) -> None:
    with opened_broker(database_url, keys[2]) as reader:
        for path, method in (("/entities", "POST"), (ONE, "DELETE"), ("/entityOperations/upsert", "POST")):
            assert reader.ask(path, method, a_building()).status_code == 403
    with opened_broker(database_url, None) as stranger:
        assert stranger.ask("/entities?type=A").status_code == 401
        assert stranger.ask("/entities", "POST", a_building()).status_code == 401


def test_a_key_of_several_territories_names_one(database_url: str, keys: tuple[str, str, str]) -> None:
    with opened_broker(database_url, keys[1]) as both:
        assert "NGSILD-Tenant" in both.refuse("/entities", "BadRequestData", 400, "POST", a_building())
        west = {"NGSILD-Tenant": "west"}
        assert both.ask("/entities", "POST", a_building(), headers=west).status_code == 201
        both.refuse("/entities", "NonexistentTenant", 404, "POST", a_building(), headers={"NGSILD-Tenant": "region"})
        assert both.ids(type="Building") == ["urn:ngsi-ld:Building:1"]
        both.refuse(ONE, "ResourceNotFound", 404, headers={"NGSILD-Tenant": "east"})
    with opened_broker(database_url, keys[0]) as east:
        assert east.ids(type="Building") == []
        east.refuse(ONE, "ResourceNotFound", 404, "DELETE")
        assert east.ask("/entities", "POST", a_building()).status_code == 201


def test_writes_are_in_the_audit_log(broker: Broker, database_url: str) -> None:
    broker.send("/entities", a_building())
    broker.send(ONE, None, "DELETE", 204)
    with connect(database_url, program="test") as connection:
        rows = connection.execute(
            "select action, subject from audit_log where action like 'ngsi-ld%' order by at"
        ).fetchall()
    assert rows == [("ngsi-ld create", "urn:ngsi-ld:Building:1"), ("ngsi-ld delete", "urn:ngsi-ld:Building:1")]


def test_an_id_may_be_an_address(broker: Broker) -> None:
    urn = "http://ex.example/a/b?c=1#d"
    broker.send("/entities", {"id": urn, "type": "Thing", "name": "x"})
    path = f"/entities/{urn}".replace("?", "%3F").replace("#", "%23")
    assert broker.get(path)["id"] == urn
    broker.send(f"{path}/attrs/name", {"value": "y"}, "PATCH", 204)
    broker.send(path, None, "DELETE", 204)
