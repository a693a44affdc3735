"""The OpenAPI document shows how each operation is called and what it answers, with examples that are true to it."""

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from api.app import create_app
from api.examples import BODIES
from api.routes import routers
from api.screening import forms_of

DOCUMENT: dict[str, Any] = create_app("postgresql://nobody@127.0.0.1:1/none").openapi()
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
IDS = [f"{method} {path}" for method, path, _ in OPERATIONS]
ROUTE_BY_ID = {
    f"{method} {route.path_format}": route  # type: ignore[attr-defined]
    for router in routers()
    for route in router.routes
    if route.include_in_schema  # type: ignore[attr-defined]
    for method in route.methods  # type: ignore[attr-defined]
}


def contents(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the JSON that goes in and out."""
    for answer in (operation.get("requestBody", {}), *operation["responses"].values()):
        for media_type, content in answer.get("content", {}).items():
            if "json" in media_type:
                yield content


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_operation_has_examples_of_its_own_schema(method: str, path: str, operation: dict[str, Any]) -> None:
    for content in contents(operation):
        examples = [one["value"] for one in content.get("examples", {}).values()] or [content["example"]]
        for example in examples:
            check(example, content.get("schema", {}))
    for parameter in operation.get("parameters", []):
        check(parameter["example"], parameter["schema"])


def check(example: object, schema: dict[str, Any]) -> None:
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).validate(example)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_body_of_a_request_is_written_out(method: str, path: str, operation: dict[str, Any]) -> None:
    """An example made of a schema alone would fill in fields that exclude each other."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is not None:
        assert "examples" in content or BODIES[f"{method} {path}"] == content["example"]


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_what_is_json_is_not_described_as_text(method: str, path: str, operation: dict[str, Any]) -> None:
    """JSON Lines are text."""
    for answer in operation["responses"].values():
        for media_type, content in answer.get("content", {}).items():
            assert not media_type.endswith("json") or content.get("schema", {}).get("type") != "string"


def test_no_example_is_left_of_an_operation_that_is_gone() -> None:
    assert set(BODIES) <= set(IDS)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=IDS)
def test_forms_that_are_refused_are_those_that_are_not_documented(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    documented = {
        media_type.partition(";")[0]
        for status, answer in operation["responses"].items()
        if status.startswith("2")
        for media_type in answer.get("content", {})
    }
    assert set(forms_of(ROUTE_BY_ID[f"{method} {path}"])) == documented
