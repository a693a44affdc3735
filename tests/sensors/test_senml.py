"""SenML: the examples of RFC 8428 in both encodings, its rules one by one, and what names and units mean."""

import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given

from sensors.formats.senml_cbor import FORMAT as CBOR_FORMAT
from sensors.formats.senml_cbor import LABELS
from sensors.formats.senml_cbor import read_pack as read_cbor_pack
from sensors.formats.senml_json import FORMAT as JSON_FORMAT
from sensors.measurement import Uplink
from sensors.rejection import DecodeError, Reason
from sensors.senml import Resolved, read_records, resolve
from simulators.format_mix import choose_encoders
from simulators.stream import Stream
from tests.sensors.test_formats import ARRIVAL_US, decode_whatever
from tests.simulators.test_formats import END, measured
from tests.support.lorawan import mutated
from tests.support.shared import shared_data
from tests.support.towns import START, a_quiet_town

TOPIC = "senml/gw-1/json"
NOW_RELATIVE = {1, 2, 7, 9}  # the authors' resolved forms hold the moment at which they ran their tool
NUMBER_BY_NAME = {name: number for number, name in LABELS.items()}
AT_S = 1_772_366_000


def decode(pack: Any, topic: str = TOPIC) -> tuple[Uplink, ...]:
    return JSON_FORMAT.decode(topic, json.dumps(pack).encode(), ARRIVAL_US)


def values(uplink: Uplink) -> dict[str, list[float]]:
    return {f"{column.channel}/{column.quantity}": list(column.values) for column in uplink.columns}


def example(number: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder() / f"ex{number}.json").read_bytes())
    return found


def folder() -> Path:
    return shared_data("payloads/senml")


def facts(records: list[Resolved], *, is_timed: bool) -> list[tuple[Any, ...]]:
    """Give name, unit, time and value of each, in an order of their own."""
    found = [(r.name, r.unit, r.time_us if is_timed else 0, r.value) for r in records]
    return sorted(found, key=repr)


def reason(pack: Any, topic: str = TOPIC) -> Reason:
    with pytest.raises(DecodeError) as refusal:
        decode(pack, topic)
    return refusal.value.reason


@pytest.mark.shared_data
@pytest.mark.parametrize("number", range(1, 13))
def test_examples_of_the_rfc_resolve_as_its_authors_say(number: int) -> None:
    resolved = json.loads((folder() / f"ex{number}.gen.resolved.json").read_bytes())
    expected = [
        (one["n"], one.get("u"), round(one["t"] * 1e6) if number not in NOW_RELATIVE else 0, value)
        for one in resolved
        for label in ("v", "vs", "vb", "vd")
        if (value := one.get(label)) is not None
    ]
    if number == 7:  # their tool leaves the data value out
        expected.append(("urn:dev:ow:10e2073a01080063:nfv-reader", None, 0, "aGkgCg"))
    found = resolve(read_records(example(number)), ARRIVAL_US)
    assert facts(found, is_timed=number not in NOW_RELATIVE) == sorted(expected, key=repr)
    assert [one.time_us for one in found] == sorted(one.time_us for one in found)
    assert all(one.is_relative == (number in NOW_RELATIVE) for one in found)
    assert number not in NOW_RELATIVE or {one.time_us for one in found} == {ARRIVAL_US}


@pytest.mark.shared_data
@pytest.mark.parametrize("number", range(1, 13))
def test_a_resolved_form_resolves_to_itself(number: int) -> None:
    resolved = json.loads((folder() / f"ex{number}.gen.resolved.json").read_bytes())
    once = resolve(read_records(resolved), ARRIVAL_US)
    assert {one.name for one in once} == {one["n"] for one in resolved}
    assert all(one.base == "" and not one.is_relative for one in once)


@pytest.mark.shared_data
def test_example_13_of_the_rfc() -> None:
    found = resolve(read_records(example(13)), ARRIVAL_US)
    at_us = 1_320_078_429_000_000
    assert [(one.name, one.time_us - at_us, one.value, one.unit) for one in found] == [
        ("2001:db8::3", 0, 0.5, "/"),
        ("2001:db8::4", 0, 0.5, "/"),
        ("2001:db8::3", 100_000, 0, "/"),
        ("2001:db8::4", 100_000, 0, "/"),
    ]


