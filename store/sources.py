"""Other brokers: their addresses and rules, and how their sessions fare."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from store.intake import Connection, instant
from store.sql import load_queries

QUERIES = load_queries(__file__)
POSTED = "http:"


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """How messages on these topics are read; an empty filter means the format's own. `mapping` is a rule as JSON."""

    format: str
    topic_filter: str = ""
    territory: str | None = None
    device_prefix: str = ""
    mapping: str | None = None


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A broker beside the own one. `password_from` is env:NAME or file:/path; the password itself is never stored.

    With the URL `http:` there is no broker: its rules are for messages that are posted.
    """

    name: str
    url: str
    rules: tuple[RuleEntry, ...]
    territory: str | None = None
    mqtt_version: str = "5"
    user_name: str | None = None
    password_from: str | None = None
    client_id: str | None = None

    @property
    def has_broker(self) -> bool:
        """Say whether there is a broker to be read."""
        return self.url != POSTED


class StateRow(NamedTuple):
    """How one session of a source fares; times are microseconds since 1970 UTC."""

    source: str
    session: str
    is_connected: bool
    changed_at_us: int
    last_message_at_us: int | None
    error: str


class SourceState(NamedTuple):
    """How one session of a source fared when its worker last noted it, and what the source brought in 24 hours."""

    session: str
    is_connected: bool
    changed_at: datetime
    last_message_at: datetime | None
    error: str
    noted_at: datetime


def read_sources(connection: Connection) -> list[SourceEntry]:
    """Give all sources, by name."""
    rules: dict[str, list[RuleEntry]] = {}
    for name, *fields in connection.execute(QUERIES["read_rules"]):
        rules.setdefault(name, []).append(RuleEntry(*fields))
    return [
        SourceEntry(name, url, tuple(rules.get(name, ())), *fields)
        for name, url, *fields in connection.execute(QUERIES["read_sources"])
    ]


def write_source(connection: Connection, entry: SourceEntry) -> None:
    """Enter a source, or give one of this name another description.

    Raises
    ------
    LookupError
        It names a territory that does not exist.
    ValueError
        A field cannot be used.
    """
    try:
        with connection.transaction():
            check_territories(connection, entry)
            row = connection.execute(QUERIES["upsert_source"], source_parameters(entry)).fetchone()
            source_id = row[0] if row else None
            connection.execute(QUERIES["forget_rules"], {"source_id": source_id})
            with connection.cursor() as cursor:
                cursor.executemany(QUERIES["insert_rule"], rule_parameters(source_id, entry.rules))
    except psycopg.errors.CheckViolation as error:
        raise ValueError(f"this cannot be entered: {error.diag.constraint_name}") from error


def check_territories(connection: Connection, entry: SourceEntry) -> None:
    """Raise LookupError for a territory that does not exist."""
    named = {entry.territory, *(rule.territory for rule in entry.rules)} - {None}
    rows = connection.execute(QUERIES["find_territories"], {"territories": sorted(filter(None, named))})
    if missing := named - {row[0] for row in rows}:
        raise LookupError(f"there is no territory {', '.join(sorted(filter(None, missing)))}")


def source_parameters(entry: SourceEntry) -> dict[str, Any]:
    """Name the fields as the query does."""
    return {
        "name": entry.name,
        "url": entry.url,
        "mqtt_version": entry.mqtt_version,
        "user_name": entry.user_name,
        "password_from": entry.password_from,
        "client_id": entry.client_id,
        "territory": entry.territory,
    }


def rule_parameters(source_id: int | None, rules: Sequence[RuleEntry]) -> list[dict[str, Any]]:
    """Name the fields as the query does."""
    return [
        {
            "source_id": source_id,
            "place": place,
            "topic_filter": rule.topic_filter,
            "format": rule.format,
            "territory": rule.territory,
            "device_prefix": rule.device_prefix,
            "mapping": rule.mapping,
        }
        for place, rule in enumerate(rules)
    ]


def remove_source(connection: Connection, name: str) -> bool:
    """Forget a source; what it brought stays. False where there is none of this name."""
    with connection.transaction():
        connection.execute(QUERIES["forget_states"], {"name": name})
        return connection.execute(QUERIES["remove_source"], {"name": name}).rowcount > 0


def write_states(connection: Connection, states: Iterable[StateRow]) -> None:
    """Note how sessions fare."""
    with connection.cursor() as cursor:
        cursor.executemany(
            QUERIES["write_state"],
            [
                {
                    "source": state.source,
                    "session": state.session,
                    "is_connected": state.is_connected,
                    "changed_at": instant(state.changed_at_us),
                    "last_message_at": None if state.last_message_at_us is None else instant(state.last_message_at_us),
                    "error": state.error,
                }
                for state in states
            ],
        )


def read_states(connection: Connection, name: str) -> list[SourceState]:
    """Give the states of a source's sessions as their workers last noted them."""
    return [SourceState(*row) for row in connection.execute(QUERIES["read_states"], {"name": name})]


class Account(NamedTuple):
    """What a source brought in the last 24 hours, in values."""

    n_received: int
    n_stored: int
    n_duplicate: int
    n_rejected: int


def read_account(connection: Connection, name: str) -> Account:
    """Give what a source brought in the last 24 hours."""
    row = connection.execute(QUERIES["read_account"], {"name": name}).fetchone()
    return Account(*(int(count) for count in row)) if row else Account(0, 0, 0, 0)
