"""What the registry holds, as SensorThings entities: assets, devices, series, measurements."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from store.connect import connect
from store.keys import create_key
from store.sensorthings.model import SETS, STAND_IN
from tests.api.sensorthings.service import Service, opened_service
from tests.support.every_row import seed_every_row
from tests.support.town import BEGIN, N_STEPS, STEP, SmallRegion, seed_small_region

pytestmark = pytest.mark.services

FILLED = [name for name in SETS if name != "MultiDatastreams"]  # the registry has none

EAST = "/Datastreams(1)/Observations"


@pytest.fixture
def region(database_url: str) -> SmallRegion:
    return seed_small_region(database_url)


@pytest.fixture
def service(database_url: str, region: SmallRegion) -> Iterator[Service]:
    with opened_service(database_url, region.region_key) as opened:
        yield opened


def test_an_asset_is_a_thing_with_its_place_series_and_devices(service: Service) -> None:
    (thing,) = service.get(
        "/Things?$filter=properties/territory eq 'east'"
        "&$expand=Locations,HistoricalLocations,Datastreams($expand=Sensor,ObservedProperty)"
    )["value"]
    assert (thing["name"], thing["description"]) == ("Lampe east <b>1</b>", "street_light")
    assert thing["Locations"][0]["location"] == {"type": "Point", "coordinates": [5.1, 47.5]}
    assert len(thing["HistoricalLocations"]) == 1
    (series,) = thing["Datastreams"]
    assert series["unitOfMeasurement"]["symbol"] == "W"
    last = (BEGIN + (N_STEPS - 1) * STEP).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert series["phenomenonTime"] == f"2026-03-01T00:00:00.000Z/{last}"
    assert series["Sensor"]["name"] == "dev-east"
    assert series["ObservedProperty"]["properties"]["quantity"] == "active_power"
    path = f"/ObservedProperties({series['ObservedProperty']['@iot.id']})/Datastreams?$count=true"
    assert service.get(path)["@iot.count"] == 2


@pytest.mark.parametrize("order", ["", "&$orderby=phenomenonTime desc", "&$orderby=result desc"])
def test_measurements_come_once_and_in_order_whatever_the_page(service: Service, order: str) -> None:
    """Following the next link yields every measurement of the series exactly once, in order."""
    found = service.values(f"{EAST}?$top=100{order}")
    assert len({one["@iot.id"] for one in found}) == len(found) == N_STEPS
    if "result" in order:
        assert [one["result"] for one in found] == sorted((40 + n % 7 for n in range(N_STEPS)), reverse=True)
    else:
        times = [one["phenomenonTime"] for one in found]
        assert times == sorted(times, reverse=bool(order))


def test_an_observation_keeps_its_id(service: Service) -> None:
    first = service.get(f"{EAST}?$top=1")["value"][0]
    assert first["@iot.id"] == f"1-{int(BEGIN.timestamp()) * 1_000_000}"
    assert service.get(first["@iot.selfLink"]) == first
    assert service.get(f"/Observations?$filter=id eq '{first['@iot.id']}'&$count=true")["value"] == [first]
    assert service.get(f"/Observations('{first['@iot.id']}')/Datastream/Thing/name")["name"] == "Lampe east <b>1</b>"
    service.refuse("/Observations('1-5')", 404)


def test_counts_and_filters_meet_measurements(service: Service) -> None:
    assert service.get(f"{EAST}?$count=true&$top=1")["@iot.count"] == N_STEPS
    assert service.get("/Observations?$count=true&$top=1")["@iot.count"] == 2 * N_STEPS
    noon = "phenomenonTime ge 2026-03-02T00:00:00Z and phenomenonTime lt 2026-03-02T01:00:00Z"
    assert service.get(f"{EAST}?$count=true&$filter={noon}")["@iot.count"] == 6
    assert service.get(f"/Observations?$count=true&$filter={noon} and result div 0 eq null")["@iot.count"] == 12
    newest = service.get(f"{EAST}?$orderby=phenomenonTime desc&$top=1&$select=phenomenonTime")["value"]
    assert newest == [{"phenomenonTime": (BEGIN + (N_STEPS - 1) * STEP).strftime("%Y-%m-%dT%H:%M:%S.000Z")}]


def test_an_observation_is_about_what_its_device_told_of_then(
    database_url: str, region: SmallRegion, service: Service
) -> None:
    """A device that is moved takes its series along; what it measured before stays with the first asset."""
    moved_at = BEGIN + 100 * STEP
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into assets (territory_id, slug, name, type) select territory_id, 'bin', 'Bac', 'waste_container'"
            " from territories where slug = 'east'"
        )
        connection.execute("update placements set period = tstzrange(null, %s) where device_id = 1", (moved_at,))
        connection.execute(
            "insert into placements (device_id, asset_id, period) select 1, asset_id, tstzrange(%s, null) from assets"
            " where slug = 'bin'",
            (moved_at,),
        )
    assert service.get("/Datastreams(1)/Thing/name")["name"] == "Bac"
    after = moved_at.isoformat().replace("+00:00", "Z")
    at_lamp = service.get(f"{EAST}?$filter=FeatureOfInterest/name eq 'Lampe east <b>1</b>'&$count=true")["@iot.count"]
    assert at_lamp == 100
    assert service.get("/FeaturesOfInterest(1)/Observations?$count=true")["@iot.count"] == 100
    (first,) = service.get(f"{EAST}?$filter=phenomenonTime ge {after}&$top=1&$expand=FeatureOfInterest")["value"]
    assert first["FeatureOfInterest"]["name"] == "Bac"
    assert first["FeatureOfInterest"]["feature"]["geometry"] is None
    assert service.get("/Things?$filter=name eq 'Bac'&$expand=Locations")["value"][0]["Locations"] == []


def test_a_device_without_asset_is_a_thing_itself(database_url: str, region: SmallRegion, service: Service) -> None:
    service.refuse(f"/Things({STAND_IN + 1})", 404)
    with connect(database_url, program="test") as connection:
        connection.execute("update placements set period = tstzrange(null, now()) where device_id = 1")
    thing = service.get(f"/Things({STAND_IN + 1})?$expand=Datastreams")
    assert (thing["name"], thing["Datastreams"][0]["@iot.id"]) == ("dev-east", 1)
    assert service.get("/Datastreams(1)/Thing")["@iot.id"] == STAND_IN + 1
    assert service.get("/Things?$count=true")["@iot.count"] == 3


def test_a_computed_series_has_vigie_as_its_sensor(database_url: str, region: SmallRegion, service: Service) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute(
            "insert into series (territory_id, asset_id, quantity, unit)"
            " select territory_id, asset_id, 'active_power', 'W' from assets"
        )
    (computed,) = service.get("/Sensors?$filter=name eq 'Vigie'")["value"]
    assert service.get(f"{computed['@iot.selfLink']}/Datastreams?$count=true")["@iot.count"] == 2
    assert service.get("/Datastreams(3)/Sensor/name")["name"] == "Vigie"


def test_each_key_sees_its_subtree_in_every_set(database_url: str) -> None:
    """A row of everything for a region and two communes: what the region sees thrice, a commune sees once."""
    town = seed_every_row(database_url)
    with opened_service(database_url, town.region_key) as region, opened_service(database_url, town.north_key) as north:
        for name in FILLED:
            whole, part = region.values(f"/{name}"), north.values(f"/{name}")
            shared = name == "ObservedProperties"  # quantities are everybody's
            assert len(part) < len(whole), name
            assert len(part) * 3 == len(whole) + (2 if shared else 0), name
            text = str(part)
            assert "secret of south" not in text
            assert "secret of region" not in text
            for foreign in (one for one in whole if one not in part):
                north.refuse(foreign["@iot.selfLink"], 404)


def test_a_filter_betrays_nothing_of_foreign_measurements(database_url: str) -> None:
    """Conditions that would fail on a foreign value alone do not: answers are those of a database without it."""
    town = seed_every_row(database_url)
    with connect(database_url, program="test") as connection:
        values = [row[0] for row in connection.execute("select value from measurements order by series_id").fetchall()]
    with opened_service(database_url, town.north_key) as north:
        own = len(north.values("/Observations"))
        for value in values:
            for text in (
                f"1 div (result sub {value}) ne 5e-324",
                f"result mul 1e300 div (result sub {value}) ne 0",
                f"(result sub {value}) mod (result sub {value}) ne 1",
            ):
                answer = north.ask(f"/Observations?$filter={text}&$count=true&$top=0")
                assert answer.status_code == 200
                assert answer.json()["@iot.count"] <= own


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_the_registry_is_not_changed_from_here(database_url: str, region: SmallRegion, method: str) -> None:
    with connect(database_url, program="test") as connection:
        key = create_key(connection, "writer", ["east"], ["read", "write"])
    with opened_service(database_url, key) as service:
        for name in FILLED:
            entity = service.get(f"/{name}?$top=1")["value"][0]
            body = {one: value for one, value in entity.items() if "@" not in one} if method != "DELETE" else None
            assert "registry" in service.refuse(entity["@iot.selfLink"], 403, method, body)


def test_a_client_hangs_its_own_datastream_on_an_asset(database_url: str, region: SmallRegion) -> None:
    with connect(database_url, program="test") as connection:
        key = create_key(connection, "writer", ["east"], ["read", "write"])
    with opened_service(database_url, key) as service:
        datastream = service.make(
            "/Things(1)/Datastreams",
            {
                "name": "noise",
                "description": "by hand",
                "unitOfMeasurement": {"name": "decibel", "symbol": "dB", "definition": "x"},
                "observationType": "OM_Measurement",
                "Sensor": {"@iot.id": 1},
                "ObservedProperty": {"@iot.id": service.get("/ObservedProperties")["value"][0]["@iot.id"]},
            },
        )
        observation = service.make(f"/Datastreams({datastream})/Observations", {"result": 55})
        assert service.get(f"/Observations({observation})/FeatureOfInterest")["@iot.id"] == 1
        assert service.get("/Things(1)/Datastreams?$count=true")["@iot.count"] == 2
        assert service.get("/Things(1)/Datastreams?$filter=Observations/result eq 55")["value"][0]["name"] == "noise"
        assert service.get("/Sensors(1)/Datastreams?$orderby=name&$select=name")["value"][1] == {"name": "noise"}
        assert service.get("/FeaturesOfInterest(1)/Observations?$count=true")["@iot.count"] == N_STEPS + 1


def test_a_long_series_is_not_read_to_its_end_for_its_newest_value(database_url: str, region: SmallRegion) -> None:
    """The plan of the newest values goes along the index: it touches few rows, however long the series is."""
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute(
            "insert into measurements (series_id, batch_id, observed_at, value)"
            " select 1, 1, %s + n * interval '1 minute', n from generate_series(1, 100000) n",
            (datetime(2025, 1, 1, tzinfo=UTC),),
        )
        connection.execute("analyze measurements")
        connection.execute("set role vigie_api")
        connection.execute(
            "select set_config('vigie.territories', '1', false), set_config('search_path', 'reader, public', false)"
        )
        plan = connection.execute(
            "explain (analyze, timing off, summary off, format json)"
            " select observed_at from plain_measurements where series_id = 1 order by observed_at desc limit 5"
        ).fetchone()
    assert plan is not None
    scanned: list[float] = []

    def walk(node: dict[str, object]) -> None:
        if "Relation Name" in node and "hyper" in str(node["Relation Name"]):
            scanned.append(float(str(node["Actual Rows"])) * float(str(node["Actual Loops"])))
        for child in node.get("Plans", []):  # type: ignore[attr-defined]
            walk(child)

    walk(plan[0][0]["Plan"])
    assert 0 < sum(scanned) <= 100


def test_time_is_given_to_the_microsecond(database_url: str, region: SmallRegion, service: Service) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute("insert into measurements values (1, 1, '2026-04-01T00:00:00.000123Z', 7)")
    found = service.get(f"{EAST}?$filter=phenomenonTime gt 2026-03-31T00:00:00Z")["value"]
    assert [one["phenomenonTime"] for one in found] == ["2026-04-01T00:00:00.000123Z"]
    assert service.get(found[0]["@iot.selfLink"])["result"] == 7
