"""The client's types are those of the API: a field that is added, taken away or changed there fails here."""

import types
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from api.app import create_app
from vigie_client import items, results
from vigie_client.items import Item

SCHEMAS: dict[str, Any] = create_app("postgresql://nobody@127.0.0.1:1/none").openapi()["components"]["schemas"]
KINDS = [
    kind
    for module in (items, results)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Item) and kind is not Item and kind.__module__ == module.__name__
]
WORDS = {str: "string", int: "integer", float: "number", bool: "boolean", types.NoneType: "null"}


def of_hint(hint: Any) -> frozenset[str]:
    """Say which JSON a type of Python holds."""
    if get_origin(hint) in (Union, types.UnionType):
        return frozenset().union(*map(of_hint, get_args(hint)))
    if get_origin(hint) is Literal:
        return frozenset(f"={word}" for word in get_args(hint))
    if get_origin(hint) is tuple:
        return frozenset(f"list of {word}" for word in of_hint(get_args(hint)[0]))
    if hint in WORDS:
        return frozenset({WORDS[hint]})
    if hint in (datetime, date):
        return frozenset({"date-time" if hint is datetime else "date"})
    return frozenset({hint.__name__ if isinstance(hint, type) and issubclass(hint, Item) else "object"})


def of_schema(schema: dict[str, Any]) -> frozenset[str]:
    """Say which JSON a schema allows."""
    if "$ref" in schema:
        return frozenset({schema["$ref"].rpartition("/")[2]})
    if "anyOf" in schema:
        return frozenset().union(*map(of_schema, schema["anyOf"]))
    if "const" in schema or "enum" in schema:
        return frozenset(f"={word}" for word in schema.get("enum", [schema.get("const")]))
    if schema["type"] == "array":
        return frozenset(f"list of {word}" for word in of_schema(schema["items"]))
    return frozenset({schema.get("format", schema["type"])})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_fields_are_those_of_the_api(kind: type[Item]) -> None:
    hints = get_type_hints(kind)
    here = {field.encode_name: of_hint(hints[field.name]) for field in msgspec.structs.fields(kind)}
    there = {name: of_schema(schema) for name, schema in SCHEMAS[kind.__name__]["properties"].items()}
    assert here == there


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_fields_of_a_newer_server_are_passed_over(kind: type[Item]) -> None:
    example = create_app("postgresql://nobody@127.0.0.1:1/none").openapi()
    made = make(kind, example)
    assert msgspec.convert({**made, "newer": 1}, kind, strict=False) == msgspec.convert(made, kind, strict=False)


def make(kind: type[Item], document: dict[str, Any]) -> dict[str, Any]:
    """Find the example of an item in the document's lists, else make it as they are made."""
    from api.examples import make as make_example

    found: dict[str, Any] = make_example(
        document["components"]["schemas"][kind.__name__], document["components"]["schemas"]
    )
    return found
