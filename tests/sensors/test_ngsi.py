"""NGSI-LD and NGSIv2: the examples of the Smart Data Models, the forms an entity may have, what is refused and why."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.formats import formats
from sensors.measurement import Uplink
from sensors.quantity import find_quantity
from sensors.rejection import DecodeError, Reason
from sensors.smart_data_models import CONTROLLED, METERED, MODELS, OBSERVED, SLOTS, STATED
from sensors.unit import conversion
from tests.sensors.test_formats import JSON_VALUES, decode_whatever
from tests.support.shared import shared_data

NOW_US = 1_772_366_400_000_000  # 2026-03-01T12:00:00Z


def decode(document: object, name: str = "ngsi_ld") -> tuple[Uplink, ...]:
    """Decode a document that arrived at noon."""
    return decode_bytes(json.dumps(document).encode(), name)


def decode_bytes(payload: bytes, name: str = "ngsi_ld") -> tuple[Uplink, ...]:
    """Decode a payload that arrived at noon."""
    return formats()[name].decode("any/topic", payload, NOW_US)


def values_of(uplinks: tuple[Uplink, ...]) -> dict[str, float]:
    """Give the accepted values by `device channel/quantity`."""
    return {
        f"{uplink.device} {column.channel}/{column.quantity}".replace(" /", " "): value
        for uplink in uplinks
        for column in uplink.columns
        for value in column.values
    }


def reasons(uplinks: tuple[Uplink, ...]) -> list[Reason]:
    """Give why parts were refused."""
    return [part.reason for uplink in uplinks for part in uplink.rejected]


# --- the examples of the models


def examples() -> dict[str, Path]:
    """Give every example by its model and file name."""
    root = shared_data("payloads") / "smart-data-models"
    return {f"{path.parent.name}/{path.name}": path for path in sorted(root.glob("*/*/example*"))}


def decode_example(name: str) -> tuple[Uplink, ...]:
    """Decode an example as what it is."""
    return decode_bytes(examples()[name].read_bytes(), "ngsi_ld" if name.endswith("jsonld") else "ngsi_v2")


FORMS = ("example.json", "example-normalized.json", "example.jsonld", "example-normalized.jsonld")
LIGHT, SITE, SPOT = "streetlight:guadalajara:4567", "santander:daoiz_velarde_1_5", "santander:daoiz_velarde_1_5:3"
EXPECTED: dict[str, dict[str, float]] = {
    "Streetlight": {
        f"{LIGHT} lamp_on": 0,
        f"{LIGHT} lamp_failure": 0,
        f"{LIGHT} equipment_fault": 0,
        f"{LIGHT} active_power": 10,
        f"{LIGHT} power_factor": 0.7,
        f"{LIGHT} voltage": 50,
    },
    "StreetlightControlCabinet": {
        "streetlightcontrolcabinet:A45HGJK active_energy": 162456,
        "streetlightcontrolcabinet:A45HGJK meter/active_energy": 161237,
        "streetlightcontrolcabinet:A45HGJK L3/current": 22,
        "streetlightcontrolcabinet:A45HGJK L1/reactive_power": 45000,
    },
    "StreetlightGroup": {"streetlightgroup:mycity:A12 relay_on": 1},
    "ParkingSpot": {f"{SPOT} occupancy": 0},
    "OnStreetParking": {f"{SITE} free_places": 3, f"{SITE} occupied_places": 3, f"{SITE} extra/free_places": 2},
    "OffStreetParking": {
        "porto-ParkingLot-23889 free_places": 132,
        "porto-ParkingLot-23889 capacity": 414,
        "porto-ParkingLot-23889 occupancy_ratio": 0.68,
        "porto-ParkingLot-23889 two_wheeler/free_places": 20,
    },
    "ParkingGroup": {"daoiz-velarde-1-5-disabled free_places": 1, "daoiz-velarde-1-5-disabled capacity": 2},
    "ACMeasurement": {
        "ACMeasurement:MNCA-ACM-001 active_power": 31700.269531,
        "ACMeasurement:MNCA-ACM-001 L2/active_power": 9461.501953,
        "ACMeasurement:MNCA-ACM-001 L12/voltage": 406.769196,
        "ACMeasurement:MNCA-ACM-001 N/current": 0,
        "ACMeasurement:MNCA-ACM-001 exported_energy": 1059.80176,
        "ACMeasurement:MNCA-ACM-001 active_energy": 150781.96448,
    },
    "ThreePhaseAcMeasurement": {
        "ThreePhaseAcMeasurement:LV3_Ventilation frequency": 50.020672,
        "ThreePhaseAcMeasurement:LV3_Ventilation L1/power_factor": 0.908817,
    },
    "IndoorEnvironmentObserved": {
        "urn:ngsi:MuseoDemo_Room_1 temperature": 12.2,
        "urn:ngsi:MuseoDemo_Room_1 people_present": 10,
        "urn:ngsi:MuseoDemo_Room_1 illuminance": 1000,
    },
    "Device": {"device-9845A battery_level": 75},
    "SmartMeteringObservation": {"7a0708f6-9668-11e8-8f77-abc2b62ebaac power_factor": 0.98},
}
WITHOUT_MEASUREMENT = (
    "Building",
    "BuildingOperation",
    "StreetlightModel",
    "WasteContainer",  # the example describes a container and holds no filling level
    "WasteContainerIsle",
)


@pytest.mark.shared_data
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("model", EXPECTED)
def test_an_example_gives_the_same_in_all_its_forms(model: str, form: str) -> None:
    found = values_of(decode_example(f"{model}/{form}"))
    assert {name: found.get(name) for name in EXPECTED[model]} == pytest.approx(EXPECTED[model])


@pytest.mark.shared_data
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("model", WITHOUT_MEASUREMENT)
def test_an_example_without_measurements_says_so(model: str, form: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_example(f"{model}/{form}")
    assert (caught.value.reason, caught.value.detail) == (Reason.NO_VALUE, model)


@pytest.mark.shared_data
def test_every_example_is_taken_or_refused_with_a_reason() -> None:
    seen = {name.split("/")[0] for name in examples()}
    others = {"StreetlightFeeder", "WasteObserved", "CarbonFootprint", "DeviceMeasurement"}
    assert seen == set(EXPECTED) | set(WITHOUT_MEASUREMENT) | others
    for model in others:
        for form in FORMS:
            assert all(uplink.columns or uplink.rejected for uplink in decode_example(f"{model}/{form}"))


@pytest.mark.shared_data
def test_times_of_the_examples() -> None:
    """An attribute's own time comes first, then the entity's, at last the arrival; without a zone it is UTC."""
    (spot,) = decode_example("ParkingSpot/example-normalized.json")
    (site,) = decode_example("OnStreetParking/example.json")
    timed, untimed = decode_example("OnStreetParking/example-normalized.jsonld")
    (room,) = decode_example("IndoorEnvironmentObserved/example-normalized.jsonld")
    assert list(spot.columns[0].times_us) == [1_537_531_200_000_000]  # 2018-09-21T12:00:00
    assert list(site.columns[0].times_us) == [1_615_477_862_000_000]
    assert (timed.clock, list(timed.columns[0].times_us)) == ("device", [1_536_753_600_000_000])
    assert (untimed.clock, list(untimed.columns[0].times_us)) == ("arrival", [NOW_US])
    assert list(room.columns[0].times_us) == [1_458_043_200_000_000]  # the end of 2016-03-15T11:00 to 12:00


# --- units and codes


CONTAINER = {"id": "urn:ngsi-ld:WasteContainer:Fleming:12a", "type": "WasteContainer"}
TAKEN: dict[str, tuple[dict[str, Any], dict[str, float]]] = {
    "ratio": ({"fillingLevel": 0.85}, {"fill_level": 85}),
    "per cent, said so": ({"fillingLevel": {"type": "Property", "value": 85, "unitCode": "P1"}}, {"fill_level": 85}),
    "concise": ({"fillingLevel": {"value": 0.85}}, {"fill_level": 85}),
    "NGSIv2 unit": (
        {"fillingLevel": {"type": "Number", "value": 85, "metadata": {"unitCode": {"type": "Text", "value": "P1"}}}},
        {"fill_level": 85},
    ),
    "grams": ({"cargoWeight": {"type": "Property", "value": 1500, "unitCode": "GRM"}}, {"weight": 1.5}),
    "Fahrenheit": (
        {"temperature": {"type": "Property", "value": 68, "unitCode": "FAH"}},
        {"container_temperature": 20},
    ),
    "a fire": ({"status": "burning"}, {"container_state": 4}),
    "vandalized": ({"status": "vandalized"}, {"container_state": 6}),
    "lid open": ({"status": {"type": "Text", "value": "lidOpen"}}, {"container_state": 1}),
    "two probes": (
        {
            "temperature": [
                {"type": "Property", "value": 20},
                {"type": "Property", "value": 21, "datasetId": "urn:x:top"},
            ]
        },
        {"container_temperature": 20, "top/container_temperature": 21},
    ),
    "a long name": ({"https://smartdatamodels.org/dataModel.Waste/fillingLevel": 0.5}, {"fill_level": 50}),
}


@pytest.mark.parametrize(("attributes", "expected"), TAKEN.values(), ids=TAKEN.keys())
def test_values_are_brought_to_our_units_and_codes(attributes: dict[str, Any], expected: dict[str, float]) -> None:
    uplinks = decode(CONTAINER | attributes)
    assert values_of(uplinks) == pytest.approx({f"Fleming:12a {name}": value for name, value in expected.items()})
    assert reasons(uplinks) == []


REFUSED: dict[str, tuple[dict[str, Any], Reason]] = {
    "per cent for a ratio": ({"fillingLevel": 85}, Reason.OUT_OF_RANGE),
    "half a per cent, or half": (
        {"fillingLevel": {"type": "Property", "value": 0.5, "unitCode": "P1"}},
        Reason.WRONG_UNIT,
    ),
    "a number in quotes": ({"fillingLevel": "0.85"}, Reason.NOT_A_NUMBER),
    "another unit": ({"fillingLevel": {"type": "Property", "value": 0.5, "unitCode": "KGM"}}, Reason.WRONG_UNIT),
    "no such unit": ({"fillingLevel": {"type": "Property", "value": 0.5, "unitCode": "XYZ"}}, Reason.WRONG_UNIT),
    "no such state": ({"status": "happy"}, Reason.OUT_OF_RANGE),
    "a state by number": ({"status": 4}, Reason.OUT_OF_RANGE),
    "a number nobody knows": ({"methaneConcentration": 3}, Reason.UNKNOWN_QUANTITY),
    "a phase nobody knows": ({"temperature": {"L1": 20, "L9": 20}}, Reason.UNKNOWN_QUANTITY),
    "a broken date": (
        {"fillingLevel": {"type": "Property", "value": 0.5, "observedAt": "2026-03-01TT"}},
        Reason.TIME_INVALID,
    ),
    "a far future": (
        {"fillingLevel": {"type": "Property", "value": 0.5, "observedAt": "2036-03-01T12:00:00Z"}},
        Reason.TIME_IN_FUTURE,
    ),
}


@pytest.mark.parametrize(("attributes", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_value_that_cannot_be_used_has_its_reason_and_costs_itself_only(
    attributes: dict[str, Any], reason: Reason
) -> None:
    uplinks = decode(CONTAINER | {"cargoWeight": 12} | attributes)
    assert reasons(uplinks) == [reason]
    assert values_of(uplinks)["Fleming:12a weight"] == 12


def test_a_state_that_says_nothing_and_a_level_nobody_knows_are_absent() -> None:
    with pytest.raises(DecodeError) as caught:
        decode(CONTAINER | {"status": "unknown"})
    assert caught.value.reason is Reason.NO_VALUE
    with pytest.raises(DecodeError):
        decode({"id": "a", "type": "Device", "batteryLevel": -1})


@pytest.mark.parametrize(
    ("kind", "attribute", "code", "expected"),
    [
        ("Streetlight", "current", "4K", {"a current": 0.25}),
        ("SmartMeteringObservation", "totalConsumption", "KWH", {"a active_energy": 250}),
        ("IndoorEnvironmentObserved", "co2", "59", {"a co2": 250}),
        ("Device", "rssi", "DBM", {"a rssi": -250}),
    ],
)
def test_where_the_model_states_no_unit_the_entity_must(
    kind: str, attribute: str, code: str, expected: dict[str, float]
) -> None:
    value = -100 if attribute == "rssi" else 250
    entity = {"id": "a", "type": kind, "meterType": "Electricity"}
    stated = decode(entity | {attribute: {"type": "Property", "value": value, "unitCode": code}})
    assert values_of(stated) == pytest.approx(expected | ({"a rssi": -100} if attribute == "rssi" else {}))
    assert reasons(decode(entity | {attribute: value})) == [Reason.WRONG_UNIT]


def test_a_meters_total_is_of_what_it_meters() -> None:
    total = {"totalConsumption": {"type": "Property", "value": 7, "unitCode": "MTQ"}}
    meter = {"id": "m", "type": "SmartMeteringObservation"}
    assert values_of(decode(meter | total | {"meterType": "Water"})) == {"m water_volume": 7}
    assert reasons(decode(meter | total | {"meterType": "Diesel"})) == [Reason.UNKNOWN_QUANTITY]
    assert reasons(decode(meter | total)) == [Reason.UNKNOWN_QUANTITY]


def test_a_single_measurement_belongs_to_its_device() -> None:
    entity = {
        "id": "urn:ngsi-ld:DeviceMeasurement:1",
        "type": "DeviceMeasurement",
        "refDevice": {"type": "Relationship", "object": "urn:ngsi-ld:Device:bin-7"},
        "controlledProperty": "fillingLevel",
        "numValue": 55.2,
        "unit": "P1",
        "dateObserved": "2026-03-01T11:59:00Z",
    }
    (uplink, *_) = decode(entity)
    assert values_of((uplink,)) == {"bin-7 fill_level": 55.2}
    assert list(uplink.columns[0].times_us) == [NOW_US - 60_000_000]
    assert reasons(decode(entity | {"controlledProperty": "luck"})) == [Reason.UNKNOWN_QUANTITY]


# --- what entities come in


SPOTS = [{"id": f"spot-{n}", "type": "ParkingSpot", "status": "occupied"} for n in (1, 2)]
NOTIFICATION = {"id": "urn:ngsi-ld:Notification:9", "type": "Notification", "subscriptionId": "s", "data": SPOTS}
CARRIERS: dict[str, tuple[object, str, str | None]] = {
    "a list": (SPOTS, "ngsi_ld", None),
    "an NGSI-LD notification": (NOTIFICATION, "ngsi_ld", "urn:ngsi-ld:Notification:9"),
    "one over MQTT": ({"metadata": {"Link": "x"}, "body": NOTIFICATION}, "ngsi_ld", "urn:ngsi-ld:Notification:9"),
    "an NGSIv2 notification": ({"subscriptionId": "s", "data": SPOTS}, "ngsi_v2", None),
}


@pytest.mark.parametrize(("document", "name", "message_id"), CARRIERS.values(), ids=CARRIERS.keys())
def test_entities_come_alone_in_lists_and_in_notifications(document: object, name: str, message_id: str | None) -> None:
    uplinks = decode(document, name)
    assert values_of(uplinks) == {"spot-1 occupancy": 1, "spot-2 occupancy": 1}
    assert [(uplink.message_id, uplink.clock) for uplink in uplinks] == [(message_id, "arrival")] * 2


def test_an_unknown_type_is_refused_and_its_neighbours_are_taken() -> None:
    uplinks = decode([*SPOTS, {"id": "x", "type": "FlyingSaucer", "speed": 3}])
    assert len(values_of(uplinks)) == 2
    assert [(part.reason, part.detail) for uplink in uplinks for part in uplink.rejected] == [
        (Reason.UNKNOWN_QUANTITY, "type FlyingSaucer")
    ]


WHOLE = {
    "no JSON": (b"{", Reason.INVALID_JSON),
    "not UTF-8": (b'{"id": "\xff"}', Reason.INVALID_UTF8),
    "too deep": (b"[" * 100_000, Reason.INVALID_JSON),
    "too large": (b" " * 1_048_577, Reason.TOO_LARGE),
    "a number": (b"3", Reason.WRONG_SHAPE),
    "no entity": (b"[]", Reason.WRONG_SHAPE),
    "a list of numbers": (b"[3]", Reason.WRONG_SHAPE),
    "without an id": (b'{"type": "ParkingSpot"}', Reason.WRONG_SHAPE),
    "without a type": (b'{"id": "a"}', Reason.WRONG_SHAPE),
    "with an empty id": (b'{"id": "", "type": "ParkingSpot"}', Reason.WRONG_SHAPE),
    "with nothing in it": (b'{"id": "a", "type": "ParkingSpot"}', Reason.NO_VALUE),
}


@pytest.mark.parametrize(("payload", "reason"), WHOLE.values(), ids=WHOLE.keys())
def test_a_message_that_cannot_be_used_has_its_reason(payload: bytes, reason: Reason) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_bytes(payload)
    assert caught.value.reason is reason


def test_every_rule_names_a_quantity_its_unit_and_its_codes() -> None:
    rules = [rule for model in MODELS.values() for found in model.rules.values() for rule in found]
    for rule in [*rules, *CONTROLLED.values()]:
        quantity = find_quantity(rule.quantity)
        assert quantity is not None
        assert rule.unit in ("", STATED) or conversion(rule.unit, quantity.unit).factor > 0
        assert all(code is None or quantity.code_number(code) is not None for code in (rule.codes or {}).values())
    assert all(find_quantity(name) for name in METERED.values())


ATTRIBUTE_NAMES = sorted(
    {name for model in MODELS.values() for name in (*model.rules, *model.times)} | {*SLOTS, *OBSERVED}
)
ATTRIBUTES = JSON_VALUES | st.fixed_dictionaries(
    {"type": st.sampled_from(("Property", "Relationship", "Number", "GeoProperty")), "value": JSON_VALUES},
    optional={"observedAt": JSON_VALUES, "unitCode": JSON_VALUES, "metadata": JSON_VALUES, "datasetId": JSON_VALUES},
)
ENTITIES = st.builds(
    lambda head, attributes: head | attributes,
    st.fixed_dictionaries(
        {"id": st.text(max_size=20), "type": st.sampled_from([*MODELS, "DeviceMeasurement"]) | JSON_VALUES},
        optional={"refDevice": JSON_VALUES, "controlledProperty": JSON_VALUES, "meterType": JSON_VALUES},
    ),
    st.dictionaries(st.sampled_from(ATTRIBUTE_NAMES), ATTRIBUTES, max_size=6),
)


@settings(deadline=None)
@given(st.lists(ENTITIES, max_size=3))
def test_entities_of_any_content_raise_only_decode_error(entities: list[dict[str, Any]]) -> None:
    decode_whatever(formats()["ngsi_ld"], "ngsi-ld/x/entities", json.dumps(entities).encode())
