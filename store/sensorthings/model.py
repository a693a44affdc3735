"""The SensorThings data model over Vigie: sets, properties, relations, and the branches that their rows come from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, LiteralString

from store.sql import load_queries

STAND_IN = 2**32  # where numbers of devices begin that stand in for a thing or a feature
OWN = 2**33  # where numbers begin of what clients wrote
LARGEST = 2**63 - 1
SOURCES = load_queries(__file__)

PropertyKind = Literal["text", "json", "time", "interval", "result"]
KeyKind = Literal["number", "measured"]
Id = int | str
_MEASURED = re.compile(r"([1-9][0-9]{0,9})-(-?[0-9]{1,17})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Property:
    """A property: `column` as the branches name it; of an interval its first part, `end` its second."""

    kind: PropertyKind
    column: LiteralString
    end: LiteralString | None = None
    is_mandatory: bool = True


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation to another set.

    One of three: `column` (of this set, before `_id`) holds the one target; `back` is that column in the target, which
    has many; `pairs` names the query of pairs, with the columns `this` and `that`, and
    `place` where they have an order.
    """

    target: str
    column: LiteralString | None = None
    back: LiteralString | None = None
    pairs: LiteralString | None = None
    this: LiteralString = ""
    that: LiteralString = ""
    place: LiteralString | None = None

    @property
    def is_many(self) -> bool:
        return self.column is None


@dataclass(frozen=True, slots=True)
class Branch:
    """Rows of one table in a set. The id is `key + offset`; of measurements it holds series and instant.

    `columns` are those in which the branch holds keys of other branches, such as `thing_asset`; `feature_any` says that
    it has an id only, of any branch but `own`.
    """

    name: str
    source: LiteralString
    kind: KeyKind = "number"
    offset: int = 0
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class EntitySet:
    """A set of entities of one type. `branches` in the order in which they are listed."""

    name: str
    type: str
    properties: Mapping[str, Property]
    relations: Mapping[str, Relation]
    branches: tuple[Branch, ...]
    text_ids: bool = False

    def branch(self, name: str) -> Branch:
        """Give the branch of this name."""
        return next(branch for branch in self.branches if branch.name == name)


@dataclass(frozen=True, slots=True)
class Key:
    """Where a row lies: its branch and its number there; of a measurement the series and the instant [µs]."""

    branch: str
    value: int
    at_us: int | None = field(default=None)


def find_key(entity_set: EntitySet, identity: Id) -> Key | None:
    """Say where the entity of this id would lie, None where no id looks like this.

    >>> find_key(SETS["Things"], 4294967301)
    Key(branch='device', value=5, at_us=None)
    >>> find_key(SETS["Observations"], "12-1772323200000000")
    Key(branch='series', value=12, at_us=1772323200000000)
    """
    if isinstance(identity, str):
        return find_measured(entity_set, identity)
    if not 0 < identity <= LARGEST:
        return None
    if identity >= OWN:
        return Key("own", identity)
    for branch in entity_set.branches:
        if branch.kind == "number" and branch.name != "own" and branch.offset == identity // STAND_IN * STAND_IN:
            return Key(branch.name, identity - branch.offset) if identity - branch.offset < 2**31 else None
    return None


def find_measured(entity_set: EntitySet, identity: str) -> Key | None:
    """Say where the entity of an id in quotes lies."""
    for branch in entity_set.branches:
        if branch.kind == "measured" and (match := _MEASURED.fullmatch(identity)) and int(match[1]) < 2**31:
            return Key(branch.name, int(match[1]), int(match[2]))
    return None


def _branch(query: LiteralString, columns: str = "", kind: KeyKind = "number", offset: int = 0) -> Branch:
    return Branch(query.rpartition("_")[2], SOURCES[query], kind, offset, frozenset(columns.split()))


NAMED = {
    "name": Property("text", "name"),
    "description": Property("text", "description"),
}
FREE = {"properties": Property("json", "properties", is_mandatory=False)}
ENCODED = {"encodingType": Property("text", "encoding_type")}

