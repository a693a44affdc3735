"""Health of assets: what it is told from, what is told, and what came of what was told.

The caller owns the transaction; every function may run again with the same arguments and then changes nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from store.inputs import Connection
from store.results import Severity
from store.sql import load_queries

QUERIES = load_queries(__file__)
AT_ONCE = 2000  # rows of one statement


@dataclass(frozen=True, slots=True)
class HealthAsset:
    """An asset that is there: its age [d] since it was installed, else entered; when it was installed, if that is
    known; whether anything was measured of it in the last 30 days."""

    asset_id: int
    name: str
    type: str
    age_d: float
    installed_at: datetime | None
    is_watched: bool


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """A finding that goes on, about an asset. `days_left` and `breaks_a_year` are what it says itself, if it does."""

    finding_id: int
    asset_id: int
    incident_id: int | None
    kind: str
    started_at: datetime
    severity: Severity
    is_confirmed: bool | None
    sentence_en: str
    sentence_fr: str
    days_left: Any  # a number, or numbers by name
    breaks_a_year: Any


@dataclass(frozen=True, slots=True)
class KindVerdicts:
    """What technicians said of a kind of finding about a type of asset; `lead_h` [h] is a median over `n_leads`."""

    kind: str
    asset_type: str
    n_confirmed: int
    n_false: int
    n_leads: int
    lead_h: float | None


@dataclass(frozen=True, slots=True)
class FailureCost:
    """What a failure costs a territory [EUR], and how often it comes [1/a] where that was entered."""

    asset_type: str
    failures_per_year: float | None
    people_eur: float
    safety_eur: float
    repair_eur: float
    waiting_eur_per_day: float
    source: str


@dataclass(frozen=True, slots=True)
class Signal:
    """Who says that an asset will fail: a finding of this kind. `lead_d` [d]: 0 says that it has failed."""

    kind: str
    since: str
    precision: float
    is_measured: bool
    lead_d: float
    within_30: float
    sentence_fr: str
    sentence_en: str


@dataclass(frozen=True, slots=True)
class Health:
    """What is told of an asset; None is not known. Probabilities of having failed within 7, 30 and 90 days; `told` is
    the three before calibration; `left_*` [d]: 50, 5 and 95 % of its like have failed by then."""

    asset_id: int
    health: float | None
    told: tuple[float, float, float] | None
    within_7: float | None
    within_30: float | None
    within_90: float | None
    left_d: float | None
    left_low_d: float | None
    left_high_d: float | None
    people_eur: float | None
    safety_eur: float | None
    repair_eur: float | None
    waiting_eur_per_day: float | None
    expected_loss_eur: float | None
    basis: str
    calibration: str
    reason_fr: str
    reason_en: str
    signals: tuple[Signal, ...]
    finding_id: int | None
    incident_id: int | None
    model_version: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How often what was told of assets of a type came true. `place`: 1, 2, 3 for 7, 30, 90 days; `n_failures` are the
    different failures of the type that teach; `begins_at` is when it was told for the first time."""

    asset_type: str
    place: int
    is_held_out: bool
    told: float
    n: int
    n_failed: int
    n_failures: int
    begins_at: datetime | None = None


def read_territories(connection: Connection) -> list[tuple[int, str]]:
    """Give the territories that look after anything, with the zones of their clocks."""
    return [(int(row[0]), str(row[1])) for row in connection.execute(QUERIES["read_territories"])]


def read_assets(connection: Connection, territory_id: int, at: datetime) -> list[HealthAsset]:
    """Read the assets of a territory that are there, by number."""
    rows = connection.execute(QUERIES["read_assets"], {"territory_id": territory_id, "at": at})
    return [HealthAsset(*row) for row in rows]


def read_open_findings(connection: Connection, territory_id: int, at: datetime) -> list[OpenFinding]:
    """Read the findings that go on and are not silenced, once for each asset that they are about."""
    rows = connection.execute(QUERIES["read_open_findings"], {"territory_id": territory_id, "at": at})
    return [OpenFinding(*row) for row in rows]


def read_verdicts(connection: Connection, territory_id: int) -> list[KindVerdicts]:
    """Read how right findings were, by kind and type of asset, over the last year."""
    return [KindVerdicts(*row) for row in connection.execute(QUERIES["read_verdicts"], {"territory_id": territory_id})]


def read_costs(connection: Connection, territory_id: int, day: date) -> list[FailureCost]:
    """Read what a territory has entered about failures, as it holds on a day."""
    parameters = {"territory_id": territory_id, "day": day}
    return [FailureCost(*row) for row in connection.execute(QUERIES["read_costs"], parameters)]


def write_health(connection: Connection, territory_id: int, when: tuple[date, datetime], told: Iterable[Health]) -> int:
    """Write what differs from what stands, as of a civil day and the instant it is told; give how many assets."""
    standing = read_standing(connection, territory_id)
    changed = [row for one in told if standing.get(one.asset_id) != (row := as_json(one))]
    day, scored_at = when
    about = {"territory_id": territory_id, "day": day, "asset_ids": [row["asset_id"] for row in changed]}
    connection.execute(QUERIES["retire_health"], about)
    connection.execute(QUERIES["clear_day"], about)
    more = {
        "territory_id": territory_id,
        "day": day.isoformat(),
        "scored_at": scored_at.isoformat(),
        "is_current": True,
    }
    for begin in range(0, len(changed), AT_ONCE):
        rows = [row | more for row in changed[begin : begin + AT_ONCE]]
        connection.execute(QUERIES["write_health"], {"rows": json.dumps(rows, allow_nan=False)})
    return len(changed)


def read_standing(connection: Connection, territory_id: int) -> Mapping[int, Mapping[str, Any]]:
    """Read the current rows of a territory, as `as_json` writes them."""
    cursor = connection.execute(QUERIES["read_current"], {"territory_id": territory_id})
    names = [column.name for column in cursor.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor}


def as_json(health: Health) -> dict[str, Any]:
    """Name the columns of a row, with values as JSON gives them back."""
    row = {name: getattr(health, name) for name in Health.__slots__}
    signals = [{name: getattr(one, name) for name in Signal.__slots__} for one in health.signals]
    return row | {"told": None if health.told is None else list(health.told), "signals": signals}


def read_outcomes(
    connection: Connection, territory_id: int | None, at: datetime, coming: Sequence[str]
) -> list[Outcome]:
    """Count what came of what was told of the assets of a territory and those below it, or of all, in two years.

    Parameters
    ----------
    coming
        Kinds of finding that tell of a failure to come; it has come only when a technician said when.
    """
    parameters = {"territory_id": territory_id, "at": at, "coming": list(coming)}
    return [Outcome(*row) for row in connection.execute(QUERIES["read_outcomes"], parameters)]
