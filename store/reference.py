"""Reference data: what a territory's people know and enter. Entered whole, again at will; only differences are written.

A territory's set replaces what stood before, rounds apart: those are only added, for a shorter list may come from a
contractor who sends one month at a time. Days whose KPIs rest on something that changed are marked to be told again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from sensors.reference.check import find_faults
from sensors.reference.fault import Fault
from sensors.reference.resources import RESOURCES
from store.entries import changed_spans, mark_spans, read_standing
from store.errors import ReferenceDataError
from store.project import Assumptions, Indicator, Invoice, Subsidy, Worth
from store.sql import load_queries

QUERIES = load_queries(__file__)
REPLACED = (
    "tariffs",
    "factors",
    "schedules",
    "calendars",
    "collection_plans",
    "intervals",
    "projects",
    "project_assets",
    "project_invoices",
    "project_subsidies",
    "project_assumptions",
    "project_indicators",
    "project_worths",
)
REPLACED_BESIDE = ("counter_ranges", "alarm_budgets", "failure_costs")  # no KPI rests on them
PROJECT_COLUMNS = ("slug", "name", "domain", "started_on", "baseline_from", "baseline_to", "cost_eur")
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A window of an asset in civil time `HH:MM` on some weekdays (Monday 0); `level` 0 to 1 remains.

    Valid until a day not included.
    """

    asset: str
    kind: str
    from_hour: str
    to_hour: str
    level: float
    valid_from: date
    valid_to: date | None = None
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class Tariff:
    """A price in euros per `unit` without tax; the off-peak one, where there is one, holds between two civil hours."""

    energy: str
    use: str
    unit: str
    price_eur: float
    valid_from: date
    valid_to: date | None = None
    off_peak_price_eur: float | None = None
    off_peak_from_hour: str | None = None
    off_peak_to_hour: str | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """A dated number that turns one amount into another (heating value of gas, emissions), with its source."""

    factor: str
    value: float
    unit: str
    source: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class CollectionPlan:
    """The fixed plan of a sector and stream: weekdays (Monday 0) every so many weeks, from the week of `first_on`.

    What one round takes lies between low and high (both or neither are entered); `tonnage_t` is what a mean round
    brings in.
    """

    sector: str
    waste_stream: str
    weekdays: tuple[int, ...]
    every_weeks: int
    first_on: date
    start_hour: str
    valid_to: date | None = None
    distance_low_km: float | None = None
    distance_high_km: float | None = None
    duration_low_h: float | None = None
    duration_high_h: float | None = None
    cost_low_eur: float | None = None
    cost_high_eur: float | None = None
    tonnage_t: float | None = None


@dataclass(frozen=True, slots=True)
class SendingInterval:
    """How often a device (its external id), or every device of a profile (its model), ought to send [s]."""

    interval_s: int
    valid_from: datetime
    device: str | None = None
    profile: str | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoundDone:
    """A round that was driven; `source` is declared, telematics or inferred."""

    sector: str
    waste_stream: str
    started_at: datetime
    ended_at: datetime
    source: str = "declared"


