"""FROST's own Python client, which knows nothing of Vigie, against the API over HTTP."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import frost_sta_client as frost
import pytest
import requests
from frost_sta_client.service.auth_handler import AuthHandler

from tests.api.sensorthings.lab import seed_lab
from tests.support.served import served

pytestmark = [pytest.mark.services, pytest.mark.filterwarnings("ignore::DeprecationWarning:furl")]

POINT = {"type": "Point", "coordinates": [5.0, 47.0]}
TYPE = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


class KeyHandler(AuthHandler):  # type: ignore[misc]  # the client is not typed
    """The client's own place for a way to say who asks: a key instead of a password."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key

    def add_auth_header(self) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
            request.headers["Authorization"] = f"Bearer {self.key}"
            return request

        return sign


@pytest.fixture
def lab(database_url: str) -> Iterator[Any]:
    """The client's service, on a territory without a registry."""
    logging.getLogger().setLevel(logging.CRITICAL)
    key, *_ = seed_lab(database_url)
    with served(database_url) as url:
        yield frost.SensorThingsService(f"{url}/sensorthings/v1.1", KeyHandler(key))


def a_thing() -> Any:
    """A room with place, datastream, sensor and property written out within it."""
    thing = frost.Thing(name="room", description="a room", properties={"floor": 1})
    thing.locations = [frost.Location("place", "a place", location=POINT, encoding_type="application/geo+json")]
    unit = frost.UnitOfMeasurement(name="Celsius", symbol="degC", definition="urn:Cel")
    datastream = frost.Datastream("warmth", "of the room", observation_type=TYPE, unit_of_measurement=unit)
    datastream.sensor = frost.Sensor("sensor", "a sensor", encoding_type="text/plain", metadata="none")
    datastream.observed_property = frost.ObservedProperty("temperature", "urn:temperature", "of the air")
    thing.datastreams = [datastream]
    return thing


def test_the_client_makes_reads_changes_and_deletes(lab: Any) -> None:
    thing = a_thing()
    lab.create(thing)
    found = lab.things().query().expand("Locations,Datastreams($expand=Sensor,ObservedProperty)").list()
    (read,) = list(found)
    assert (read.id, read.name, read.properties) == (thing.id, "room", {"floor": 1})
    (datastream,) = list(read.datastreams)
    assert (datastream.sensor.name, datastream.observed_property.definition) == ("sensor", "urn:temperature")

    lone = lab.things().find(thing.id)
    lone.description = "a hall"
    lab.update(lone)
    assert lab.things().find(thing.id).description == "a hall"

    lab.patch(lone, [{"op": "replace", "path": "/properties/floor", "value": 2}])
    lab.patch(lone, [{"op": "add", "path": "/properties/wing", "value": "east"}])
    assert lab.things().find(thing.id).properties == {"floor": 2, "wing": "east"}

    lab.delete(lone)
    assert list(lab.things().query().list()) == []
    assert list(lab.datastreams().query().list()) == []


def test_the_client_walks_through_observations_page_by_page(lab: Any) -> None:
    lab.create(a_thing())
    datastream = next(iter(lab.datastreams().query().list()))
    lab.create(frost.Observation(phenomenon_time="2026-03-01T00:00:00Z", result=0, datastream=datastream))
    array = frost.model.ext.data_array_value.DataArrayValue()
    array.components = {array.Property.PHENOMENON_TIME, array.Property.RESULT}
    array.datastream = datastream
    for number in range(1, 25):
        array.add_observation(frost.Observation(phenomenon_time=f"2026-03-{number + 1:02d}T00:00:00Z", result=number))
    document = frost.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(array)
    assert len(lab.observations().create(document)) == 24

    query = datastream.get_observations().query().filter("result gt 4").orderby("phenomenonTime", "asc").top(7)
    assert [one.result for one in query.list()] == list(range(5, 25))
    assert datastream.get_observations().query().count().top(1).list().count == 25
    newest = datastream.get_observations().query().orderby("phenomenonTime", "desc").top(1).list().entities[0]
    assert newest.result == 24


def test_the_client_is_told_what_is_wrong(lab: Any) -> None:
    with pytest.raises(requests.HTTPError) as refusal:
        lab.create(frost.Thing(name="nothing more"))
    assert refusal.value.response.status_code == 400
    assert "description" in refusal.value.response.json()["detail"]
