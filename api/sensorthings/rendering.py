"""Writes entities as SensorThings has them: control information, properties, links, and what comes along."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from api.sensorthings.links import address, identity
from api.sensorthings.options import Options
from store.reader import Row
from store.sensorthings.model import SETS, EntitySet, Property

Body = dict[str, Any]  # Any: JSON
# Where the rows of a relation stand in a row, with their count and the address of the next page.
EXPANDED = "{}/rows"
COUNTED = "{}/count"
FOLLOWED = "{}/next"
DATA_ARRAY = ("id", "phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters")


def describe(row: Row, entity_set: EntitySet, options: Options, root: str, is_nested: bool = False) -> Body:
    """Write an entity. What came along without `$select` has no navigation links of its own."""
    own_id = identity(entity_set, row["id"])
    link = address(root, entity_set, own_id)
    select = options.select
    body: Body = {}
    if select is None or "id" in select:
        body = {"@iot.id": own_id, "@iot.selfLink": link}
    for name, found in entity_set.properties.items():
        if select is not None and name not in select:
            continue
        value = property_value(row, name, found)
        if value is not None or found.is_mandatory or select is not None:
            body[name] = value
    for name in entity_set.relations:
        if name in options.expand:
            body |= describe_expanded(row, entity_set, name, options.expand[name], root)
        elif leads_somewhere(row, entity_set, name) and (name in select if select is not None else not is_nested):
            body[f"{name}@iot.navigationLink"] = f"{link}/{name}"
    return body


def leads_somewhere(row: Row, entity_set: EntitySet, name: str) -> bool:
    """Say whether a relation leads to a set, or to an entity that is there: of two datastreams one is."""
    relation = entity_set.relations[name]
    return relation.is_many or row[f"{relation.column}_id"] is not None


def describe_expanded(row: Row, entity_set: EntitySet, name: str, options: Options, root: str) -> Body:
    """Write what came along by one relation."""
    relation = entity_set.relations[name]
    target = SETS[relation.target]
    rows = row[EXPANDED.format(name)]
    if not relation.is_many:
        return {name: describe(rows[0], target, options, root, True) if rows else None}
    body: Body = {}
    if (count := row.get(COUNTED.format(name))) is not None:
        body[f"{name}@iot.count"] = count
    body[name] = [describe(one, target, options, root, True) for one in rows]
    if (follows := row.get(FOLLOWED.format(name))) is not None:
        body[f"{name}@iot.nextLink"] = follows
    return body


def property_value(row: Mapping[str, Any], name: str, found: Property) -> Any:
    """Give a property as JSON has it."""
    value = row[name]
    if value is None:
        return None
    if found.kind == "time":
        return write_instant(value)
    if found.kind == "interval":
        end = row[f"{name}/end"]
        is_instant = end is None
        return write_instant(value) if is_instant else f"{write_instant(value)}/{write_instant(end)}"
    return value


def write_instant(at: datetime) -> str:
    """Write an instant, to the millisecond or where that is not all to the microsecond.

    >>> write_instant(datetime(2026, 3, 1, tzinfo=UTC))
    '2026-03-01T00:00:00.000Z'
    """
    precision = "microseconds" if at.microsecond % 1000 else "milliseconds"
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def describe_array(rows: Sequence[Row], entity_set: EntitySet, options: Options, root: str) -> list[Body]:
    """Write observations as arrays, one group for each datastream or MultiDatastream."""
    components = [name for name in DATA_ARRAY if options.select is None or name in options.select]
    groups: dict[Any, list[list[Any]]] = {}
    for row in rows:
        values = [
            identity(entity_set, row["id"]) if name == "id" else property_value(row, name, entity_set.properties[name])
            for name in components
        ]
        owner = ("MultiDatastream", row["multi_id"]) if row["multi_id"] else ("Datastream", row["datastream_id"])
        groups.setdefault(owner, []).append(values)
    return [
        {
            f"{kind}@iot.navigationLink": address(root, SETS[f"{kind}s"], number),
            "components": components,
            "dataArray@iot.count": len(values),
            "dataArray": values,
        }
        for (kind, number), values in groups.items()
    ]