@pytest.mark.shared_data
@pytest.mark.parametrize("number", [3, 5])
def test_cbor_says_the_same_as_json(number: int) -> None:
    payload = (folder() / f"ex{number}.gen.cbor").read_bytes()
    in_json, in_cbor = resolve(read_records(example(number)), 0), resolve(read_cbor_pack(payload), 0)
    assert in_json == in_cbor
    text = (folder() / f"ex{number}.json").read_bytes()
    uplinks = JSON_FORMAT.decode(TOPIC, text, ARRIVAL_US)
    assert uplinks
    assert CBOR_FORMAT.decode("senml/gw-1/cbor", payload, ARRIVAL_US) == uplinks


MEANINGS = {
    1: {"urn:dev:ow:10e2073a01080063": {"/temperature": [23.1]}},
    2: {"urn:dev:ow:10e2073a01080063": {"/voltage": [120.1], "/current": [1.2]}},
    3: {"urn:dev:ow:10e2073a0108006": {"/voltage": [120.1], "/current": [1.2, 1.3, 1.4, 1.5, 1.6, 1.7]}},
    5: {
        "urn:dev:ow:10e2073a01080063": {
            "/relative_humidity": [20.0, 20.3, 20.7, 21.2],
            "/battery_level": [98.0],
        }
    },
    6: {
        "2001:db8::2": {"/temperature": [25.2], "/relative_humidity": [30]},
        "2001:db8::1": {"/temperature": [12.3], "/relative_humidity": [67]},
    },
    7: {"urn:dev:ow:10e2073a01080063": {"/temperature": [23.1]}},
    8: {"urn:dev:ow:10e2073a01080063": {"/temperature": [27.2], "/relative_humidity": [80]}},
    12: {"2001:db8::3": {}, "2001:db8::4": {}},
}


@pytest.mark.shared_data
@pytest.mark.parametrize("number", MEANINGS)
def test_examples_become_measurements(number: int) -> None:
    uplinks = decode(example(number))
    assert {uplink.device: values(uplink) for uplink in uplinks} == MEANINGS[number]
    assert {uplink.gateway for uplink in uplinks} == {"gw-1"}
    assert {uplink.clock for uplink in uplinks} == {"arrival" if number in NOW_RELATIVE else "device"}


@pytest.mark.shared_data
def test_what_has_no_quantity_is_refused_by_name() -> None:
    (uplink,) = decode(example(7))
    assert [(part.reason, part.quantity) for part in uplink.rejected] == [
        (Reason.UNKNOWN_QUANTITY, name) for name in ("label", "open", "nfv-reader")
    ]
    assert {part.quantity for one in decode(example(12)) for part in one.rejected} == {"(unit /)"}


NAMES = {
    ("urn:dev:ow:10e2:lamp1/active_power", ""): ("urn:dev:ow:10e2:lamp1", "", "active_power"),
    ("urn:dev:mac:0024befffe804ff1/l2/voltage", ""): ("urn:dev:mac:0024befffe804ff1", "l2", "voltage"),
    ("lamp-1/l1/current", ""): ("lamp-1", "l1", "current"),
    ("site/lamp-1/l1/current", ""): ("site_lamp-1", "l1", "current"),
    ("lamp-1:voltage", ""): ("lamp-1", "", "voltage"),
    ("pipe-1:inlet/flow", "pipe-1:"): ("pipe-1", "inlet", "flow"),
    ("a/b/c:temp", "a/b/"): ("a_b", "c", "temperature"),
    ("temperature", ""): ("gw-1", "", "temperature"),
    ("temp2", ""): ("gw-1", "2", "temperature"),
    ("level", ""): ("gw-1", "", "level"),
}


