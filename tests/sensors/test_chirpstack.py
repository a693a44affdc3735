"""ChirpStack v4: JSON and protobuf say the same; what is left out, encrypted or unreadable is treated as documented."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.decoded import Target
from sensors.formats.chirpstack import FORMAT as JSON_FORMAT
from sensors.formats.chirpstack_protobuf import FORMAT as PROTOBUF_FORMAT
from sensors.lorawan import to_uplink
from sensors.measurement import Uplink
from sensors.rejection import DecodeError, Reason
from tests.sensors.test_formats import decode_whatever
from tests.support.lorawan import ARRIVAL_US, AT_US, EUI, a_chirpstack_event, chirpstack_topic, mutated
from tests.support.shared import shared_data


def decode(event: dict[str, Any], kind: str = "up") -> tuple[Uplink, ...]:
    return JSON_FORMAT.decode(chirpstack_topic(kind), json.dumps(event).encode(), ARRIVAL_US)


def decode_one(event: dict[str, Any], kind: str = "up") -> Uplink:
    (uplink,) = decode(event, kind)
    return uplink


def values(uplink: Uplink) -> dict[tuple[str, str], float]:
    assert all(len(column.values) == 1 for column in uplink.columns)
    return {(column.channel, column.quantity): column.values[0] for column in uplink.columns}


def reason(event: dict[str, Any], topic: str | None = None) -> Reason:
    with pytest.raises(DecodeError) as refusal:
        JSON_FORMAT.decode(topic or chirpstack_topic(), json.dumps(event).encode(), ARRIVAL_US)
    return refusal.value.reason


def generated(folder: Path) -> Iterator[tuple[str, dict[str, Any], bytes, bytes]]:
    """Give topic, event, JSON and protobuf of each generated event."""
    for path in sorted(folder.glob("*.json")):
        text = path.read_bytes()
        event = json.loads(text)
        topic = chirpstack_topic("up", event["deviceInfo"]["devEui"])
        yield topic, event, text, path.with_suffix(".pb").read_bytes()


@pytest.mark.shared_data
def test_json_and_protobuf_give_the_same_uplinks() -> None:
    found = list(generated(shared_data("payloads/chirpstack/generated-events")))
    assert len(found) == 35
    for topic, event, text, protobuf in found:
        (uplink,) = JSON_FORMAT.decode(topic, text, ARRIVAL_US)
        assert (uplink,) == PROTOBUF_FORMAT.decode(topic, protobuf, ARRIVAL_US)
        heard = event["rxInfo"][0]
        link = values(uplink)
        assert link["", "rssi"] == heard["rssi"]
        assert link["", "snr"] == heard["snr"]
        assert link["", "frame_count"] == event.get("fCnt", 0)
        assert uplink.message_id == event["deduplicationId"]
        assert uplink.gateway == heard["gatewayId"]


@pytest.mark.shared_data
def test_documented_events_give_what_they_carry() -> None:
    uplinks = {}
    for path in sorted(shared_data("payloads/chirpstack/docs-events").glob("event_*.json")):
        kind = path.stem.removeprefix("event_")
        event = json.loads(path.read_bytes())
        topic = chirpstack_topic(kind, event["deviceInfo"]["devEui"])
        uplinks[kind] = JSON_FORMAT.decode(topic, path.read_bytes(), ARRIVAL_US)
    assert {kind for kind, found in uplinks.items() if found} == {"up", "status"}
    assert set(uplinks) == {"ack", "integration", "join", "location", "log", "status", "txack", "up"}
    (status,), (up,) = uplinks["status"], uplinks["up"]
    assert values(status) == {("", "battery_level"): 88.3}
    assert status.columns[0].times_us == [1_658_136_906_927_173]
    assert values(up) == {("", "rssi"): -36, ("", "snr"): 10.5, ("", "spreading_factor"): 11, ("", "frame_count"): 0}
    assert [part.reason for part in up.rejected] == [Reason.CODEC_FAILED]


def test_object_of_the_servers_codec_becomes_quantities() -> None:
    document = {
        "temperature": 21.5,
        "humidity": {"value": 45, "unit": "%", "displayName": "Humidity"},
        "supply/co2": 612.0,
        "temperature_2": 5.0,
        "fire": False,
        "BatV": "3.6 V",
        "firmware": "1.2",
    }
    uplink = decode_one(a_chirpstack_event(object=document, data="AQID"))
    found = values(uplink)
    assert found["", "temperature"] == 21.5
    assert found["", "relative_humidity"] == 45
    assert found["supply", "co2"] == 612
    assert found["2", "temperature"] == 5
    assert found["", "battery_voltage"] == 3.6
    assert [(part.reason, part.quantity) for part in uplink.rejected] == [(Reason.UNKNOWN_QUANTITY, "fire")]
    assert {time for column in uplink.columns for time in column.times_us} == {AT_US}
    assert (uplink.device, uplink.territory, uplink.clock) == (EUI, None, "device")


def test_ambiguous_fields_are_refused_and_never_guessed() -> None:
    uplink = decode_one(a_chirpstack_event(object={"battery": 3.6, "level": 40.0}))
    assert {part.quantity for part in uplink.rejected} == {"battery", "level (unit?)"}
    assert {part.reason for part in uplink.rejected} == {Reason.UNKNOWN_QUANTITY}


def test_best_gateway_is_the_one_that_heard_it_best() -> None:
    receptions = [
        {"gatewayId": "aa", "rssi": -100, "snr": -2.0},
        {"gatewayId": "bb", "rssi": -90, "snr": 4.0},
        {"gatewayId": "cc", "rssi": -50, "snr": 9.0, "crcStatus": "BAD_CRC"},
        {"gatewayId": "dd"},
    ]
    uplink = decode_one(a_chirpstack_event(rxInfo=receptions))
    assert uplink.gateway == "bb"
    assert values(uplink)["", "rssi"] == -90


def test_frame_counter_zero_is_left_out_and_counts_as_zero() -> None:
    assert values(decode_one(a_chirpstack_event(fCnt=None)))["", "frame_count"] == 0


def test_payload_encrypted_end_to_end_is_refused_and_the_link_quality_kept() -> None:
    uplink = decode_one(a_chirpstack_event(data="AQ==", object={"co2": 1.0}, joinServerContext={"sessionKeyId": "a"}))
    assert [(part.reason, part.n_values) for part in uplink.rejected] == [(Reason.CODEC_FAILED, 1)]
    assert "joinServerContext" in uplink.rejected[0].detail
    assert ("", "rssi") in values(uplink)
    assert ("", "co2") not in values(uplink)


def test_payload_without_decoder_is_refused_and_an_empty_one_is_not() -> None:
    (part,) = decode_one(a_chirpstack_event(data="AQID")).rejected
    assert part.reason is Reason.CODEC_FAILED
    assert "3 B" in part.detail
    assert decode_one(a_chirpstack_event()).rejected == ()


def test_event_without_time_takes_the_arrival() -> None:
    uplink = decode_one(a_chirpstack_event(time=None))
    assert uplink.clock == "arrival"
    assert uplink.message_id == "59320769-9476-588f-84c6-88345415c9c6"
    assert uplink.columns[0].times_us == [ARRIVAL_US]


def test_time_without_offset_is_refused_value_by_value() -> None:
    uplink = decode_one(a_chirpstack_event(time="2026-03-01T12:00:00"))
    assert uplink.columns == ()
    assert {part.reason for part in uplink.rejected} == {Reason.TIME_INVALID}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"externalPowerSource": True}, {("", "mains_power"): 1.0}),
        ({"batteryLevel": 12.5}, {("", "battery_level"): 12.5}),
        ({"batteryLevelUnavailable": True, "batteryLevel": 12.5, "margin": 9}, None),
    ],
)
def test_status_gives_battery_and_mains(fields: dict[str, Any], expected: dict[tuple[str, str], float] | None) -> None:
    event = a_chirpstack_event(fCnt=None, rxInfo=None, txInfo=None, **fields)
    found = decode(event, "status")
    assert ([values(uplink) for uplink in found] or [None]) == [expected]


def test_topic_and_payload_must_name_the_same_device() -> None:
    assert reason(a_chirpstack_event(), chirpstack_topic("up", "ffffffffffffffff")) is Reason.WRONG_SHAPE
    own_template = JSON_FORMAT.decode("dole/lora/up", json.dumps(a_chirpstack_event()).encode(), ARRIVAL_US)
    assert own_template[0].device == EUI


def test_unknown_kind_of_event_is_refused() -> None:
    assert reason(a_chirpstack_event(), chirpstack_topic("party")) is Reason.UNKNOWN_TOPIC


def test_damaged_messages_are_refused_with_their_reason() -> None:
    assert reason({"deviceInfo": {}}) is Reason.WRONG_SHAPE
    assert reason(a_chirpstack_event(data="%%%")) is Reason.WRONG_SHAPE
    assert reason(a_chirpstack_event(deviceInfo={"devEui": "no spaces"})) is Reason.WRONG_SHAPE
    for payload, expected in ((b"{", Reason.INVALID_JSON), (b"\xff", Reason.INVALID_UTF8)):
        with pytest.raises(DecodeError) as refusal:
            JSON_FORMAT.decode(chirpstack_topic(), payload, ARRIVAL_US)
        assert refusal.value.reason is expected


@given(payload=mutated(json.dumps(a_chirpstack_event(object={"co2": 5, "a": {"b": [1]}})).encode()))
def test_mutated_json_never_does_harm(payload: bytes) -> None:
    decode_whatever(JSON_FORMAT, chirpstack_topic(), payload)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
)


@given(document=JSON_VALUES, time=st.none() | st.text(max_size=30))
def test_whatever_a_codec_returns_never_does_harm(document: object, time: str | None) -> None:
    event = a_chirpstack_event(object=document, time=time)
    decode_whatever(JSON_FORMAT, chirpstack_topic(), json.dumps(event).encode())


@given(data=st.binary(max_size=300), kind=st.sampled_from(["up", "status", "log", "join"]))
def test_random_protobuf_never_does_harm(data: bytes, kind: str) -> None:
    decode_whatever(PROTOBUF_FORMAT, chirpstack_topic(kind), data)


@pytest.mark.shared_data
@given(data=st.data())
def test_mutated_protobuf_never_does_harm(data: st.DataObject) -> None:
    folder = shared_data("payloads/chirpstack/generated-events")
    path = data.draw(st.sampled_from(sorted(folder.glob("*.pb"))))
    topic = chirpstack_topic("up", json.loads(path.with_suffix(".json").read_bytes())["deviceInfo"]["devEui"])
    decode_whatever(PROTOBUF_FORMAT, topic, data.draw(mutated(path.read_bytes())))


def test_a_codecs_object_can_take_the_place_of_the_servers() -> None:
    """What a codec of the territory makes of the bytes is read by the territory's own table of fields."""
    topic, payload = chirpstack_topic(), json.dumps(a_chirpstack_event(data="AQID", object={"co2": 1})).encode()
    heard = JSON_FORMAT.hear(topic, payload)
    assert heard is not None
    assert (heard.payload, heard.f_port) == (b"\x01\x02\x03", 3)
    own = msgspec.structs.replace(heard, decoded={"battery": 3.6}, timed=(), model="")
    uplink = to_uplink(own, ARRIVAL_US, {"battery": Target("battery_voltage", "V")})
    assert uplink is not None
    found = values(uplink)
    assert found["", "battery_voltage"] == 3.6
    assert ("", "co2") not in found
    assert JSON_FORMAT.hear(chirpstack_topic("status"), payload) is None


def test_what_is_nested_too_deeply_is_refused_and_not_lost() -> None:
    document: object = 5
    for _ in range(50):
        document = {"a": document}
    (part,) = decode_one(a_chirpstack_event(object=document)).rejected
    assert part.reason is Reason.UNKNOWN_QUANTITY
