"""The OpenAPI document, with what holds for all routes and an example for each operation."""

from typing import Any

from api.conditional import describe_not_modified
from api.errors import describe_problem
from api.examples import add_examples


def describe(document: dict[str, Any]) -> dict[str, Any]:
    """Add to the document of FastAPI: 304, 406 and 413, and examples. Twice is once."""
    describe_not_modified(document)
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["responses"].setdefault("406", describe_problem(406))
            operation["responses"].setdefault("422", describe_problem(422))
            if "requestBody" in operation:
                operation["responses"].setdefault("413", describe_problem(413))
    add_examples(document)
    return document
