"""JSON Patch by RFC 6902: each operation, what it refuses, and that nothing of what it is given changes."""

from typing import Any

import pytest

from api.errors import ProblemError
from api.sensorthings.patching import MOST_STEPS, apply_patch

BEFORE: dict[str, Any] = {"name": "n", "properties": {"a/b": 1, "m~n": 2, "list": [1, 2, 3], "deep": {"x": None}}}


@pytest.mark.parametrize(
    ("step", "path", "after"),
    [
        ({"op": "replace", "path": "/name", "value": "m"}, ("name",), "m"),
        ({"op": "add", "path": "/properties/new", "value": [1]}, ("properties", "new"), [1]),
        ({"op": "add", "path": "/properties/deep", "value": 5}, ("properties", "deep"), 5),
        ({"op": "add", "path": "/properties/list/1", "value": 9}, ("properties", "list"), [1, 9, 2, 3]),
        ({"op": "add", "path": "/properties/list/3", "value": 9}, ("properties", "list"), [1, 2, 3, 9]),
        ({"op": "add", "path": "/properties/list/-", "value": 9}, ("properties", "list"), [1, 2, 3, 9]),
        ({"op": "remove", "path": "/properties/list/0"}, ("properties", "list"), [2, 3]),
        ({"op": "replace", "path": "/properties/list/2", "value": None}, ("properties", "list"), [1, 2, None]),
        ({"op": "replace", "path": "/properties/a~1b", "value": 7}, ("properties", "a/b"), 7),
        ({"op": "replace", "path": "/properties/m~0n", "value": 7}, ("properties", "m~n"), 7),
        ({"op": "copy", "from": "/name", "path": "/properties/list/0"}, ("properties", "list"), ["n", 1, 2, 3]),
        ({"op": "move", "from": "/name", "path": "/properties/deep"}, ("properties", "deep"), "n"),
        ({"op": "test", "path": "/properties/deep", "value": {"x": None}, "note": "ignored"}, ("name",), "n"),
    ],
)
def test_a_step_does_what_it_says(step: dict[str, Any], path: tuple[str, ...], after: Any) -> None:
    found: Any = apply_patch(BEFORE, [step])
    for part in path:
        found = found[part]
    assert found == after
    assert BEFORE["properties"]["list"] == [1, 2, 3]


def test_a_removed_and_a_moved_value_are_gone() -> None:
    assert "name" not in apply_patch(BEFORE, [{"op": "remove", "path": "/name"}])
    assert "name" not in apply_patch(BEFORE, [{"op": "move", "from": "/name", "path": "/properties/x"}])
    assert apply_patch(BEFORE, [{"op": "replace", "path": "", "value": {"a": 1}}]) == {"a": 1}


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([5], 400),
        ([{"op": "add", "path": "/name"}], 400),
        ([{"op": ["add"], "path": "/name", "value": 1}], 400),
        ([{"op": "invent", "path": "/name", "value": 1}], 400),
        ([{"op": "remove", "path": 5}], 400),
        ([{"op": "remove", "path": "name"}], 400),
        ([{"op": "remove", "path": "/none"}], 400),
        ([{"op": "replace", "path": "/properties/none", "value": 1}], 400),
        ([{"op": "remove", "path": "/name/0"}], 400),
        ([{"op": "add", "path": "/name/0", "value": 1}], 400),
        ([{"op": "add", "path": "/properties/list/4", "value": 1}], 400),
        ([{"op": "remove", "path": "/properties/list/00"}], 400),
        ([{"op": "remove", "path": "/properties/list/-"}], 400),
        ([{"op": "remove", "path": "/properties/list/-1"}], 400),
        ([{"op": "move", "from": "/properties", "path": "/properties/deep"}], 400),
        ([{"op": "remove", "path": ""}], 400),
        ([{"op": "replace", "path": "", "value": [1]}], 400),
        ([{"op": "test", "path": "/name", "value": "m"}], 409),
        ([{"op": "add", "path": "/one", "value": 1}, {"op": "test", "path": "/one", "value": True}], 409),
        ([{"op": "test", "path": "/name", "value": "n"}] * (MOST_STEPS + 1), 400),
        ([{"op": "copy", "from": "/properties/list", "path": "/properties/list/-"}] * 60, 400),
    ],
)
def test_what_cannot_be_done_is_refused(steps: list[Any], status: int) -> None:
    """The last one doubles the document with each step: it ends at the limit, not with the memory."""
    with pytest.raises(ProblemError) as refusal:
        apply_patch(BEFORE, steps)
    assert refusal.value.status == status
    assert len(refusal.value.detail) > 10
