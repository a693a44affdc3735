"""How what a client wrote goes together with what an entity has: pure, nothing is read or stored here."""

from dataclasses import dataclass, field
from typing import Any

from api.ngsi.drafts import MEMBER, RESERVED, Attributes, Draft, Instance, is_null, observed_at
from store.ngsi.writing import Instance as Past


@dataclass(slots=True)
class Merged:
    """What an entity has afterwards, what was written of it, and what was not and why."""

    attributes: Attributes
    written: Attributes = field(default_factory=dict)
    not_updated: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, instances: list[Instance]) -> None:
        """Put instances in the place of those with the same datasetId, at the end where there is none."""
        kept = list(self.attributes.get(name, []))
        for new in instances:
            index = find_dataset(kept, new.get("datasetId"))
            if index is None:
                kept.append(new)
            else:
                kept[index] = {**new, **made_at(kept[index])}
        self.attributes[name] = kept
        self.written.setdefault(name, []).extend(instances)

    def take(self, name: str, dataset: str | None) -> None:
        """Take one instance away, and the attribute with its last one."""
        kept = [one for one in self.attributes.get(name, []) if one.get("datasetId") != dataset]
        if kept:
            self.attributes[name] = kept
        else:
            self.attributes.pop(name, None)
        self.written.setdefault(name, [])


def find_dataset(instances: list[Instance], dataset: str | None) -> int | None:
    """Give where the instance of a datasetId stands, None where there is none."""
    return next((index for index, one in enumerate(instances) if one.get("datasetId") == dataset), None)


def made_at(instance: Instance) -> dict[str, Any]:
    """Give when an instance was first written, if that is known."""
    return {"createdAt": instance["createdAt"]} if "createdAt" in instance else {}


def stamped(attributes: Attributes, now: str) -> Attributes:
    """Give attributes that say when they were written."""
    return {
        name: [{**one, "createdAt": one.get("createdAt", now), "modifiedAt": now} for one in instances]
        for name, instances in attributes.items()
    }


def append(before: Attributes, draft: Draft, *, overwrite: bool) -> Merged:
    """Add attributes; those that are there stay as they are unless `overwrite`."""
    merged = Merged(dict(before))
    for name, instances in draft.attributes.items():
        if name in before and not overwrite:
            merged.not_updated[name] = "the entity has this attribute, and noOverwrite was asked for"
        else:
            merged.put(name, instances)
    return merged


def update(before: Attributes, draft: Draft) -> Merged:
    """Give attributes anew that are there."""
    merged = Merged(dict(before))
    for name, instances in draft.attributes.items():
        if name not in before:
            merged.not_updated[name] = "the entity has no such attribute: add it with POST"
            continue
        for one in instances:
            if takes_away(one):
                merged.take(name, one.get("datasetId"))
            else:
                merged.put(name, [one])
    return merged


def merge(before: Attributes, draft: Draft, observed: str | None = None) -> Merged:
    """Merge attributes member by member; `observed` is when, for those that had a time and state none."""
    merged = Merged(dict(before))
    for name, instances in draft.attributes.items():
        for one in instances:
            index = find_dataset(before.get(name, []), one.get("datasetId"))
            if takes_away(one):
                merged.take(name, one.get("datasetId"))
                continue
            old = before[name][index] if index is not None else None
            merged.put(name, [one if old is None else merge_instance(old, one, observed)])
    return merged


def merge_instance(old: Instance, new: Instance, observed: str | None) -> Instance:
    """Merge one instance; one of another type takes its place."""
    if old["type"] != new["type"]:
        return new
    member = MEMBER[old["type"]]
    found = {**old, **new, member: merge_value(old.get(member), new[member])}
    for key, inner in new.items():
        if key not in RESERVED and isinstance(inner, dict) and isinstance(old.get(key), dict):
            found[key] = merge_instance(old[key], inner, None)
    if observed is not None and "observedAt" in old and "observedAt" not in new:
        found["observedAt"] = observed
    return without_nulls(found)


def merge_value(old: Any, new: Any) -> Any:
    """Merge values as JSON merge patches are (RFC 7396), with the standard's word for null."""
    if not isinstance(new, dict) or not isinstance(old, dict) or "coordinates" in new:
        return new
    found = dict(old)
    for key, inner in new.items():
        if is_null(inner):
            found.pop(key, None)
        else:
            found[key] = merge_value(found.get(key), inner)
    return found


def without_nulls(instance: Instance) -> Instance:
    """Take away what is said to be taken away beside a value."""
    member = MEMBER[instance["type"]]
    return {
        key: inner
        for key, inner in instance.items()
        if key == member or not (is_null(inner) or (isinstance(inner, dict) and "type" in inner and takes_away(inner)))
    }


def takes_away(instance: Instance) -> bool:
    """Say whether an instance stands for being taken away."""
    return is_null(instance.get(MEMBER.get(instance.get("type", ""), "")))


def as_past(attributes: Attributes) -> list[Past]:
    """Give what was written as it is kept for temporal questions."""
    return [
        Past(name, one.get("datasetId", ""), without_stamps(one), observed_at(one))
        for name, instances in attributes.items()
        for one in instances
    ]


def without_stamps(instance: Instance) -> Instance:
    """Give an instance without what the store knows by itself."""
    return {key: inner for key, inner in instance.items() if key not in {"createdAt", "modifiedAt", "instanceId"}}
