"""Reads resource paths: `Things(1)/Datastreams(2)/Observations`, down to a property, its value, or references."""

import re
from dataclasses import dataclass

from api.sensorthings.refusal import absent, refused
from store.sensorthings.model import SETS, EntitySet, Id

LONGEST_PATH = 2_000
MOST_SEGMENTS = 12
_SEGMENT = re.compile(r"(?P<name>[A-Za-z]+)(?:\((?P<id>[^()]*|'(?:[^']|'')*')\))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Step:
    """A set or the one related entity; `id` names one of a set."""

    name: str
    entity_set: EntitySet
    is_many: bool
    id: Id | None = None

    @property
    def is_entity(self) -> bool:
        """Say whether it leads to one entity."""
        return not self.is_many or self.id is not None


@dataclass(frozen=True, slots=True)
class Resource:
    """Where a path leads. `within` is a property and what lies in it, behind an entity."""

    steps: tuple[Step, ...]
    within: tuple[str, ...] = ()
    is_value: bool = False
    is_reference: bool = False

    @property
    def last(self) -> Step:
        return self.steps[-1]


def read_path(path: str) -> Resource:
    """Read a path behind the service root.

    Raises
    ------
    ProblemError
        404 for what is no set, relation or property, 400 for what cannot be read.
    """
    segments = path.strip("/").split("/")
    if len(path) > LONGEST_PATH or len(segments) > MOST_SEGMENTS:
        raise refused(f"a path has at most {MOST_SEGMENTS} segments")
    is_reference, is_value = segments[-1] == "$ref", segments[-1] == "$value"
    if is_reference or is_value:
        segments = segments[:-1]
    steps: list[Step] = []
    while segments and (step := read_step(segments[0], steps)) is not None:
        steps.append(step)
        segments = segments[1:]
    if not steps:
        raise absent(f"no entity set {path[:60]!r}; there are {', '.join(SETS)}")
    check_property(steps[-1], segments, is_value)
    if is_reference and segments:
        raise refused("$ref stands behind a set or an entity")
    return Resource(tuple(steps), tuple(segments), is_value, is_reference)


def check_property(step: Step, segments: list[str], is_value: bool) -> None:
    """Refuse a property that there is not. Raises ProblemError."""
    if is_value and not segments:
        raise refused("$value stands behind a property")
    if not segments:
        return
    found = step.entity_set.properties.get(segments[0]) if step.is_entity else None
    if found is None and not (step.is_entity and segments == ["id"]):
        raise absent(f"{step.name} has no property or relation {segments[0][:60]!r}")
    if found is not None and len(segments) > 1 and found.kind not in {"json", "result"}:
        raise absent(f"{segments[0]} has nothing within it")


def read_step(segment: str, before: list[Step]) -> Step | None:
    """Read one segment; None where it names no set that may stand here. Raises ProblemError."""
    match = _SEGMENT.fullmatch(segment)
    if match is None or (before and not before[-1].is_entity):
        return None
    name, id_text = match["name"], match["id"]
    if not before:
        return Step(name, SETS[name], True, read_id(id_text)) if name in SETS else None
    relation = before[-1].entity_set.relations.get(name)
    if relation is None or (id_text is not None and not relation.is_many):
        return None
    return Step(name, SETS[relation.target], relation.is_many, read_id(id_text))


def read_id(text: str | None) -> Id | None:
    """Read what stands in the parentheses. Raises ProblemError."""
    if text is None:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 40:
        return int(text)
    if len(text) > 2 and text[0] == text[-1] == "'" and "\x00" not in text:
        return text[1:-1].replace("''", "'")
    raise refused(f"({text[:40]}) is no id: a number, or a word in quotes")
