"""What the registry holds, as entities of the Smart Data Models."""

from collections.abc import Iterator

import pytest

from api.ngsi.registry import registry_models, tell, value_of
from deploy.local.services import Services
from sensors.quantity import QUANTITIES
from sensors.smart_data_models import MODELS as RULES
from store.connect import connect
from tests.api.ngsi.broker import CORE, LAMP, MODELS, Broker, link, opened_broker, seed_writers
from tests.support.services import fresh_database
from tests.support.town import BEGIN, N_STEPS, STEP

pytestmark = pytest.mark.services
LAST = (BEGIN + (N_STEPS - 1) * STEP).strftime("%Y-%m-%dT%H:%M:%SZ")
WASTE = """
insert into assets (territory_id, slug, name, type, longitude, latitude, attributes)
select territory_id, 'bin-1', 'Bac', 'waste_container', 5.2, 47.4, '{"capacity_l": 660, "waste_stream": "glass"}'
from territories where slug = 'east';
insert into placements (device_id, channel, asset_id, period)
select d.device_id, 'bin', a.asset_id, '[2026-01-01,)' from devices d, assets a
where d.external_id = 'dev-east' and a.slug = 'bin-1';
insert into series (territory_id, device_id, channel, quantity, unit)
select territory_id, device_id, 'bin', quantity, unit
from devices, (values ('fill_level', '%'), ('container_state', '1'), ('tilt', 'deg')) as q (quantity, unit)
where external_id = 'dev-east';
insert into last_values (series_id, observed_at, value, batch_id)
select series_id, '2026-03-01T12:00:00Z', case quantity when 'fill_level' then 42 else 1 end, 1
from series where channel = 'bin';
"""


@pytest.fixture(scope="module")
def urls(services: Services, database_template: str) -> Iterator[tuple[str, str, str]]:
    """A database that is only read, with keys that see the region and the west."""
    with fresh_database(services, database_template) as url:
        region, _, _ = seed_writers(url)
        with connect(url, program="test") as connection:
            connection.execute(WASTE)
        yield url, region.region_key, region.west_key


@pytest.fixture(scope="module")
def broker(urls: tuple[str, str, str]) -> Iterator[Broker]:
    with opened_broker(urls[0], urls[1]) as opened:
        yield opened


def test_a_lamp_is_a_streetlight_with_its_place_and_power(broker: Broker) -> None:
    assert broker.get(f"/entities/{LAMP}") == {
        "id": LAMP,
        "type": "Streetlight",
        "name": {"type": "Property", "value": "Lampe east <b>1</b>"},
        "territory": {"type": "Property", "value": "east"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [5.1, 47.5]}},
        "powerConsumption": {"type": "Property", "value": 44.0, "unitCode": "WTT", "observedAt": LAST},
    }


def test_units_and_words_are_those_of_the_models(broker: Broker) -> None:
    """A bin is 0.42 full where we store 42 %, its state a word of the model, and what no model names has our name."""
    found = broker.get("/entities", type="WasteContainer", options="keyValues")[0]
    assert found["fillingLevel"] == 0.42
    assert found["status"] == "lidOpen"
    assert found["binCapacity"] == 660
    assert found["wasteStream"] == "glass"
    whole = broker.get("/entities/urn:ngsi-ld:WasteContainer:east:bin-1")
    assert whole["tilt"]["datasetId"] == "urn:ngsi-ld:Dataset:bin"
    assert whole["tilt"]["unitCode"] == "DD"


def test_devices_are_entities_of_their_own(broker: Broker) -> None:
    found = broker.get("/entities", type="Device", q='controlledAsset=="' + LAMP + '"')
    assert [one["id"] for one in found] == ["urn:ngsi-ld:Device:east:dev-east"]


def test_names_are_whole_addresses_without_a_context(broker: Broker) -> None:
    answer = broker.ask(f"/entities/{LAMP}", headers={"Link": link(CORE)})
    assert answer.json()["type"] == "https://smartdatamodels.org/dataModel.Streetlighting/Streetlight"
    assert "https://smartdatamodels.org/powerConsumption" in answer.json()
    assert answer.headers["link"] == link(CORE)


def test_the_context_stands_in_the_body_of_json_ld(broker: Broker) -> None:
    answer = broker.ask(f"/entities/{LAMP}", headers={"Accept": "application/ld+json"})
    assert answer.headers["content-type"] == "application/ld+json"
    assert answer.json()["@context"] == MODELS
    assert broker.get("/jsonldContexts/smart-data-models")["@context"]["fillingLevel"].endswith("/fillingLevel")


