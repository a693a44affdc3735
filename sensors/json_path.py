"""A small part of JSONPath (RFC 9535): names, indexes and `[*]`, enough to point at values in a gateway's message.

`$.a.b[0]` counts from the document, `@.a` from one record of it; `['a name']` is a name with other characters.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[(-?\d{1,9})\]|\[(\*)\]|\['([^']*)'\]|\[\"([^\"]*)\"\]")
LONGEST = 300


class Path(NamedTuple):
    """`steps` are names, indexes, and None for every member of a list or object."""

    is_of_record: bool
    steps: tuple[str | int | None, ...]


def is_path(text: str) -> bool:
    """Say whether the text is meant as a path."""
    return text[:1] in ("$", "@")


@lru_cache(maxsize=4096)
def read_path(text: str) -> Path:
    """Give the path. Raises ValueError where it is not one of those above.

    >>> read_path("$.a['b c'][0][*]")
    Path(is_of_record=False, steps=('a', 'b c', 0, None))
    """
    if not is_path(text) or len(text) > LONGEST:
        raise ValueError(f"no path: {text[:LONGEST]!r}")
    steps: list[str | int | None] = []
    position = 1
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(f"no path from character {position}: {text!r}")
        name, index, every, *quoted = match.groups()
        steps.append(None if every else int(index) if index else name or next(q for q in quoted if q is not None))
        position = match.end()
    return Path(text[0] == "@", tuple(steps))


def find_all(value: object, steps: Sequence[str | int | None]) -> list[object]:
    """Give everything that the steps lead to, in the order of the document; nothing where a step leads nowhere."""
    found = [value]
    for step in steps:
        found = [inner for outer in found for inner in _follow(outer, step)]
    return found


def _follow(value: object, step: str | int | None) -> Sequence[object]:
    if step is None:
        return list(value.values()) if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    if isinstance(step, str):
        return (value[step],) if isinstance(value, Mapping) and step in value else ()
    is_there = isinstance(value, list) and -len(value) <= step < len(value)
    return (value[step],) if isinstance(value, list) and is_there else ()
