"""What was found, told and done, as the server describes it: instants with offset, units as UCUM codes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from vigie_client.items import Item, Severity


class Finding(Item, frozen=True):
    """An anomaly or maintenance hint, said in a sentence, with its evidence."""

    finding_id: int
    territory: str
    asset_id: int | None
    asset_name: str | None
    device_id: int | None
    series_id: int | None
    kind: str
    model: str
    model_version: str
    severity: Severity
    score: float
    started_at: datetime
    ended_at: datetime | None
    sentence_fr: str
    sentence_en: str
    evidence: Mapping[str, Any]
    verdict: Literal["confirmed", "false_alarm", "known"] | None
    is_silenced: bool
    incident_id: int | None


class Incident(Item, frozen=True):
    """Findings with one cause: one line for a technician, however many assets it shows at."""

    incident_id: int
    territory: str
    cause: str
    asset_id: int | None
    asset_name: str | None
    device_id: int | None
    severity: Severity
    score: float
    started_at: datetime
    ended_at: datetime | None
    n_findings: int
    n_assets: int
    sentence_fr: str
    sentence_en: str
    updated_at: datetime
    is_silenced: bool


class Verdict(Item, frozen=True):
    """A verdict; one that was restated stays, no longer current."""

    verdict_id: int
    finding_id: int
    territory: str
    verdict: Literal["confirmed", "false_alarm", "known", "withdrawn"]
    who: str
    note: str
    failed_at: datetime | None
    given_at: datetime
    is_current: bool


class Kpi(Item, frozen=True, rename={"from_": "from"}):
    """The same with the hash of its inputs, what it replaces, why, and on whose account (null: not known)."""

    territory: str
    kpi: str
    name_fr: str
    name_en: str
    from_: datetime
    to: datetime
    value: float | None
    unit: str
    low: float | None
    high: float | None
    baseline: float | None
    completeness: float | None
    method: str
    method_version: str
    withheld: str | None
    computed_at: datetime
    kpi_value_id: int
    asset_id: int | None
    inputs_hash: str
    proof: Mapping[str, Any]
    replaces_id: int | None
    replaced_value: float | None
    cause: str | None
    restated_by: str | None
    is_current: bool


class Forecast(Item, frozen=True):
    """What a quantity of an asset will be, as of the newest value known; the interval holds it nine times in ten."""

    territory: str
    asset_id: int
    asset_name: str
    asset_type: str
    quantity: str
    unit: str
    lead_s: int
    made_at: datetime
    for_at: datetime
    value: float
    low: float
    high: float
    method: str
    method_version: str
    detail: Mapping[str, Any]


class PartUsed(Item, frozen=True):
    """A part that was used."""

    name: str
    n: float = 1.0
    cost_eur: float | None = None


class WorkOrder(Item, frozen=True):
    """What a technician is asked to do, and what came of it."""

    work_order_id: int
    territory: str
    asset_id: int | None
    asset: str | None
    asset_name: str | None
    incident_id: int | None
    finding_id: int | None
    version: int
    state: Literal["open", "assigned", "planned", "started", "closed", "cancelled"]
    severity: Severity
    title: str
    sentence_fr: str
    sentence_en: str
    note: str
    technician: str | None
    planned_at: datetime | None
    planned_min: int
    opened_at: datetime
    opened_by: str
    started_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    updated_at: datetime
    verdict: Literal["confirmed", "false_alarm", "known", "other_cause"] | None
    condition: Literal["working", "failed"] | None
    failed_at: datetime | None
    cause: str
    parts: tuple[PartUsed, ...]
    worked_min: int | None
    cost_eur: float | None
    result: str


class Model(Item, frozen=True):
    """A trained model; every version is kept."""

    model_id: int
    territory: str | None
    family: str
    version: int
    trained_at: datetime
    trained_by: str
    score: float | None
    is_champion: bool
    card: Mapping[str, Any]


class ReportFile(Item, frozen=True):
    """A file of a report."""

    name: str
    about: str
    n_bytes: int
    sha256: str


class Report(Item, frozen=True):
    """A signed report; `manifest.json` and `signature.json` are fetched like its files."""

    report_id: int
    territory: str
    period: str
    language: Literal["fr", "en"]
    signed_at: datetime
    kept_until: datetime
    files: tuple[ReportFile, ...]