@pytest.mark.parametrize(("written", "meant"), NAMES.items())
def test_names_are_split_into_device_channel_and_quantity(
    written: tuple[str, str], meant: tuple[str, str, str]
) -> None:
    name, base = written
    (uplink,) = decode([{"bn": base, "n": name.removeprefix(base), "v": 1}])
    (column,) = uplink.columns
    assert (uplink.device, column.channel, column.quantity) == meant


def test_sender_is_the_gateway_of_devices_that_are_named() -> None:
    assert decode([{"n": "lamp-1/voltage", "v": 230}])[0].gateway == "gw-1"
    assert decode([{"n": "lamp-1/voltage", "v": 230}], "senml/dole/lamp-1")[0].gateway is None
    assert decode([{"n": "voltage", "v": 230}], "senml/gw 1/json")[0].device == "gw_1"
    assert reason([{"n": "voltage", "v": 230}], "senml") is Reason.WRONG_SHAPE


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"n": "a/temperature", "u": "K", "v": 300}, {"/temperature": [26.85]}),
        ({"n": "a/valve_position", "u": "/", "v": 0.5}, {"/valve_position": [50]}),
        ({"n": "a/valve_position", "u": "/100", "v": 50}, {"/valve_position": [50]}),
        ({"n": "a/rotation_speed", "u": "1/s", "v": 2}, {"/rotation_speed": [120]}),
        ({"n": "a/active_power", "u": "W", "v": 40, "s": 7_200_000}, {"/active_power": [40], "/active_energy": [2]}),
        ({"n": "a/flow", "u": "m3/s", "bs": 10, "s": 2}, {"/water_volume": [12]}),
        ({"n": "a/door", "vb": True}, {"/door": [1]}),
        ({"n": "a/occupancy", "vs": "occupied"}, {"/occupancy": [1]}),
        ({"n": "a/co2", "bv": 400, "v": 12}, {"/co2": [412]}),
    ],
)
def test_units_sums_states_and_base_values(record: dict[str, Any], expected: dict[str, list[float]]) -> None:
    (uplink,) = decode([record])
    assert values(uplink) == {key: pytest.approx(found) for key, found in expected.items()}
    assert uplink.rejected == ()


@pytest.mark.parametrize(
    ("times", "expected_s", "clock"),
    [
        ({"t": -5}, ARRIVAL_US / 1e6 - 5, "arrival"),
        ({"bt": -10, "t": 4.5}, ARRIVAL_US / 1e6 - 5.5, "arrival"),
        ({"bt": AT_S}, AT_S, "device"),
        ({"bt": AT_S, "t": -5}, AT_S - 5, "device"),
        ({"bt": AT_S + 0.25, "t": 0.5, "ut": 60}, AT_S + 0.75, "device"),
    ],
)
def test_a_small_time_counts_from_the_arrival(times: dict[str, float], expected_s: float, clock: str) -> None:
    (uplink,) = decode([{"n": "a/co2", "v": 400, **times}])
    assert uplink.columns[0].times_us == [round(expected_s * 1e6)]
    assert uplink.clock == clock


def test_times_at_the_border_of_relative_and_absolute() -> None:
    below, at = (resolve(read_records([{"n": "a", "v": 1, "t": time}]), 0)[0] for time in (2**28 - 1, 2**28))
    assert (below.is_relative, at.is_relative) == (True, False)


def test_base_fields_stand_until_replaced() -> None:
    pack = [
        {"bn": "a/", "bt": AT_S, "bu": "W"},
        {"n": "active_power", "v": 1},
        {"bn": "b/", "n": "active_power", "v": 2},
        {"bt": AT_S + 60, "n": "active_power", "u": "kW", "v": 3},
    ]
    first, second = decode(pack)
    assert (first.device, values(first)) == ("a", {"/active_power": [1]})
    assert second.device == "b"
    assert [(column.quantity, column.values, column.times_us) for column in second.columns] == [
        ("active_power", [2.0], [AT_S * 1_000_000]),
        ("active_power", [3000.0], [(AT_S + 60) * 1_000_000]),
    ]