SETS: Mapping[str, EntitySet] = {
    one.name: one
    for one in (
        EntitySet(
            "Things",
            "Thing",
            {**NAMED, **FREE},
            {
                "Datastreams": Relation("Datastreams", back="thing"),
                "HistoricalLocations": Relation("HistoricalLocations", back="thing"),
                "Locations": Relation("Locations", pairs="thing_location_pairs", this="thing_id", that="location_id"),
                "MultiDatastreams": Relation("MultiDatastreams", back="thing"),
            },
            (_branch("things_asset"), _branch("things_device", offset=STAND_IN), _branch("things_own")),
        ),
        EntitySet(
            "Locations",
            "Location",
            {**NAMED, **ENCODED, "location": Property("json", "location"), **FREE},
            {
                "HistoricalLocations": Relation(
                    "HistoricalLocations", pairs="history_location_pairs", this="location_id", that="history_id"
                ),
                "Things": Relation("Things", pairs="thing_location_pairs", this="location_id", that="thing_id"),
            },
            (_branch("locations_asset"), _branch("locations_own")),
        ),
        EntitySet(
            "HistoricalLocations",
            "HistoricalLocation",
            {"time": Property("time", "time")},
            {
                "Locations": Relation(
                    "Locations", pairs="history_location_pairs", this="history_id", that="location_id"
                ),
                "Thing": Relation("Things", column="thing"),
            },
            (_branch("historical_locations_asset", "thing_asset"), _branch("historical_locations_own", "thing_own")),
        ),
        EntitySet(
            "Datastreams",
            "Datastream",
            {
                **NAMED,
                "observationType": Property("text", "observation_type"),
                "unitOfMeasurement": Property("json", "unit"),
                "observedArea": Property("json", "observed_area", is_mandatory=False),
                "phenomenonTime": Property("interval", "phenomenon_at", "phenomenon_to", is_mandatory=False),
                "resultTime": Property("interval", "result_at", "result_to", is_mandatory=False),
                **FREE,
            },
            {
                "Observations": Relation("Observations", back="datastream"),
                "ObservedProperty": Relation("ObservedProperties", column="property"),
                "Sensor": Relation("Sensors", column="sensor"),
                "Thing": Relation("Things", column="thing"),
            },
            (
                _branch(
                    "datastreams_series", "thing_asset thing_device sensor_device sensor_computed property_quantity"
                ),
                _branch(
                    "datastreams_own", "thing_asset thing_own sensor_device sensor_own property_quantity property_own"
                ),
            ),
        ),
        EntitySet(
            "MultiDatastreams",
            "MultiDatastream",
            {
                **NAMED,
                "observationType": Property("text", "observation_type"),
                "multiObservationDataTypes": Property("json", "data_types"),
                "unitOfMeasurements": Property("json", "unit"),
                "observedArea": Property("json", "observed_area", is_mandatory=False),
                "phenomenonTime": Property("interval", "phenomenon_at", "phenomenon_to", is_mandatory=False),
                "resultTime": Property("interval", "result_at", "result_to", is_mandatory=False),
                **FREE,
            },
            {
                "Observations": Relation("Observations", back="multi"),
                "ObservedProperties": Relation(
                    "ObservedProperties",
                    pairs="datastream_property_pairs",
                    this="datastream_id",
                    that="property_id",
                    place="place",
                ),
                "Sensor": Relation("Sensors", column="sensor"),
                "Thing": Relation("Things", column="thing"),
            },
            (_branch("multi_datastreams_own", "thing_asset thing_own sensor_device sensor_own"),),
        ),
        EntitySet(
            "Sensors",
            "Sensor",
            {**NAMED, **ENCODED, "metadata": Property("json", "metadata"), **FREE},
            {
                "Datastreams": Relation("Datastreams", back="sensor"),
                "MultiDatastreams": Relation("MultiDatastreams", back="sensor"),
            },
            (_branch("sensors_device"), _branch("sensors_computed", offset=STAND_IN), _branch("sensors_own")),
        ),
        EntitySet(
            "ObservedProperties",
            "ObservedProperty",
            {
                "name": Property("text", "name"),
                "definition": Property("text", "definition"),
                "description": Property("text", "description"),
                **FREE,
            },
            {
                "Datastreams": Relation("Datastreams", back="property"),
                "MultiDatastreams": Relation(
                    "MultiDatastreams", pairs="datastream_property_pairs", this="property_id", that="datastream_id"
                ),
            },
            (_branch("observed_properties_quantity"), _branch("observed_properties_own")),
        ),
        EntitySet(
            "Observations",
            "Observation",
            {
                "phenomenonTime": Property("interval", "phenomenon_at", "phenomenon_to"),
                "result": Property("result", "result"),
                "resultTime": Property("time", "result_at"),
                "resultQuality": Property("json", "quality", is_mandatory=False),
                "validTime": Property("interval", "valid_from", "valid_to", is_mandatory=False),
                "parameters": Property("json", "parameters", is_mandatory=False),
            },
            {
                "Datastream": Relation("Datastreams", column="datastream"),
                "FeatureOfInterest": Relation("FeaturesOfInterest", column="feature"),
                "MultiDatastream": Relation("MultiDatastreams", column="multi"),
            },
            (
                _branch("observations_series", "datastream_series feature_any", "measured"),
                _branch("observations_own", "datastream_own multi_own feature_asset feature_own"),
            ),
            text_ids=True,
        ),
        EntitySet(
            "FeaturesOfInterest",
            "FeatureOfInterest",
            {**NAMED, **ENCODED, "feature": Property("json", "feature"), **FREE},
            {"Observations": Relation("Observations", back="feature")},
            (_branch("features_asset"), _branch("features_device", offset=STAND_IN), _branch("features_own")),
        ),
    )
}
