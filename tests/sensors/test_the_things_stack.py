"""The Things Stack v3: which of its payloads counts, what identifies an uplink, what is simulated."""

import json
from typing import Any

import pytest
from hypothesis import given

from sensors.formats.the_things_stack import FORMAT
from sensors.measurement import Uplink
from sensors.rejection import DecodeError, Reason
from tests.sensors.test_chirpstack import values
from tests.sensors.test_formats import decode_whatever
from tests.support.lorawan import ARRIVAL_US, AT_US, EUI, a_stack_message, mutated
from tests.support.shared import shared_data

TOPIC = "v3/app1@tenant1/devices/dev1/up"


def decode(message: dict[str, Any], topic: str = TOPIC) -> tuple[Uplink, ...]:
    return FORMAT.decode(topic, json.dumps(message).encode(), ARRIVAL_US)


def decode_one(message: dict[str, Any]) -> Uplink:
    (uplink,) = decode(message)
    return uplink


def reason(message: dict[str, Any], topic: str = TOPIC) -> Reason:
    with pytest.raises(DecodeError) as refusal:
        decode(message, topic)
    return refusal.value.reason


@pytest.mark.shared_data
def test_documented_uplinks() -> None:
    folder = shared_data("payloads/the-things-stack")
    (uplink,) = FORMAT.decode(TOPIC, (folder / "uplink_message_example.json").read_bytes(), ARRIVAL_US)
    assert values(uplink) == {
        ("", "temperature"): 1.0,
        ("", "illuminance"): 0.64,
        ("", "rssi"): -35,
        ("", "snr"): 5,
        ("", "spreading_factor"): 7,
        ("", "frame_count"): 1,
    }
    assert uplink.device == "0004a30b001c0530"
    assert uplink.gateway == "9c5c8e00001a05c4"
    assert uplink.message_id == "0004a30b001c0530:AXA50tHUGUucuzS/bCGMNw==:1"
    assert uplink.columns[0].times_us == [1_581_520_545_789_586]
    (bare,) = FORMAT.decode(TOPIC, (folder / "mqtt_uplink_message_example.json").read_bytes(), ARRIVAL_US)
    assert (bare.clock, [part.reason for part in bare.rejected]) == ("arrival", [Reason.CODEC_FAILED])


@pytest.mark.shared_data
def test_the_example_with_its_comma_missing_is_refused() -> None:
    payload = (shared_data("payloads/the-things-stack") / "uplink_message_example.as-documented.txt").read_bytes()
    with pytest.raises(DecodeError) as refusal:
        FORMAT.decode(TOPIC, payload, ARRIVAL_US)
    assert refusal.value.reason is Reason.INVALID_JSON


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("join_message_example", "join"),
        ("mqtt_join_accept_message_example", "join"),
        ("downlink_event_message_example", "down/queued"),
        ("downlink_failed_event_message_example", "down/failed"),
        ("mqtt_downlink_event_message_example", "down/sent"),
    ],
)
def test_documented_messages_without_measurement_give_none(name: str, kind: str) -> None:
    payload = (shared_data("payloads/the-things-stack") / f"{name}.json").read_bytes()
    device = json.loads(payload)["end_device_ids"]["device_id"]
    assert FORMAT.decode(f"v3/app1/devices/{device}/{kind}", payload, ARRIVAL_US) == ()


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("01", {"temperature": 10.0, "wind_speed": 9.002}),
        ("02", {"temperature": 10.0, "wind_speed": 9.002}),
        ("03", {"temperature": -21.3}),
    ],
)
def test_documented_normalized_payloads_go_before_decoded_ones(number: str, expected: dict[str, float]) -> None:
    document = json.loads((shared_data("payloads/the-things-stack") / f"formatter_{number}.json").read_bytes())
    fields = document.get("uplink_message", document)
    found = {quantity: value for (_, quantity), value in values(decode_one(a_stack_message(**fields))).items()}
    link = {"rssi", "snr", "spreading_factor", "frame_count"}
    assert {quantity: value for quantity, value in found.items() if quantity not in link} == expected


def test_normalized_values_keep_their_own_time() -> None:
    groups = [{"time": "2026-03-01T11:00:00Z", "air": {"co2": 600}}, {"air": {"co2": 610}, "battery": 3.6}]
    columns = decode_one(a_stack_message(normalized_payload=groups)).columns
    found = {(column.quantity, column.times_us[0]): column.values[0] for column in columns}
    assert found["co2", 1_772_362_800_000_000] == 600
    assert found["co2", AT_US] == 610
    assert found["battery_voltage", AT_US] == 3.6


def test_bytes_nobody_reads_are_refused() -> None:
    uplink = decode_one(a_stack_message())
    assert [part.reason for part in uplink.rejected] == [Reason.CODEC_FAILED]
    assert uplink.device == EUI


def test_simulated_uplink_is_marked_and_has_no_identity_of_its_own() -> None:
    uplink = decode_one({**a_stack_message(decoded_payload={"co2": 500}), "simulated": True})
    assert uplink.simulated
    assert uplink.message_id is None
    assert not decode_one(a_stack_message(decoded_payload={"co2": 500})).simulated


def test_same_frame_has_the_same_identity_and_the_next_one_another() -> None:
    first, again = (decode_one(a_stack_message()).message_id for _ in range(2))
    assert first == again
    assert decode_one(a_stack_message(f_cnt=6)).message_id != first
    assert decode_one(a_stack_message(session_key_id="BBBB")).message_id != first


def test_topic_and_payload_must_name_the_same_device() -> None:
    assert reason(a_stack_message(), "v3/app1/devices/dev2/up") is Reason.WRONG_SHAPE


@pytest.mark.parametrize("topic", ["v3/app1/devices/dev1/party", "v3/app1/devices", "v4/app1/devices/dev1/up", ""])
def test_other_topics_are_refused(topic: str) -> None:
    assert reason(a_stack_message(), topic) is Reason.UNKNOWN_TOPIC


def test_uplink_topic_without_uplink_is_refused() -> None:
    assert reason({"end_device_ids": {"device_id": "dev1"}}) is Reason.WRONG_SHAPE


NORMALIZED = {"normalized_payload": [{"air": {"co2": 5}}], "decoded_payload": {"a": 1}}


@given(payload=mutated(json.dumps(a_stack_message(**NORMALIZED)).encode()))
def test_mutated_messages_never_do_harm(payload: bytes) -> None:
    decode_whatever(FORMAT, TOPIC, payload)
