"""MultiDatastreams (OGC 18-088, 10.5): several values in one observation, each with its type, unit and property."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.sensorthings.lab import UNIT, a_datastream, a_location, a_property, a_sensor, seed_lab
from tests.api.sensorthings.service import Service, opened_service

pytestmark = pytest.mark.services

MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
COMPLEX = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_ComplexObservation"


@pytest.fixture
def lab(database_url: str) -> Iterator[Service]:
    with opened_service(database_url, seed_lab(database_url)[0]) as service:
        yield service


def link(id_: Any) -> dict[str, Any]:
    return {"@iot.id": id_}


def a_wind(**related: Any) -> dict[str, Any]:
    """Speed and direction in one."""
    return {
        "name": "wind",
        "description": "speed and direction",
        "observationType": COMPLEX,
        "multiObservationDataTypes": [MEASUREMENT, MEASUREMENT],
        "unitOfMeasurements": [{**UNIT, "symbol": "m/s"}, {**UNIT, "symbol": "deg"}],
        "Sensor": a_sensor(),
        "ObservedProperties": [a_property("speed"), a_property("direction")],
        **related,
    }


def a_mast(**related: Any) -> dict[str, Any]:
    """A thing with a place and a MultiDatastream of two observations, all in one request."""
    wind = a_wind(Observations=[{"result": [3, 90], "phenomenonTime": "2026-03-01T00:00:00Z"}, {"result": [4, None]}])
    return {"name": "mast", "description": "d", "Locations": [a_location()], "MultiDatastreams": [wind], **related}


def test_one_is_made_within_a_thing_and_read_along_all_its_relations(lab: Service) -> None:
    thing = lab.make("/Things", a_mast(Datastreams=[a_datastream("beside", Observations=[{"result": 1}])]))
    (wind,) = lab.get(f"/Things({thing})/MultiDatastreams?$expand=Sensor,ObservedProperties,Observations")["value"]
    assert wind["multiObservationDataTypes"] == [MEASUREMENT, MEASUREMENT]
    assert [unit["symbol"] for unit in wind["unitOfMeasurements"]] == ["m/s", "deg"]
    assert [one["name"] for one in wind["ObservedProperties"]] == ["speed", "direction"]
    assert sorted(one["result"][0] for one in wind["Observations"]) == [3, 4]
    assert wind["phenomenonTime"].startswith("2026-03-01T00:00:00.000Z/")

    itself = wind["@iot.selfLink"]
    assert lab.get(f"{itself}/Thing")["@iot.id"] == thing
    found = lab.values(f"{itself}/Observations?$filter=MultiDatastream/name eq 'wind'&$expand=MultiDatastream")
    assert [one["MultiDatastream"]["name"] for one in found] == ["wind", "wind"]
    assert "Datastream@iot.navigationLink" not in found[0]
    assert lab.get(f"{found[0]['@iot.selfLink']}/FeatureOfInterest")["feature"] == a_location()["location"]
    lab.refuse(f"{found[0]['@iot.selfLink']}/Datastream", 404)
    for owner in ("Sensors", "ObservedProperties"):
        query = f"/{owner}?$filter=MultiDatastreams/name eq 'wind'&$expand=MultiDatastreams"
        assert {one["MultiDatastreams"][0]["name"] for one in lab.get(query)["value"]} == {"wind"}


def test_datastreams_and_multi_datastreams_are_two_sets(lab: Service) -> None:
    lab.make("/Things", a_mast(Datastreams=[a_datastream("beside", Observations=[{"result": 1}])]))
    assert [one["name"] for one in lab.get("/Datastreams")["value"]] == ["beside"]
    (wind,) = lab.get("/MultiDatastreams")["value"]
    lab.refuse(f"/Datastreams({wind['@iot.id']})", 404)
    assert lab.get("/Observations?$filter=Datastream/name eq 'wind'")["value"] == []
    assert len(lab.get("/Observations?$filter=MultiDatastream/id eq " + str(wind["@iot.id"]))["value"]) == 2
    assert len(lab.get("/Observations?$filter=Datastream/name eq 'beside'")["value"]) == 1
    arrays = lab.get("/Observations?$resultFormat=dataArray")["value"]
    owners = {name.partition("@")[0]: one for one in arrays for name in one if name.endswith("navigationLink")}
    assert {name: one["dataArray@iot.count"] for name, one in owners.items()} == {"Datastream": 1, "MultiDatastream": 2}


def test_properties_stand_in_the_order_of_the_values_however_old_they_are(lab: Service) -> None:
    """By id and written out, from page to page, and after they have changed places."""
    old, older = (lab.make("/ObservedProperties", a_property(name)) for name in ("b", "a"))
    thing = lab.make("/Things", {"name": "t", "description": "d"})
    wind = lab.make("/MultiDatastreams", a_wind(Thing=link(thing), ObservedProperties=[link(older), link(old)]))
    path = f"/MultiDatastreams({wind})"

    def names() -> list[str]:
        return [one["name"] for one in lab.values(f"{path}/ObservedProperties?$top=1")]

    assert names() == ["a", "b"]
    assert lab.ask(path, "PATCH", {"ObservedProperties": [link(old), link(older)]}).status_code == 200
    assert names() == ["b", "a"]
    assert [one["name"] for one in lab.get(f"{path}?$expand=ObservedProperties")["ObservedProperties"]] == ["b", "a"]
    by_name = f"{path}/ObservedProperties?$orderby=name"
    assert [one["name"] for one in lab.get(by_name)["value"]] == ["a", "b"]


@pytest.mark.parametrize(
    "change",
    [
        {"multiObservationDataTypes": [MEASUREMENT]},
        {"multiObservationDataTypes": []},
        {"multiObservationDataTypes": "one"},
        {"unitOfMeasurements": [UNIT]},
        {"unitOfMeasurements": [UNIT, {"name": "half"}]},
        {"unitOfMeasurements": UNIT},
        {"ObservedProperties": [a_property()]},
        {"ObservedProperties": []},
        {"Observations": [{"result": 1}]},
        {"Observations": [{"result": [1, 2, 3]}]},
    ],
)
def test_what_does_not_fit_together_is_refused_and_nothing_of_it_made(lab: Service, change: dict[str, Any]) -> None:
    lab.refuse("/Things", 400, "POST", {**a_mast(), "MultiDatastreams": [a_wind(**change)]})
    assert lab.get("/Things")["value"] == lab.get("/MultiDatastreams")["value"] == []


def test_observations_are_as_long_as_their_multi_datastream_says_ever_after(lab: Service) -> None:
    lab.make("/Things", a_mast())
    (wind,) = lab.get("/MultiDatastreams")["value"]
    path = f"{wind['@iot.selfLink']}/Observations"
    lab.refuse(path, 400, "POST", {"result": 5})
    made = lab.make(f"/MultiDatastreams({wind['@iot.id']})/Observations", {"result": [5, "north"]})
    lab.refuse(f"/Observations({made})", 400, "PATCH", {"result": [5]})
    assert lab.ask(f"/Observations({made})", "PATCH", {"result": [6, 0]}).status_code == 200
    assert lab.get(f"/Observations({made})")["result"] == [6, 0]
    answers = lab.make(
        "/CreateObservations",
        [
            {
                "MultiDatastream": link(wind["@iot.id"]),
                "components": ["phenomenonTime", "result"],
                "dataArray": [["2026-03-02T00:00:00Z", [7, 8]], ["2026-03-03T00:00:00Z", [7]]],
            }
        ],
    )
    assert [one.startswith("error") for one in answers] == [False, True]
    body = {"result": [1, 2], "MultiDatastream": link(wind["@iot.id"])}
    lab.make("/Observations", body)
    both = lab.make(f"/Things({lab.get('/Things')['value'][0]['@iot.id']})/Datastreams", a_datastream("beside"))
    lab.refuse("/Observations", 400, "POST", {**body, "Datastream": link(both)})
    lab.refuse(wind["@iot.selfLink"], 400, "PATCH", {"multiObservationDataTypes": [MEASUREMENT]})
    assert lab.ask(wind["@iot.selfLink"], "PATCH", {"name": "gale"}).status_code == 200
    assert lab.get(wind["@iot.selfLink"]) == {
        **wind,
        "name": "gale",
        "phenomenonTime": lab.get(wind["@iot.selfLink"])["phenomenonTime"],
    }


@pytest.mark.parametrize("name", ["MultiDatastreams", "Things", "Sensors", "ObservedProperties"])
def test_it_goes_with_what_it_cannot_be_without(lab: Service, name: str) -> None:
    lab.make("/Things", a_mast())
    assert lab.ask(lab.get(f"/{name}")["value"][0]["@iot.selfLink"], "DELETE").status_code == 200
    assert lab.get("/MultiDatastreams")["value"] == lab.get("/Observations")["value"] == []