BROKEN: dict[str, tuple[Any, Reason]] = {
    "no list": ({"n": "a", "v": 1}, Reason.WRONG_SHAPE),
    "text": ("a", Reason.WRONG_SHAPE),
    "empty": ([], Reason.NO_VALUE),
    "no record": ([1], Reason.WRONG_SHAPE),
    "only base fields": ([{"bn": "a"}], Reason.NO_VALUE),
    "no value": ([{"n": "a"}], Reason.WRONG_SHAPE),
    "two values": ([{"n": "a", "v": 1, "vb": True}], Reason.WRONG_SHAPE),
    "no name": ([{"v": 1}], Reason.WRONG_SHAPE),
    "name beginning with a sign": ([{"n": "-a", "v": 1}], Reason.WRONG_SHAPE),
    "name with a space": ([{"n": "a b", "v": 1}], Reason.WRONG_SHAPE),
    "endless name": ([{"n": "a" * 301, "v": 1}], Reason.WRONG_SHAPE),
    "label of a kind unknown": ([{"n": "a", "v": 1, "x\u005f": 1}], Reason.WRONG_SHAPE),
    "newer version": ([{"bver": 11, "n": "a", "v": 1}], Reason.WRONG_SHAPE),
    "two versions": ([{"bver": 5, "n": "a", "v": 1}, {"bver": 10, "v": 1}], Reason.WRONG_SHAPE),
    "must be understood": ([{"n": "a", "v": 1, "colour_": 2}], Reason.WRONG_SHAPE),
    "number as text": ([{"n": "a", "v": "1"}], Reason.WRONG_SHAPE),
    "truth as number": ([{"n": "a", "v": True}], Reason.WRONG_SHAPE),
    "endless time": ([{"n": "a", "v": 1, "bt": 1e308, "t": 1e308}], Reason.WRONG_SHAPE),
    "a time beyond all calendars": ([{"n": "a", "v": 1, "t": 10**20}], Reason.WRONG_SHAPE),
    "huge": ([{"n": "a", "bv": 0.5, "v": 10**400}], Reason.WRONG_SHAPE),
}


