"""Bad input in every format of both registries, on the topics it reads: a reason, nothing else, and in little time."""

import json
from collections.abc import Callable

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.formats import formats
from sensors.measurement import Uplink
from sensors.rejection import DecodeError, Reason
from sensors.stateful import Received, apply_changes, start, stateful_formats
from tests.sensors.test_formats import PAYLOADS
from tests.support.lorawan import mutated
from tests.support.samples import AT_S, DEVICE, MAPPING, SAMPLES
from tests.support.uplinks import check_uplink

ARRIVAL_US = (AT_S + 100) * 1_000_000
NAMES = [*formats(), MAPPING.name, *stateful_formats()]
EVERY_FORMAT = pytest.mark.parametrize("name", NAMES)
IN_JSON = [name for name in NAMES if SAMPLES[name].payload[:1] in (b"{", b"[")]
LARGE = {
    "open brackets": b"[" * 10_000_000,
    "open objects": b'{"a":' * 2_000_000,
    "deep": b'{"a":' * 500_000 + b"1" + b"}" * 500_000,
    "a long number": b'{"values":{"co2":' + b"1" * 10_000_000 + b"}}",
    "a long text": b'"' + b"a" * 10_000_000 + b'"',
    "zeros": b"\x00" * 10_000_000,
    "no UTF-8": b"\xff" * 10_000_000,
    "open CBOR lists": b"\x9f" * 10_000_000,
    "a long Cayenne frame": b"\x01\x67\x01\x10" * 2_500_000,
}
Read = Callable[[bytes], tuple[Uplink, ...]]


def reader(name: str) -> Read:
    """Give what reads payloads on the sample's topic, with what must have been heard before. Raises DecodeError."""
    sample = SAMPLES[name]
    topic = sample.topic.replace("/T/", "/dole/")
    stateless = MAPPING if name == MAPPING.name else formats().get(name)
    if stateless is not None:
        return lambda payload: stateless.decode(topic, payload, ARRIVAL_US)
    records, format_ = start(), stateful_formats()[name]
    for heard_on, heard in sample.before:
        received = Received(heard_on.replace("/T/", "/dole/"), heard, ARRIVAL_US)
        apply_changes(records, format_.decode(records, received).changes)
    return lambda payload: format_.decode(records, Received(topic, payload, ARRIVAL_US)).uplinks


def attempt(read: Read, payload: bytes) -> tuple[tuple[Uplink, ...], DecodeError | None]:
    """Read a payload and check what every decoder promises."""
    uplinks: tuple[Uplink, ...] = ()
    caught = None
    try:
        uplinks = read(payload)
    except DecodeError as error:
        caught = error
    assert caught is None or caught.detail.isprintable()
    for uplink in uplinks:
        check_uplink(uplink, ARRIVAL_US)
    return uplinks, caught


def values_of(uplinks: tuple[Uplink, ...]) -> list[tuple[str, float]]:
    """Give quantities and values."""
    return [(column.quantity, value) for uplink in uplinks for column in uplink.columns for value in column.values]


@EVERY_FORMAT
def test_sample_is_read(name: str) -> None:
    """Else the tests below would show nothing."""
    assert len(values_of(reader(name)(SAMPLES[name].payload))) == SAMPLES[name].n_values


@EVERY_FORMAT
@settings(deadline=None)
@given(data=st.data())
def test_random_and_damaged_payloads_raise_only_decode_error(name: str, data: st.DataObject) -> None:
    attempt(reader(name), data.draw(PAYLOADS | mutated(SAMPLES[name].payload)))


@EVERY_FORMAT
@pytest.mark.parametrize("kind", LARGE)
def test_ten_megabytes_are_refused(name: str, kind: str) -> None:
    uplinks, error = attempt(reader(name), LARGE[kind])
    assert uplinks == ()
    assert error is not None


@EVERY_FORMAT
def test_payload_cut_short_is_refused_or_says_less(name: str) -> None:
    """No cut makes a value that was not sent: a missing byte is never a zero."""
    read, payload = reader(name), SAMPLES[name].payload
    whole = values_of(read(payload))
    is_text = payload.decode(errors="ignore").isprintable()
    for length in range(1, len(payload)):
        uplinks, error = attempt(read, payload[:length])
        cut = values_of(uplinks)
        if name in IN_JSON or name in ("senml_cbor", "cayenne"):
            assert error is not None, length
        elif not is_text:  # a plain text such as `41.5` may be another one when cut: nothing tells
            assert set(cut) <= set(whole), length


@pytest.mark.parametrize("name", [name for name in IN_JSON if SAMPLES[name].payload.startswith(b"{")])
def test_of_repeated_keys_the_last_counts(name: str) -> None:
    read, payload = reader(name), SAMPLES[name].payload
    assert read(payload[:-1] + b"," + payload[1:]) == read(payload)
    first = payload.replace(b"41.5", b"7")[:-1]
    assert read(first + b"," + payload[1:]) == read(payload)


def test_of_repeated_keys_in_senml_the_last_counts_or_the_pack_is_refused() -> None:
    record = b'{"n":"dev-1/co2","t":%d,"v":%d,"v":%d}'
    assert values_of(reader("senml_json")(b"[" + record % (AT_S, 1, 2) + b"]")) == [("co2", 2.0)]
    label, time, value = (cbor2.dumps(part) for part in ("dev-1/co2", AT_S, 612))
    repeated = b"\x81\xa4\x00" + label + b"\x06" + time + b"\x02" + cbor2.dumps(400) + b"\x02" + value
    assert values_of(attempt(reader("senml_cbor"), repeated)[0]) in ([("co2", 612.0)], [])


@pytest.mark.parametrize("name", [name for name in IN_JSON if b"41.5" in SAMPLES[name].payload])
@pytest.mark.parametrize("written", [b'"41.5"', b'"41,5"', b'""', b'" 41.5"', b'"0x29"', b'"1e999"', b'"nan"'])
def test_number_as_text_is_refused_with_a_reason_or_is_the_number(name: str, written: bytes) -> None:
    uplinks, error = attempt(reader(name), SAMPLES[name].payload.replace(b"41.5", written))
    powers = [value for quantity, value in values_of(uplinks) if quantity == "active_power"]
    refused = [part.reason for uplink in uplinks for part in uplink.rejected]
    if powers:
        assert (powers, written.strip(b'" ')) == ([41.5], b"41.5")
    else:
        assert refused or error is not None
        assert set(refused) <= {Reason.NOT_A_NUMBER, Reason.NOT_FINITE, Reason.WRONG_SHAPE, Reason.NO_VALUE}


@pytest.mark.parametrize("name", ["native", "senml_json"])
def test_names_that_are_no_names_are_refused(name: str) -> None:
    for device in ("", "a" * 200, "a b", "é", "../etc", "\u0000"):
        payload = SAMPLES[name].payload.replace(DEVICE.encode(), json.dumps(device)[1:-1].encode())
        attempt(reader(name), payload)
