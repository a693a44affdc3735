"""ThingsBoard: documented and captured messages, every shape of telemetry, entries that cannot be read."""

import json
from typing import Any

import pytest
from hypothesis import given

from sensors.formats.thingsboard_device import FORMAT as DEVICE_FORMAT
from sensors.formats.thingsboard_device import ThingsboardDeviceFormat
from sensors.formats.thingsboard_gateway import FORMAT as GATEWAY_FORMAT
from sensors.measurement import Uplink
from sensors.rejection import DecodeError, Reason
from tests.sensors.test_formats import ARRIVAL_US, JSON_VALUES, decode_whatever
from tests.support.lorawan import mutated
from tests.support.shared import shared_data

TOPIC = "v1/gateway/telemetry"
AT_MS = 1_772_366_000_000


def decode(telemetry: Any) -> tuple[Uplink, ...]:
    return GATEWAY_FORMAT.decode(TOPIC, json.dumps(telemetry).encode(), ARRIVAL_US)


def decode_device(telemetry: Any, topic: str = "v1/devices/lamp-1/telemetry") -> Uplink:
    (uplink,) = DEVICE_FORMAT.decode(topic, json.dumps(telemetry).encode(), ARRIVAL_US)
    return uplink


def series(uplink: Uplink) -> dict[str, list[tuple[int, float]]]:
    """Give seconds and values by channel and quantity."""
    return {
        f"{column.channel}/{column.quantity}": [
            (time_us // 1_000_000, value) for time_us, value in zip(column.times_us, column.values, strict=True)
        ]
        for column in uplink.columns
    }


def reason(topic: str, payload: bytes) -> Reason:
    with pytest.raises(DecodeError) as refusal:
        (DEVICE_FORMAT if "devices" in topic else GATEWAY_FORMAT).decode(topic, payload, ARRIVAL_US)
    return refusal.value.reason


@pytest.mark.shared_data
def test_documented_message_of_two_devices() -> None:
    payload = (shared_data("payloads/thingsboard-gateway") / "telemetry.json").read_bytes()
    first, second = GATEWAY_FORMAT.decode(TOPIC, payload, ARRIVAL_US)
    assert (first.device, first.clock, first.rejected) == ("Device_A", "device", ())
    assert series(first) == {
        "/temperature": [(1_483_228_800, 42), (1_483_228_801, 43)],
        "/relative_humidity": [(1_483_228_800, 80), (1_483_228_801, 82)],
    }
    assert (second.device, second.n_accepted, second.rejected) == ("Device_B", 2, ())


@pytest.mark.shared_data
def test_captured_messages_of_a_gateway() -> None:
    text = (shared_data("payloads/thingsboard-gateway") / "captured_tb_mqtt_client.txt").read_text(encoding="utf-8")
    messages = [line.split(" ", 1) for line in text.splitlines() if line]
    gateway = [(topic, payload) for topic, payload in messages if topic.startswith("v1/gateway/")]
    assert len(gateway) == 4
    uplinks = [
        uplink for topic, payload in gateway for uplink in GATEWAY_FORMAT.decode(topic, payload.encode(), ARRIVAL_US)
    ]
    (uplink,) = uplinks
    assert (uplink.device, uplink.rejected) == ("lamp-0001", ())
    assert series(uplink) == {
        "/active_power": [(1_768_458_600, 61.2), (1_768_458_660, 60.9)],
        "/dimming_level": [(1_768_458_600, 80)],
        "/lamp_failure": [(1_768_458_600, 0)],
    }


@pytest.mark.parametrize(
    ("telemetry", "at_s", "clock"),
    [
        ({"ts": AT_MS, "values": {"co2": 500}}, AT_MS // 1000, "device"),
        ([{"ts": AT_MS, "values": {"co2": 500}}], AT_MS // 1000, "device"),
        ({"co2": 500}, ARRIVAL_US // 1_000_000, "arrival"),
        ([{"co2": 500}], ARRIVAL_US // 1_000_000, "arrival"),
        ({"values": {"co2": 500}}, ARRIVAL_US // 1_000_000, "arrival"),
    ],
)
def test_every_shape_of_a_device(telemetry: Any, at_s: int, clock: str) -> None:
    uplink = decode_device(telemetry)
    assert (uplink.device, uplink.clock) == ("lamp-1", clock)
    assert series(uplink) == {"/co2": [(at_s, 500)]}
    assert decode({"lamp-1": telemetry}) == (uplink,)


def test_a_device_that_is_not_named_must_be_told() -> None:
    assert reason("v1/devices/me/telemetry", b'{"co2": 500}') is Reason.UNKNOWN_TOPIC
    told = ThingsboardDeviceFormat(device="lamp-9")
    (uplink,) = told.decode("v1/devices/me/telemetry", b'{"co2": 500}', ARRIVAL_US)
    assert uplink.device == "lamp-9"


def test_names_with_their_unit() -> None:
    named = {
        "power_kW": 1.5,
        "distance_cm": 12,
        "Battery_mV": 3600,
        "energyWh": 500,
        "temperature_F": 212,
        "bat_pct": 9,
    }
    assert series(decode_device(named)) == {
        key: [(ARRIVAL_US // 1_000_000, pytest.approx(value))]
        for key, value in {
            "/active_power": 1500,
            "/distance": 120,
            "/battery_voltage": 3.6,
            "/active_energy": 0.5,
            "/temperature": 100,
            "/battery_level": 9,
        }.items()
    }


def test_what_cannot_be_read_costs_itself_only() -> None:
    good = {"ts": AT_MS, "values": {"co2": 500}}
    uplinks = decode({"a": [good, 5, {"ts": "now", "values": {"co2": 1}}], "b": "nothing", "c": [{"power": 3}]})
    first, second, third = uplinks
    assert series(first) == {"/co2": [(AT_MS // 1000, 500)]}
    assert [part.reason for part in first.rejected] == [Reason.TIME_INVALID, Reason.WRONG_SHAPE]
    assert [part.reason for part in second.rejected] == [Reason.WRONG_SHAPE]
    assert [part.reason for part in third.rejected] == [Reason.UNKNOWN_QUANTITY]


def test_seconds_instead_of_milliseconds_are_refused() -> None:
    assert [part.reason for part in decode_device({"ts": AT_MS // 1000, "values": {"co2": 1}}).rejected] == [
        Reason.TIME_TOO_OLD
    ]


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        (TOPIC, b"[]", Reason.WRONG_SHAPE),
        (TOPIC, b'{"a": [', Reason.INVALID_JSON),
        (TOPIC, b'{"": [{"co2": 1}]}', Reason.WRONG_SHAPE),
        ("v2/gateway/telemetry", b"{}", Reason.UNKNOWN_TOPIC),
        ("v1/devices/a/attributes", b"{}", Reason.UNKNOWN_TOPIC),
    ],
)
def test_what_cannot_be_read_is_refused(topic: str, payload: bytes, expected: Reason) -> None:
    assert reason(topic, payload) is expected


ODD = {"lamp 1": [{"ts": AT_MS, "values": {"power_W": 5, "a": {"b": [1]}}}, {"co2": 4}]}


@given(payload=mutated(json.dumps(ODD).encode()) | JSON_VALUES.map(lambda value: json.dumps({"a": value}).encode()))
def test_odd_messages_never_do_harm(payload: bytes) -> None:
    decode_whatever(GATEWAY_FORMAT, TOPIC, payload)
    decode_whatever(DEVICE_FORMAT, "v1/devices/a/telemetry", payload)
