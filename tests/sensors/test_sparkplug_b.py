"""Sparkplug B: the vectors, and one test for each rule that a host must keep, by the specification's assertion ids."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.formats.sparkplug_b import STATEFUL_FORMAT, SparkplugFormat
from sensors.rejection import DecodeError, Reason
from sensors.sparkplug_host import ASK_EVERY_US, Naming
from sensors.stateful import Decoded, Liveness
from tests.support.shared import shared_data
from tests.support.sparkplug import (
    BOOLEAN,
    INT8,
    INT16,
    INT32,
    INT64,
    NOW_MS,
    NOW_US,
    PAYLOAD,
    STRING,
    UINT8,
    UINT16,
    UINT64,
    Host,
    a_birth,
    a_payload,
    a_value,
    bd_seq,
    values_of,
)

NODE, DEVICE = "spBv1.0/City/{}/GW1", "spBv1.0/City/{}/GW1/lamp-1"
SEQUENCES = 256


def topic(kind: str) -> str:
    """Give the topic of a kind of message of the one node or device."""
    return (NODE if kind[0] == "N" else DEVICE).format(kind)


def a_host(*, is_born: bool = True) -> Host:
    """Give a host that heard the node's birth (bdSeq 4, seq 0) and the device's (seq 1), or nothing yet."""
    host = Host(STATEFUL_FORMAT)
    if is_born:
        host.hear(topic("NBIRTH"), a_payload(0, bd_seq(4), a_birth(1, "battery_voltage", 12.0)))
        host.hear(topic("DBIRTH"), a_payload(1, a_birth(2, "active_power", 40.0), a_birth(3, "supply/voltage", 230.0)))
    return host


def reasons(decoded: Decoded) -> list[Reason]:
    """Give why parts were refused."""
    return [part.reason for uplink in decoded.uplinks for part in uplink.rejected]


# --- vectors


@pytest.fixture
def vectors() -> dict[str, tuple[str, bytes]]:
    """Give topic and payload of each vector."""
    encoded = json.loads((shared_data("payloads") / "sparkplug-b" / "encoded.json").read_text())
    return {name: (entry["topic"], bytes.fromhex(entry["hex"])) for name, entry in encoded.items()}


@pytest.mark.shared_data
def test_the_examples_of_the_specification_are_read(vectors: dict[str, tuple[str, bytes]]) -> None:
    host = Host(STATEFUL_FORMAT)
    said = {name: host.hear(*vectors[name]) for name in ("NBIRTH", "DBIRTH", "NDATA", "NCMD", "DCMD")}
    assert values_of(said["NBIRTH"]) == {"Raspberry_Pi voltage": [pytest.approx(12.1)]}
    assert values_of(said["NDATA"]) == {"Raspberry_Pi voltage": [pytest.approx(12.3)]}
    assert said["NCMD"] == said["DCMD"] == Decoded()
    assert [part.quantity for uplink in said["DBIRTH"].uplinks for part in uplink.rejected][:2] == [
        "Inputs/A",
        "Inputs/B",
    ]
    assert set(reasons(said["DBIRTH"])) == {Reason.UNKNOWN_QUANTITY}
    assert said["DBIRTH"].uplinks[0].gateway == "Raspberry_Pi"
    # The examples do not follow one another: this DDATA has seq 0 after 2, so that births have to be asked for
    assert host.hear(*vectors["DDATA"]).requests != ()
    assert host.hear(*vectors["DDEATH"]).liveness == (Liveness("Pibrella", "offline", NOW_US),)
    assert host.hear(*vectors["NDEATH"]).liveness == (Liveness("Raspberry_Pi", "offline", NOW_US),)


@pytest.mark.shared_data
def test_the_alias_pair_gives_a_live_and_a_historical_value(vectors: dict[str, tuple[str, bytes]]) -> None:
    host = Host(STATEFUL_FORMAT)
    born = host.hear(*vectors["alias_DBIRTH"])
    assert values_of(born) == {"lamp-0001 lamp/active_power": [61.5], "lamp-0001 lamp/lamp_failure": [0.0]}
    (uplink,) = host.hear(*vectors["alias_DDATA"]).uplinks
    (column,) = uplink.columns
    assert list(zip(column.times_us, column.values, strict=True)) == [
        (1_700_000_060_000_000, 60.25),
        (1_699_996_400_000_000, 59.0),
    ]
    assert (uplink.device, uplink.gateway, uplink.clock) == ("lamp-0001", "GW1", "device")


# --- births, names and aliases


def test_values_by_alias_are_those_of_the_birth_tck_payloads_alias_birth_requirement() -> None:
    host = a_host()
    assert values_of(host.hear(topic("DDATA"), a_payload(2, a_value(2, 41.5), a_value(3, 231.0)))) == {
        "lamp-1 active_power": [41.5],
        "lamp-1 supply/voltage": [231.0],
    }
    assert values_of(host.hear(topic("NDATA"), a_payload(3, a_value(1, 11.9)))) == {"GW1 battery_voltage": [11.9]}


def test_an_alias_of_two_names_refuses_the_birth_tck_payloads_alias_uniqueness() -> None:
    host = a_host()
    with pytest.raises(DecodeError) as caught:
        host.hear(topic("DBIRTH"), a_payload(2, a_birth(2, "active_power", 40.0), a_birth(2, "voltage", 230.0)))
    assert caught.value.reason is Reason.WRONG_SHAPE


def test_an_unknown_alias_is_refused_and_births_are_asked_for() -> None:
    decoded = a_host().hear(topic("DDATA"), a_payload(2, a_value(2, 41.5), a_value(77, 1.0)))
    assert values_of(decoded) == {"lamp-1 active_power": [41.5]}
    assert reasons(decoded) == [Reason.UNKNOWN_QUANTITY]
    assert [request.topic for request in decoded.requests] == ["spBv1.0/City/NCMD/GW1"]


def test_a_name_that_was_not_born_is_taken_and_births_are_asked_for() -> None:
    metric = {"name": "temperature", "timestamp": NOW_MS, "double_value": 21.5}
    decoded = a_host().hear(topic("DDATA"), a_payload(2, metric))
    assert values_of(decoded) == {"lamp-1 temperature": [21.5]}
    assert len(decoded.requests) == 1


def test_a_name_that_contradicts_its_alias_is_refused() -> None:
    metric = {"name": "voltage", "alias": 2, "timestamp": NOW_MS, "double_value": 21.5}
    decoded = a_host().hear(topic("DDATA"), a_payload(2, metric))
    assert (values_of(decoded), reasons(decoded)) == ({}, [Reason.UNKNOWN_QUANTITY])


def test_properties_and_commands_of_a_node_are_no_measurements() -> None:
    metrics = [
        {"name": "Properties/OS", "datatype": STRING, "string_value": "x"},
        {"name": "Node Control/Rebirth", "datatype": BOOLEAN, "boolean_value": False},
    ]
    assert a_host(is_born=False).hear(topic("NBIRTH"), a_payload(0, bd_seq(0), *metrics)).uplinks == ()


def test_the_unit_among_the_properties_counts() -> None:
    properties = {"keys": ["engUnit"], "values": [{"type": STRING, "string_value": "kW"}]}
    host = a_host()
    host.hear(topic("DBIRTH"), a_payload(2, a_birth(2, "active_power", 0.04) | {"properties": properties}))
    assert values_of(host.hear(topic("DDATA"), a_payload(3, a_value(2, 0.05)))) == {"lamp-1 active_power": [50.0]}


def test_folders_are_the_channel_and_the_last_part_is_the_quantity_however_it_is_spelt() -> None:
    host = a_host()
    names = ("Floor 1/AHU/Air Temperature", "co2", "Luck")
    decoded = host.hear(topic("DBIRTH"), a_payload(2, *[a_birth(n, name, 20.0) for n, name in enumerate(names)]))
    assert values_of(decoded) == {"lamp-1 Floor_1.AHU/air_temperature": [20.0], "lamp-1 co2": [20.0]}
    assert [part.quantity for uplink in decoded.uplinks for part in uplink.rejected] == ["Luck"]


# --- values


INTEGERS: dict[str, tuple[dict[str, Any], float | Reason]] = {
    "Int8, sign in 8 bits": ({"datatype": INT8, "int_value": 0xF6}, -10.0),
    "Int8, sign in 32 bits": ({"datatype": INT8, "int_value": 0xFFFFFFF6}, -10.0),
    "Int16": ({"datatype": INT16, "int_value": 0xFFF6}, -10.0),
    "Int32": ({"datatype": INT32, "int_value": 0xFFFFFFF6}, -10.0),
    "Int32, sign in 64 bits": ({"datatype": INT32, "long_value": 2**64 - 10}, -10.0),
    "Int64": ({"datatype": INT64, "long_value": 2**64 - 10}, -10.0),
    "Int8 of 300": ({"datatype": INT8, "int_value": 300}, Reason.OUT_OF_RANGE),
    "UInt8": ({"datatype": UINT8, "int_value": 100}, 100.0),
    "UInt8 of 256": ({"datatype": UINT8, "int_value": 256}, Reason.OUT_OF_RANGE),
    "UInt16": ({"datatype": UINT16, "int_value": 120}, 120.0),
    "UInt64": ({"datatype": UINT64, "long_value": 120}, 120.0),
    "without type": ({"int_value": 10}, Reason.WRONG_SHAPE),
}


@pytest.mark.parametrize(("fields", "expected"), INTEGERS.values(), ids=INTEGERS.keys())
def test_whole_numbers_are_twos_complement_of_their_type(fields: dict[str, Any], expected: float | Reason) -> None:
    metric = {"name": "temperature", "timestamp": NOW_MS, **fields}
    decoded = a_host().hear(topic("DDATA"), a_payload(2, metric))
    if isinstance(expected, Reason):
        assert (values_of(decoded), reasons(decoded)) == ({}, [expected])
    else:
        assert values_of(decoded) == {"lamp-1 temperature": [expected]}


OTHER_VALUES: dict[str, tuple[dict[str, Any], list[Reason]]] = {
    "DataSet": ({"datatype": 16, "dataset_value": b"\x08\x01"}, [Reason.WRONG_SHAPE]),
    "Template": ({"datatype": 19, "template_value": b""}, [Reason.WRONG_SHAPE]),
    "Bytes": ({"datatype": 17, "bytes_value": b"1"}, [Reason.WRONG_SHAPE]),
    "DateTime": ({"datatype": 13, "long_value": NOW_MS}, [Reason.WRONG_SHAPE]),
    "array of doubles": ({"datatype": 31, "bytes_value": b"12345678"}, [Reason.WRONG_SHAPE]),
    "text": ({"datatype": STRING, "string_value": "21.5"}, [Reason.NOT_A_NUMBER]),
    "truth for a number": ({"datatype": BOOLEAN, "boolean_value": True}, [Reason.NOT_A_NUMBER]),
    "another type than born": ({"datatype": 10, "boolean_value": True}, [Reason.WRONG_SHAPE]),
    "NaN": ({"datatype": 10, "double_value": float("nan")}, [Reason.NOT_FINITE]),
    "null": ({"datatype": 10, "is_null": True}, []),
    "transient": ({"datatype": 10, "is_transient": True, "double_value": 21.5}, []),
    "bad quality": (
        {"double_value": 21.5, "properties": {"keys": ["Quality"], "values": [{"type": 3, "int_value": 0}]}},
        [Reason.NO_VALUE],
    ),
    "historical without a time": (
        {"double_value": 21.5, "is_historical": True, "timestamp": None},
        [Reason.TIME_INVALID],
    ),
}


@pytest.mark.parametrize(("fields", "expected"), OTHER_VALUES.values(), ids=OTHER_VALUES.keys())
def test_what_is_no_measurement_has_its_reason_and_costs_itself_only(
    fields: dict[str, Any], expected: list[Reason]
) -> None:
    metric = {"name": "temperature", "timestamp": NOW_MS} | fields
    decoded = a_host().hear(topic("DDATA"), a_payload(2, metric, a_value(2, 41.5)))
    assert (values_of(decoded), reasons(decoded)) == ({"lamp-1 active_power": [41.5]}, expected)


def test_good_quality_is_taken_and_a_state_by_its_name() -> None:
    quality = {"keys": ["Quality"], "values": [{"type": 3, "int_value": 192}]}
    metrics = [
        {"name": "temperature", "timestamp": NOW_MS, "double_value": 21.5, "properties": quality},
        {"name": "occupancy", "timestamp": NOW_MS, "datatype": STRING, "string_value": "occupied"},
    ]
    decoded = a_host().hear(topic("DDATA"), a_payload(2, *metrics))
    assert values_of(decoded) == {"lamp-1 temperature": [21.5], "lamp-1 occupancy": [1.0]}


def test_without_metric_times_the_payloads_time_counts_and_without_that_the_arrival() -> None:
    host = a_host()
    (timed,) = host.hear(topic("DDATA"), a_payload(2, {"alias": 2, "double_value": 41.0}, at_ms=NOW_MS - 5)).uplinks
    (untimed,) = host.hear(topic("DDATA"), a_payload(3, {"alias": 2, "double_value": 42.0}, at_ms=None)).uplinks
    assert (timed.clock, list(timed.columns[0].times_us)) == ("device", [NOW_US - 5000])
    assert (untimed.clock, list(untimed.columns[0].times_us)) == ("arrival", [NOW_US])
    assert untimed.message_id == "City_GW1:4:3:"


def test_historical_values_are_stored_and_state_nothing_about_now() -> None:
    historical = a_value(2, 39.0, NOW_MS - 3_600_000) | {"is_historical": True}
    decoded = a_host().hear(topic("DDATA"), a_payload(2, historical))
    assert list(decoded.uplinks[0].columns[0].times_us) == [NOW_US - 3_600_000_000]
    assert decoded.liveness == ()


# --- sequence


def test_the_sequence_wraps_after_255_tck_payloads_sequence_num_incrementing() -> None:
    host = a_host()
    for count in range(2, 2 * SEQUENCES + 10):
        decoded = host.hear(topic("DDATA"), a_payload(count % SEQUENCES, a_value(2, count)))
        assert (values_of(decoded), decoded.requests) == ({"lamp-1 active_power": [count]}, ())


def test_the_sequence_runs_over_node_and_devices() -> None:
    host = a_host()
    said = [
        host.hear(topic("NDATA"), a_payload(2, a_value(1, 12.0))),
        host.hear(topic("DDATA"), a_payload(3, a_value(2, 1.0))),
        host.hear(topic("DBIRTH").replace("lamp-1", "lamp-2"), a_payload(4, a_birth(9, "active_power", 1.0))),
        host.hear(topic("DDEATH").replace("lamp-1", "lamp-2"), a_payload(5)),
        host.hear(topic("DDATA"), a_payload(6, a_value(2, 1.0))),
    ]
    assert [decoded.requests for decoded in said] == [()] * 5


def test_after_a_gap_aliases_are_refused_and_births_asked_for_tck_operational_behavior_host_reordering_rebirth() -> (
    None
):
    host = a_host()
    decoded = host.hear(topic("DDATA"), a_payload(3, a_value(2, 41.5)))
    assert (values_of(decoded), reasons(decoded)) == ({}, [Reason.UNKNOWN_QUANTITY])
    (request,) = decoded.requests
    command = PAYLOAD.FromString(request.payload)
    assert request.topic == "spBv1.0/City/NCMD/GW1"
    assert [(m.name, m.datatype, m.boolean_value) for m in command.metrics] == [("Node Control/Rebirth", BOOLEAN, True)]
    assert command.timestamp == NOW_MS


def test_after_a_gap_a_devices_new_birth_makes_it_readable_and_the_nodes_all() -> None:
    host = a_host()
    host.hear(topic("NDATA"), a_payload(9, a_value(1, 12.0)))
    host.hear(topic("DBIRTH"), a_payload(10, a_birth(5, "active_power", 40.0)))
    assert values_of(host.hear(topic("DDATA"), a_payload(11, a_value(5, 41.0)))) == {"lamp-1 active_power": [41.0]}
    assert values_of(host.hear(topic("NDATA"), a_payload(12, a_value(1, 12.0)))) == {}
    host.hear(topic("NBIRTH"), a_payload(0, bd_seq(4), a_birth(1, "battery_voltage", 12.0)))
    assert values_of(host.hear(topic("NDATA"), a_payload(1, a_value(1, 12.0)))) == {"GW1 battery_voltage": [12.0]}
    assert values_of(host.hear(topic("DDATA"), a_payload(2, a_value(5, 41.0)))) == {}


def test_births_are_asked_for_again_only_after_a_while() -> None:
    host = a_host()
    asked = [
        len(host.hear(topic("DDATA"), a_payload(9, a_value(2, 1.0), at_ms=i), NOW_US + i * ASK_EVERY_US // 4).requests)
        for i in range(9)
    ]
    assert asked == [1, 0, 0, 0, 1, 0, 0, 0, 1]


def test_a_repeated_message_gives_the_same_and_disturbs_nothing() -> None:
    host = a_host()
    first, second = a_payload(2, a_value(2, 1.0)), a_payload(3, a_value(3, 2.0))
    once = host.hear(topic("DDATA"), first), host.hear(topic("DDATA"), second)
    again = host.hear(topic("DDATA"), first), host.hear(topic("DDATA"), second)
    assert [decoded.uplinks for decoded in again] == [decoded.uplinks for decoded in once]
    assert host.hear(topic("DDATA"), a_payload(4, a_value(2, 3.0))).requests == ()


def test_a_host_that_comes_late_asks_and_takes_what_explains_itself() -> None:
    metric = {"name": "temperature", "timestamp": NOW_MS, "datatype": INT16, "int_value": 21}
    decoded = a_host(is_born=False).hear(topic("DDATA"), a_payload(77, metric, a_value(2, 1.0)))
    assert values_of(decoded) == {"lamp-1 temperature": [21.0]}
    assert len(decoded.requests) == 1


def test_retained_messages_state_nothing_about_now() -> None:
    """Births are never retained by rule: of one that is, nobody knows what it was followed by."""
    host = a_host(is_born=False)
    born = host.hear(topic("NBIRTH"), a_payload(0, bd_seq(4), a_birth(1, "battery_voltage", 12.0)), is_retained=True)
    assert (born.liveness, host.records) == ((), {})
    assert values_of(host.hear(topic("NDATA"), a_payload(1, a_value(1, 12.0)))) == {}
    alive = a_host()
    before = dict(alive.records)
    alive.hear(topic("DDATA"), a_payload(50, a_value(2, 1.0)), is_retained=True)
    assert alive.records == before


# --- deaths


def test_a_death_ends_the_births_of_the_node_tck_ndeath_node_offline_and_tags_stale() -> None:
    host = a_host()
    decoded = host.hear(topic("NDEATH"), a_payload(None, bd_seq(4), at_ms=None))
    assert decoded.liveness == (
        Liveness("GW1", "offline", NOW_US),
        Liveness("lamp-1", "offline", NOW_US, "GW1"),
    )
    assert decoded.uplinks == ()
    assert values_of(host.hear(topic("DDATA"), a_payload(2, a_value(2, 41.5)))) == {}


def test_a_death_of_an_earlier_birth_counts_for_nothing_tck_payloads_ndeath_bdseq() -> None:
    host = a_host()
    assert host.hear(topic("NDEATH"), a_payload(None, bd_seq(3), at_ms=None)) == Decoded()
    assert values_of(host.hear(topic("DDATA"), a_payload(2, a_value(2, 41.5)))) == {"lamp-1 active_power": [41.5]}


def test_a_device_death_ends_that_device_only_tck_operational_behavior_device_ddeath() -> None:
    host = a_host()
    assert host.hear(topic("DDEATH"), a_payload(2)).liveness == (Liveness("lamp-1", "offline", NOW_US),)
    assert values_of(host.hear(topic("NDATA"), a_payload(3, a_value(1, 12.0)))) == {"GW1 battery_voltage": [12.0]}
    assert reasons(host.hear(topic("DDATA"), a_payload(4, a_value(2, 41.5)))) == [Reason.UNKNOWN_QUANTITY]


def test_a_new_birth_of_the_node_puts_devices_offline_until_they_are_born() -> None:
    host = a_host()
    node = host.hear(topic("NBIRTH"), a_payload(0, bd_seq(4), a_birth(1, "battery_voltage", 12.0)))
    device = host.hear(topic("DBIRTH"), a_payload(1, a_birth(2, "active_power", 40.0)))
    assert [(fact.device, fact.presence) for fact in node.liveness] == [("lamp-1", "offline"), ("GW1", "online")]
    assert [(fact.device, fact.presence) for fact in device.liveness] == [("lamp-1", "online")]


# --- names of devices, bad input


def test_devices_may_be_named_after_their_node_and_territories_after_the_group() -> None:
    host = Host(SparkplugFormat("sparkplug_town", Naming(is_device_unique=False, is_group_territory=True)))
    payload = a_payload(1, a_birth(2, "active_power", 40.0))
    (uplink,) = host.hear("spBv1.0/dole/DBIRTH/GW 1/lamp 1", payload).uplinks
    assert (uplink.device, uplink.territory, uplink.gateway) == ("GW_1:lamp_1", "dole", "GW_1")
    with pytest.raises(DecodeError) as caught:
        host.hear("spBv1.0/Dole Nord/DBIRTH/GW 1/lamp 1", payload)
    assert caught.value.reason is Reason.UNKNOWN_TERRITORY


WHOLE = {
    "another topic": ("spBv1.0/City/DDATA/GW1", b"", Reason.UNKNOWN_TOPIC),
    "a state of a host": ("spBv1.0/STATE/scada", b"{}", Reason.UNKNOWN_TOPIC),
    "cut short": (topic("DDATA"), a_payload(2, a_value(2, 1.0))[:-3], Reason.INVALID_BINARY),
    "a seq that is none": (topic("DDATA"), a_payload(256, a_value(2, 1.0)), Reason.WRONG_SHAPE),
    "two values in one metric": (
        topic("DDATA"),
        a_payload(2, a_value(2, 1.0) | {"int_value": 1}),
        Reason.WRONG_SHAPE,
    ),
    "a birth without names": (topic("DBIRTH"), a_payload(2, a_value(2, 1.0)), Reason.WRONG_SHAPE),
    "too large": (topic("DDATA"), b"\x0a" * 1_048_577, Reason.TOO_LARGE),
    "a device with too long a name": (
        topic("DDATA") + "x" * 200,
        a_payload(2, a_birth(2, "voltage", 1.0)),
        Reason.WRONG_SHAPE,
    ),
}


@pytest.mark.parametrize(("at", "payload", "reason"), WHOLE.values(), ids=WHOLE.keys())
def test_a_message_that_cannot_be_used_has_its_reason_and_is_not_counted(
    at: str, payload: bytes, reason: Reason
) -> None:
    host = a_host()
    before = dict(host.records)
    with pytest.raises(DecodeError) as caught:
        host.hear(at, payload)
    assert (caught.value.reason, host.records) == (reason, before)


GOOD = [
    (topic("NBIRTH"), a_payload(0, bd_seq(4), a_birth(1, "battery_voltage", 12.0))),
    (topic("DBIRTH"), a_payload(1, a_birth(2, "active_power", 40.0), a_birth(3, "supply/voltage", 230.0))),
    (topic("DDATA"), a_payload(2, a_value(2, 41.0), a_value(3, 231.0) | {"is_historical": True})),
    (topic("NDEATH"), a_payload(None, bd_seq(4))),
]


@settings(deadline=None)
@given(st.data())
def test_damaged_messages_raise_only_decode_error(data: st.DataObject) -> None:
    """Bytes flipped, cut out or doubled somewhere in a stream that is otherwise good."""
    host = Host(STATEFUL_FORMAT)
    for at, payload in GOOD * 2:
        start = data.draw(st.integers(0, len(payload)))
        end = start + data.draw(st.integers(0, 4))
        damaged = payload[:start] + data.draw(st.binary(max_size=6)) + payload[end:]
        details: list[str] = []
        try:
            decoded = host.hear(at, damaged)
            details += [part.detail for uplink in decoded.uplinks for part in uplink.rejected]
        except DecodeError as error:
            details.append(error.detail)
        assert all(detail.isprintable() for detail in details)
