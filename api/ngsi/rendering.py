"""Writes entities out: normalized, concise or simplified, as JSON-LD or GeoJSON, with the names of a context."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from api.ngsi.context import Context
from api.ngsi.drafts import MEMBER, RESERVED, Instance
from api.ngsi.entity import Entity
from api.ngsi.instant import instant_text

Representation = Literal["normalized", "concise", "simplified"]
Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Style:
    """How entities are written out; `attributes`, `pick` and `omit` are whole addresses."""

    context: Context
    representation: Representation = "normalized"
    with_system: bool = False
    attributes: frozenset[str] | None = None
    pick: frozenset[str] | None = None
    omit: frozenset[str] = frozenset()
    datasets: frozenset[str] | None = None
    language: str | None = None

    def shows(self, name: str) -> bool:
        """Say whether an attribute, or id, type or scope, is written out."""
        if name in self.omit or (self.pick is not None and name not in self.pick):
            return False
        return self.attributes is None or name in self.attributes or name in {"id", "type", "scope"}


def write_entity(entity: Entity, style: Style) -> Body:
    """Write an entity out."""
    body = write_head(entity, style)
    for iri, instances in entity.attributes.items():
        if not style.shows(iri):
            continue
        kept = [one for one in instances if style.datasets is None or one.get("datasetId", "@none") in style.datasets]
        if kept:
            body[style.context.compact(iri)] = write_attribute(kept, style, entity.created_at)
    return body


def write_head(entity: Entity, style: Style) -> Body:
    """Write out what is no attribute."""
    body: Body = {}
    if style.shows("id"):
        body["id"] = entity.urn
    if style.shows("type"):
        names = [style.context.compact(iri) for iri in entity.types]
        body["type"] = names[0] if len(names) == 1 else names
    if entity.scopes and style.shows("scope"):
        body["scope"] = entity.scopes[0] if len(entity.scopes) == 1 else entity.scopes
    if style.with_system:
        body["createdAt"] = instant_text(entity.created_at)
        body["modifiedAt"] = instant_text(entity.modified_at or entity.created_at)
    return body


def write_attribute(instances: list[Instance], style: Style, made_at: datetime) -> Any:
    """Write an attribute: its one instance bare, several as a list or, simplified, by their datasetId."""
    written = [write_instance(one, style, made_at) for one in instances]
    if len(written) == 1:
        return written[0]
    if style.representation == "simplified":
        datasets = [one.get("datasetId", "@none") for one in instances]
        return {"dataset": dict(zip(datasets, written, strict=True))}
    return written


def write_instance(instance: Instance, style: Style, made_at: datetime) -> Any:
    """Write one instance out."""
    instance = in_language(instance, style.language)
    kind = instance["type"]
    member = MEMBER[kind]
    value = write_value(kind, instance.get(member), style.context)
    if style.representation == "simplified":
        return value if kind in {"Property", "GeoProperty", "Relationship"} else {member: value}
    body: Body = {} if style.representation == "concise" else {"type": kind}
    if member in instance:
        body[member] = value
    body |= write_beside(instance, style, made_at)
    if style.with_system:
        body["createdAt"] = instance.get("createdAt", instant_text(made_at))
        body["modifiedAt"] = instance.get("modifiedAt", body["createdAt"])
    return bare(kind, body) if style.representation == "concise" else body


def write_beside(instance: Instance, style: Style, made_at: datetime) -> Body:
    """Write out what is said beside a value: times, unit, and attributes of the attribute."""
    member = MEMBER[instance["type"]]
    body: Body = {}
    for key, inner in instance.items():
        if key not in RESERVED:
            parts = inner if isinstance(inner, list) else [inner]
            body[style.context.compact(key)] = write_attribute(parts, style, made_at)
        elif key not in {"type", member, "createdAt", "modifiedAt"}:
            body[key] = inner
    return body


def bare(kind: str, body: Body) -> Any:
    """Give a concise attribute as its value, where nothing is said beside it and nothing would be confused."""
    if set(body) != {"value"}:
        return body
    value = body["value"]
    return value if kind == "GeoProperty" or not isinstance(value, dict | list) else body


def write_value(kind: str, value: Any, context: Context) -> Any:
    """Write a value out; words of vocabularies get their short names."""
    if kind != "VocabProperty":
        return value
    if isinstance(value, list):
        return [context.compact(word) for word in value]
    return context.compact(value) if isinstance(value, str) else value


def in_language(instance: Instance, language: str | None) -> Instance:
    """Give texts in one language, where that is asked for: the one that is liked best of those there are."""
    if language is None or instance["type"] != "LanguageProperty" or not isinstance(instance.get("languageMap"), dict):
        return instance
    texts: Mapping[str, Any] = instance["languageMap"]
    wishes = [part.partition(";")[0].strip().lower() for part in language.split(",")]
    by_name = {name.lower(): name for name in texts}
    chosen = next((by_name[wish] for wish in wishes if wish in by_name), None)
    chosen = chosen or next((name for name in ("@none", "en") if name in texts), next(iter(texts), None))
    if chosen is None:
        return instance
    rest = {key: value for key, value in instance.items() if key not in {"type", "languageMap"}}
    return {"type": "Property", "value": texts[chosen], **rest, **({} if chosen == "@none" else {"lang": chosen})}


def write_feature(entity: Entity, style: Style, geometry_property: str) -> Body:
    """Write an entity as a GeoJSON feature; without such a property its geometry is null."""
    body = write_entity(entity, style)
    urn = body.pop("id", entity.urn)
    shape = next(
        (one["value"] for one in entity.attributes.get(geometry_property, []) if one["type"] == "GeoProperty"), None
    )
    return {"id": urn, "type": "Feature", "geometry": shape, "properties": body}
