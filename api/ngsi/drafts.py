"""Reads entities and parts of them as clients write them, normalized, concise or mixed, into the form that is stored.

Stored is the normalized form: names of attributes and types as whole addresses, each attribute a list of its instances
(one for each datasetId), each instance with its type, its value, and attributes of its own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from api.ngsi.context import ABSOLUTE, Context
from api.ngsi.instant import read_instant
from api.ngsi.refusal import bad
from api.sensorthings.geometry import read_geojson

Instance = dict[str, Any]
Attributes = dict[str, list[Instance]]
MEMBER = {
    "Property": "value",
    "GeoProperty": "value",
    "Relationship": "object",
    "LanguageProperty": "languageMap",
    "VocabProperty": "vocab",
    "JsonProperty": "json",
    "ListProperty": "valueList",
    "ListRelationship": "objectList",
}
KIND = {member: kind for kind, member in MEMBER.items() if kind != "GeoProperty"}
GEOMETRIES = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})
SYSTEM = frozenset({"createdAt", "modifiedAt", "deletedAt", "instanceId"})
STATED = frozenset({"observedAt", "unitCode", "datasetId", "objectType", "valueType"})
RESERVED = frozenset({"type", "lang", *KIND}) | SYSTEM | STATED
NOT_ATTRIBUTES = frozenset({"id", "@id", "type", "@type", "@context", "scope", "createdAt", "modifiedAt", "deletedAt"})
NULL = "urn:ngsi-ld:null"
DEEPEST, MOST_ATTRIBUTES = 8, 1_000
_SCOPE = re.compile(r"/?[A-Za-z][\w-]*(/[A-Za-z][\w-]*)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a client wrote of an entity; `urn` and `types` may be missing in parts of one."""

    urn: str | None
    types: list[str]
    scopes: list[str] | None
    attributes: Attributes = field(default_factory=dict)


def read_entity(
    document: Any, context: Context, *, is_whole: bool = True, may_null: bool = False, is_past: bool = False
) -> Draft:
    """Read an entity, or with `is_whole` false a part of one; with `may_null` values may be taken away.

    With `is_past` an attribute may have many values, one after the other.

    Raises
    ------
    ProblemError
        400 that says which member is wrong and what is expected of it.
    """
    if not isinstance(document, dict):
        raise bad("an entity is a JSON object with id and type")
    urn = read_urn(document.get("id", document.get("@id")), is_needed=is_whole)
    types = read_types(document.get("type", document.get("@type")), context, is_needed=is_whole)
    names = [name for name in document if name not in NOT_ATTRIBUTES]
    if len(names) > MOST_ATTRIBUTES:
        raise bad(f"an entity has at most {MOST_ATTRIBUTES} attributes")
    attributes: Attributes = {}
    for name in names:
        iri = context.expand(name)
        if iri in attributes:
            raise bad(f"{name}: two names of one attribute")
        attributes[iri] = read_attribute(name, document[name], context, may_null=may_null, is_past=is_past)
    return Draft(urn, types, read_scopes(document["scope"]) if "scope" in document else None, attributes)


def read_urn(written: Any, *, is_needed: bool = True) -> str | None:
    """Read an id. Raises ProblemError."""
    if written is None and not is_needed:
        return None
    if not isinstance(written, str) or len(written) > 1_000 or not ABSOLUTE.fullmatch(written):
        raise bad(f"id is a URI such as urn:ngsi-ld:Building:town-hall, not {written!r:.80}")
    return written


def read_types(written: Any, context: Context, *, is_needed: bool) -> list[str]:
    """Read one or several types as whole addresses. Raises ProblemError."""
    if written is None and not is_needed:
        return []
    names = [written] if isinstance(written, str) else written
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise bad(f"type is a name or a list of names, not {written!r:.80}")
    return list(dict.fromkeys(context.expand(name) for name in names))


def read_scopes(written: Any) -> list[str]:
    """Read one or several scopes. Raises ProblemError."""
    scopes = [written] if isinstance(written, str) else written
    if not isinstance(scopes, list) or not all(isinstance(one, str) and _SCOPE.fullmatch(one) for one in scopes):
        raise bad(f"scope is a path such as /Bourgogne/Dijon or a list of them, not {written!r:.80}")
    return list(dict.fromkeys(one if one.startswith("/") else f"/{one}" for one in scopes))


def read_attribute(
    name: str, written: Any, context: Context, *, may_null: bool = False, is_past: bool = False, depth: int = 0
) -> list[Instance]:
    """Read the instances of an attribute; of the past there may be several of one datasetId. Raises ProblemError."""
    parts = written if is_many(written) else [written]
    if depth > DEEPEST:
        raise bad(f"{name}: attributes of attributes go at most {DEEPEST} deep")
    found = [read_instance(name, part, context, may_null=may_null, depth=depth) for part in parts]
    datasets = [one.get("datasetId") for one in found]
    if len(set(datasets)) < len(datasets) and not is_past:
        raise bad(f"{name}: several values have the same datasetId, or none")
    return found


def is_many(written: Any) -> bool:
    """Say whether a list holds instances, rather than being a value itself."""
    return (
        isinstance(written, list)
        and bool(written)
        and all(
            isinstance(one, dict) and (type_of(one) in MEMBER or not KIND.keys().isdisjoint(one)) for one in written
        )
    )


