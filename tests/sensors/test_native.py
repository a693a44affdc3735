"""The native format: its golden messages, its bad input with the reason for each, encode and decode as inverses."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.formats.native import FORMAT, MAX_PAYLOAD_BYTES, NativeMessage, encode
from sensors.instant import instant_text
from sensors.measurement import Uplink
from sensors.plausible import AHEAD_US, EARLIEST_US
from sensors.quantity import QUANTITIES
from sensors.rejection import DecodeError, Reason
from tests.sensors.test_formats import JSON_VALUES, decode_whatever

TOPIC = "vigie/val-de-tille/lamp-12/up"
NOON_US = 1_772_366_400_000_000  # 2026-03-01T12:00:00Z


def decode(payload: bytes | str) -> Uplink:
    """Decode on the ordinary topic, arrived at noon."""
    raw = payload.encode() if isinstance(payload, str) else payload
    (uplink,) = FORMAT.decode(TOPIC, raw, NOON_US)
    return uplink


def measurements(uplink: Uplink) -> dict[str, list[tuple[int, float]]]:
    """Give the accepted values with their times in seconds after noon, by key."""
    return {
        f"{column.channel}/{column.quantity}": [
            ((time_us - NOON_US) // 1_000_000, value)
            for time_us, value in zip(column.times_us, column.values, strict=True)
        ]
        for column in uplink.columns
    }


def test_one_message_with_all_its_fields() -> None:
    uplink = decode(
        '{"id": "gw7-1", "gateway": "gw7", "simulated": true, "at": "2026-03-01T12:30:00+01:00", "more": [1],'
        ' "values": {"temperature": 21.5, "supply/air_temperature": 64.4, "occupancy": "occupied", "lamp_on": true},'
        ' "units": {"supply/air_temperature": "[degF]"}}'
    )
    assert (uplink.territory, uplink.device, uplink.gateway) == ("val-de-tille", "lamp-12", "gw7")
    assert (uplink.message_id, uplink.clock, uplink.simulated, uplink.rejected) == ("gw7-1", "device", True, ())
    assert measurements(uplink) == {
        "/temperature": [(-1800, 21.5)],
        "supply/air_temperature": [(-1800, pytest.approx(18.0))],
        "/occupancy": [(-1800, 1.0)],
        "/lamp_on": [(-1800, 1.0)],
    }


def test_several_instants_as_lists() -> None:
    uplink = decode('{"at": [1772366400, "2026-03-01T12:00:01Z", 1772366402.0], "values": {"co2": [612, null, 615]}}')
    assert measurements(uplink) == {"/co2": [(0, 612.0), (2, 615.0)]}
    assert uplink.rejected == ()


@pytest.mark.parametrize("at", ["", '"at": null, '])
def test_without_a_time_the_arrival_counts(at: str) -> None:
    uplink = decode("{" + at + '"values": {"co2": 612}}')
    assert uplink.clock == "arrival"
    assert measurements(uplink) == {"/co2": [(0, 612.0)]}


def test_a_list_of_one_and_its_value_are_the_same() -> None:
    assert measurements(decode('{"values": {"co2": [612]}}')) == measurements(decode('{"values": {"co2": 612}}'))
    assert decode('{"at": [1772366400], "values": {"co2": 612}}').n_accepted == 1


def test_the_last_of_a_repeated_key_counts() -> None:
    assert measurements(decode('{"values": {"co2": 612, "co2": 640}}')) == {"/co2": [(0, 640.0)]}


WHOLE = {
    "not UTF-8": (b'{"values": {"co2": 612}, "note": "\xe9t\xe9"}', Reason.INVALID_UTF8),
    "UTF-16": ('{"values": {"co2": 612}}'.encode("utf-16"), Reason.INVALID_UTF8),
    "empty": (b"", Reason.INVALID_JSON),
    "cut short": (b'{"values": {"co2": 6', Reason.INVALID_JSON),
    "two messages in one": (b'{"values": {"co2": 6}}{"values": {"co2": 6}}', Reason.INVALID_JSON),
    "single quotes": (b"{'values': {'co2': 6}}", Reason.INVALID_JSON),
    "no JSON at all": (b"temperature=21.3", Reason.INVALID_JSON),
    "half a surrogate pair": (b'{"values": {"co2": 612}, "id": "\\ud800"}', Reason.WRONG_SHAPE),
    "too deep": (b'{"values": ' + b"[" * 100_000, Reason.INVALID_JSON),
    "too large": (b'{"values": {"co2": 6}}' + b" " * MAX_PAYLOAD_BYTES, Reason.TOO_LARGE),
    "a number": (b"21.3", Reason.WRONG_SHAPE),
    "a list": (b'[{"values": {"co2": 6}}]', Reason.WRONG_SHAPE),
    "without values": (b'{"temperature": 21.3}', Reason.WRONG_SHAPE),
    "values as a list": (b'{"values": [21.3]}', Reason.WRONG_SHAPE),
    "an id that is a number": (b'{"id": 3, "values": {"co2": 6}}', Reason.WRONG_SHAPE),
    "an id with a NUL": (b'{"id": "a\\u0000", "values": {"co2": 6}}', Reason.WRONG_SHAPE),
    "a gateway that is no id": (b'{"gateway": "a/b", "values": {"co2": 6}}', Reason.WRONG_SHAPE),
    "units as a text": (b'{"units": "W", "values": {"co2": 6}}', Reason.WRONG_SHAPE),
    "values empty": (b'{"values": {}}', Reason.NO_VALUE),
    "only nulls": (b'{"values": {"co2": null, "temperature": [null]}}', Reason.NO_VALUE),
}


@pytest.mark.parametrize(("payload", "reason"), WHOLE.values(), ids=WHOLE.keys())
def test_a_message_that_cannot_be_used_has_its_reason(payload: bytes, reason: Reason) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(payload)
    assert caught.value.reason is reason


PARTS = {
    "NaN": ('"temperature": NaN', Reason.NOT_FINITE),
    "nan as printf writes it": ('"temperature": -nan', Reason.NOT_FINITE),
    "infinite": ('"temperature": -Infinity', Reason.NOT_FINITE),
    "inf as printf writes it": ('"temperature": inf', Reason.NOT_FINITE),
    "beyond a double": ('"temperature": 1e999', Reason.NOT_FINITE),
    "a number in quotes": ('"temperature": "21.3"', Reason.NOT_A_NUMBER),
    "an object": ('"temperature": {"value": 21.3}', Reason.NOT_A_NUMBER),
    "true for a number": ('"temperature": true', Reason.NOT_A_NUMBER),
    "too hot": ('"temperature": 912', Reason.OUT_OF_RANGE),
    "a huge integer": ('"temperature": ' + "9" * 400, Reason.OUT_OF_RANGE),
    "no such code": ('"occupancy": "full"', Reason.OUT_OF_RANGE),
    "half a code": ('"occupancy": 0.5', Reason.OUT_OF_RANGE),
    "a misspelt quantity": ('"temprature": 21.3', Reason.UNKNOWN_QUANTITY),
    "a key that is none": ('"a/b/temperature": 21.3', Reason.UNKNOWN_QUANTITY),
    "an empty channel": ('"/temperature": 21.3', Reason.UNKNOWN_QUANTITY),
    "a very long key": (f'"{"x" * 5000}": 21.3', Reason.UNKNOWN_QUANTITY),
    "a list without times": ('"temperature": [21.3, 21.4]', Reason.WRONG_SHAPE),
    "a wrong unit": ('"active_power": 40', Reason.WRONG_UNIT),
}


@pytest.mark.parametrize(("member", "reason"), PARTS.values(), ids=PARTS.keys())
def test_a_bad_value_has_its_reason_and_costs_itself_only(member: str, reason: Reason) -> None:
    units = '"units": {"active_power": "kW.h"}, ' if reason is Reason.WRONG_UNIT else ""
    uplink = decode("{" + units + '"values": {"co2": 612, ' + member + ', "voltage": 230.5}}')
    assert [part.reason for part in uplink.rejected] == [reason]
    assert measurements(uplink) == {"/co2": [(0, 612.0)], "/voltage": [(0, 230.5)]}


TIMES = {
    "1970": ('"1970-01-01T00:00:00Z"', Reason.TIME_TOO_OLD),
    "zero": ("0", Reason.TIME_TOO_OLD),
    "uptime for a clock": ("86400.5", Reason.TIME_TOO_OLD),
    "next year": ('"2027-03-01T12:00:00Z"', Reason.TIME_IN_FUTURE),
    "milliseconds": ("1772366400000", Reason.TIME_IN_FUTURE),
    "far away": ("9" * 60, Reason.TIME_IN_FUTURE),
    "no offset": ('"2026-03-01T12:00:00"', Reason.TIME_INVALID),
    "no such day": ('"2026-02-30T12:00:00Z"', Reason.TIME_INVALID),
    "a French date": ('"01/03/2026 12:00"', Reason.TIME_INVALID),
    "NaN": ("NaN", Reason.TIME_INVALID),
    "true": ("true", Reason.TIME_INVALID),
    "an object": ("{}", Reason.TIME_INVALID),
}


@pytest.mark.parametrize(("at", "reason"), TIMES.values(), ids=TIMES.keys())
def test_a_bad_time_has_its_reason_alone_and_among_good_ones(at: str, reason: Reason) -> None:
    alone = decode('{"at": ' + at + ', "values": {"co2": 612}}')
    assert [(part.reason, part.n_values) for part in alone.rejected] == [(reason, 1)]
    among = decode('{"at": [1772366400, ' + at + '], "values": {"co2": [612, 613]}}')
    assert [(part.reason, part.n_values) for part in among.rejected] == [(reason, 1)]
    assert measurements(among) == {"/co2": [(0, 612.0)]}


def test_nan_in_a_text_is_a_text() -> None:
    uplink = decode('{"id": "nan-1", "note": "is NaN \\" inf", "values": {"temperature": NaN, "co2": 612}}')
    assert uplink.message_id == "nan-1"
    assert [part.reason for part in uplink.rejected] == [Reason.NOT_FINITE]


@st.composite
def messages(draw: st.DrawFn) -> tuple[NativeMessage, list[int], dict[str, list[float]]]:
    """Draw a valid packed message with its instants [us] and what it must give by key."""
    times_us = draw(st.lists(st.integers(EARLIEST_US, NOON_US + AHEAD_US), min_size=1, max_size=5))
    names = draw(st.lists(st.sampled_from(sorted(QUANTITIES)), min_size=1, max_size=4, unique=True))
    values: dict[str, list[float]] = {}
    for name in names:
        quantity = QUANTITIES[name]
        number = st.floats(quantity.low, quantity.high)
        if quantity.kind == "state":
            number = st.sampled_from([float(code.number) for code in quantity.codes])
        channel = draw(st.sampled_from(["", "l1/", "supply/"]))
        values[channel + name] = draw(st.lists(number, min_size=len(times_us), max_size=len(times_us)))
    if len(times_us) == 1 and draw(st.booleans()):
        singles = {key: value for key, (value,) in values.items()}
        return NativeMessage(singles, instant_text(times_us[0]), id="m-1"), times_us, values
    return NativeMessage(dict(values), [instant_text(time) for time in times_us], id="m-1"), times_us, values


@given(messages())
def test_decode_gives_what_was_encoded(drawn: tuple[NativeMessage, list[int], dict[str, list[float]]]) -> None:
    message, times_us, values = drawn
    uplink = decode(encode(message))
    assert uplink.rejected == ()
    found = {
        f"{column.channel}/{column.quantity}".removeprefix("/"): (list(column.times_us), list(column.values))
        for column in uplink.columns
    }
    assert found == {key: (times_us, series) for key, series in values.items()}


ALMOST_MESSAGES = st.fixed_dictionaries(
    {"values": st.dictionaries(st.sampled_from(sorted(QUANTITIES)) | st.text(max_size=8), JSON_VALUES, max_size=4)},
    optional={"at": JSON_VALUES, "id": JSON_VALUES, "units": JSON_VALUES, "gateway": JSON_VALUES},
)


@given(ALMOST_MESSAGES)
def test_decoding_almost_a_message_raises_only_decode_error(document: dict[str, object]) -> None:
    decode_whatever(FORMAT, TOPIC, json.dumps(document).encode())
