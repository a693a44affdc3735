"""Which types and attributes there are, among what a key may see."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from api.ngsi.context import Context
from api.ngsi.refusal import absent
from api.ngsi.registry import DEVICE, DEVICE_QUANTITIES, FACTS, registry_models, tell
from api.ngsi.vocabulary import MODEL_ROOT, NGSI, OWN_FACT
from store.ngsi.reading import count
from store.reader import Connection, Row


@dataclass(slots=True)
class Kind:
    """One type of entity: how many there are, and for each attribute its own types and how many have it."""

    n_entities: int = 0
    attributes: dict[str, dict[str, int]] = field(default_factory=dict)

    def add(self, attribute: str, kind: str, n: int) -> None:
        """Note that so many entities have an attribute; where several quantities tell it, the most of them count."""
        kinds = self.attributes.setdefault(attribute, {})
        kinds[kind] = max(kinds.get(kind, 0), n)

    def join(self, other: "Kind") -> None:
        """Add another type of assets that is the same type of entity."""
        self.n_entities += other.n_entities
        for attribute, kinds in other.attributes.items():
            total = self.attributes.setdefault(attribute, {})
            for kind, n in kinds.items():
                total[kind] = total.get(kind, 0) + n


async def read_kinds(connection: Connection) -> dict[str, Kind]:
    """Give all types of entities by their whole address."""
    found: dict[str, Kind] = {}
    await add_assets(connection, found)
    await add_devices(connection, found)
    for row in await count(connection, "own_types"):
        found.setdefault(row["type"], Kind()).n_entities += row["n"]
    for row in await count(connection, "own_attributes"):
        kinds = found.setdefault(row["type"], Kind()).attributes.setdefault(row["attribute"], {})
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + row["n"]
    return found


async def add_assets(connection: Connection, found: dict[str, Kind]) -> None:
    """Add the types of assets."""
    models = registry_models().by_type
    per_type = {row["type"]: Kind(row["n"]) for row in await count(connection, "asset_types") if row["type"] in models}
    for row in await count(connection, "asset_places"):
        add_places(per_type.get(row["type"], Kind()), row)
    for row in await count(connection, "asset_facts"):
        modelled = FACTS.get(row["type"], {}).get(row["fact"])
        iri = MODEL_ROOT + modelled[0] if modelled else OWN_FACT + row["fact"]
        per_type.get(row["type"], Kind()).add(iri, "Property", row["n"])
    for row in await count(connection, "asset_quantities"):
        if row["type"] in models:
            told, _ = tell(models[row["type"]][0], row["type"], row["quantity"], "")
            per_type[row["type"]].add(told.iri, "Property", row["n"])
    for name, kind in per_type.items():  # several types of assets may be one type of entity
        found.setdefault(models[name][1], Kind()).join(kind)


def add_places(kind: Kind, row: Row) -> None:
    """Note what every asset has, and how many have a place."""
    kind.add(MODEL_ROOT + "name", "Property", row["n_named"])
    kind.add("urn:vigie:territory", "Property", row["n_named"])
    if row["n_placed"]:
        kind.add(NGSI + "location", "GeoProperty", row["n_placed"])


async def add_devices(connection: Connection, found: dict[str, Kind]) -> None:
    """Add the type of devices, if there are any."""
    n_devices = int((await count(connection, "devices"))[0]["n"])
    if not n_devices:
        return
    kind = found.setdefault(registry_models().device_iri, Kind())
    kind.n_entities += n_devices
    for name in ("name", "serialNumber", "deviceState"):
        kind.add(MODEL_ROOT + name, "Property", n_devices)
    kind.add("urn:vigie:territory", "Property", n_devices)
    for row in await count(connection, "device_quantities", DEVICE_QUANTITIES):
        told, _ = tell(DEVICE, DEVICE, row["quantity"], "")
        kind.add(told.iri, "Property", row["n"])


async def describe_types(connection: Connection, context: Context, *, details: bool) -> Any:
    """List types of entities: their names, or with `details` each with its attributes."""
    kinds = await read_kinds(connection)
    if not details:
        return as_list("EntityTypeList", "typeList", (context.compact(iri) for iri in kinds))
    return [
        {
            "id": iri,
            "type": "EntityType",
            "typeName": context.compact(iri),
            "attributeNames": sorted(context.compact(name) for name in kinds[iri].attributes),
        }
        for iri in sorted(kinds)
    ]


async def describe_type(connection: Connection, context: Context, name: str) -> Any:
    """Describe one type of entities. Raises ProblemError."""
    iri = context.expand(name)
    kind = (await read_kinds(connection)).get(iri)
    if kind is None:
        raise absent(f"there are no entities of the type {iri[:200]!r} for this key")
    return {
        "id": iri,
        "type": "EntityTypeInfo",
        "typeName": context.compact(iri),
        "entityCount": kind.n_entities,
        "attributeDetails": [
            {
                "id": attribute,
                "type": "Attribute",
                "attributeName": context.compact(attribute),
                "attributeTypes": sorted(kinds),
            }
            for attribute, kinds in sorted(kind.attributes.items())
        ],
    }


async def describe_attributes(connection: Connection, context: Context, *, details: bool) -> Any:
    """List attributes: their names, or with `details` each with the types that have it."""
    types_by_attribute: dict[str, set[str]] = {}
    for iri, kind in (await read_kinds(connection)).items():
        for attribute in kind.attributes:
            types_by_attribute.setdefault(attribute, set()).add(iri)
    if not details:
        return as_list("AttributeList", "attributeList", (context.compact(iri) for iri in types_by_attribute))
    return [
        {
            "id": attribute,
            "type": "Attribute",
            "attributeName": context.compact(attribute),
            "typeNames": sorted(context.compact(iri) for iri in types_by_attribute[attribute]),
        }
        for attribute in sorted(types_by_attribute)
    ]


async def describe_attribute(connection: Connection, context: Context, name: str) -> Any:
    """Describe one attribute. Raises ProblemError."""
    attribute = context.expand(name)
    having = {
        iri: kind.attributes[attribute]
        for iri, kind in (await read_kinds(connection)).items()
        if attribute in kind.attributes
    }
    if not having:
        raise absent(f"no entity has the attribute {attribute[:200]!r} for this key")
    return {
        "id": attribute,
        "type": "Attribute",
        "attributeName": context.compact(attribute),
        "attributeCount": sum(sum(kinds.values()) for kinds in having.values()),
        "attributeTypes": sorted({one for kinds in having.values() for one in kinds}),
        "typeNames": sorted(context.compact(iri) for iri in having),
    }


def as_list(kind: str, member: str, names: Iterable[str]) -> Any:
    """Write a list of names as the standard has it."""
    return {"id": f"urn:ngsi-ld:{kind}:{uuid4()}", "type": kind, member: sorted(names)}
