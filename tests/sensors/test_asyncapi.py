"""The AsyncAPI file: sound in itself, and of one mind with the decoder about what is a message."""

import json
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from sensors.formats.native import FORMAT
from sensors.measurement import Uplink
from sensors.receipt import Receipt, ReceiptRejection, encode_receipts
from sensors.rejection import DecodeError, Reason
from sensors.topic import UPLINK_FILTER

DOCUMENT: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "docs" / "reference" / "asyncapi.yaml").read_text(encoding="utf-8")
)
NOON_US = 1_772_366_400_000_000


def validator(schema: str) -> Draft7Validator:
    """Give the validator of one named schema, with the whole document at hand for its references."""
    return Draft7Validator({"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]})


def references(node: object) -> Iterator[str]:
    """Walk all `$ref` of the document."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def resolve(reference: str) -> Any:
    """Follow a local reference. Raises KeyError where it leads nowhere."""
    assert reference.startswith("#/")
    return reduce(lambda node, part: node[part], reference[2:].split("/"), DOCUMENT)


def decode(document: object) -> tuple[Uplink, ...]:
    """Decode the message as it would come from a lamp."""
    return FORMAT.decode("vigie/dole/lamp-1/up", json.dumps(document).encode(), NOON_US)


def test_document_is_asyncapi_3_and_all_references_lead_somewhere() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    assert all(resolve(reference) for reference in references(DOCUMENT))
    for operation in DOCUMENT["operations"].values():
        assert operation["action"] in {"send", "receive"}
        channel = resolve(operation["channel"]["$ref"])
        listed = [message["$ref"] for message in operation["messages"]]
        assert all(reference.startswith(operation["channel"]["$ref"] + "/messages/") for reference in listed)
        assert set(channel["parameters"]) == {part[1:-1] for part in channel["address"].split("/") if "{" in part}


def test_schemas_are_json_schemas() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        Draft7Validator.check_schema(schema)
        assert schema.get("type") or schema.get("oneOf"), name


def test_channels_are_the_topics_of_the_code() -> None:
    address: str = DOCUMENT["channels"]["uplink"]["address"]
    assert address.replace("{territory}", "+").replace("{device}", "+") == UPLINK_FILTER


@pytest.mark.parametrize("message", ["measurements", "receipts"])
def test_examples_follow_their_schema(message: str) -> None:
    component = DOCUMENT["components"]["messages"][message]
    schema = component["payload"]["$ref"].rsplit("/", 1)[1]
    for example in component["examples"]:
        assert list(validator(schema).iter_errors(example["payload"])) == []
        if message == "measurements":
            (uplink,) = decode(example["payload"])
            assert uplink.rejected == ()


SOUND: list[dict[str, object]] = [
    {"values": {"co2": 612}},
    {"values": {"co2": 612.5, "l1/voltage": 230, "occupancy": "free", "lamp_on": False, "temperature": None}},
    {"values": {"co2": [1, None]}, "at": [1772366400, "2026-03-01T12:00:00Z"]},
    {"values": {"co2": 612}, "at": "2026-03-01T12:00:00.123+01:00"},
    {"values": {"co2": 612}, "at": 1772366400.5, "id": "a", "gateway": "gw:1", "units": {"co2": "[ppm]"}},
    {"values": {"co2": 612}, "at": None, "id": None, "gateway": None, "units": None, "simulated": True, "x": 1},
]
UNSOUND: list[object] = [
    {},
    [],
    21.3,
    {"values": {}},
    {"values": [612]},
    {"values": None},
    {"values": {"co2": 612}, "id": 17},
    {"values": {"co2": 612}, "id": ""},
    {"values": {"co2": 612}, "id": "with space"},
    {"values": {"co2": 612}, "id": "x" * 129},
    {"values": {"co2": 612}, "gateway": "a/b"},
    {"values": {"co2": 612}, "units": "ppm"},
    {"values": {"co2": 612}, "units": {"co2": 1}},
    {"values": {"co2": 612}, "simulated": "yes"},
]


@pytest.mark.parametrize("document", SOUND, ids=json.dumps)
def test_schema_and_decoder_take_the_same(document: dict[str, object]) -> None:
    assert list(validator("NativeMessage").iter_errors(document)) == []
    assert decode(document)


@pytest.mark.parametrize("document", UNSOUND, ids=json.dumps)
def test_schema_and_decoder_refuse_the_same(document: object) -> None:
    assert list(validator("NativeMessage").iter_errors(document)) != []
    with pytest.raises(DecodeError) as caught:
        decode(document)
    assert caught.value.reason in {Reason.WRONG_SHAPE, Reason.NO_VALUE}


@pytest.mark.parametrize(
    "document",
    [
        {"values": {"co2": 612}, "at": "2026-03-01T12:00:00"},
        {"values": {"co2": 612}, "at": "yesterday"},
        {"values": {"co2": 612}, "at": True},
        {"values": {"co2": {"value": 612}}},
        {"values": {"a/b/co2": 612}},
    ],
    ids=json.dumps,
)
def test_what_the_schema_refuses_in_part_is_refused_in_part(document: dict[str, object]) -> None:
    assert list(validator("NativeMessage").iter_errors(document)) != []
    (uplink,) = decode(document)
    assert uplink.columns == ()
    assert uplink.n_rejected == 1


def test_receipts_follow_their_schema() -> None:
    payload = encode_receipts((Receipt("a", 3, 1, (ReceiptRejection(Reason.NOT_FINITE, 2, "nan"),)), Receipt()))
    assert list(validator("ReceiptDocument").iter_errors(json.loads(payload))) == []
    assert DOCUMENT["components"]["schemas"]["Reason"]["enum"] == [reason.value for reason in Reason]