@pytest.mark.parametrize(("pack", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_pack_that_breaks_the_rules_is_refused(pack: Any, expected: Reason) -> None:
    assert reason(pack) is expected


def test_unknown_field_is_ignored() -> None:
    assert values(decode([{"n": "a/co2", "v": 500, "colour": {"a": 1}}])[0]) == {"/co2": [500]}


def test_a_value_that_cannot_be_costs_itself_only() -> None:
    (uplink,) = decode([{"bn": "a/", "n": "co2", "v": 500}, {"n": "temperature", "u": "V", "v": 3}])
    assert values(uplink) == {"/co2": [500]}
    assert [part.reason for part in uplink.rejected] == [Reason.WRONG_UNIT]


def test_position_is_no_measurement() -> None:
    assert decode([{"n": "a", "u": "lat", "v": 48.1}, {"n": "a", "u": "lon", "v": 5.1}]) == ()


def in_cbor(pack: list[dict[str, Any]]) -> bytes:
    return cbor2.dumps([{NUMBER_BY_NAME.get(label, label): value for label, value in one.items()} for one in pack])


PACK = [{"bn": "a/", "bt": AT_S, "n": "co2", "v": 500.5}, {"n": "door", "vb": True, "t": 60}, {"n": "temp", "v": 20}]


# An array of one map of three pairs: name "a/co2", value 500, and the time
TIMES_IN_CBOR = {
    "integer": ("1a69a42e70", 1_772_367_472.0),
    "double": ("fb41da690b9c100000", 1_772_367_472.25),
    "decimal fraction": ("c482211b00000029442223e3", 1_772_367_472.35),
    "half float": ("f9c500", ARRIVAL_US / 1e6 - 5),
    "negative integer": ("24", ARRIVAL_US / 1e6 - 5),
}


@pytest.mark.parametrize(("time", "expected_s"), TIMES_IN_CBOR.values(), ids=TIMES_IN_CBOR)
def test_numbers_of_every_kind_in_cbor_are_times(time: str, expected_s: float) -> None:
    payload = bytes.fromhex("81a3" + "00" + "65" + b"a/co2".hex() + "02" + "1901f4" + "06" + time)
    (uplink,) = CBOR_FORMAT.decode("senml/gw-1/cbor", payload, ARRIVAL_US)
    assert uplink.columns[0].times_us == [round(expected_s * 1e6)]


BROKEN_CBOR = {
    "empty": (b"", Reason.INVALID_BINARY),
    "cut short": (in_cbor(PACK)[:-1], Reason.INVALID_BINARY),
    "more than one": (in_cbor(PACK) + b"\x00", Reason.INVALID_BINARY),
    "a label twice": (bytes.fromhex("81a300616102010202"), Reason.INVALID_BINARY),
    "too deep": (b"\x81" * 1000 + b"\x00", Reason.INVALID_BINARY),
    "a list that refers to itself": (bytes.fromhex("d81c81d81d00"), Reason.WRONG_SHAPE),
    "names of JSON": (cbor2.dumps([{"n": "a", "v": 1}]), Reason.NO_VALUE),
    "labels that are no integers": (bytes.fromhex("81a200616102f5"), Reason.WRONG_SHAPE),
    "a number": (b"\x01", Reason.WRONG_SHAPE),
    "too large": (b"\x00" * 1_048_577, Reason.TOO_LARGE),
}


@pytest.mark.parametrize(("payload", "expected"), BROKEN_CBOR.values(), ids=BROKEN_CBOR)
def test_broken_cbor_is_refused(payload: bytes, expected: Reason) -> None:
    with pytest.raises(DecodeError) as refusal:
        CBOR_FORMAT.decode("senml/gw-1/cbor", payload, ARRIVAL_US)
    assert refusal.value.reason is expected


@pytest.mark.parametrize("label", [2, 5, 6, -2, -3, -5, -1])
def test_numbers_of_many_digits_in_cbor_never_do_harm(label: int) -> None:
    for bits in (64, 1100, 20_000):
        record = {0: "a/co2", 2: 1, label: 2**bits}
        decode_whatever(CBOR_FORMAT, "senml/gw-1/cbor", cbor2.dumps([record]))


def test_nan_in_cbor_is_refused_as_a_value() -> None:
    (uplink,) = CBOR_FORMAT.decode("senml/a/cbor", in_cbor([{"n": "a/co2", "v": float("nan")}]), ARRIVAL_US)
    assert [part.reason for part in uplink.rejected] == [Reason.NOT_FINITE]


@given(payload=mutated(in_cbor(PACK)))
def test_mutated_cbor_never_does_harm(payload: bytes) -> None:
    decode_whatever(CBOR_FORMAT, "senml/gw-1/cbor", payload)


@given(payload=mutated(json.dumps(PACK).encode()))
def test_mutated_json_never_does_harm(payload: bytes) -> None:
    decode_whatever(JSON_FORMAT, TOPIC, payload)


@pytest.mark.parametrize("is_live", [True, False])
@pytest.mark.parametrize("family", ["pipe", "bridge_element"])
def test_packs_of_the_simulated_loggers_give_back_what_was_measured(family: str, *, is_live: bool) -> None:
    town = a_quiet_town(scale=0.2)
    stream = Stream(town, choose_encoders("real", town)).telegrams(START, START if is_live else END, END)
    found: dict[tuple[str, str, int], float] = {}
    for telegram in stream:
        if telegram.topic.startswith("senml/"):
            found |= read_back(telegram.topic, telegram.payload)
    assert measured(family).items() <= found.items()


def read_back(topic: str, payload: bytes) -> dict[tuple[str, str, int], float]:
    """Give (device, channel/quantity, second) to value of a pack of one device."""
    (uplink,) = JSON_FORMAT.decode(topic, payload, int(END.timestamp()) * 1_000_000)
    assert uplink.rejected == ()
    assert uplink.n_accepted == len(json.loads(payload))
    return {
        (uplink.device, f"{column.channel}/{column.quantity}".strip("/"), time_us // 1_000_000): value
        for column in uplink.columns
        for time_us, value in zip(column.times_us, column.values, strict=True)
    }
