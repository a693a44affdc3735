"""Says of entities whether a condition holds of them.

Patterns are tried by the database, whose regular expressions end: the answers are asked for before the entities are
looked at one by one.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from api.ngsi.condition import Both, Condition, Range, Sign, Term, read_time, terms
from api.ngsi.drafts import MEMBER, RESERVED, Instance
from api.ngsi.entity import Entity
from api.ngsi.instant import instant_text
from store.ngsi.pattern import find_matching
from store.reader import Connection

Matched = Mapping[str, frozenset[str]]
PATTERN_SIGNS = frozenset({"~=", "!~="})


async def keep(connection: Connection, condition: Condition, entities: list[Entity]) -> list[Entity]:
    """Give those entities of which a condition holds. Raises psycopg.DataError for a pattern that is none."""
    matched: dict[str, frozenset[str]] = {}
    for term in terms(condition):
        if term.sign in PATTERN_SIGNS:
            texts = {text for one in entities for text in values_of(one, term) if isinstance(text, str)}
            pattern = str(term.values[0])
            matched[pattern] = matched.get(pattern, frozenset()) | await find_matching(connection, pattern, texts)
    return [entity for entity in entities if holds(condition, entity, matched)]


def holds(condition: Condition, entity: Entity, matched: Matched) -> bool:
    """Say whether a condition holds of an entity."""
    if isinstance(condition, Both):
        found = (holds(part, entity, matched) for part in condition.parts)
        return any(found) if condition.is_any else all(found)
    values = list(values_of(entity, condition))
    if condition.sign == "has":
        return bool(values)
    if condition.sign in {"!=", "!~="}:
        opposite: Sign = "==" if condition.sign == "!=" else "~="
        return bool(values) and not any(fits(value, opposite, condition, matched) for value in values)
    return any(fits(value, condition.sign, condition, matched) for value in values)


def fits(value: Any, sign: Sign, term: Term, matched: Matched) -> bool:
    """Say whether one value is as a comparison says."""
    if sign == "~=":
        return isinstance(value, str) and value in matched[str(term.values[0])]
    return any(compare(value, sign, wanted) for wanted in term.values)


def compare(value: Any, sign: Sign, wanted: Any) -> bool:
    """Compare a value with one that stands in the condition; what is of another kind is never alike."""
    if isinstance(wanted, Range):
        return compare(value, ">=", wanted.low) and compare(value, "<=", wanted.high)
    pair = alike(value, wanted)
    if pair is None:
        return False
    left, right = pair
    if sign == "==":
        return bool(left == right)
    if left is None or isinstance(left, bool):
        return False
    return bool({">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[sign])


def alike(value: Any, wanted: Any) -> tuple[Any, Any] | None:
    """Give both sides as the same kind of thing, None where they are not."""
    match wanted:
        case None | bool():
            return (value, wanted) if value is wanted else None
        case int() | float():
            return (value, wanted) if isinstance(value, int | float) and not isinstance(value, bool) else None
        case datetime() | date() | time():
            found = read_time(value) if isinstance(value, str) else None
            return (found, wanted) if type(found) is type(wanted) else None
        case _:
            return (value, wanted) if isinstance(value, str) else None


def values_of(entity: Entity, term: Term) -> Iterator[Any]:
    """Give all values to which the path of a comparison leads."""
    first, *rest = term.names
    if not rest and first.endswith(("/createdAt", "/modifiedAt")):
        at = entity.created_at if first.endswith("createdAt") else entity.modified_at or entity.created_at
        yield instant_text(at)
    for instance in entity.attributes.get(first, []):
        yield from values_along(instance, rest, term.within)


def values_along(instance: Instance, names: list[str], within: tuple[str, ...]) -> Iterator[Any]:
    """Follow a path from an instance."""
    if not names:
        yield from values_within(plain(instance), within, is_text=instance["type"] == "LanguageProperty")
        return
    name, *rest = names
    inner = instance.get(name)
    if name in RESERVED:
        yield from values_within(inner, within, is_text=False) if inner is not None else ()
        return
    for one in inner if isinstance(inner, list) else [inner]:
        if isinstance(one, dict):
            yield from values_along(one, rest, within)


def plain(instance: Instance) -> Any:
    """Give the value of an instance; a time is a text."""
    value = instance.get(MEMBER[instance["type"]])
    return value["@value"] if isinstance(value, dict) and "@value" in value else value


def values_within(value: Any, path: tuple[str, ...], *, is_text: bool) -> Iterator[Any]:
    """Give what lies within a value, each item of a list; of texts by language `*` means all of them."""
    if path:
        for one in parts_of(value, path[0], any_part=is_text and path[0] == "*"):
            yield from values_within(one, path[1:], is_text=False)
    elif isinstance(value, list):
        yield from value
    elif is_text and isinstance(value, dict):
        for text in value.values():
            yield from text if isinstance(text, list) else (text,)
    else:
        yield value


def parts_of(value: Any, name: str, *, any_part: bool) -> Iterable[Any]:
    """Give what an object has under a name, or the objects of a list have."""
    if isinstance(value, list):
        return [one[name] for one in value if isinstance(one, dict) and name in one]
    if not isinstance(value, dict):
        return ()
    return list(value.values()) if any_part else [value[name]] if name in value else ()
