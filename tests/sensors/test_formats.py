"""Every payload format: what a decoder must do whatever comes. A new format is tested by being there."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.formats import Format, find_format, formats
from sensors.measurement import Uplink
from sensors.plausible import AHEAD_US, EARLIEST_US
from sensors.quantity import QUANTITIES
from sensors.rejection import DecodeError

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
        assert uplink.n_accepted + uplink.n_rejected > 0
        for column in uplink.columns:
            quantity = QUANTITIES[column.quantity]
            assert column.unit == quantity.unit
            assert len(column.times_us) == len(column.values) > 0
            assert all(quantity.low <= value <= quantity.high for value in column.values)
            assert all(EARLIEST_US <= time_us <= ARRIVAL_US + AHEAD_US for time_us in column.times_us)
        assert all((part.detail + part.channel + part.quantity).isprintable() for part in uplink.rejected)


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
