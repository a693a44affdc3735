"""The audit log: who did what, when, through which route or command, to what. Lines are added and never taken away."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from store.reader import Connection as AsyncConnection
from store.reader import Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]

# Set at the rim, where a request or command is known; threads that work for a request inherit it.
through: ContextVar[str] = ContextVar("through", default="")


@dataclass(frozen=True, slots=True)
class Line:
    """What was done: by whom, what, to what. `territory` is a slug or number, None where it is none's alone."""

    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    territory: str | int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Which lines are asked for; `actor` is a part of the name, `begins_at` included, `ends_at` not."""

    territory: str | None = None
    actor: str | None = None
    action: str | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None


def write_line(connection: Connection, line: Line) -> None:
    """Add a line, in the caller's transaction."""
    connection.execute(QUERIES["insert_line"], parameters_of(line))


async def await_line(connection: AsyncConnection, line: Line) -> None:
    """Do the same for the API."""
    await connection.execute(QUERIES["insert_line"], parameters_of(line))


def parameters_of(line: Line) -> dict[str, Any]:
    """Name the fields as the query does."""
    return {
        "actor": line.actor,
        "action": line.action,
        "subject": line.subject,
        "detail": Jsonb(dict(line.detail)),
        "through": through.get(),
        "territory_id": line.territory if isinstance(line.territory, int) else None,
        "territory": line.territory if isinstance(line.territory, str) else None,
    }


async def list_lines(
    connection: AsyncConnection, choice: Choice, ancestor_ids: list[int], *, after: int, n: int
) -> list[Row]:
    """List lines of the territories in these subtrees, newest first, below the number `after` (0: from the top)."""
    return await fetch(connection, QUERIES["list_lines"], choice_parameters(choice, ancestor_ids, after, n))


def read_lines(connection: Connection, choice: Choice, n: int) -> list[Row]:
    """Read the newest lines, of no territory too."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["list_lines"], choice_parameters(choice, None, 0, n)).fetchall()


def choice_parameters(choice: Choice, ancestor_ids: list[int] | None, after: int, n: int) -> dict[str, Any]:
    """Name the fields as the query does."""
    return {
        "territory": choice.territory,
        "actor": choice.actor,
        "action": choice.action,
        "from": choice.begins_at,
        "to": choice.ends_at,
        "ancestor_ids": ancestor_ids,
        "after": after,
        "n": n,
    }
