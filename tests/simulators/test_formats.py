"""Foreign formats: read back by independent code, they say what was measured, by the rules of their specifications."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message as ProtoMessage

from simulators.format_mix import FormatError, choose_encoders
from simulators.gateway_sparkplug import SparkplugGateway
from simulators.grid import Column
from simulators.message import Message
from simulators.protobuf import varint
from simulators.stream import Stream, Telegram
from tests.support.towns import START, a_quiet_town, all_rows, generate_days

END = START + timedelta(days=1)


@pytest.fixture(scope="module")
def telegrams() -> list[Telegram]:
    """A day of a small town in the real mix of formats, live."""
    town = a_quiet_town(scale=0.2)
    return list(Stream(town, choose_encoders("real", town)).telegrams(START, START, END))


def measured(family: str) -> dict[tuple[str, str, int], float]:
    """Give what a family measured that day: (device, channel/quantity, second) to value."""
    town = a_quiet_town(scale=0.2)
    table = all_rows(generate_days(town, 1))[family]
    return {
        (
            town.devices[int(table.device[row])].external_id,
            "/".join(filter(None, (table.columns[position].channel, table.columns[position].quantity))),
            int(table.at_s[row]),
        ): float(table.values[row, position])
        for row, position in np.argwhere(~np.isnan(table.values)).tolist()
    }


def test_unknown_mix_is_refused() -> None:
    with pytest.raises(FormatError, match="native or real"):
        choose_encoders("xml", a_quiet_town(scale=0.2))


def uplinks(telegrams: list[Telegram]) -> list[tuple[str, dict[str, Any]]]:
    """Give ChirpStack's topics and events."""
    return [(t.topic, json.loads(t.payload)) for t in telegrams if t.topic.startswith("application/")]


def test_chirpstack_uplinks_hold_what_bays_measured(telegrams: list[Telegram]) -> None:
    found = {}
    for _, event in uplinks(telegrams):
        at_s = int(datetime.fromisoformat(event["time"][:19] + "+00:00").timestamp())
        device = event["deviceInfo"]["deviceName"]
        found |= {(device, name, at_s): value for name, value in event["object"].items()}
    expected = {key: value for key, value in measured("bay").items() if key[1] not in ("rssi", "snr")}
    assert expected.items() <= found.items()


def test_chirpstack_uplinks_are_shaped_as_the_server_does(telegrams: list[Telegram]) -> None:
    counters: dict[str, list[int]] = {}
    identities = set()
    for topic, event in uplinks(telegrams):
        eui = event["deviceInfo"]["devEui"]
        assert re.fullmatch(r"[0-9a-f]{16}", eui)
        assert topic == f"application/{event['deviceInfo']['applicationId']}/device/{eui}/event/up"
        assert event.get("fCnt") != 0  # a default value is left out
        assert len(b64decode(event["data"])) % 4 == 0
        assert -140 < event["rxInfo"][0]["rssi"] < 0
        assert all(isinstance(value, float) for value in event["object"].values())
        counters.setdefault(eui, []).append(event.get("fCnt", 0))
        identities.add(event["deduplicationId"])
    assert all(numbers == list(range(len(numbers))) for numbers in counters.values())
    assert len(identities) == len(uplinks(telegrams)) > 100


def read_senml(records: list[dict[str, Any]]) -> dict[tuple[str, str, int], float]:
    """Resolve a SenML pack by RFC 8428, section 4.6."""
    found, base_name, base_time = {}, "", 0
    for record in records:
        base_name, base_time = record.get("bn", base_name), record.get("bt", base_time)
        name = base_name + record["n"]
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9:./_-]*", name)
        device, _, quantity = name.partition(":")
        found[device, quantity, base_time + record.get("t", 0)] = float(record["v"])
    return found


@pytest.mark.parametrize("is_live", [True, False])
@pytest.mark.parametrize("family", ["pipe", "bridge_element"])
def test_senml_packs_hold_what_loggers_measured(family: str, is_live: bool) -> None:
    town = a_quiet_town(scale=0.2)
    stream = Stream(town, choose_encoders("real", town)).telegrams(START, START if is_live else END, END)
    found: dict[tuple[str, str, int], float] = {}
    for telegram in stream:
        if telegram.topic.startswith("senml/"):
            found |= read_senml(json.loads(telegram.payload))
    assert measured(family).items() <= found.items()


