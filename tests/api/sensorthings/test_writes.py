"""Making, changing and deleting by the requirement classes of OGC 18-088, and what of it is refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from store.connect import connect
from store.keys import create_key
from store.sensorthings.model import SETS
from tests.api.sensorthings.lab import (
    UNIT,
    a_datastream,
    a_location,
    a_property,
    a_room,
    a_sensor,
    furnish,
    seed_lab,
)
from tests.api.sensorthings.service import Service, opened_service

pytestmark = pytest.mark.services

POINT = {"type": "Point", "coordinates": [5, 47]}
FEATURE = {"name": "field", "description": "d", "encodingType": "application/geo+json", "feature": POINT}
COUNTS = dict.fromkeys(SETS, 0)
ONE_EACH = dict.fromkeys(SETS, 1) | {"MultiDatastreams": 0}


@pytest.fixture
def keys(database_url: str) -> tuple[str, str, str]:
    return seed_lab(database_url)


@pytest.fixture
def lab(database_url: str, keys: tuple[str, str, str]) -> Iterator[Service]:
    with opened_service(database_url, keys[0]) as service:
        yield service


def count(service: Service) -> dict[str, int]:
    """How many entities each set has."""
    return {name: service.get(f"/{name}?$count=true&$top=0")["@iot.count"] for name in SETS}


def link(id_: Any) -> dict[str, Any]:
    return {"@iot.id": id_}


def test_each_entity_is_made_by_itself_and_linked_by_id(lab: Service) -> None:
    thing = lab.make("/Things", {"name": "t", "description": "d"})
    location = lab.make("/Locations", a_location())
    sensor, property_ = lab.make("/Sensors", a_sensor()), lab.make("/ObservedProperties", a_property())
    feature = lab.make("/FeaturesOfInterest", FEATURE)
    related = {"Thing": link(thing), "Sensor": link(sensor), "ObservedProperty": link(property_)}
    datastream = lab.make("/Datastreams", a_datastream("d", **related))
    seen = {"phenomenonTime": "2015-03-01T00:40:00.000Z", "result": 8, "resultTime": "2015-03-01T01:00:00.000Z"}
    observation = lab.make(
        "/Observations", {**seen, "Datastream": link(datastream), "FeatureOfInterest": link(feature)}
    )
    history = lab.make(
        "/HistoricalLocations",
        {"time": "2015-03-01T00:40:00.000Z", "Thing": link(thing), "Locations": [link(location)]},
    )
    assert lab.get(f"/Observations({observation})").items() >= seen.items()
    assert lab.get(f"/Observations({observation})/FeatureOfInterest")["@iot.id"] == feature
    assert lab.get(f"/Datastreams({datastream})/Sensor")["@iot.id"] == sensor
    assert lab.get(f"/HistoricalLocations({history})/Locations")["value"][0]["@iot.id"] == location
    assert count(lab) == ONE_EACH


def test_an_entity_is_made_in_the_path_of_what_it_belongs_to(lab: Service) -> None:
    thing = lab.make("/Things", {"name": "t", "description": "d"})
    location = lab.make(f"/Things({thing})/Locations", a_location())
    datastream = lab.make(f"/Things({thing})/Datastreams", a_datastream("d"))
    observation = lab.make(f"/Datastreams({datastream})/Observations", {"result": 1})
    assert lab.get(f"/Observations({observation})/Datastream/Thing")["@iot.id"] == thing
    assert lab.get(f"/Locations({location})/Things")["value"][0]["@iot.id"] == thing
    lab.refuse(f"/Observations({observation})/Datastream", 405, "POST", a_datastream("d"))


def test_observations_without_a_feature_share_the_one_made_of_the_location(lab: Service) -> None:
    thing = lab.make("/Things", {"name": "t", "description": "d", "Locations": [a_location(5)]})
    datastream = lab.make(f"/Things({thing})/Datastreams", a_datastream("d"))
    path = f"/Datastreams({datastream})/Observations"
    first, second = lab.make(path, {"result": 1}), lab.make(path, {"result": 2})
    features = [lab.get(f"/Observations({one})/FeatureOfInterest") for one in (first, second)]
    assert features[0] == features[1]
    assert features[0]["feature"] == a_location(5)["location"]
    lab.make(f"/Things({thing})/Locations", a_location(6))
    third = lab.make(path, {"result": 3})
    assert lab.get(f"/Observations({third})/FeatureOfInterest/feature")["feature"] == a_location(6)["location"]
    assert [one["location"]["coordinates"][0] for one in lab.get(f"/Things({thing})/Locations")["value"]] == [6]
    assert count(lab)["HistoricalLocations"] == 2


@pytest.mark.parametrize(
    "result", [1, 1.25, -0.0, True, False, "forty two", {"number": 1.25, "deep": [None]}, [1.25, "one", True], None]
)
def test_a_result_is_given_back_as_it_was_written(lab: Service, result: Any) -> None:
    furnish(lab)
    datastream = lab.get("/Datastreams?$top=1")["value"][0]["@iot.id"]
    made = lab.make(f"/Datastreams({datastream})/Observations", {"result": result, "parameters": {"a": result}})
    found = lab.get(f"/Observations({made})")
    assert found["result"] == result
    assert type(found["result"]) is type(result) or result == 0
    assert found["parameters"] == {"a": result}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/Things", {"name": "only"}),
        ("/Things", {"name": 5, "description": "d"}),
        ("/Things", {"name": "n\x00", "description": "d"}),
        ("/Things", {"name": "n", "description": "d", "properties": {"a": "\x00"}}),
        ("/Things", {"name": "n", "description": "d", "colour": "red"}),
        ("/Things", {"name": "n", "description": "d", "properties": "text"}),
        ("/Things", {"name": "n", "description": "d", "Locations": {}}),
        ("/Things", {"name": "n", "description": "d", "Locations": [{"@iot.id": 5}]}),
        ("/Things", [1]),
        ("/Datastreams", a_datastream("d")),
        ("/Datastreams", {**a_datastream("d"), "unitOfMeasurement": {"name": "x"}}),
        ("/Things", {**a_room(1), "Datastreams": [{**a_datastream("d"), "Sensor": {"name": "half"}}]}),
        ("/Things", {**a_room(1), "Locations": []}),
        ("/Observations", {"result": 1}),
        ("/Observations", {"result": 1, "Datastream": {"@iot.id": 2**40}}),
        ("/HistoricalLocations", {"time": "yesterday"}),
        ("/HistoricalLocations", {"time": "2015-03-01T00:00:00Z"}),
        ("/FeaturesOfInterest", {"name": "n", "description": "d", "feature": POINT}),
    ],
)
def test_what_is_invalid_is_refused_and_nothing_of_it_is_made(lab: Service, path: str, body: Any) -> None:
    """Deep or not: one fault and none of the entities written in a request is there."""
    lab.refuse(path, 400, "POST", body)
    assert count(lab) == COUNTS


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("Things", {"description": "new"}),
    ("Things", {"properties": {"a": 1}}),
    ("Locations", {"location": {"type": "Point", "coordinates": [114.05, -50]}}),
    ("HistoricalLocations", {"time": "2015-07-01T00:00:00.000Z"}),
    ("Sensors", {"metadata": "new"}),
    ("ObservedProperties", {"description": "new"}),
    ("FeaturesOfInterest", {"feature": {"type": "Point", "coordinates": [114.05, -51.05]}}),
    ("Datastreams", {"unitOfMeasurement": {**UNIT, "name": "Entropy"}}),
    ("Observations", {"phenomenonTime": "2015-07-01T00:40:00.000Z"}),
    ("Observations", {"result": "99"}),
]


def test_a_patch_changes_what_it_names_and_nothing_else(lab: Service) -> None:
    furnish(lab)
    for name, change in CHANGES:
        before = lab.get(f"/{name}?$top=1")["value"][0]
        assert lab.ask(before["@iot.selfLink"], "PATCH", change).status_code == 200
        after = lab.get(before["@iot.selfLink"])
        assert after == {**before, **change}


def test_a_put_sets_what_it_leaves_out_to_its_default(lab: Service) -> None:
    thing, _ = furnish(lab)
    lab.refuse(f"/Things({thing})", 400, "PUT", {"name": "only"})
    answer = lab.ask(f"/Things({thing})", "PUT", {"name": "n", "description": "d"})
    assert answer.status_code == 200
    found = lab.get(f"/Things({thing})")
    assert (found["name"], found["description"]) == ("n", "d")
    assert "properties" not in found
    assert len(lab.get(f"/Things({thing})/Datastreams")["value"]) == 2


def test_a_change_may_link_otherwise_but_not_write_related_entities(lab: Service) -> None:
    first, second = furnish(lab)
    datastream = lab.get(f"/Things({first})/Datastreams")["value"][0]["@iot.id"]
    other = lab.get(f"/Things({second})/Locations")["value"][0]["@iot.id"]
    assert lab.ask(f"/Datastreams({datastream})", "PATCH", {"Thing": link(second)}).status_code == 200
    assert lab.get(f"/Datastreams({datastream})/Thing")["@iot.id"] == second
    assert lab.ask(f"/Things({first})", "PATCH", {"Locations": [link(other)]}).status_code == 200
    assert [one["@iot.id"] for one in lab.get(f"/Things({first})/Locations")["value"]] == [other]
    assert len(lab.get(f"/Things({first})/HistoricalLocations")["value"]) == 2
    for path, body in [
        (f"/Things({first})", {"Locations": [a_location()]}),
        (f"/Things({first})", {"Datastreams": [a_datastream("d")]}),
        (f"/Datastreams({datastream})", {"Sensor": a_sensor()}),
        (f"/Datastreams({datastream})", {"Observations": [{"result": 1}]}),
        (f"/Sensors({lab.get('/Sensors')['value'][0]['@iot.id']})", {"Datastreams": [a_datastream("d")]}),
    ]:
        before = count(lab)
        lab.refuse(path, 400, "PATCH", body)
        assert count(lab) == before


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("Things", {"Things", "Datastreams", "HistoricalLocations", "Observations"}),
        ("Locations", {"Locations", "HistoricalLocations"}),
        ("HistoricalLocations", {"HistoricalLocations"}),
        ("Datastreams", {"Datastreams", "Observations"}),
        ("Sensors", {"Sensors", "Datastreams", "Observations"}),
        ("ObservedProperties", {"ObservedProperties", "Datastreams", "Observations"}),
        ("Observations", {"Observations"}),
        ("FeaturesOfInterest", {"FeaturesOfInterest", "Observations"}),
    ],
)
def test_a_deletion_takes_along_what_cannot_be_without_it(lab: Service, name: str, gone: set[str]) -> None:
    """The integrity table of the standard, for one of each."""
    thing = lab.make("/Things", {"name": "t", "description": "d", "Locations": [a_location()]})
    lab.make(f"/Things({thing})/Datastreams", a_datastream("d", Observations=[{"result": 1}]))
    assert count(lab) == ONE_EACH
    itself = lab.get(f"/{name}")["value"][0]["@iot.selfLink"]
    assert lab.ask(itself, "DELETE").status_code == 200
    lab.refuse(itself, 404)
    lab.refuse(itself, 404, "DELETE")
    assert count(lab) == ONE_EACH | dict.fromkeys(gone, 0)


def test_observations_are_made_of_arrays_each_for_itself(lab: Service) -> None:
    furnish(lab)
    first, second = (one["@iot.id"] for one in lab.get("/Datastreams?$top=2")["value"])
    feature = lab.get("/FeaturesOfInterest")["value"][0]["@iot.id"]
    answers = lab.make(
        "/CreateObservations",
        [
            {
                "Datastream": link(first),
                "components": ["phenomenonTime", "result", "FeatureOfInterest/id"],
                "dataArray@iot.count": 3,
                "dataArray": [["2010-12-23T10:20:00-0700", 20, feature], ["2010-12-23T10:21:00-0700", 30, "no"], [1]],
            },
            {"Datastream": link(second), "components": ["result"], "dataArray": [[65], ["text"]]},
            {"Datastream": link(5), "components": ["result"], "dataArray": [[1]]},
        ],
    )
    assert [one.startswith("error") for one in answers] == [False, True, True, False, False, True]
    assert [lab.get(answers[index])["result"] for index in (0, 3, 4)] == [20, 65, "text"]
    assert lab.get(answers[0])["phenomenonTime"] == "2010-12-23T17:20:00.000Z"
    for body in (
        {},
        [5],
        [{"Datastream": link(first)}],
        [{"Datastream": link(first), "components": [1], "dataArray": []}],
    ):
        lab.refuse("/CreateObservations", 400, "POST", body)


def test_who_may_write_is_asked(database_url: str, lab: Service, keys: tuple[str, str, str]) -> None:
    thing, _ = furnish(lab)
    with opened_service(database_url, keys[1]) as reader:
        assert reader.get(f"/Things({thing})")["name"] == "room 1"
        for method in ("POST", "PATCH", "PUT", "DELETE"):
            reader.refuse("/Things" if method == "POST" else f"/Things({thing})", 403, method, {"description": "x"})
    with opened_service(database_url, None) as stranger:
        stranger.refuse("/Things", 401)
        stranger.refuse("/Things", 401, "POST", {})


def test_a_neighbour_neither_sees_nor_touches_anything(
    database_url: str, lab: Service, keys: tuple[str, str, str]
) -> None:
    furnish(lab)
    before = {name: lab.values(f"/{name}") for name in SETS}
    with opened_service(database_url, keys[2]) as neighbour:
        assert count(neighbour) == COUNTS
        for entity in (one for entities in before.values() for one in entities):
            for method in ("GET", "PATCH", "DELETE"):
                neighbour.refuse(entity["@iot.selfLink"], 404, method, {} if method == "PATCH" else None)
        foreign = before["Datastreams"][0]["@iot.id"]
        neighbour.refuse("/Observations", 400, "POST", {"result": 1, "Datastream": link(foreign)})
        neighbour.refuse(f"/Datastreams({foreign})/Observations", 404, "POST", {"result": 1})
        neighbour.refuse("/Things", 400, "POST", {**a_room(3), "Locations": [link(before["Locations"][0]["@iot.id"])]})
        own = neighbour.make("/Things", {"name": "n", "description": "d"})
        neighbour.refuse(
            "/Datastreams",
            400,
            "POST",
            a_datastream("d", Thing=link(own), Sensor=link(before["Sensors"][0]["@iot.id"])),
        )
        assert neighbour.get("/Things?$filter=Datastreams/Observations/result gt 0")["value"] == []
    assert {name: lab.values(f"/{name}") for name in SETS} == before


def test_writes_are_noted(database_url: str, lab: Service) -> None:
    thing = lab.make("/Things", {"name": "t", "description": "d"})
    lab.ask(f"/Things({thing})", "PATCH", {"name": "u"})
    lab.ask(f"/Things({thing})", "DELETE")
    with connect(database_url, program="test") as connection:
        noted = connection.execute("select action, subject, actor from audit_log order by audit_id").fetchall()
    assert [row[:2] for row in noted] == [
        (f"sensorthings {action}", f"Things({thing})") for action in ("create", "change", "delete")
    ]
    assert all("writer" in row[2] for row in noted)


def test_a_key_for_several_territories_writes_nowhere(database_url: str, lab: Service) -> None:
    with connect(database_url, program="test") as connection:
        key = create_key(connection, "both", ["lab", "neighbour"], ["read", "write"])
    with opened_service(database_url, key) as service:
        service.refuse("/Things", 403, "POST", {"name": "t", "description": "d"})
