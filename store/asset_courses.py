"""Courses of assets: from when to when each ran, and by day what was measured of it and found about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.inputs import Connection
from store.results import Severity
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class AssetRun:
    """A stretch in which an asset ran: up to a failure or its retirement (`is_ended`), else up to now."""

    asset_id: int
    slug: str
    asset_type: str
    begins_at: datetime
    ends_at: datetime
    is_ended: bool


@dataclass(frozen=True, slots=True)
class CourseDays:
    """Whole days of one gauge in a run, by the run's place in what was asked: numbers of UTC days since 1970, means
    and ranges (highest less lowest) in the quantity's unit."""

    run: int
    quantity: str
    channel: str
    days: Sequence[int]
    means: Sequence[float]
    ranges: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class CourseFinding:
    """A finding about the asset of a run, by the run's place in what was asked; `ended_at` None: it goes on."""

    run: int
    told_at: datetime
    ended_at: datetime | None
    severity: Severity


def read_runs(
    connection: Connection, territory_id: int | None, at: datetime, left_out: Sequence[str] = ()
) -> list[AssetRun]:
    """Read the runs of the assets of a territory and those below it, or of all, as known at an instant.

    Findings of the kinds left out end no run.
    """
    parameters = {"territory_id": territory_id, "at": at, "left_out": list(left_out)}
    rows = connection.execute(QUERIES["read_runs"], parameters)
    return [AssetRun(*row) for row in rows]


def read_course_days(connection: Connection, runs: Sequence[AssetRun]) -> list[CourseDays]:
    """Read what was measured on the whole days of runs."""
    return [CourseDays(*row) for row in connection.execute(QUERIES["read_course_days"], parameters_of(runs))]


def read_course_findings(connection: Connection, runs: Sequence[AssetRun], at: datetime) -> list[CourseFinding]:
    """Read what was found about the assets of runs, as known at an instant."""
    rows = connection.execute(QUERIES["read_course_findings"], {**parameters_of(runs), "at": at})
    return [CourseFinding(*row) for row in rows]


def parameters_of(runs: Sequence[AssetRun]) -> dict[str, list[object]]:
    """Name the columns of the runs that are asked for."""
    return {
        "numbers": list(range(len(runs))),
        "asset_ids": [run.asset_id for run in runs],
        "begins": [run.begins_at for run in runs],
        "ends": [run.ends_at for run in runs],
    }
