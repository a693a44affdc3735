"""Reading by the requirement classes of OGC 18-088: paths, query options and their order, filters, arrays.

Observations 1 to 12 lie in four datastreams of two rooms, three in each, on 1 to 12 March 2015.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from api.program import settings_from
from api.sensorthings.conformance import OVER_MQTT, REQUIREMENTS, service_root
from api.settings import SettingError
from deploy.local.services import Services
from store.sensorthings.model import SETS
from tests.api.sensorthings.lab import a_location, furnish, seed_lab
from tests.api.sensorthings.service import ROOT, Service, opened_service
from tests.support.services import fresh_database

pytestmark = pytest.mark.services

FURNISHED = [name for name in SETS if name != "MultiDatastreams"]  # those have tests of their own


@pytest.fixture(scope="module")
def lab(services: Services, database_template: str) -> Iterator[Service]:
    """Two rooms; tests here only read."""
    with fresh_database(services, database_template) as url:
        writer, _, _ = seed_lab(url)
        with opened_service(url, writer) as service:
            furnish(service)
            yield service


def results(service: Service, query: str) -> list[Any]:
    """Results of the observations that a query leaves."""
    return [one["result"] for one in service.get(f"/Observations?{query}")["value"]]


def names(service: Service, path: str) -> list[str]:
    """Names of the entities that a path leads to."""
    return [one["name"] for one in service.get(path)["value"]]


def test_service_root_names_all_sets_and_what_is_conformed_to(lab: Service) -> None:
    root = lab.get("")
    assert {one["name"]: one["url"] for one in root["value"]} == {name: f"{ROOT}/{name}" for name in SETS}
    assert f"{ROOT}/Things" in {one["url"] for one in lab.get("/")["value"]}
    conformance = root["serverSettings"]["conformance"]
    assert {REQUIREMENTS + "datamodel", REQUIREMENTS + "create-update-delete/deep-insert"} <= {*conformance}
    assert not [uri for uri in conformance if "mqtt" in uri or "batch" in uri]


def test_service_root_says_where_observations_are_taken_over_mqtt() -> None:
    settings = settings_from({"VIGIE_DATABASE_URL": "x", "VIGIE_API_MQTT_ENDPOINTS": "mqtts://a:8883, wss://a/mqtt"})
    described: Any = service_root(ROOT, settings.mqtt_endpoints)["serverSettings"]
    assert REQUIREMENTS + OVER_MQTT in described["conformance"]
    assert described[REQUIREMENTS + OVER_MQTT] == {"endpoints": ["mqtts://a:8883", "wss://a/mqtt"]}


@pytest.mark.parametrize("text", ["host:1883", "http://host", "mqtt://user:secret@host", "mqtt://", "mqtt://a b"])
def test_an_address_of_the_broker_that_clients_cannot_use_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="VIGIE_API_MQTT_ENDPOINTS"):
        settings_from({"VIGIE_DATABASE_URL": "x", "VIGIE_API_MQTT_ENDPOINTS": text})


@pytest.mark.parametrize("name", SETS)
def test_entity_has_control_information_mandatory_properties_and_links(lab: Service, name: str) -> None:
    entity_set = SETS[name]
    for entity in lab.get(f"/{name}")["value"]:
        assert entity["@iot.selfLink"] == f"{ROOT}/{name}({entity['@iot.id']})"
        assert lab.get(entity["@iot.selfLink"]) == entity
        mandatory = {one for one, found in entity_set.properties.items() if found.is_mandatory}
        assert mandatory <= set(entity)
        assert ("Datastream@iot.navigationLink" in entity) == (name == "Observations")
        for relation in entity_set.relations.keys() - {"MultiDatastream"}:
            assert entity[f"{relation}@iot.navigationLink"] == f"{entity['@iot.selfLink']}/{relation}"
            assert lab.ask(entity[f"{relation}@iot.navigationLink"]).status_code == 200


@pytest.mark.parametrize("name", FURNISHED)
def test_every_path_of_three_relations_leads_somewhere(lab: Service, name: str) -> None:
    """From any set along any relations, forth and back: each set can be read, and its references are self-links."""
    n_walked = 0

    def walk(path: str, set_name: str, depth: int) -> None:
        nonlocal n_walked
        n_walked += 1
        body = lab.get(path)
        if "value" in body:
            assert body["value"], path
            first = body["value"][0]
            references = lab.get(f"{path}/$ref")["value"]
            assert references == [{"@iot.selfLink": one["@iot.selfLink"]} for one in body["value"]]
            path = f"{path}({first['@iot.id']})"
            assert lab.get(path) == first
        if depth < 2:
            for relation_name, relation in SETS[set_name].relations.items():
                if relation.target not in FURNISHED:
                    continue
                walk(f"{path}/{relation_name}", relation.target, depth + 1)

    walk(f"/{name}", name, 0)
    assert n_walked > 1


@pytest.mark.parametrize("name", FURNISHED)
def test_properties_and_their_values_have_addresses(lab: Service, name: str) -> None:
    entity = lab.get(f"/{name}?$top=1")["value"][0]
    for one, value in entity.items():
        if "@" in one:
            continue
        assert lab.get(f"{entity['@iot.selfLink']}/{one}") == {one: value}
        answer = lab.ask(f"{entity['@iot.selfLink']}/{one}/$value")
        if value is None:
            assert answer.status_code == 204
        elif isinstance(value, str):
            assert answer.text == value
        else:
            assert answer.json() == value


def test_what_is_not_there_is_404(lab: Service) -> None:
    for name in SETS:
        lab.refuse(f"/{name}({2**63 - 1})", 404)
        lab.refuse(f"/{name}('x')", 404)
    thing = lab.get("/Things?$top=1")["value"][0]["@iot.selfLink"]
    other = lab.get("/Things?$skip=1")["value"][0]["@iot.id"]
    stranger = lab.get(f"/Things({other})/Datastreams")["value"][0]["@iot.id"]
    for path in ("/colour", "/Datastreams(1)", f"/Datastreams({stranger})", "/name/first", "/Sensor", "/properties/no"):
        lab.refuse(thing + path, 404)
    lab.refuse("/Colours", 404)
    lab.refuse("/Things(x)", 400)


def test_select_leaves_what_is_named(lab: Service) -> None:
    assert set(lab.get("/Things?$select=name,id")["value"][0]) == {"@iot.id", "@iot.selfLink", "name"}
    assert set(lab.get("/Things?$select=name")["value"][0]) == {"name"}
    assert set(lab.get("/Things?$select=Datastreams")["value"][0]) == {"Datastreams@iot.navigationLink"}
    assert set(lab.get("/Datastreams?$select=observedArea,name")["value"][0]) == {"observedArea", "name"}
    lab.refuse("/Things?$select=colour")


def test_expand_brings_entities_along_with_options_of_their_own(lab: Service) -> None:
    room = lab.get(
        "/Things?$top=1&$expand=Locations,Datastreams($orderby=name desc;$select=name;$count=true;"
        "$expand=Sensor($select=name),Observations($filter=result gt 1;$top=1;$orderby=result desc;$count=true))"
    )["value"][0]
    assert [one["name"] for one in room["Locations"]] == ["place 1"]
    assert room["Datastreams@iot.count"] == 2
    assert [one["name"] for one in room["Datastreams"]] == ["datastream 1.2", "datastream 1.1"]
    last = room["Datastreams"][1]
    assert last["Sensor"] == {"name": "sensor of datastream 1.1"}
    assert ([one["result"] for one in last["Observations"]], last["Observations@iot.count"]) == ([3], 2)
    follows = lab.get(last["Observations@iot.nextLink"])
    assert [one["result"] for one in follows["value"]] == [2]
    assert "@iot.nextLink" not in follows
    assert "Thing@iot.navigationLink" not in last


def test_expand_goes_along_every_relation_at_once(lab: Service) -> None:
    for name, entity_set in SETS.items():
        paths = [
            f"{first}/{second}"
            for first, relation in entity_set.relations.items()
            for second in SETS[relation.target].relations
        ]
        for entity in lab.get(f"/{name}?$expand={','.join(paths)}")["value"]:
            one_of = {"Datastream", "MultiDatastream"} & set(entity_set.relations) if name == "Observations" else set()
            assert not one_of or sum(entity[first] is not None for first in one_of) == 1
            for first, relation in entity_set.relations.items():
                if first in one_of and entity[first] is None:
                    continue
                found = entity[first] if relation.is_many else [entity[first]]
                assert all(set(SETS[relation.target].relations) <= set(one) for one in found)


def test_order_may_go_along_relations_and_back(lab: Service) -> None:
    assert results(lab, "$orderby=result desc&$top=3") == [12, 11, 10]
    assert results(lab, "$orderby=Datastream/Thing/name desc,phenomenonTime&$top=7") == [7, 8, 9, 10, 11, 12, 1]
    assert results(lab, "$orderby=result mod 5,result desc&$top=3") == [10, 5, 11]
    assert names(lab, "/Things?$orderby=properties/floor desc") == ["room 2", "room 1"]
    lab.refuse("/Things?$orderby=Datastreams/name")


def test_filter_count_order_skip_and_top_are_applied_in_this_order(lab: Service) -> None:
    body = lab.get("/Observations?$top=2&$skip=1&$orderby=result desc&$count=true&$filter=result lt 8&$select=result")
    assert body["@iot.count"] == 7
    assert [one["result"] for one in body["value"]] == [6, 5]
    assert [one["result"] for one in lab.get(body["@iot.nextLink"])["value"]] == [4, 3]
    assert "@iot.count" not in lab.get("/Observations?$count=false")


@pytest.mark.parametrize("query", ["", "&$orderby=result desc", "&$filter=result ne 5", "&$orderby=Datastream/name"])
@pytest.mark.parametrize("top", [1, 5, 12, 100])
def test_following_the_next_link_gives_each_once_and_in_order(lab: Service, query: str, top: int) -> None:
    """Pages of any size put together are the set as it comes in one page."""
    whole = lab.get(f"/Observations?$top=1000{query}")["value"]
    assert lab.values(f"/Observations?$top={top}{query}") == whole
    assert len(whole) == (11 if "filter" in query else 12)


FILTERS: list[tuple[str, list[int]]] = [
    ("result eq 5", [5]),
    ("result ne 5", [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]),
    ("result gt 10", [11, 12]),
    ("result ge 10", [10, 11, 12]),
    ("result lt 2", [1]),
    ("result le 2", [1, 2]),
    ("10 lt result", [11, 12]),
    ("result eq 1 or result eq 2 and result eq 3", [1]),
    ("(result eq 1 or result eq 3) and result gt 2", [3]),
    ("not result lt 12", [12]),
    ("not (result lt 12) and true", [12]),
    ("result add 1 eq 3", [2]),
    ("result sub 1 mul 2 eq 0", [2]),
    ("(result sub 1) mul 2 eq 0", [1]),
    ("result div 2 eq 3", [6]),
    ("result div 0 eq 3", []),
    ("result mod 5 eq 2", [2, 7, 12]),
    ("-result eq -4", [4]),
    ("round(result div 10) eq 1", [5, 6, 7, 8, 9, 10, 11, 12]),
    ("floor(result div 5) eq 2", [10, 11, 12]),
    ("ceiling(result div 5) eq 1", [1, 2, 3, 4, 5]),
    ("phenomenonTime lt 2015-03-02T00:00:00Z", [1]),
    ("phenomenonTime le '2015-03-02T00:00:00.000Z'", [1, 2]),
    ("phenomenonTime eq 2015-03-02T01:00:00+01:00", [2]),
    ("phenomenonTime gt 2015-03-11T00:00:00Z/2015-03-11T23:00:00Z", [12]),
    ("phenomenonTime add duration'P1D' eq 2015-03-06T00:00:00Z", [5]),
    ("phenomenonTime sub 2015-03-01T00:00:00Z lt duration'P1DT12H'", [1, 2]),
    ("phenomenonTime lt now() and phenomenonTime gt mindatetime() and resultTime eq null and result gt 11", [12]),
    ("day(phenomenonTime) eq 4 and month(phenomenonTime) eq 3 and year(phenomenonTime) eq 2015", [4]),
    ("hour(phenomenonTime) add minute(phenomenonTime) add second(phenomenonTime) eq 0 and result lt 2", [1]),
    ("fractionalseconds(phenomenonTime) eq 0 and totaloffsetminutes(phenomenonTime) eq 0 and result eq 3", [3]),
    ("date(phenomenonTime) eq 2015-03-07", [7]),
    ("time(phenomenonTime) eq 00:00:00 and result eq 8", [8]),
    ("Datastream/name eq 'datastream 2.1'", [7, 8, 9]),
    ("Datastream/unitOfMeasurement/symbol eq 'degC' and result lt 2", [1]),
    ("Datastream/Thing/properties/floor eq 2 and result lt 9", [7, 8]),
    ("Datastream/Thing/Locations/name eq 'place 1' and result gt 4", [5, 6]),
    ("substringof('m 1', Datastream/name) and result lt 3", [1, 2]),
    ("Datastream/Sensor/name eq concat('sensor of ', Datastream/name) and result gt 11", [12]),
    ("startswith(tolower(Datastream/Thing/name), 'room 2') and endswith(Datastream/name, '.2')", [10, 11, 12]),
    ("length(Datastream/Thing/name) eq 6 and indexof(Datastream/Thing/name, '2') eq 5 and result lt 8", [7]),
    ("substring(Datastream/name, 11) eq '1.1'", [1, 2, 3]),
    ("substring(Datastream/name, 11, 1) eq '2' and result lt 8", [7]),
    ("toupper(trim(concat(' a', 'b '))) eq 'AB' and result eq 1", [1]),
    ("contains(FeatureOfInterest/name, 'place 2') and result gt 11", [12]),
    ("geo.distance(FeatureOfInterest/feature, geography'POINT(7 47)') lt 0.5 and result lt 9", [7, 8]),
    (
        "st_within(FeatureOfInterest/feature, geography'POLYGON((5 46, 6.5 46, 6.5 48, 5 48, 5 46))')",
        [1, 2, 3, 4, 5, 6],
    ),
]


@pytest.mark.parametrize(("text", "expected"), FILTERS)
def test_filter_leaves_the_observations_it_describes(lab: Service, text: str, expected: list[int]) -> None:
    assert sorted(results(lab, f"$filter={text.replace('+', '%2B')}")) == expected
    assert lab.get(f"/Observations?$count=true&$top=0&$filter={text.replace('+', '%2B')}")["@iot.count"] == len(
        expected
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/Things?$filter=Datastreams/Observations/result eq 8", ["room 2"]),
        ("/Things?$filter=Datastreams/Observations/result eq 8 and Datastreams/Observations/result eq 7", ["room 2"]),
        ("/Things?$filter=Locations/location/coordinates/0 eq 6", ["room 1"]),
        ("/Things?$filter=not (Locations/location/coordinates/0 eq 6)", ["room 2"]),
        ("/Things?$filter=properties/reference eq 'r2'", ["room 2"]),
        ("/Things?$filter=properties/nothing eq null&$orderby=name", ["room 1", "room 2"]),
        ("/Datastreams?$filter=Thing/name eq 'room 1' and Observations/result eq 4", ["datastream 1.2"]),
        ("/Datastreams?$filter=phenomenonTime gt 2015-03-09T00:00:00Z", ["datastream 2.2"]),
        ("/Sensors?$filter=Datastreams/Thing/name eq 'room 2'&$orderby=name desc&$top=1", ["sensor of datastream 2.2"]),
        ("/Locations?$filter=geo.intersects(location, geography'LINESTRING(6 46, 6 48)')", ["place 1"]),
        ("/Locations?$filter=st_disjoint(location, geography'POINT(6 47)')", ["place 2"]),
        ("/Locations?$filter=geo.length(location) eq 0&$orderby=name", ["place 1", "place 2"]),
        ("/Locations?$filter=st_relate(location, geography'POINT(6 47)', 'T********')", ["place 1"]),
        ("/FeaturesOfInterest?$filter=st_equals(feature, geography'POINT(7 47)')", ["place 2"]),
    ],
)
def test_filter_goes_along_relations(lab: Service, path: str, expected: list[str]) -> None:
    assert names(lab, path) == expected


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("colour eq 1", 400),
        ("name", 400),
        ("name gt 5", 400),
        ("length(name, 1) eq 1", 400),
        ("Datastreams eq 1", 400),
        ("name/first eq 'a'", 400),
        ("geo.distance(name, geography'POINT(1 1)') gt 1", 400),
        ("geo.distance(Locations/location, geography'CIRCLE(1 1)') gt 1", 400),
        ("geo.distance(Locations/location, geography'POINT()') gt 1", 400),
        ("geography'POINT(1 1)' eq 1", 400),
        ("unheard(name) eq 1", 501),
    ],
)
def test_filter_that_cannot_be_is_refused_with_a_sentence(lab: Service, text: str, status: int) -> None:
    lab.refuse(f"/Things?$filter={text}", status)


def test_observations_come_as_arrays(lab: Service) -> None:
    body = lab.get("/Observations?$resultFormat=dataArray&$count=true&$top=5&$select=result,phenomenonTime,id")
    assert body["@iot.count"] == 12
    assert [group["dataArray@iot.count"] for group in body["value"]] == [3, 2]
    assert body["value"][0]["components"] == ["id", "phenomenonTime", "result"]
    rows = [row for group in body["value"] for row in group["dataArray"]]
    assert [row[1:] for row in rows] == [[f"2015-03-0{day}T00:00:00.000Z", day] for day in range(1, 6)]
    assert lab.get(f"/Observations({rows[4][0]})")["result"] == 5
    assert lab.get(body["value"][0]["Datastream@iot.navigationLink"])["name"] == "datastream 1.1"
    lab.refuse("/Things?$resultFormat=dataArray")


def test_what_observations_span_is_reckoned(lab: Service) -> None:
    (datastream,) = lab.get("/Datastreams?$filter=name eq 'datastream 1.1'")["value"]
    assert datastream["phenomenonTime"] == "2015-03-01T00:00:00.000Z/2015-03-03T00:00:00.000Z"


def test_a_thing_is_put_into_its_history_with_its_first_location(lab: Service) -> None:
    histories = lab.get("/HistoricalLocations?$expand=Thing,Locations")["value"]
    assert [(one["Thing"]["name"], one["Locations"][0]["name"]) for one in histories] == [
        ("room 1", "place 1"),
        ("room 2", "place 2"),
    ]
    assert histories[0]["Locations"][0]["location"] == a_location(6.0)["location"]