# --- Sparkplug B: the message classes of the specification, made here from its field numbers


def sparkplug_class() -> type[ProtoMessage]:
    """Make protobuf's own class of org.eclipse.tahu.protobuf.Payload, so that another encoder judges ours."""
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="payload.proto", package="town", syntax="proto2")
    inner, outer = file.message_type.add(name="Metric"), file.message_type.add(name="Payload")
    fields = [("name", 1, 9), ("alias", 2, 4), ("timestamp", 3, 4), ("datatype", 4, 13), ("is_historical", 5, 8)]
    fields += [("is_transient", 6, 8), ("is_null", 7, 8), ("int_value", 10, 13), ("long_value", 11, 4)]
    fields += [("float_value", 12, 2), ("double_value", 13, 1), ("boolean_value", 14, 8), ("string_value", 15, 9)]
    for name, number, kind in fields:
        inner.field.add(name=name, number=number, type=kind, label=kinds.LABEL_OPTIONAL)
    outer.field.add(name="timestamp", number=1, type=4, label=kinds.LABEL_OPTIONAL)
    outer.field.add(name="metrics", number=2, type=11, label=kinds.LABEL_REPEATED, type_name=".town.Metric")
    outer.field.add(name="seq", number=3, type=4, label=kinds.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("town.Payload"))


PAYLOAD = sparkplug_class()


def read_payload(content: bytes) -> Any:  # Any: the class is made at run time
    """Read a payload, refusing unknown fields."""
    payload: Any = PAYLOAD()
    payload.ParseFromString(content)
    assert payload.SerializeToString() == content
    return payload


def test_sparkplug_host_can_follow_births_and_data(telegrams: list[Telegram]) -> None:
    """Sequence numbers run without a gap, every alias was born, and the values are those measured."""
    found: dict[tuple[str, str, int], float] = {}
    sequence: dict[str, int] = {}
    names: dict[tuple[str, int], tuple[str, str]] = {}
    for telegram in telegrams:
        if not telegram.topic.startswith("spBv1.0/"):
            continue
        _, _, kind, node, *rest = telegram.topic.split("/")
        payload = read_payload(telegram.payload)
        assert payload.seq == (0 if kind == "NBIRTH" else (sequence[node] + 1) % 256)
        sequence[node] = payload.seq
        assert telegram.qos == 0
        assert telegram.message_id is None
        for metric in payload.metrics:
            if kind == "NBIRTH":
                assert metric.name in ("bdSeq", "Node Control/Rebirth")
                continue
            if metric.name:
                names[node, metric.alias] = (rest[0], metric.name)
            assert kind == "DBIRTH" or not metric.name
            device, name = names[node, metric.alias]
            assert device == rest[0]
            if not metric.is_null:
                found[device, name, metric.timestamp // 1000] = metric.double_value
    for family in ("zone", "air_unit", "electricity_meter"):
        assert measured(family).items() <= found.items()


def test_sparkplug_node_that_was_away_dies_and_is_born_under_the_next_number() -> None:
    town = a_quiet_town(scale=0.2)
    gateway = SparkplugGateway(town.slug, town.devices)
    device = next(i for i, d in enumerate(town.devices) if d.family == "zone")

    def say(at_s: int) -> list[str]:
        message = Message(device, at_s, (at_s,), [Column("", "temperature")], [(20.0,)])
        before = gateway.announce(message)
        gateway.encode(message)
        return [topic.split("/")[2] + str(births(content)) for topic, content in before]

    def births(content: bytes) -> list[int]:
        return [m.long_value for m in read_payload(content).metrics if m.name == "bdSeq"]

    assert say(1_700_000_000) == ["NBIRTH[0]", "DBIRTH[]"]
    assert say(1_700_000_900) == []
    assert say(1_700_100_000) == ["NDEATH[0]", "NBIRTH[1]", "DBIRTH[]"]
    topic, will = gateway.will("gw-batiment-1")
    assert topic == "spBv1.0/val-de-tille/NDEATH/gw-batiment-1"
    assert not read_payload(will).HasField("seq")


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**32, 2**63])
def test_varint_is_that_of_protobuf(value: int) -> None:
    payload: Any = PAYLOAD(timestamp=value)
    assert payload.SerializeToString() == b"\x08" + varint(value)
