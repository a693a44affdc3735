"""Lives of lamps: which there are and were, when technicians found them failed, and how long they burned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.inputs import Connection
from store.sql import load_queries

QUERIES = load_queries(__file__)
AT_ONCE = 5_000  # runs counted together


@dataclass(frozen=True, slots=True)
class Lamp:
    """A place of the inventory, as known at an instant. `model` of its lamp is as entered, else technology and watts,
    or empty; `installed`: when the lamp was installed, and those before it, as far as that is known, in order."""

    asset_id: int
    territory_id: int
    slug: str
    model: str
    created_at: datetime
    retired_at: datetime | None
    installed: Sequence[datetime]


@dataclass(frozen=True, slots=True)
class LampRun:
    """One lamp in a place, from its begin up to its end, or up to now; `is_dated`: it is known when its hours began,
    with its installation or a repair."""

    lamp: Lamp
    begins_at: datetime
    ends_at: datetime
    is_ended: bool
    installed_at: datetime | None
    is_dated: bool


@dataclass(frozen=True, slots=True)
class LampCount:
    """What a counter of operating hours counted in a run, by its place in what was asked: hours [h] and the days [d]
    in which they came about, the same of its last year, from when on, and what it read then [h], if that is known."""

    run: int
    hours: float
    days: float
    year_hours: float
    year_days: float
    begins_at: datetime
    read_h: float | None


def read_lamps(connection: Connection, territory_id: int | None, at: datetime) -> list[Lamp]:
    """Read the lamps of a territory and those below it, or of all, as known at an instant."""
    return [Lamp(*row) for row in connection.execute(QUERIES["read_lamps"], {"territory_id": territory_id, "at": at})]


def read_lamp_failures(
    connection: Connection, at: datetime, kinds: Sequence[str], dark: Sequence[str]
) -> dict[int, list[datetime]]:
    """Read when lamps failed, by number, in order: findings of these kinds that were dated, of those `dark` all."""
    parameters = {"at": at, "kinds": list(kinds), "dark": list(dark)}
    failures: dict[int, list[datetime]] = {}
    for asset_id, failed_at in connection.execute(QUERIES["read_lamp_failures"], parameters):
        failures.setdefault(asset_id, []).append(failed_at)
    return failures


def read_lamp_counts(connection: Connection, runs: Sequence[LampRun]) -> list[LampCount]:
    """Read what was counted in runs, the first counter of each first."""
    counts: list[LampCount] = []
    for first in range(0, len(runs), AT_ONCE):
        part = runs[first : first + AT_ONCE]
        parameters = {
            "numbers": list(range(first, first + len(part))),
            "asset_ids": [run.lamp.asset_id for run in part],
            "begins": [run.begins_at for run in part],
            "ends": [run.ends_at for run in part],
        }
        counts += [LampCount(*row) for row in connection.execute(QUERIES["read_lamp_counts"], parameters)]
    return counts
