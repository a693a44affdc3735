"""Cayenne LPP: the frames of two servers' tests, every type, and frames that cannot be read to their end."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.cayenne import KINDS, read_frame
from sensors.decoded import Target
from sensors.formats.cayenne import FORMAT, TARGETS, CayenneFormat
from sensors.measurement import Uplink
from sensors.quantity import find_quantity
from sensors.rejection import DecodeError, Reason
from tests.sensors.test_formats import ARRIVAL_US, decode_whatever
from tests.support.lorawan import mutated
from tests.support.shared import shared_data

TOPIC = "cayenne/bin-7/up"
# How ChirpStack names what is called otherwise here
CHIRPSTACK_NAMES = {
    "illuminanceSensor": "illuminance",
    "presenceSensor": "presence",
    "temperatureSensor": "temperature",
    "humiditySensor": "humidity",
    "unix_time": "unix_time",
}
THE_THINGS_STACK_NAMES = {"barometer": "barometric_pressure"}


def vectors() -> list[dict[str, Any]]:
    document = json.loads((shared_data("payloads/cayenne-lpp") / "vectors.json").read_bytes())
    found: list[dict[str, Any]] = document["vectors"]
    assert len(found) == 3
    return found


def decode(frame: str, topic: str = TOPIC) -> Uplink:
    (uplink,) = FORMAT.decode(topic, bytes.fromhex(frame), ARRIVAL_US)
    return uplink


def values(uplink: Uplink) -> dict[str, float]:
    return {f"{column.channel}/{column.quantity}": column.values[0] for column in uplink.columns}


def reason(frame: bytes, topic: str = TOPIC) -> Reason:
    with pytest.raises(DecodeError) as refusal:
        FORMAT.decode(topic, frame, ARRIVAL_US)
    return refusal.value.reason


def snake(name: str) -> str:
    return CHIRPSTACK_NAMES.get(name) or re.sub("([A-Z])", r"_\1", name).lower()


@pytest.mark.shared_data
def test_frame_with_every_type_reads_as_chirpstack_reads_it() -> None:
    vector = vectors()[0]
    expected = {
        (snake(name), int(channel)): tuple(value.values()) if isinstance(value, dict) else (value,)
        for name, by_channel in vector["decoded_chirpstack_form"].items()
        for channel, value in by_channel.items()
    }
    found = {(value.kind.name, value.channel): value.numbers for value in read_frame(bytes.fromhex(vector["hex"]))}
    assert found == expected
    assert {name for name, _ in found} == {kind.name for kind in KINDS.values()}


@pytest.mark.shared_data
@pytest.mark.parametrize("number", [1, 2])
def test_frames_read_as_the_things_stack_reads_them(number: int) -> None:
    vector = vectors()[number]
    found = {
        f"{THE_THINGS_STACK_NAMES.get(value.kind.name, value.kind.name)}_{value.channel}": value.numbers
        for value in read_frame(bytes.fromhex(vector["hex"]))
    }
    assert found == {name: (value,) for name, value in vector["decoded_tts_form"].items()}


@pytest.mark.shared_data
def test_types_are_those_of_the_table() -> None:
    table = json.loads((shared_data("payloads/cayenne-lpp") / "vectors.json").read_bytes())["types"]
    assert {int(number) for number in table} == KINDS.keys()
    for number, row in table.items():
        kind = KINDS[int(number)]
        assert sum(n_bytes for n_bytes, _, _ in kind.parts) == row["bytes"]
        assert all(has_sign == row["signed"] for _, has_sign, _ in kind.parts)
        if row["resolution"] is not None:
            assert all(1 / divisor == row["resolution"] for _, _, divisor in kind.parts)


@pytest.mark.shared_data
def test_frame_with_every_type_as_measurements() -> None:
    uplink = decode(vectors()[0]["hex"])
    assert (uplink.device, uplink.clock, uplink.message_id) == ("bin-7", "arrival", None)
    found = values(uplink)
    assert found["3/temperature"] == 27.2
    assert found["3/distance"] == pytest.approx(272)
    assert found["5.y/acceleration"] == pytest.approx(2.003 * 9.80665)
    assert {(part.reason, part.quantity) for part in uplink.rejected} >= {
        (Reason.UNKNOWN_QUANTITY, "analog_input"),
        (Reason.OUT_OF_RANGE, "presence"),  # the vector's 3 and 5 are neither absent nor present
    }


def test_values_in_the_quantities_of_vigie() -> None:
    frame = "016700d7 026878 037327a6 047458e8 01820000044c 016601 058300000bb8 0175fffe 01800064"
    assert values(decode(frame)) == {
        "1/temperature": 21.5,
        "2/relative_humidity": 60.0,
        "3/air_pressure": 1015.0,
        "4/voltage": 227.6,
        "1/distance": 1100.0,
        "1/presence": 1.0,
        "5/active_energy": 3.0,
        "1/current": 65.534,
        "1/active_power": 100.0,
    }


def test_what_a_type_does_not_say_a_table_does() -> None:
    frame = bytes.fromhex("03020190 04020190 0500ff")
    (bare,) = FORMAT.decode(TOPIC, frame, ARRIVAL_US)
    assert [part.quantity for part in bare.rejected] == ["analog_input", "analog_input", "digital_input"]
    mapped = CayenneFormat(fields={"analog_input_3": Target("water_pressure", "bar"), "digital_input_5": None})
    (uplink,) = mapped.decode(TOPIC, frame, ARRIVAL_US)
    assert values(uplink) == {"3/water_pressure": 4.0}
    assert [part.channel for part in uplink.rejected] == ["4"]


def test_position_alone_is_no_measurement() -> None:
    assert FORMAT.decode(TOPIC, bytes.fromhex("018806765ff2960a0003e8"), ARRIVAL_US) == ()


BROKEN = {
    "empty": ("", Reason.NO_VALUE),
    "channel only": ("03", Reason.INVALID_BINARY),
    "no value": ("0367", Reason.INVALID_BINARY),
    "half a value": ("0367011005 6700".replace(" ", ""), Reason.INVALID_BINARY),
    "unknown type": ("03670110 05ee00".replace(" ", ""), Reason.INVALID_BINARY),
    "zeros after the frame": ("03670110 000000".replace(" ", "") + "00", Reason.INVALID_BINARY),
}


@pytest.mark.parametrize(("frame", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_frame_that_cannot_be_read_to_its_end_is_refused_whole(frame: str, expected: Reason) -> None:
    assert reason(bytes.fromhex(frame)) is expected


def test_topic_names_the_device() -> None:
    assert decode("03670110", "site/a/bin 7/up").device == "bin_7"
    assert reason(b"\x03\x67\x01\x10", "cayenne/bin-7") is Reason.UNKNOWN_TOPIC
    assert reason(b"\x03\x67\x01\x10", "cayenne//up") is Reason.WRONG_SHAPE


def test_every_target_is_a_quantity() -> None:
    assert all(find_quantity(target.quantity) for target in TARGETS.values() if target is not None)
    assert TARGETS.keys() < {kind.name for kind in KINDS.values()}


@given(
    payload=st.binary(max_size=40) | mutated(bytes.fromhex("03670110056700ff0188 06765ff2960a0003e8".replace(" ", "")))
)
def test_no_frame_does_harm(payload: bytes) -> None:
    decode_whatever(FORMAT, TOPIC, payload)
