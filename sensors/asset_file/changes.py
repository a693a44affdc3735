"""What an import would change: each line against the asset as it stands, field by field. Nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sensors.asset_entry import AssetEntry
from sensors.asset_file.entry import AssetLine, RefusedLine, Value, read_attribute
from sensors.earth import distance_m
from sensors.types import find_asset_type

MOST_ABOVE = 50
Fate = Literal["new", "changed", "unchanged"]
Key = tuple[str, str]  # territory, slug


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's value before and after; None: there is none."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class AssetChange:
    """What becomes of one line: the asset as it will be, and what changes. `moved_m` where it stands elsewhere."""

    line: int
    fate: Fate
    asset: AssetEntry
    changes: Sequence[FieldChange] = ()
    moved_m: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do."""

    changes: Sequence[AssetChange]
    refused: Sequence[RefusedLine]

    def count(self, fate: Fate) -> int:
        """Count the lines of one fate."""
        return sum(change.fate == fate for change in self.changes)


def plan_import(
    lines: Sequence[AssetLine],
    refused: Sequence[RefusedLine],
    standing: Mapping[Key, AssetEntry],
    territories: frozenset[str],
) -> Plan:
    """Compare what lines say with what stands.

    Parameters
    ----------
    standing
        At least the assets that lines and their parents name.
    territories
        Those there are, and for which the importer may speak.
    """
    changes: list[AssetChange] = []
    all_refused = list(refused)
    for line in lines:
        try:
            if line.territory not in territories:
                raise ValueError(f"there is no territory {line.territory}")
            changes.append(compare(line, standing.get((line.territory, line.slug))))
        except ValueError as error:
            all_refused.append(RefusedLine(line.line, line.slug, str(error)))
    kept, orphans = sort_by_parent(changes, standing)
    return Plan(kept, sorted([*all_refused, *orphans], key=lambda found: found.line))


def compare(line: AssetLine, before: AssetEntry | None) -> AssetChange:
    """Give what becomes of one line. Raises ValueError where an attribute is none of the asset's type."""
    if before is None and line.type is None:
        raise ValueError("a new asset needs a type")
    type_name = line.type or (before.type if before else "")
    attributes = {**(before.attributes if before else {}), **typed(line, type_name)}
    if before is None:
        name = line.name or line.slug
        after = AssetEntry(
            line.territory, line.slug, name, type_name, line.longitude, line.latitude, line.parent, attributes
        )
        return AssetChange(line.line, "new", after)
    after = replace(
        before,
        name=line.name or before.name,
        type=type_name,
        longitude=before.longitude if line.longitude is None else line.longitude,
        latitude=before.latitude if line.latitude is None else line.latitude,
        parent=line.parent or before.parent,
        attributes=attributes,
    )
    found = tuple(differences(before, after))
    return AssetChange(line.line, "changed" if found else "unchanged", after, found, distance_moved(before, after))


def typed(line: AssetLine, type_name: str) -> dict[str, Value]:
    """Read attributes by the kind of an asset whose line does not say its type. Raises ValueError."""
    kind = find_asset_type(type_name)
    if line.type is not None or kind is None:
        return dict(line.attributes)
    return {name: read_attribute(name, str(value), kind.attribute(name)) for name, value in line.attributes.items()}


def differences(before: AssetEntry, after: AssetEntry) -> Iterable[FieldChange]:
    """Give the fields that are not the same."""
    for name in ("name", "type", "longitude", "latitude", "parent"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield FieldChange(name, old, new)
    for name, new in after.attributes.items():
        old = before.attributes.get(name)
        if old != new or isinstance(old, bool) != isinstance(new, bool):
            yield FieldChange(f"attributes.{name}", old, new)


def distance_moved(before: AssetEntry, after: AssetEntry) -> float | None:
    """Give how far the asset stands from where it stood [m], None where either is not known or nothing changed."""
    if before.longitude is None or before.latitude is None or after.longitude is None or after.latitude is None:
        return None
    if (before.longitude, before.latitude) == (after.longitude, after.latitude):
        return None
    return distance_m((before.longitude, before.latitude), (after.longitude, after.latitude))


def sort_by_parent(
    changes: Sequence[AssetChange], standing: Mapping[Key, AssetEntry]
) -> tuple[list[AssetChange], list[RefusedLine]]:
    """Put parents before children; refuse lines whose parent is nowhere, or above which stands the asset itself."""
    by_key = {(change.asset.territory, change.asset.slug): change for change in changes}
    depths: dict[Key, int] = {}
    refused = []
    kept = []
    for key, change in by_key.items():
        try:
            depth_of(key, by_key, standing, depths, ())
            kept.append(change)
        except ValueError as error:
            refused.append(RefusedLine(change.line, change.asset.slug, str(error)))
    return sorted(kept, key=lambda change: depths[change.asset.territory, change.asset.slug]), refused


def depth_of(
    key: Key,
    by_key: Mapping[Key, AssetChange],
    standing: Mapping[Key, AssetEntry],
    depths: dict[Key, int],
    below: tuple[Key, ...],
) -> int:
    """Give how many assets stand above one. Raises ValueError."""
    if key in depths:
        return depths[key]
    if key in below:
        raise ValueError(f"{key[1]!r} would stand above itself")
    if len(below) > MOST_ABOVE:
        raise ValueError(f"more than {MOST_ABOVE} assets would stand above it")
    asset = by_key[key].asset if key in by_key else standing.get(key)
    if asset is None:
        raise ValueError(f"no asset {key[1]!r} is registered in {key[0]!r} to be its parent")
    above = (asset.territory, asset.parent) if asset.parent else None
    depths[key] = 0 if above is None else 1 + depth_of(above, by_key, standing, depths, (*below, key))
    return depths[key]
