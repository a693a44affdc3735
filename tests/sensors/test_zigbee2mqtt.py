"""Zigbee2MQTT: documented messages, names that mean different things, friendly names with levels, `last_seen`."""

import json
from typing import Any

import pytest
from hypothesis import given

from sensors.formats.zigbee2mqtt import FORMAT
from sensors.measurement import Uplink
from sensors.quantity import find_quantity
from sensors.rejection import DecodeError, Reason
from sensors.unit import conversion
from sensors.zigbee2mqtt import FIELDS
from tests.sensors.test_formats import ARRIVAL_US, JSON_VALUES, decode_whatever
from tests.support.lorawan import mutated
from tests.support.shared import shared_data

TOPIC = "zigbee2mqtt/hall/sensor 1"


def decode(document: Any, topic: str = TOPIC) -> Uplink:
    (uplink,) = FORMAT.decode(topic, json.dumps(document).encode(), ARRIVAL_US)
    return uplink


def decode_stored(name: str) -> Uplink:
    payload = (shared_data("payloads/zigbee2mqtt") / name).read_bytes()
    (uplink,) = FORMAT.decode(TOPIC, payload, ARRIVAL_US)
    return uplink


def values(uplink: Uplink) -> dict[str, float]:
    return {f"{column.channel}/{column.quantity}": column.values[0] for column in uplink.columns}


def refused(uplink: Uplink) -> dict[str, Reason]:
    return {part.quantity: part.reason for part in uplink.rejected}


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("temperature_humidity", {"/temperature": 27.34, "/relative_humidity": 44.72}),
        ("occupancy", {"/presence": 1}),
        (
            "dimmable_light",
            {"/lamp_on": 1, "/dimming_level": pytest.approx(84.6457, abs=1e-4), "/color_temperature": 1e6 / 325},
        ),
    ],
)
def test_documented_messages(name: str, expected: dict[str, float]) -> None:
    uplink = decode_stored(f"{name}.json")
    assert values(uplink) == expected
    assert (uplink.device, uplink.gateway, uplink.clock) == ("hall_sensor_1", "zigbee2mqtt", "arrival")
    assert uplink.rejected == ()


@pytest.mark.shared_data
def test_a_number_as_text_costs_itself_only() -> None:
    uplink = decode_stored("old_battery_as_string.json")
    assert values(uplink) == {"/battery_voltage": 3.045, "/leak": 0}
    assert refused(uplink) == {"battery_level": Reason.NOT_A_NUMBER}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"voltage": 231, "power": 12.5, "current": 0.06, "energy": 3.4, "state": "ON"}, "/voltage"),
        ({"voltage": 3000, "battery": 90}, "/battery_voltage"),
    ],
)
def test_what_stands_beside_voltage_says_what_it_is(document: dict[str, Any], expected: str) -> None:
    assert expected in values(decode(document))


def test_voltage_alone_is_refused() -> None:
    assert refused(decode({"voltage": 3000})) == {"voltage (unit?)": Reason.UNKNOWN_QUANTITY}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"state": "ON"}, {"/relay_on": 1}),
        ({"state_l1": "ON", "state_l2": "OFF"}, {"l1/relay_on": 1, "l2/relay_on": 0}),
        ({"state": "OFF", "brightness": 200, "color_temp": 300}, {"/lamp_on": 0}),
        ({"contact": True}, {"/door": 0}),
        ({"contact": False, "tamper": False}, {"/door": 1, "/tamper": 0}),
        ({"illuminance": 20000, "illuminance_lux": 99}, {"/illuminance": 99}),
        ({"illuminance": 99}, {"/illuminance": 99}),
        ({"occupancy": False, "linkquality": 90, "update": {"installed_version": 3}}, {"/presence": 0}),
        ({"temperature": 20, "color": {"x": 1}, "humidity": None}, {"/temperature": 20}),
    ],
)
def test_states_and_names_of_their_own(document: dict[str, Any], expected: dict[str, float]) -> None:
    uplink = decode(document)
    assert values(uplink) == expected
    assert uplink.rejected == ()


@pytest.mark.parametrize("name", ["voc", "distance", "level", "soil_moisture", "smoke", "battery_low"])
def test_what_has_no_sure_meaning_is_refused(name: str) -> None:
    uplink = decode({name: 1, "temperature": 20})
    assert values(uplink) == {"/temperature": 20}
    assert list(refused(uplink).values()) == [Reason.UNKNOWN_QUANTITY]


@pytest.mark.parametrize("last_seen", [1_772_366_000_250, "2026-03-01T11:53:20.250Z", "2026-03-01T12:53:20.250+01:00"])
def test_last_seen_is_the_time(last_seen: object) -> None:
    uplink = decode({"temperature": 20, "last_seen": last_seen})
    assert (uplink.clock, uplink.columns[0].times_us) == ("device", [1_772_366_000_250_000])


def test_last_seen_that_is_no_time_costs_the_values() -> None:
    assert refused(decode({"temperature": 20, "last_seen": "yesterday"})) == {"temperature": Reason.TIME_INVALID}
    assert refused(decode({"temperature": 20, "last_seen": True})) == {"temperature": Reason.TIME_INVALID}


@pytest.mark.parametrize(
    "topic",
    [
        "bridge/state",
        "bridge/devices",
        "lamp/availability",
        "hall/lamp/availability",
        "lamp/set",
        "lamp/set/state",
        "a/get",
    ],
)
def test_what_is_no_message_of_a_device_is_no_measurement(topic: str) -> None:
    assert FORMAT.decode(f"zigbee2mqtt/{topic}", b"online", ARRIVAL_US) == ()


def test_a_message_without_measurement_gives_none() -> None:
    assert FORMAT.decode(TOPIC, b'{"linkquality": 90, "action": "toggle"}', ARRIVAL_US) == ()


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("zigbee2mqtt", b"{}", Reason.UNKNOWN_TOPIC),
        ("", b"{}", Reason.UNKNOWN_TOPIC),
        (TOPIC, b"online", Reason.INVALID_JSON),
        (TOPIC, b"[1]", Reason.WRONG_SHAPE),
        ("zigbee2mqtt/" + "a" * 200, b"{}", Reason.WRONG_SHAPE),
    ],
)
def test_what_cannot_be_read_is_refused(topic: str, payload: bytes, expected: Reason) -> None:
    with pytest.raises(DecodeError) as refusal:
        FORMAT.decode(topic, payload, ARRIVAL_US)
    assert refusal.value.reason is expected


def test_the_table_names_quantities_and_units_that_exist() -> None:
    for target in filter(None, FIELDS.values()):
        quantity = find_quantity(target.quantity)
        assert quantity is not None or target.unit is None
        assert quantity is None or conversion(target.unit or quantity.unit, quantity.unit)


ODD = {
    "state": "ON",
    "brightness": 10**400,
    "color_temp": 0,
    "contact": "x",
    "voltage": [1],
    "state_l1": 5,
    "battery": 9,
}


@given(payload=mutated(json.dumps(ODD).encode()) | JSON_VALUES.map(lambda value: json.dumps({"power": value}).encode()))
def test_odd_messages_never_do_harm(payload: bytes) -> None:
    decode_whatever(FORMAT, TOPIC, payload)