def read_instance(name: str, written: Any, context: Context, *, may_null: bool, depth: int) -> Instance:
    """Read one instance. Raises ProblemError."""
    if written is None:
        raise bad(f"{name}: null is no value; to take an attribute away write {NULL!r} in a patch")
    if not isinstance(written, dict) or type_of(written) in GEOMETRIES:
        is_shape = isinstance(written, dict)
        written = {"type": "GeoProperty" if is_shape else "Property", "value": written}
    kind = kind_of(name, written)
    member = MEMBER[kind]
    if member not in written:
        raise bad(f"{name}: a {kind} has the member {member}")
    found: Instance = {"type": kind, member: read_value(name, kind, written[member], context, may_null=may_null)}
    for key, value in written.items():
        if key in STATED:
            found[key] = read_stated(f"{name}.{key}", key, value)
        elif key not in RESERVED and key not in {"@context", "@type"}:
            found[context.expand(key)] = one_of(
                read_attribute(f"{name}.{key}", value, context, may_null=may_null, depth=depth + 1)
            )
    return found


def one_of(instances: list[Instance]) -> Instance | list[Instance]:
    """Give one instance bare, several as a list: how attributes of attributes are stored."""
    return instances[0] if len(instances) == 1 else instances


def type_of(written: Mapping[str, Any]) -> str:
    """Give the type that an object states, "" for none and for what is no text."""
    stated = written.get("type")
    return stated if isinstance(stated, str) else ""


def kind_of(name: str, written: Mapping[str, Any]) -> str:
    """Give the type of an attribute, stated or told by its member. Raises ProblemError."""
    stated = written.get("type")
    if stated is not None:
        if not isinstance(stated, str) or stated not in MEMBER:
            raise bad(f"{name}: the type {stated!r:.60} is none of {', '.join(MEMBER)}")
        return stated
    kind = next((KIND[key] for key in written if key in KIND), None)
    if kind is None:
        raise bad(f"{name}: an attribute has a type and a value, as {{'type': 'Property', 'value': 5}}")
    value = written.get("value")
    is_shape = kind == "Property" and isinstance(value, dict) and type_of(value) in GEOMETRIES
    return "GeoProperty" if is_shape and "coordinates" in value else kind  # type: ignore[operator]  # a shape is a dict


def read_value(name: str, kind: str, value: Any, context: Context, *, may_null: bool) -> Any:
    """Read the value of an attribute by its kind. Raises ProblemError."""
    if value is None or (is_null(value) and not may_null):
        raise bad(f"{name}: null is no value; {NULL!r} takes one away, which only a patch can")
    if is_null(value):
        return value
    match kind:
        case "GeoProperty":
            require_shape(name, value)
        case "Relationship" | "ListRelationship":
            return read_links(name, kind, value)
        case "LanguageProperty":
            require_language_map(name, value)
        case "VocabProperty":
            return read_words(name, value, context)
        case "ListProperty" if not isinstance(value, list):
            raise bad(f"{name}: valueList is a list")
    return value


def read_words(name: str, value: Any, context: Context) -> Any:
    """Read words of a vocabulary as whole addresses. Raises ProblemError."""
    words = value if isinstance(value, list) else [value]
    if not all(isinstance(word, str) for word in words):
        raise bad(f"{name}: vocab is a word or a list of words")
    expanded = [context.expand(word) for word in words]
    return expanded if isinstance(value, list) else expanded[0]


def is_null(value: Any) -> bool:
    """Say whether a value stands for being taken away."""
    return bool(value == NULL or (isinstance(value, dict) and value == {"@none": NULL}))


def read_links(name: str, kind: str, value: Any) -> Any:
    """Read the object of a relationship. Raises ProblemError."""
    links = value if isinstance(value, list) else [value]
    if kind == "ListRelationship":
        links = [link.get("object") if isinstance(link, dict) else link for link in links]
    if not links or not all(isinstance(link, str) and ABSOLUTE.fullmatch(link) for link in links):
        raise bad(f"{name}: {MEMBER[kind]} is a URI or a list of them, not {value!r:.80}")
    return links if isinstance(value, list) else links[0]


def require_shape(name: str, value: Any) -> None:
    """Refuse what is no geometry in GeoJSON. Raises ProblemError."""
    shape = read_geojson(value) if isinstance(value, dict) and type_of(value) in GEOMETRIES else None
    if shape is None or not any(True for _ in shape.nodes):
        raise bad(f"{name}: a GeoProperty is a GeoJSON geometry such as {{'type': 'Point', 'coordinates': [5, 47]}}")


def require_language_map(name: str, value: Any) -> None:
    """Refuse what is no texts by language. Raises ProblemError."""
    if not isinstance(value, dict) or not value:
        raise bad(f"{name}: languageMap is an object of texts by language")
    for text in value.values():
        texts = text if isinstance(text, list) else [text]
        if not all(isinstance(one, str) for one in texts):
            raise bad(f"{name}: languageMap holds texts only")


def read_stated(name: str, key: str, value: Any) -> Any:
    """Read what is said beside a value. Raises ProblemError."""
    if is_null(value):
        return value
    if key == "observedAt":
        return read_instant(value, name).written
    if key == "datasetId" and (not isinstance(value, str) or not ABSOLUTE.fullmatch(value)):
        raise bad(f"{name} is a URI, not {value!r:.80}")
    if not isinstance(value, str) or not value:
        raise bad(f"{name} is a text")
    return value


def observed_at(instance: Instance) -> datetime | None:
    """Give when an instance was observed, if it says so."""
    written = instance.get("observedAt")
    return None if written is None or is_null(written) else read_instant(written, "observedAt").at