@dataclass(frozen=True, slots=True)
class Project:
    """What was invested where, and when it began to act. The baseline is the metered days before, end not included.

    `cost_eur` is what was declared, and stands while no invoice is entered.
    """

    slug: str
    name: str
    domain: str
    assets: tuple[str, ...]
    started_on: date
    baseline_from: date
    baseline_to: date
    cost_eur: float
    invoices: tuple[Invoice, ...] = ()
    subsidy: Subsidy | None = None
    assumptions: Assumptions | None = None
    indicators: tuple[Indicator, ...] = ()
    worths: tuple[Worth, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something announced. No asset: the whole territory."""

    kind: str
    asset: str | None
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class CounterRange:
    """The number at which a counter shows 0 again, in the unit of its series: a fall across it is no reset."""

    device: str
    quantity: str
    rolls_over_at: float
    channel: str = ""


@dataclass(frozen=True, slots=True)
class AlarmBudget:
    """How many alarms a week one technician can look after, and how many technicians there are."""

    alarms_per_technician: float
    n_technicians: int


@dataclass(frozen=True, slots=True)
class FailureCost:
    """What one failure of an asset of a type costs [EUR], and each day on which it stays failed [EUR/d].

    `failures_per_year` of one asset [1/a]; None: as assumed.
    """

    asset_type: str
    people_eur: float
    safety_eur: float
    repair_eur: float
    waiting_eur_per_day: float
    source: str
    valid_from: date
    valid_to: date | None = None
    failures_per_year: float | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """All that a territory (its slug) has entered."""

    territory: str
    schedules: tuple[Schedule, ...] = ()
    tariffs: tuple[Tariff, ...] = ()
    factors: tuple[Factor, ...] = ()
    collection_plans: tuple[CollectionPlan, ...] = ()
    rounds_done: tuple[RoundDone, ...] = ()
    intervals: tuple[SendingInterval, ...] = ()
    projects: tuple[Project, ...] = ()
    notices: tuple[Notice, ...] = ()
    counter_ranges: tuple[CounterRange, ...] = ()
    alarm_budgets: tuple[AlarmBudget, ...] = ()
    failure_costs: tuple[FailureCost, ...] = ()


TYPES: Mapping[str, type] = {
    "tariffs": Tariff,
    "factors": Factor,
    "schedules": Schedule,
    "collection_plans": CollectionPlan,
    "projects": Project,
    "rounds_done": RoundDone,
    "notices": Notice,
    "intervals": SendingInterval,
    "counter_ranges": CounterRange,
    "alarm_budgets": AlarmBudget,
    "failure_costs": FailureCost,
}


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """Rows that were added or taken away, by table; nothing where all stood as it was."""

    changed: Mapping[str, int] = field(default_factory=dict)


def enter_reference(connection: Connection, reference: Reference) -> ReferenceReport:
    """Write a territory's reference data, in one transaction.

    Raises
    ------
    ReferenceDataError
        A territory or asset is not registered, two tariffs or plans hold at the same time, a value is out of range.
    """
    require_faultless(reference)
    parameters = {"territory": reference.territory, **{name: json.dumps(rows) for name, rows in tables(reference)}}
    try:
        with connection.transaction():
            zone = require_registered(connection, reference)
            standing = read_standing(connection, reference.territory, TYPES)
            connection.execute(QUERIES["lock_rollups"])  # so that no hour is computed by the old ranges after this
            changed = {name: replace(connection, name, parameters) for name in REPLACED}
            changed |= {name: replace(connection, name, parameters) for name in REPLACED_BESIDE}
            changed["rounds_done"] = connection.execute(QUERIES["insert_rounds_done"], parameters).rowcount
            if any(changed[name] for name in REPLACED):
                connection.execute(QUERIES["mark_project_months"], parameters)
            entered = {name: getattr(reference, name) for name in TYPES}
            mark_spans(connection, reference.territory, changed_spans(standing, entered, zone))
    except psycopg.errors.ExclusionViolation as error:
        raise refused(reference, [exclusion(error)]) from error
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        raise ReferenceDataError(f"reference data of {reference.territory}: {error.diag.message_primary}") from error
    return ReferenceReport({name: n for name, n in changed.items() if n})


def require_faultless(reference: Reference) -> None:
    """Refuse a set in which anything is wrong, whatever the store holds."""
    faults = list(find_faults({name: getattr(reference, name) for name in RESOURCES}))
    if faults:
        raise refused(reference, faults)


def refused(reference: Reference, faults: Sequence[tuple[str, int, Fault]]) -> ReferenceDataError:
    """Say the first fault and where it is, and carry them all."""
    name, index, fault = faults[0]
    place = ".".join(part for part in (f"{name}[{index}]", fault.field) if part)
    return ReferenceDataError(f"reference data of {reference.territory}: {place}: {fault.sentence_en}", faults)


def exclusion(error: psycopg.errors.ExclusionViolation) -> tuple[str, int, Fault]:
    """Say that an entry holds together with one that stands; all but rounds were compared before."""
    detail = error.diag.message_detail or ""
    fault = Fault(
        "started_at" if error.diag.table_name == "rounds_done" else "",
        "Une autre entrée du même genre vaut en même temps.",
        f"Another entry of its like holds at the same time. {detail}".strip(),
    )
    return error.diag.table_name or "rounds_done", 0, fault


def replace(connection: Connection, table: str, parameters: Mapping[str, Any]) -> int:
    """Delete rows that are not in the set, insert those that are missing, and count both."""
    deleted = connection.execute(QUERIES[f"delete_{table}"], parameters).rowcount
    return deleted + connection.execute(QUERIES[f"insert_{table}"], parameters).rowcount


def require_registered(connection: Connection, reference: Reference) -> ZoneInfo:
    """Refuse a set that names what is not there, and give the territory's clock."""
    named = {slug for project in reference.projects for slug in project.assets}
    named |= {schedule.asset for schedule in reference.schedules}
    named |= {notice.asset for notice in reference.notices if notice.asset}
    named_devices = {interval.device for interval in reference.intervals if interval.device is not None}
    devices = sorted(named_devices | {entry.device for entry in reference.counter_ranges})
    parameters = {"territory": reference.territory, "assets": sorted(named), "devices": devices}
    row = connection.execute(QUERIES["find_unregistered"], parameters).fetchone()
    if row is None:
        raise ReferenceDataError(f"no territory {reference.territory!r} is registered")
    for kind, kind_fr, missing in (("asset", "équipement", row[0]), ("device", "appareil", row[1])):
        if missing:
            fault = Fault(
                kind, f"L’{kind_fr} {missing[0]!r} n’existe pas ici.", f"There is no {kind} {missing[0]!r} here."
            )
            message = f"no {kind} {missing[0]!r} is registered in {reference.territory!r}"
            raise ReferenceDataError(message, [("", 0, fault)])
    return ZoneInfo(row[2])


def tables(reference: Reference) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    """Give each table's rows as JSON can hold them."""
    yield "tariffs", [row(entry) for entry in reference.tariffs]
    yield "factors", [row(entry) for entry in reference.factors]
    yield "schedules", [row(entry) for entry in reference.schedules]
    yield "calendars", [row(entry) for entry in reference.notices]
    yield "collection_plans", [row(entry) for entry in reference.collection_plans]
    yield "rounds_done", [row(entry) for entry in reference.rounds_done]
    yield "counter_ranges", [row(entry) for entry in reference.counter_ranges]
    yield "alarm_budgets", [row(entry) for entry in reference.alarm_budgets]
    yield "failure_costs", [row(entry) for entry in reference.failure_costs]
    yield "intervals", [row(entry) for entry in reference.intervals]
    yield "projects", [row(entry, PROJECT_COLUMNS) for entry in reference.projects]
    yield from project_tables(reference.projects).items()


def project_tables(projects: Iterable[Project]) -> dict[str, list[dict[str, Any]]]:
    """Give the rows that hang on projects, each with its project's slug."""
    parts: dict[str, list[dict[str, Any]]] = {name: [] for name in REPLACED if name.startswith("project_")}
    for project in projects:
        found = {
            "project_assets": [{"asset": asset} for asset in project.assets],
            "project_invoices": [row(entry) for entry in project.invoices],
            "project_subsidies": [] if project.subsidy is None else [row(project.subsidy)],
            "project_assumptions": [] if project.assumptions is None else [row(project.assumptions)],
            "project_indicators": [row(entry) for entry in project.indicators],
            "project_worths": [row(entry) for entry in project.worths],
        }
        for name, rows in found.items():
            parts[name] += [{"project": project.slug, **entry} for entry in rows]
    return parts


def row(entry: Any, names: Iterable[str] = ()) -> dict[str, Any]:
    """Turn a frozen entry, or these fields of it, into what JSON can hold."""
    fields = {name: getattr(entry, name) for name in names or entry.__slots__}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}
