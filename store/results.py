"""What analytics says is written here: KPI values with restatement, findings as episodes, detectors' memory.

Every function may run again with the same arguments and then changes nothing; the caller owns the transaction.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from sensors.severity import Severity as Severity
from store.restatement import Occasion, explain
from store.sql import load_queries

QUERIES = load_queries(__file__)


@dataclass(frozen=True, slots=True)
class KpiValue:
    """One figure with its proof. `value` is None exactly when `withheld` says why.

    `completeness` is the share of the period for which inputs are known, None where that is not known. `low` and
    `high` bound what the value may be, in `unit` (UCUM). `asset_id` None: the territory as a whole.
    """

    territory_id: int
    asset_id: int | None
    kpi: str
    begins_at: datetime
    ends_at: datetime
    value: float | None
    unit: str
    low: float | None
    high: float | None
    completeness: float | None
    method: str
    method_version: str
    inputs_hash: str
    baseline: float | None = None
    withheld: str | None = None
    proof: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KpiReport:
    """How many values were new, took the place of another, or stood already."""

    n_new: int
    n_restated: int
    n_unchanged: int

    def __add__(self, other: "KpiReport") -> "KpiReport":
        """Add two reports up."""
        return KpiReport(
            self.n_new + other.n_new, self.n_restated + other.n_restated, self.n_unchanged + other.n_unchanged
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """An anomaly or hint: about a series, or about a device when `series_id` is None.

    `score` is 0 when ordinary and has no upper end; `evidence` holds the numbers behind both sentences.
    """

    territory_id: int
    kind: str
    model: str
    model_version: str
    started_at: datetime
    score: float
    severity: Severity
    sentence_en: str
    sentence_fr: str
    evidence: Mapping[str, Any]
    asset_id: int | None = None
    device_id: int | None = None
    series_id: int | None = None


@dataclass(frozen=True, slots=True)
class DetectorState:
    """What a detector of this name and version has learnt of a series up to `scored_to`, out of `n_scored` values.

    Of these `n_settled` are of up to `settled_to`: what comes later for that time is noted in `late_hours`.
    """

    series_id: int
    detector: str
    version: str
    scored_to: datetime
    n_scored: int
    settled_to: datetime
    n_settled: int
    state: Mapping[str, Any]


def write_kpis(
    connection: psycopg.Connection[tuple[Any, ...]], values: Iterable[KpiValue], occasions: Iterable[Occasion] = ()
) -> KpiReport:
    """Write KPI values, at most one per territory, asset, KPI and period.

    The same inputs, method and figure change nothing. A different one keeps the old row, no longer current, and
    writes a new one that names it, the cause (`store.restatement`: 'late data', 'corrected data', 'reference data',
    'method version') and who brought it about. `occasions` say why the figures are told, where it is known.
    """
    told = list(values)
    with connection.transaction():
        standing = read_standing(connection, told)
        fresh = [value for value in told if key_of(value) not in standing]
        contradicted = [value for value in told if standing.get(key_of(value), said(value)) != said(value)]
        copy_kpis(connection, fresh)
        restate_kpis(connection, contradicted, occasions)
    return KpiReport(len(fresh), len(contradicted), len(told) - len(fresh) - len(contradicted))


def restate_kpis(
    connection: psycopg.Connection[tuple[Any, ...]], values: Sequence[KpiValue], occasions: Iterable[Occasion]
) -> None:
    """Put values in the place of the current ones that they contradict."""
    if not values:
        return
    parameters: dict[str, Any] = {"values": json.dumps([kpi_row(value) for value in values], allow_nan=False)}
    retired = [int(row[0]) for row in connection.execute(QUERIES["retire_kpi_values"], parameters)]
    more = {"retired": retired, "causes": explain(connection, retired, occasions)}
    connection.execute(QUERIES["insert_kpi_values"], {**parameters, **more})


def read_standing(
    connection: psycopg.Connection[tuple[Any, ...]], values: Sequence[KpiValue]
) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Give what the current values of the same territories, assets, KPIs and periods say, by what they are about."""
    assets: dict[tuple[int, datetime, datetime], set[int | None]] = {}
    kpis: dict[tuple[int, datetime, datetime], set[str]] = {}
    for value in values:
        place = value.territory_id, value.begins_at, value.ends_at
        assets.setdefault(place, set()).add(value.asset_id)
        kpis.setdefault(place, set()).add(value.kpi)
    standing = {}
    for place, names in kpis.items():
        asset_ids = [asset_id for asset_id in assets[place] if asset_id is not None]
        parameters = {"territory_id": place[0], "from": place[1], "to": place[2], "kpis": list(names)}
        for row in connection.execute(QUERIES["read_standing"], {**parameters, "asset_ids": asset_ids}):
            standing[*place, row[0], row[1]] = row[2:]
    return standing


