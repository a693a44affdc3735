"""What open data are made of: steps of time of places, counters and cabinets, assets with their facts, public KPIs.

Not yet fit to be shown: `analytics.open_data` hides what is told of too few.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from store.inputs import Connection
from store.sql import load_queries

QUERIES = load_queries(__file__)
COUNTED = ("occupied_places", "free_places", "occupancy_ratio")  # what a car park says of itself, the best first
PASSAGES = ("bicycle_count", "pedestrian_count", "vehicle_count")


@dataclass(frozen=True, slots=True)
class Span:
    """Whole steps of time of a territory; `step` is hour, day or month and `step_s` its shortest length [s]."""

    territory_id: int
    begins_at: datetime
    ends_at: datetime
    step: str
    step_s: float

    def parameters(self) -> dict[str, Any]:
        """Name the fields as the queries do; what is known for half a step counts as known."""
        return {
            "territory_id": self.territory_id,
            "from": self.begins_at,
            "to": self.ends_at,
            "step": self.step,
            "least_s": self.step_s / 2,
        }


@dataclass(frozen=True, slots=True)
class PlaceStep:
    """A step of the things of a place: `n_known` of them are known, and their shares (0 to 1) sum to `total`."""

    begins_at: datetime
    place: str
    name: str
    n_known: int
    total: float
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True, slots=True)
class PlaceSteps:
    """Steps of all places, in order of time and place; `n_placed` things ought to be known in each step."""

    steps: list[PlaceStep]
    n_placed: int


@dataclass(frozen=True, slots=True)
class CountStep:
    """Passages of one channel of a counter in a step, and for how long of it they are known [s]."""

    counter: str
    quantity: str
    channel: str
    begins_at: datetime
    count: float
    span_s: float


@dataclass(frozen=True, slots=True)
class CounterChannel:
    """A channel of a counter that has counted, since when."""

    counter: str
    name: str
    longitude: float
    latitude: float
    quantity: str
    channel: str
    attributes: dict[str, Any]
    since: datetime


@dataclass(frozen=True, slots=True)
class KnownAsset:
    """An asset with what is known of it."""

    asset_id: int
    slug: str
    name: str
    longitude: float | None
    latitude: float | None
    attributes: dict[str, Any]


def read_parking_steps(connection: Connection, span: Span) -> PlaceSteps:
    """Read places of bays, and car parks that count their cars themselves."""
    parameters = span.parameters() | {"counted": list(COUNTED)}
    queries = ("read_bay_steps", "read_car_park_steps")
    return steps_of([row for query in queries for row in rows(connection, QUERIES[query], parameters)])


def read_container_steps(connection: Connection, span: Span) -> PlaceSteps:
    """Read places of containers."""
    return steps_of(rows(connection, QUERIES["read_container_steps"], span.parameters()))


def steps_of(found: Sequence[tuple[Any, ...]]) -> PlaceSteps:
    """Sort rows of place, things placed, and a step, which is empty for a place that said nothing."""
    n_placed = {place: n for place, n, *_ in found}
    steps = [PlaceStep(at, place, *rest) for place, _, at, *rest in found if at is not None]
    return PlaceSteps(sorted(steps, key=lambda step: (step.begins_at, step.place)), sum(n_placed.values()))


def read_count_steps(connection: Connection, span: Span) -> list[CountStep]:
    """Read passages outdoors, in order of time and counter."""
    parameters = span.parameters() | {"quantities": list(PASSAGES)}
    return [CountStep(*row) for row in rows(connection, QUERIES["read_count_steps"], parameters)]


def read_counter_channels(connection: Connection, territory_id: int) -> list[CounterChannel]:
    """Read the channels of counters outdoors that have ever counted."""
    parameters = {"territory_id": territory_id, "quantities": list(PASSAGES)}
    return [CounterChannel(*row) for row in rows(connection, QUERIES["read_counter_channels"], parameters)]


def read_assets(connection: Connection, territory_id: int, asset_type: str) -> list[KnownAsset]:
    """Read the assets of a type that are in use."""
    parameters = {"territory_id": territory_id, "type": asset_type}
    return [KnownAsset(*row) for row in rows(connection, QUERIES["read_assets"], parameters)]


def read_published_kpis(connection: Connection, span: Span) -> list[tuple[Any, ...]]:
    """Read the territory's KPIs that are shown to all: kpi, from, to, value and what belongs to it."""
    return rows(connection, QUERIES["read_published_kpis"], span.parameters())


def count_bays(connection: Connection, territory_id: int) -> int:
    """Count the bays with a sensor that are in use."""
    found = rows(connection, QUERIES["count_bays"], {"territory_id": territory_id})
    return int(found[0][0])


def rows(connection: Connection, query: LiteralString, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run a query that is planned for its very span."""
    return connection.execute(query, parameters, prepare=False).fetchall()
