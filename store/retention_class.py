"""Classes of retention: how long raw values, hours and days are kept, and which series are in which class."""

from dataclasses import dataclass
from typing import Any

import psycopg

from store.errors import ReferenceDataError
from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """A class and the ages [days] that its raw values, hours and days reach at least; None: kept for ever."""

    name: str
    raw_days: int | None
    hour_days: int | None
    day_days: int | None


def list_classes(connection: Connection) -> list[tuple[RetentionClass, int]]:
    """Give all classes with their number of series."""
    rows = connection.execute(QUERIES["list_classes"])
    return [(RetentionClass(*row[:4]), row[4]) for row in rows]


def set_class(connection: Connection, wanted: RetentionClass) -> None:
    """Make a class, or change its ages. Raises ReferenceDataError where the ages cannot be."""
    parameters = {
        "retention_class": wanted.name,
        "raw_days": wanted.raw_days,
        "hour_days": wanted.hour_days,
        "day_days": wanted.day_days,
    }
    try:
        connection.execute(QUERIES["upsert_class"], parameters)
    except psycopg.errors.CheckViolation as error:
        raise ReferenceDataError(
            "a class is named in lower case; raw values stay at least 62 days, hours at least as long as raw values, "
            "days at least as long as hours, and what is kept for ever keeps the levels after it for ever"
        ) from error


def assign_class(connection: Connection, name: str, *, quantity: str | None, territory: str | None) -> int:
    """Put series of a quantity, or of a territory and those below it, into a class; give how many changed.

    Raises
    ------
    ReferenceDataError
        There is no such class or territory.
    """
    row = connection.execute(QUERIES["has_territory"], {"territory": territory}).fetchone()
    if territory is not None and row and not row[0]:
        raise ReferenceDataError(f"there is no territory {territory}")
    parameters = {"retention_class": name, "quantity": quantity, "territory": territory}
    try:
        return connection.execute(QUERIES["assign_class"], parameters).rowcount
    except psycopg.errors.ForeignKeyViolation as error:
        raise ReferenceDataError(f"there is no retention class {name}: `vigie retention classes` lists them") from error
