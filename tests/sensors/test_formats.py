"""Every payload format: what a decoder must do whatever comes. A new format is tested by being there."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.formats import Format, find_format, formats
from sensors.measurement import Uplink
from sensors.rejection import DecodeError
from tests.support.shared import REPOSITORY
from tests.support.uplinks import check_uplink

EVERY_FORMAT = pytest.mark.parametrize("payload_format", formats().values(), ids=lambda found: found.name)
ARRIVAL_US = 1_772_366_400_000_000

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PAYLOADS = st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode())
TOPICS = st.just("vigie/dole/lamp-1/up") | st.text(max_size=40)


def decode_whatever(payload_format: Format, topic: str, payload: bytes) -> None:
    """Decode, and check what every decoder promises about what it gives."""
    details: list[str] = []
    uplinks: tuple[Uplink, ...] = ()
    try:
        uplinks = payload_format.decode(topic, payload, ARRIVAL_US)
    except DecodeError as error:
        details.append(error.detail)
    assert all(detail.isprintable() for detail in details)
    for uplink in uplinks:
        check_uplink(uplink, ARRIVAL_US)


@EVERY_FORMAT
@given(topic=TOPICS, payload=PAYLOADS)
def test_decoding_anything_raises_only_decode_error(payload_format: Format, topic: str, payload: bytes) -> None:
    decode_whatever(payload_format, topic, payload)


def test_registry_finds_by_name() -> None:
    native = find_format("native")
    assert native is not None
    assert native.topic_filter == "vigie/+/+/up"
    assert find_format("carrier-pigeon") is None


@EVERY_FORMAT
def test_format_names_itself(payload_format: Format) -> None:
    assert payload_format.name
    assert payload_format.version.startswith(payload_format.name + "/")


@EVERY_FORMAT
def test_format_is_in_the_reference(payload_format: Format) -> None:
    page = (REPOSITORY / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
    assert f"`{payload_format.name}`" in page
    assert f"`{payload_format.topic_filter}`" in page


TOPIC_AND_SHAPE = {
    "native": ("vigie/a/b/up", '{"values": {"co2": %s}, "at": 1}'),
    "native, time": ("vigie/a/b/up", '{"values": {"co2": 1}, "at": %s}'),
    "senml_json": ("senml/a/json", '[{"n": "a/co2", "v": 1, "vd": %s}]'),
    "senml_json, unknown field": ("senml/a/json", '[{"n": "a/co2", "v": 1, "x": %s, "a_": 1}]'),
    "tasmota": ("tele/a/SENSOR", '{"A": {"Temperature": %s}}'),
    "tasmota, time": ("tele/a/SENSOR", '{"A": {"Temperature": 1}, "Time": %s}'),
    "zigbee2mqtt": ("zigbee2mqtt/a", '{"temperature": %s}'),
    "thingsboard_gateway": ("v1/gateway/telemetry", '{"a": [{"ts": 1, "values": {"co2": %s}}]}'),
    "thingsboard_device": ("v1/devices/a/telemetry", "[%s]"),
    "chirpstack": ("application/a/device/b/event/up", '{"deviceInfo": {"devEui": "b"}, "object": {"co2": %s}}'),
    "the_things_stack": (
        "v3/a/devices/b/up",
        '{"end_device_ids": {"device_id": "b"}, "uplink_message": {"decoded_payload": {"co2": %s}}}',
    ),
}


@pytest.mark.parametrize("case", TOPIC_AND_SHAPE)
def test_deep_and_long_values_are_refused_like_others(case: str) -> None:
    """What the JSON decoder still accepts, nothing behind it may stumble over: neither depth nor digits."""
    topic, shape = TOPIC_AND_SHAPE[case]
    found = find_format(case.split(",")[0])
    assert found is not None
    brackets = ("[]", ('{"a":', "}"))
    odd = [begin * depth + "1" + end * depth for begin, end in brackets for depth in (8, 9, *range(850, 1010, 5))]
    odd += ["9" * n_digits for n_digits in (30, 400, 4290, 4299, 4300, 5000)]
    for written in odd:
        decode_whatever(found, topic, (shape % written).encode())