def key_of(value: KpiValue) -> tuple[Any, ...]:
    """Say what a value is about."""
    return value.territory_id, value.begins_at, value.ends_at, value.asset_id, value.kpi


def said(value: KpiValue) -> tuple[Any, ...]:
    """Give all that makes another value of the same thing a restatement."""
    return (
        value.inputs_hash,
        value.method,
        value.method_version,
        as_float(value.value),
        as_float(value.low),
        as_float(value.high),
        value.withheld,
    )


def as_float(number: float | None) -> float | None:
    """Give a number as the store gives it back, whole ones too."""
    return None if number is None else float(number)


def copy_kpis(connection: psycopg.Connection[tuple[Any, ...]], values: Sequence[KpiValue]) -> None:
    """Write values of which there are none yet. Raises ValueError where a number is none (NaN, infinite)."""
    if not values:
        return
    with connection.cursor() as cursor, cursor.copy(QUERIES["copy_kpi_values"]) as copy:
        for value in values:
            copy.write_row(copied_row(value))


def copied_row(value: KpiValue) -> tuple[Any, ...]:
    """Give the columns as the copying query names them."""
    numbers = (value.value, value.low, value.high, value.baseline, value.completeness)
    if not all(number is None or isfinite(number) for number in numbers):
        raise ValueError(f"{value.kpi} of asset {value.asset_id}: {numbers} are no numbers to be stored")
    return (
        value.territory_id,
        value.asset_id,
        value.kpi,
        f"[{value.begins_at.isoformat()},{value.ends_at.isoformat()})",
        value.unit,
        *numbers,
        value.method,
        value.method_version,
        value.inputs_hash,
        json.dumps(dict(value.proof), allow_nan=False),
        value.withheld,
    )


def kpi_row(value: KpiValue) -> dict[str, Any]:
    """Name the fields as the query does, in what JSON can hold."""
    return {
        "territory_id": value.territory_id,
        "asset_id": value.asset_id,
        "kpi": value.kpi,
        "begins_at": value.begins_at.isoformat(),
        "ends_at": value.ends_at.isoformat(),
        "value": value.value,
        "unit": value.unit,
        "low": value.low,
        "high": value.high,
        "baseline": value.baseline,
        "completeness": value.completeness,
        "method": value.method,
        "method_version": value.method_version,
        "inputs_hash": value.inputs_hash,
        "proof": dict(value.proof),
        "withheld": value.withheld,
    }


def open_finding(connection: psycopg.Connection[tuple[Any, ...]], finding: Finding) -> bool:
    """Write a finding, or raise the score of its open episode; False where that one is as high already."""
    row = connection.execute(QUERIES["open_finding"], finding_parameters(finding)).fetchone()
    return row is not None


def finding_parameters(finding: Finding) -> dict[str, Any]:
    """Name the fields as the queries do."""
    return {
        "territory_id": finding.territory_id,
        "asset_id": finding.asset_id,
        "device_id": finding.device_id,
        "series_id": finding.series_id,
        "kind": finding.kind,
        "model": finding.model,
        "model_version": finding.model_version,
        "started_at": finding.started_at,
        "score": finding.score,
        "severity": finding.severity,
        "sentence_en": finding.sentence_en,
        "sentence_fr": finding.sentence_fr,
        "evidence": Jsonb(dict(finding.evidence)),
    }


def close_finding(
    connection: psycopg.Connection[tuple[Any, ...]],
    *,
    kind: str,
    model: str,
    ended_at: datetime,
    series_id: int | None = None,
    device_id: int | None = None,
) -> int:
    """End the open episode of this kind about a series or device, and give how many there were (0 or 1)."""
    return connection.execute(
        QUERIES["close_finding"],
        {"kind": kind, "model": model, "ended_at": ended_at, "series_id": series_id, "device_id": device_id},
    ).rowcount


def close_recovered(connection: psycopg.Connection[tuple[Any, ...]], kind: str) -> int:
    """End the episodes of silence of the devices that have spoken since, and give how many."""
    return connection.execute(QUERIES["close_recovered"], {"kind": kind}).rowcount


def close_removed(connection: psycopg.Connection[tuple[Any, ...]], now: datetime) -> int:
    """End the episodes of devices that were taken from their place and of assets that were retired; give how many."""
    return connection.execute(QUERIES["close_removed"], {"now": now}).rowcount


def save_detector_states(connection: psycopg.Connection[tuple[Any, ...]], states: Iterable[DetectorState]) -> None:
    """Keep what detectors have learnt."""
    with connection.cursor() as cursor:
        cursor.executemany(
            QUERIES["save_detector_states"],
            [
                {
                    "series_id": state.series_id,
                    "detector": state.detector,
                    "version": state.version,
                    "scored_to": state.scored_to,
                    "n_scored": state.n_scored,
                    "settled_to": state.settled_to,
                    "n_settled": state.n_settled,
                    "state": Jsonb(dict(state.state)),
                }
                for state in states
            ],
        )
