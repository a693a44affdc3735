"""Restatement: why a KPI value took the place of another, on whose account, and which days are told anew for it.

Causes, of which each is looked for in what the store knows: 'late data' (values came), 'corrected data' (a value that
stood was changed: `revisions`), 'reference data' (what people enter changed), 'method version'. Where several hold
they are named together.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
LATE, CORRECTED, REFERENCE = "late data", "corrected data", "reference data"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why days were told anew: one cause with who brought it about (None: not known)."""

    cause: str
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Retired:
    """A value that is no longer current; `corrected_by` and `loaded_by` since it was computed, None: nobody."""

    kpi_value_id: int
    corrected_by: str | None
    loaded_by: str | None


@dataclass(frozen=True, slots=True)
class Restatement:
    """A value that took the place of another: both, when, why, and on whose account."""

    kpi: str
    asset: str | None
    begins_at: datetime
    ends_at: datetime
    unit: str
    old_value: float | None
    new_value: float | None
    computed_at: datetime
    cause: str
    restated_by: str | None


def explain(connection: Connection, retired: Sequence[int], occasions: Iterable[Occasion]) -> str:
    """Give cause and actor of each retired value, as JSON for the query that writes what replaces them."""
    known = sorted(set(occasions), key=lambda one: (one.cause, one.actor or ""))
    rows = connection.execute(QUERIES["explain_retired"], {"retired": list(retired)})
    told = [(int(row[0]), say(Retired(*row), known)) for row in rows]
    return json.dumps([{"kpi_value_id": number, "cause": one.cause, "actor": one.actor} for number, one in told])


def say(old: Retired, occasions: Sequence[Occasion]) -> Occasion:
    """Name the causes of one restatement together."""
    told: dict[str, list[str]] = {}
    if any(one.cause == LATE for one in occasions) or not any(one.cause == REFERENCE for one in occasions):
        told[CORRECTED if old.corrected_by else LATE] = [by for by in (old.corrected_by or old.loaded_by,) if by]
    for one in occasions:
        if one.cause == REFERENCE:
            told.setdefault(REFERENCE, []).extend([one.actor] if one.actor else [])
    actors = dict.fromkeys(actor for names in told.values() for actor in names)
    return Occasion(", ".join(told), ", ".join(actors) or None)


def note_methods(connection: Connection, methods: Mapping[str, tuple[str, str]]) -> int:
    """Have the days of KPIs told anew whose method (name, version) is another than noted, and give how many days.

    Days of which inputs were dropped are taken and left, as always: their KPIs are final.
    """
    rows = [{"kpi": kpi, "method": method, "method_version": version} for kpi, (method, version) in methods.items()]
    parameters = {"methods": json.dumps(rows)}
    with connection.transaction():
        changed = [str(row[0]) for row in connection.execute(QUERIES["note_methods"], parameters)]
        if not changed:
            return 0
        return connection.execute(QUERIES["mark_days_of_kpis"], {**parameters, "kpis": changed}).rowcount


def mark_after_baselines(connection: Connection, days: Sequence[tuple[int, datetime, str, str | None]]) -> None:
    """Have the months of projects told anew whose baseline holds one of the days (territory, begin, cause, actor)."""
    if days:
        territories, begins, causes, actors = map(list, zip(*days, strict=True))
        columns = {"territories": territories, "days": begins, "causes": causes, "actors": actors}
        connection.execute(QUERIES["mark_after_baselines"], columns)


def mark_again(connection: Connection, territory_id: int, at: datetime) -> None:
    """Have the KPIs of the civil day that holds an instant, and of its month, told anew."""
    connection.execute(QUERIES["mark_again"], {"territory_id": territory_id, "at": at})


def read_restatements(
    connection: Connection, territory_id: int, span: tuple[datetime, datetime], n: int
) -> list[Restatement]:
    """Read at most `n` restatements of values whose period lies in a span, the territory's first, the newest first."""
    parameters = {"territory_id": territory_id, "from": span[0], "to": span[1], "n": n}
    return [Restatement(*row) for row in connection.execute(QUERIES["read_restatements"], parameters)]
