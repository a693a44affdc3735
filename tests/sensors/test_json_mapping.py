"""The generic JSON mapping: what a rule can point at, what makes a rule unusable, what messages may then do."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.json_mapping import json_mapping, read_rule
from sensors.json_path import find_all, read_path
from sensors.mapping_rule import Rule, RuleError, TopicPattern, ValueRule
from sensors.measurement import Uplink
from sensors.rejection import DecodeError, Reason
from tests.sensors.test_formats import ARRIVAL_US, JSON_VALUES, decode_whatever
from tests.support.lorawan import mutated
from tests.support.shared import shared_data

AT_S = 1_772_366_000
TOPIC = "plant/north/dev-7/up"
CO2 = {"path": "$.co2", "quantity": "co2"}


def a_rule(**fields: Any) -> Rule:
    """Give a rule, as it would be read from a file."""
    rule = {"name": "plant", "topic": "plant/{site}/{device}/up", "values": [CO2], **fields}
    return read_rule(json.dumps(rule).encode())


def decode(document: Any, topic: str = TOPIC, **fields: Any) -> Uplink:
    (uplink,) = json_mapping(a_rule(**fields)).decode(topic, json.dumps(document).encode(), ARRIVAL_US)
    return uplink


def series(uplink: Uplink) -> dict[str, list[tuple[float, float]]]:
    """Give seconds after AT_S and values, by channel and quantity."""
    return {
        f"{column.channel}/{column.quantity}": [
            (time_us / 1e6 - AT_S, value) for time_us, value in zip(column.times_us, column.values, strict=True)
        ]
        for column in uplink.columns
    }


def reason(document: Any, topic: str = TOPIC, **fields: Any) -> Reason:
    with pytest.raises(DecodeError) as refusal:
        decode(document, topic, **fields)
    return refusal.value.reason


def test_device_and_names_come_from_the_topic() -> None:
    uplink = decode({"co2": 500}, device="{site}:{device}", gateway="gw-{site}", territory="{site}")
    assert (uplink.device, uplink.gateway, uplink.territory) == ("north:dev-7", "gw-north", "north")
    assert (uplink.clock, uplink.columns[0].times_us) == ("arrival", [ARRIVAL_US])


def test_device_and_names_come_from_the_message() -> None:
    document = {"co2": 500, "dev": {"id": 17}, "msg": "m-1", "gw": "gw 2"}
    uplink = decode(document, device="$.dev.id", message_id="$.msg", gateway="$.gw")
    assert (uplink.device, uplink.message_id, uplink.gateway) == ("17", "m-1", "gw_2")
    assert decode({"co2": 500}, message_id="$.msg", gateway="$.gw").gateway is None


def test_units_scales_channels_and_codes() -> None:
    values = [
        {"path": "$.p", "quantity": "active_power", "unit": "kW", "channel": "l1"},
        {"path": "$.t", "quantity": "temperature", "factor": 0.1, "offset": -40},
        {"path": "$['free places'][0]", "quantity": "free_places"},
        {"path": "$.bay", "quantity": "occupancy", "codes": {"1": "occupied", "0": "free"}},
        {"path": "$.lid", "quantity": "lid", "codes": {"true": "open"}},
        {"path": "$.missing", "quantity": "co2"},
    ]
    document = {"p": 1.5, "t": 615, "free places": [3], "bay": 1, "lid": True}
    assert {key: value[0][1] for key, value in series(decode(document, values=values)).items()} == {
        "l1/active_power": 1500,
        "/temperature": 21.5,
        "/free_places": 3,
        "/occupancy": 1,
        "/lid": 1,
    }


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("iso", "2026-03-01T11:53:20Z"),
        ("local", "2026-03-01T12:53:20"),
        ("s", AT_S),
        ("s", float(AT_S)),
        ("ms", AT_S * 1000),
        ("us", AT_S * 1_000_000),
        ("ns", AT_S * 1_000_000_000),
    ],
)
def test_time_in_every_form(form: str, written: object) -> None:
    uplink = decode({"co2": 500, "at": written}, time={"path": "$.at", "format": form})
    clock = "local" if form == "local" else "device"
    assert (uplink.clock, series(uplink)) == (clock, {"/co2": [(0, 500)]})


@pytest.mark.parametrize(
    ("form", "written"), [("iso", AT_S), ("iso", "2026-03-01T12:00:00"), ("s", "1772366000"), ("ms", True), ("ns", [1])]
)
def test_time_in_another_form_costs_the_values(form: str, written: object) -> None:
    uplink = decode({"co2": 500, "at": written}, time={"path": "$.at", "format": form})
    assert [part.reason for part in uplink.rejected] == [Reason.TIME_INVALID]


def test_a_message_without_the_time_counts_by_its_arrival() -> None:
    assert decode({"co2": 500}, time={"path": "$.at"}).clock == "arrival"


def test_records_have_their_own_device_and_time() -> None:
    values = [{"path": "@.v.co2", "quantity": "co2"}]
    rule = a_rule(each="$.data[*]", device="@.id", time={"path": "@.t", "format": "s"}, values=values)
    data = [
        {"id": "a", "t": AT_S, "v": {"co2": 1}},
        {"id": "b", "t": AT_S, "v": {"co2": 2}},
        {"id": "a", "t": AT_S + 60, "v": {"co2": 3}},
        {"id": "b", "t": "x", "v": {"co2": 4}},
    ]
    first, second = json_mapping(rule).decode(TOPIC, json.dumps({"data": data}).encode(), ARRIVAL_US)
    assert (first.device, series(first)) == ("a", {"/co2": [(0, 1), (60, 3)]})
    assert (second.device, series(second)) == ("b", {"/co2": [(0, 2)]})
    assert [part.reason for part in second.rejected] == [Reason.TIME_INVALID]


def test_parallel_lists_go_together() -> None:
    fields = {"time": {"path": "$.t[*]", "format": "s"}, "values": [{"path": "$.v[*]", "quantity": "co2"}]}
    assert series(decode({"t": [AT_S, AT_S + 1], "v": [5, 6]}, **fields)) == {"/co2": [(0, 5), (1, 6)]}
    odd = decode({"t": [AT_S, AT_S + 1], "v": [5, 6, 7]}, **fields)
    assert [(part.reason, part.n_values) for part in odd.rejected] == [(Reason.WRONG_SHAPE, 3)]


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("home/hall/temp", "21.5", {"/temperature": 21.5}),
        ("home/hall/co2", "612", {"/co2": 612}),
        ("home/hall/power_kW", "1.5", {"/active_power": 1500}),
        ("home/hall/colour", "3", {}),
    ],
)
def test_the_topic_may_name_the_quantity(topic: str, payload: str, expected: dict[str, float]) -> None:
    rule = Rule("home", "home/{device}/{what}", [ValueRule("$", "{what}")])
    (uplink,) = json_mapping(rule).decode(topic, payload.encode(), ARRIVAL_US)
    assert {key: value[0][1] for key, value in series(uplink).items()} == expected
    assert [part.reason for part in uplink.rejected] == ([] if expected else [Reason.UNKNOWN_QUANTITY])


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["temperature_humidity", "occupancy"])
def test_a_rule_reads_what_a_format_reads(name: str) -> None:
    payload = (shared_data("payloads/zigbee2mqtt") / f"{name}.json").read_bytes()
    values = [
        ValueRule("$.temperature", "temperature"),
        ValueRule("$.humidity", "relative_humidity"),
        ValueRule("$.occupancy", "presence"),
    ]
    (uplink,) = json_mapping(Rule("bridge", "zigbee2mqtt/{device}", values)).decode(
        "zigbee2mqtt/hall", payload, ARRIVAL_US
    )
    document = json.loads(payload)
    assert sorted(column.values[0] for column in uplink.columns) == sorted(float(value) for value in document.values())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": "A name"}, "name"),
        ({"values": []}, "values"),
        ({"values": [{"path": "co2", "quantity": "co2"}]}, "path"),
        ({"values": [{"path": "$.a[?(@.b)]", "quantity": "co2"}]}, "path"),
        ({"values": [{"path": "$.a", "quantity": "co3"}]}, "quantity"),
        ({"values": [{"path": "$.a", "quantity": "$.b"}]}, "quantity"),
        ({"values": [{"path": "$.a", "quantity": "co2", "unit": "W"}]}, "unit"),
        ({"values": [{"path": "$.a", "quantity": "lid", "codes": {"1": "ajar"}}]}, "codes"),
        ({"device": "{where}"}, "device"),
        ({"device": "$."}, "device"),
        ({"topic": "plant/{device}/{device}"}, "topic"),
        ({"topic": "plant/#/{device}"}, "topic"),
        ({"time": {"path": "$.t", "zone": "Europe/Dijon"}}, "zone"),
        ({"time": {"path": "$.t", "format": "minutes"}}, "minutes"),
        ({"each": "data"}, "each"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_rule_that_cannot_be_used_says_why(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        a_rule(**fields)


def test_broken_json_is_no_rule() -> None:
    with pytest.raises(RuleError):
        read_rule(b"{")


@pytest.mark.parametrize(
    ("document", "topic", "fields", "expected"),
    [
        ({"co2": 5}, "plant/north/up", {}, Reason.UNKNOWN_TOPIC),
        ({"other": 5}, TOPIC, {}, Reason.NO_VALUE),
        ([], TOPIC, {}, Reason.NO_VALUE),
        ({"co2": 5}, TOPIC, {"device": "$.id"}, Reason.WRONG_SHAPE),
        ({"co2": 5, "id": True}, TOPIC, {"device": "$.id"}, Reason.WRONG_SHAPE),
        ({"co2": 5, "m": "a b"}, TOPIC, {"message_id": "$.m"}, Reason.WRONG_SHAPE),
        ({"co2": 5}, "plant/North/a/up", {"territory": "{site}"}, Reason.UNKNOWN_TERRITORY),
    ],
)
def test_a_message_that_the_rule_cannot_read_is_refused(
    document: Any, topic: str, fields: dict[str, Any], expected: Reason
) -> None:
    assert reason(document, topic, **fields) is expected


def test_a_value_that_cannot_be_costs_itself_only() -> None:
    values = [CO2, {"path": "$.t", "quantity": "temperature", "factor": 2}]
    for odd in ("21", True, [1], {"a": 1}, 10**400, 1e308):
        uplink = decode({"co2": 500, "t": odd}, values=values)
        assert series(uplink).keys() == {"/co2"}
        assert len(uplink.rejected) == 1


@pytest.mark.parametrize(
    ("pattern", "topic_filter", "matching", "other"),
    [
        ("a/{device}/up", "a/+/up", "a/b/up", "a/b/c/up"),
        ("a/dev-{device}.{n}/+", "a/+/+", "a/dev-1.2/x", "a/dev-1/x"),
        ("a/{device}/#", "a/+/#", "a/b/c/d", "b/b/c"),
    ],
)
def test_a_pattern_is_a_filter_and_a_match(pattern: str, topic_filter: str, matching: str, other: str) -> None:
    found = TopicPattern(pattern)
    assert found.topic_filter == topic_filter
    assert found.read(matching) is not None
    assert found.read(other) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$", [{"a": [1, {"b c": 2}], "d-e": None}]),
        ("$.a[0]", [1]),
        ("$.a[-1]['b c']", [2]),
        ('$.a[1]["b c"]', [2]),
        ("$.a[*]", [1, {"b c": 2}]),
        ("$.d-e", [None]),
        ("$.a[2]", []),
        ("$.a.b", []),
        ("$.x[*].y", []),
    ],
)
def test_paths_lead_where_they_say(path: str, expected: list[object]) -> None:
    assert find_all({"a": [1, {"b c": 2}], "d-e": None}, read_path(path).steps) == expected


def test_version_changes_with_the_rule() -> None:
    first, again, other = (json_mapping(a_rule(**fields)) for fields in ({}, {}, {"device": "{site}"}))
    assert first.version == again.version != other.version
    assert first.version.startswith(f"{first.name}/")


WIDE = Rule(
    "wide",
    "plant/{site}/{device}/up",
    [
        ValueRule("@.v[*]", "co2", factor=2),
        ValueRule("@.s", "occupancy", codes={"1": "free"}),
        ValueRule("$.c", "{site}"),
    ],
    device="@.id",
    each="$.data[*]",
    time=None,
    message_id="$.m",
)
GOOD = {"m": "m-1", "data": [{"id": "a", "v": [1], "s": 1}, {"id": "b", "v": [2, 3]}], "c": 3}
RECORDS = st.fixed_dictionaries({}, optional={"id": JSON_VALUES, "v": st.lists(JSON_VALUES), "s": JSON_VALUES})


@given(payload=mutated(json.dumps(GOOD).encode()) | st.lists(RECORDS).map(lambda d: json.dumps({"data": d}).encode()))
def test_odd_messages_never_do_harm(payload: bytes) -> None:
    decode_whatever(json_mapping(WIDE), TOPIC, payload)


@pytest.mark.parametrize("depth", range(850, 1010, 10))
def test_deep_values_never_do_harm(depth: int) -> None:
    rule = a_rule(values=[CO2, {"path": "$.lid", "quantity": "lid", "codes": {"1": "open"}}], time={"path": "$.t"})
    deep = "[" * depth + "]" * depth
    for name in ("co2", "lid", "t"):
        payload = '{"co2": 1, "' + name + '": ' + deep + "}"
        decode_whatever(json_mapping(rule), TOPIC, payload.encode())


@given(payload=st.binary(max_size=60), topic=st.text(max_size=20))
def test_random_bytes_never_do_harm(payload: bytes, topic: str) -> None:
    decode_whatever(json_mapping(WIDE), topic, payload)
    decode_whatever(json_mapping(WIDE), TOPIC, payload)
