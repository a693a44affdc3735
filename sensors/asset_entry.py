"""A thing looked after, as people enter it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class AssetEntry:
    """A thing looked after, known by its slug within a territory; `parent` is another asset's slug there.

    `type` is a name of `sensors.types`, longitude and latitude are WGS 84 degrees.
    """

    territory: str
    slug: str
    name: str
    type: str
    longitude: float | None = None
    latitude: float | None = None
    parent: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
