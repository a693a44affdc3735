"""Tasmota: documented messages, the meter's Teleinfo, local time, units that the message names."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from sensors.decoded import Fields
from sensors.formats.tasmota import FORMAT, TasmotaFormat
from sensors.measurement import Uplink
from sensors.quantity import find_quantity
from sensors.rejection import DecodeError, Reason
from sensors.tasmota import CHIP, ENERGY, SENSOR, TIC
from sensors.unit import conversion
from tests.sensors.test_formats import decode_whatever
from tests.support.lorawan import mutated
from tests.support.shared import shared_data

TOPIC = "tele/linky/SENSOR"
ARRIVAL_US = 1_790_000_000_000_000
AT = {"Time": "2026-03-01T13:00:00"}
AT_US = 1_772_366_400_000_000  # 12:00 UTC


def decode(document: Any, topic: str = TOPIC) -> Uplink:
    (uplink,) = FORMAT.decode(topic, json.dumps(document).encode(), ARRIVAL_US)
    return uplink


def decode_stored(name: str) -> Uplink:
    (uplink,) = FORMAT.decode(TOPIC, (shared_data("payloads/tasmota") / name).read_bytes(), ARRIVAL_US)
    return uplink


def values(uplink: Uplink) -> dict[str, float]:
    return {f"{column.channel}/{column.quantity}": column.values[0] for column in uplink.columns}


def utc_us(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.shared_data
def test_documented_meter() -> None:
    uplink = decode_stored("sonoff_pow_sensor.json")
    assert values(uplink) == {
        "/active_energy": 6.294,
        "/active_power": 2635,
        "/apparent_power": 2650,
        "/reactive_power": 282,
        "/power_factor": 0.99,
        "/voltage": 227,
        "/current": 11.661,
    }
    assert (uplink.device, uplink.clock, uplink.rejected) == ("linky", "local", ())
    assert {column.times_us[0] for column in uplink.columns} == {utc_us("2018-02-15T16:37:10")}  # winter: UTC+1


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("number", "at", "total_kwh", "peak_kwh", "apparent_va", "chip_cel"),
    [
        (0, "15:28:45", 9098.245, 2275.56, 170, 36.1),
        (1, "15:33:45", 9098.255, 2275.57, 190, 36.1),
        (2, "15:38:45", 9098.265, 2275.579, 170, 36.7),
    ],
)
def test_documented_linky(
    number: int, at: str, total_kwh: float, peak_kwh: float, apparent_va: float, chip_cel: float
) -> None:
    uplink = decode_stored(f"teleinfo_linky_sensor_{number}.json")
    assert values(uplink) == {
        "/active_energy": total_kwh,
        "off_peak/active_energy": 920.75,
        "peak/active_energy": peak_kwh,
        "/current": 1,
        "/apparent_power": apparent_va,
        "/device_temperature": chip_cel,
    }
    assert uplink.rejected == ()
    assert {column.times_us[0] for column in uplink.columns} == {utc_us(f"2021-10-26T{at}")}  # summer: UTC+2


def test_standard_mode_has_its_own_total_and_phases() -> None:
    tic = {"ADSC": "1", "EAST": 3_000_000, "EASF01": 1_000_000, "IRMS1": 2, "URMS1": 231, "SINSTS": 500, "EAIT": 40_000}
    energy = {"Total": 12.5, "Power": 500, "Current": 2.0, "Today": 1.0}
    assert values(decode({**AT, "ENERGY": energy, "TIC": tic})) == {
        "/active_energy": 3000,
        "easf01/active_energy": 1000,
        "/exported_energy": 40,
        "l1/current": 2,
        "l1/voltage": 231,
        "/apparent_power": 500,
    }


def test_a_list_is_one_value_for_each_phase() -> None:
    energy = {"Total": 5, "Power": [10, 20, 30], "Voltage": [230, 231], "Current": 1}
    assert values(decode({**AT, "ENERGY": energy})) == {
        "/active_energy": 5,
        "l1/active_power": 10,
        "l2/active_power": 20,
        "l3/active_power": 30,
        "l1/voltage": 230,
        "l2/voltage": 231,
        "/current": 1,
    }


def test_sensors_are_channels_and_name_their_units() -> None:
    sensors = {
        "AM2301": {"Temperature": 68.0, "Humidity": 50, "DewPoint": 50.0},
        "DS18B20-1": {"Id": "0316", "Temperature": 212},
        "BME 280": {"Pressure": 1.013},
        "ESP32": {"Temperature": 122},
        "Switch1": "ON",
        "TempUnit": "F",
        "PressureUnit": "bar",
    }
    assert values(decode({**AT, **sensors})) == {
        "AM2301/temperature": pytest.approx(20),
        "AM2301/relative_humidity": 50,
        "AM2301/dew_point": pytest.approx(10),
        "DS18B20-1/temperature": pytest.approx(100),
        "BME_280/air_pressure": pytest.approx(1013),
        "/device_temperature": pytest.approx(50),
    }


def test_what_nobody_has_named_is_refused() -> None:
    uplink = decode({**AT, "ANALOG": {"A0": 512}, "BME280": {"Pressure": 760}, "PressureUnit": "mmHg"})
    assert {(part.reason, part.quantity) for part in uplink.rejected} == {
        (Reason.UNKNOWN_QUANTITY, "A0"),
        (Reason.WRONG_UNIT, "air_pressure"),
    }


def time_of(written: object, received_at: str = "2026-09-21T00:00:00", zone: str = "Europe/Paris") -> int | Reason:
    payload = json.dumps({"Time": written, "ENERGY": {"Power": 1}}).encode()
    (uplink,) = TasmotaFormat(zone=zone).decode(TOPIC, payload, utc_us(received_at))
    return uplink.columns[0].times_us[0] if uplink.columns else uplink.rejected[0].reason


@pytest.mark.parametrize(
    ("written", "received_at", "expected"),
    [
        ("2026-03-01T13:00:00", "2026-03-01T12:00:01", "2026-03-01T12:00:00"),
        ("2026-07-01T13:00:00", "2026-07-01T11:00:01", "2026-07-01T11:00:00"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:02", "2026-10-25T00:30:00"),  # the hour that comes twice
        ("2026-10-25T02:30:00", "2026-10-25T01:30:02", "2026-10-25T01:30:00"),
        ("2026-03-01T13:00:00+00:00", "2026-03-01T13:00:01", "2026-03-01T13:00:00"),
        ("2026-03-01T13:00:00Z", "2026-03-01T13:00:01", "2026-03-01T13:00:00"),
    ],
)
def test_local_time_is_read_in_its_zone(written: str, received_at: str, expected: str) -> None:
    assert time_of(written, received_at) == utc_us(expected)


def test_another_zone() -> None:
    assert time_of("2026-07-01T13:00:00", zone="Indian/Reunion") == utc_us("2026-07-01T09:00:00")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("1970-01-01T00:00:12", Reason.TIME_TOO_OLD),
        ("2027-01-01T00:00:00", Reason.TIME_IN_FUTURE),
        ("0001-01-01T00:00:00", Reason.TIME_INVALID),
        ("13:00", Reason.TIME_INVALID),
        (12, Reason.TIME_INVALID),
        (None, Reason.TIME_INVALID),
    ],
)
def test_a_time_that_cannot_be_costs_the_values(written: object, reason: Reason) -> None:
    assert time_of(written) is reason


def test_without_a_time_the_arrival_counts() -> None:
    uplink = decode({"ENERGY": {"Power": 1}})
    assert (uplink.clock, uplink.columns[0].times_us) == ("arrival", [ARRIVAL_US])


@pytest.mark.parametrize("topic", ["tele/linky/LWT", "tele/linky/STATE", "tele/linky/INFO2"])
def test_last_will_and_state_carry_no_measurement(topic: str) -> None:
    assert FORMAT.decode(topic, b"Online", ARRIVAL_US) == ()


@pytest.mark.parametrize(
    ("topic", "device"),
    [
        ("tele/a b/SENSOR", "a_b"),
        ("meter/tele/SENSOR", "meter"),
        ("home/1/meter/tele/SENSOR", "home_1_meter"),
    ],
)
def test_the_prefix_may_stand_anywhere(topic: str, device: str) -> None:
    assert decode({**AT, "ENERGY": {"Power": 1}}, topic).device == device


@pytest.mark.parametrize("topic", ["", "tele/SENSOR", "stat/a/SENSOR", "tele/a/OTHER"])
def test_other_topics_are_refused(topic: str) -> None:
    with pytest.raises(DecodeError) as refusal:
        FORMAT.decode(topic, b"{}", ARRIVAL_US)
    assert refusal.value.reason is Reason.UNKNOWN_TOPIC


@pytest.mark.parametrize("fields", [ENERGY, TIC, SENSOR, CHIP], ids=["energy", "tic", "sensor", "chip"])
def test_tables_name_quantities_and_units_that_exist(fields: Fields) -> None:
    for target in fields.values():
        if target is not None:
            quantity = find_quantity(target.quantity)
            assert quantity is not None
            assert conversion(target.unit or quantity.unit, quantity.unit)


ODD = {
    **AT,
    "ENERGY": {"Power": [1, "2", None], "Total": True},
    "TIC": {"HCHC": 5},
    "A": {"B": {"C": 1}},
    "TempUnit": 1,
}


@given(payload=mutated(json.dumps(ODD).encode()))
def test_mutated_messages_never_do_harm(payload: bytes) -> None:
    decode_whatever(FORMAT, TOPIC, payload)