def test_geojson_has_features(broker: Broker) -> None:
    answer = broker.ask(
        "/entities", headers={"Accept": "application/geo+json"}, type="Streetlight", options="keyValues"
    )
    features = {one["id"]: one for one in answer.json()["features"]}
    assert features[LAMP]["geometry"] == {"type": "Point", "coordinates": [5.1, 47.5]}
    assert features[LAMP]["properties"]["powerConsumption"] == 44.0


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ({"type": "Streetlight"}, 2),
        ({"type": "Streetlight,WasteContainer"}, 3),
        ({"type": "(Streetlight|Device);Streetlight"}, 2),
        ({"type": "Streetlight;Device"}, 0),
        ({"type": "*", "id": LAMP}, 1),
        ({"type": "Streetlight", "idPattern": ".*:west:.*"}, 1),
        ({"attrs": "fillingLevel"}, 1),
        ({"q": "powerConsumption"}, 2),
        ({"q": "powerConsumption>43;powerConsumption<=44"}, 2),
        ({"q": "powerConsumption==1..43.9"}, 0),
        ({"q": "powerConsumption==1,44,46"}, 2),
        ({"q": 'fillingLevel<0.5|territory=="west"'}, 3),
        ({"q": 'name~="^Lampe e"'}, 1),
        ({"q": "type", "type": "Streetlight"}, 0),
        ({"q": f"powerConsumption.observedAt>={LAST}"}, 2),
        ({"q": 'status!="ok"'}, 1),
        (
            {
                "type": "Streetlight",
                "georel": "near;maxDistance==1000",
                "geometry": "Point",
                "coordinates": "[5.1,47.5]",
            },
            2,
        ),
        (
            {
                "type": "Streetlight",
                "georel": "near;minDistance==1000",
                "geometry": "Point",
                "coordinates": "[5.1,47.5]",
            },
            0,
        ),
        (
            {
                "georel": "within",
                "geometry": "Polygon",
                "coordinates": "[[[5.15,47.3],[5.3,47.3],[5.3,47.45],[5.15,47.45],[5.15,47.3]]]",
            },
            1,
        ),
    ],
)
def test_entities_are_found(broker: Broker, query: dict[str, str], n: int) -> None:
    answer = broker.ask("/entities", **query, count="true")
    assert answer.status_code == 200, answer.text
    assert len(answer.json()) == n
    assert answer.headers["NGSILD-Results-Count"] == str(n)


def test_pages_give_each_entity_once(broker: Broker) -> None:
    seen: list[str] = []
    for offset in range(6):
        answer = broker.ask("/entities", type="*", limit=1, offset=offset, local="true")
        seen += [one["id"] for one in answer.json()]
        assert ('rel="next"' in answer.headers["link"]) == (offset < 4)
        assert ('rel="prev"' in answer.headers["link"]) == (offset > 0)
    assert len(set(seen)) == len(seen) == 5


def test_types_and_attributes_are_told(broker: Broker) -> None:
    assert {"Streetlight", "WasteContainer", "Device"} <= set(broker.get("/types")["typeList"])
    info = broker.get("/types/Streetlight")
    assert info["entityCount"] == 2
    assert "powerConsumption" in {one["attributeName"] for one in info["attributeDetails"]}
    assert broker.get("/attributes/fillingLevel")["typeNames"] == ["WasteContainer"]
    detailed = {one["attributeName"]: one for one in broker.get("/attributes", details="true")}
    assert detailed["location"]["typeNames"] == ["Streetlight", "WasteContainer"]
    broker.refuse("/types/Nothing", "ResourceNotFound", 404)
    broker.refuse("/attributes/nothing", "ResourceNotFound", 404)


def test_another_territory_shows_nothing(urls: tuple[str, str, str]) -> None:
    with opened_broker(urls[0], urls[2]) as west:
        assert west.ids(type="Streetlight") == ["urn:ngsi-ld:Streetlight:west:lamp-1"]
        assert west.ids(q="name") == ["urn:ngsi-ld:Streetlight:west:lamp-1", "urn:ngsi-ld:Device:west:dev-west"]
        west.refuse(f"/entities/{LAMP}", "ResourceNotFound", 404)
        west.refuse("/types/WasteContainer", "ResourceNotFound", 404)
        for slug in ("east", "nowhere"):
            west.refuse("/entities?type=Streetlight", "NonexistentTenant", 404, headers={"NGSILD-Tenant": slug})


def test_a_tenant_narrows_what_is_seen(broker: Broker) -> None:
    answer = broker.ask("/entities", type="Streetlight", headers={"NGSILD-Tenant": "east"})
    assert [one["id"] for one in answer.json()] == [LAMP]
    assert answer.headers["NGSILD-Tenant"] == "east"


def test_every_quantity_is_told_by_every_model() -> None:
    """Whatever is measured has an attribute, a value and, for states, a word."""
    for asset_type, (model, _) in registry_models().by_type.items():
        for quantity in QUANTITIES.values():
            told, dataset = tell(model, asset_type, quantity.name, "x")
            assert told.iri
            assert told.rule is None or told.iri.rpartition("/")[2] in RULES[model].rules
            value = value_of(told, quantity.name, quantity.low)["value"]
            assert isinstance(value, str) == (quantity.kind == "state")
            assert dataset in {"", "urn:ngsi-ld:Dataset:x"}
