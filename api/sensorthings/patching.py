"""Applies a JSON Patch (RFC 6902) to the properties of an entity."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import msgspec

from api.errors import ProblemError
from api.sensorthings.refusal import refused

MOST_STEPS = 200
MOST_BYTES = 2_000_000  # of what comes out: copies of copies grow without end
NEEDS = {
    "add": {"value"},
    "remove": set(),
    "replace": {"value"},
    "move": {"from"},
    "copy": {"from"},
    "test": {"value"},
}


def apply_patch(document: dict[str, Any], steps: Sequence[Any]) -> dict[str, Any]:
    """Give a document as the steps make it, all or none.

    Raises
    ------
    ProblemError
        400 for a step that cannot be read or done, 409 for a `test` that fails.

    >>> apply_patch({"name": "Hall", "properties": {"floor": 1}}, [
    ...     {"op": "replace", "path": "/properties/floor", "value": 2}, {"op": "remove", "path": "/name"}])
    {'properties': {'floor': 2}}
    """
    if len(steps) > MOST_STEPS:
        raise refused(f"a JSON Patch has at most {MOST_STEPS} steps")
    holder: dict[str, Any] = {"": deepcopy(document)}  # the empty pointer names the document
    for index, step in enumerate(steps):
        take_step(holder, step, f"step {index} of the JSON Patch")
        if len(msgspec.json.encode(holder)) > MOST_BYTES:
            raise refused(f"what the JSON Patch makes is larger than {MOST_BYTES} bytes")
    found = holder.get("")
    if not isinstance(found, dict):
        raise refused("the JSON Patch leaves no entity")
    return found


def take_step(holder: dict[str, Any], step: Any, what: str) -> None:
    """Do one step. Raises ProblemError."""
    name = step.get("op") if isinstance(step, dict) else None
    if not isinstance(name, str) or name not in NEEDS or not {"path", *NEEDS[name]} <= step.keys():
        raise refused(f"{what}: an object with op ({', '.join(NEEDS)}), path, and value or from")
    path = read_pointer(step["path"], what)
    match name:
        case "test":
            if not is_same(find(holder, path, what), step["value"]):
                raise ProblemError(409, f"{what}: the value at {step['path'][:100]!r} is another; read it again")
        case "remove":
            remove(holder, path, what)
        case "replace":
            remove(holder, path, what)
            add(holder, path, deepcopy(step["value"]), what)
        case "add":
            add(holder, path, deepcopy(step["value"]), what)
        case _:
            carry(holder, path, read_pointer(step["from"], what), what, is_moved=name == "move")


def carry(holder: dict[str, Any], path: list[str], source: list[str], what: str, *, is_moved: bool) -> None:
    """Move or copy a value. Raises ProblemError."""
    if is_moved and path[: len(source)] == source and path != source:
        raise refused(f"{what}: nothing is moved into itself")
    value = remove(holder, source, what) if is_moved else deepcopy(find(holder, source, what))
    add(holder, path, value, what)


def read_pointer(text: Any, what: str) -> list[str]:
    """Read a JSON Pointer (RFC 6901); its first part is empty and names the document. Raises ProblemError."""
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise refused(f"{what}: a path is a text such as /properties/floor")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")]


def find(holder: Any, path: Sequence[str], what: str) -> Any:
    """Give the value at a path. Raises ProblemError."""
    for part in path:
        holder = holder[place_of(holder, part, what)]
    return holder


def remove(holder: Any, path: Sequence[str], what: str) -> Any:
    """Take the value at a path away and give it. Raises ProblemError."""
    parent = find(holder, path[:-1], what)
    place = place_of(parent, path[-1], what)
    return parent.pop(place)


def add(holder: Any, path: Sequence[str], value: Any, what: str) -> None:
    """Put a value at a path, in a list before what stands there. Raises ProblemError."""
    parent = find(holder, path[:-1], what)
    if isinstance(parent, dict):
        parent[path[-1]] = value
    elif isinstance(parent, list) and path[-1] in {"-", str(len(parent))}:
        parent.append(value)
    else:
        place = place_of(parent, path[-1], what)
        parent.insert(place, value)


def place_of(parent: Any, part: str, what: str) -> Any:
    """Give the key or index of what is there. Raises ProblemError."""
    if isinstance(parent, dict) and part in parent:
        return part
    if isinstance(parent, list) and part.isascii() and part.isdecimal() and len(part) < 10:
        is_plain = part == "0" or not part.startswith("0")
        if is_plain and int(part) < len(parent):
            return int(part)
    raise refused(f"{what}: there is nothing at {part[:60]!r}")


def is_same(left: Any, right: Any) -> bool:
    """Say whether two JSON values are equal: true is no number."""
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)
