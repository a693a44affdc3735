"""How the programs fare, as far as the database knows: who works, how far behind, what fails; each with its cause."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from store.errors import OutdatedSchemaError
from store.health import compare_migrations
from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
Program = Literal["database", "broker", "ingest", "analyse", "api"]
PROGRAMS: tuple[Program, ...] = ("database", "broker", "ingest", "analyse", "api")
# The last hour may be a minute short of its end, and its closing waits for a settling time.
LONGEST_LAG_S = 2 * 3600.0
LONGEST_QUEUE_S = 900.0


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a program is not well, as a word and as sentences."""

    program: Program
    cause: str
    sentence_fr: str
    sentence_en: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the database knows.

    Sessions of ingest workers, workers of analyse heard of in 30 s; how long ago the last closed hour ended and how
    long the oldest job that could run waits [s], None where nothing is there; kinds of jobs that failed last within a
    day; sources with a session that is not connected; messages that brokers dropped in an hour; the server's data
    folder, None where we may not know it.
    """

    n_ingest: int
    n_analyse: int
    hours_lag_s: float | None
    queue_s: float | None
    failing: tuple[str, ...]
    disconnected: tuple[str, ...]
    n_dropped: int
    data_directory: str | None


def read_schema_causes(connection: Connection) -> list[Cause]:
    """Say where the database has not the migrations of this version."""
    missing, foreign = compare_migrations(connection)
    if not missing and not foreign:
        return []
    return [
        Cause(
            "database",
            "schema",
            f"La base n’a pas le schéma de cette version ({len(missing)} migrations manquent, {len(foreign)} "
            "sont d’une autre) : lancez `vigie migrate`.",
            f"The database has not this version's schema ({len(missing)} migrations missing, {len(foreign)} of "
            "another): run `vigie migrate`.",
        )
    ]


def read_facts(connection: Connection) -> Facts:
    """Ask the database.

    Raises
    ------
    OutdatedSchemaError
        It lacks the tables.
    """
    try:
        with connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(QUERIES["read_facts"]).fetchone()
    except psycopg.errors.UndefinedTable as error:
        raise OutdatedSchemaError("the database is not migrated: run `vigie migrate`") from error
    assert row is not None  # a query without a table always gives its row
    return Facts(**{**row, "failing": tuple(row["failing"]), "disconnected": tuple(row["disconnected"])})


def find_causes(facts: Facts) -> Iterator[Cause]:
    """Say what is not well."""
    for source in facts.disconnected:
        yield Cause(
            "broker",
            "disconnected",
            f"La source « {source} » n’est pas connectée.",
            f"The source {source!r} is not connected.",
        )
    if facts.n_dropped:
        yield Cause(
            "broker",
            "dropped",
            f"{facts.n_dropped} messages abandonnés par le broker en une heure.",
            f"{facts.n_dropped} messages dropped by the broker in an hour.",
        )
    if not facts.n_ingest:
        yield Cause("ingest", "absent", "Aucun `vigie ingest` ne tourne.", "No `vigie ingest` is running.")
    yield from find_analyse_causes(facts)


def find_analyse_causes(facts: Facts) -> Iterator[Cause]:
    """Say what is not well with the jobs."""
    if not facts.n_analyse:
        yield Cause("analyse", "absent", "Aucun `vigie analyse` ne tourne.", "No `vigie analyse` is running.")
    if facts.hours_lag_s is None or facts.hours_lag_s > LONGEST_LAG_S:
        yield Cause(
            "analyse",
            "hours_open",
            f"Les heures passées ne sont pas closes ({told_hours(facts.hours_lag_s)} h de retard).",
            f"Hours that have passed are not closed ({told_hours(facts.hours_lag_s)} h behind).",
        )
    if facts.queue_s is not None and facts.queue_s > LONGEST_QUEUE_S:
        minutes = round(facts.queue_s / 60)
        yield Cause(
            "analyse",
            "queue",
            f"Un traitement attend depuis {minutes} min.",
            f"A job has been waiting for {minutes} min.",
        )
    for kind in facts.failing:
        yield Cause("analyse", "failing", f"Le traitement « {kind} » échoue.", f"The job {kind!r} fails.")


def told_hours(lag_s: float | None) -> str:
    """Write a lag; hours that were never closed have none that says anything."""
    return "?" if lag_s is None or lag_s > 8766 * 3600 else str(round(lag_s / 3600))
