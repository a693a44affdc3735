"""Webhooks and their outbox: where changes of work orders are sent, what waits, what came of each attempt."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from sensors.webhook import check_address
from store.attempts import Attempt
from store.audit import Line, write_line
from store.reader import Row
from store.sql import load_queries
from store.technician import NotThereError

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
N_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be sent where: `body` as it was when the work order changed."""

    delivery_id: int
    url: str
    secret: bytes
    body: dict[str, Any]
    n_attempts: int


def create_webhook(connection: Connection, territory: str, url: str, actor: str) -> tuple[int, str]:
    """Have changes of a territory's work orders sent to an address; give the number and the secret (hexadecimal).

    Raises
    ------
    AddressError
        The address may not be called.
    NotThereError
        There is no such territory.
    """
    check_address(url)
    secret = secrets.token_bytes(N_SECRET_BYTES)
    parameters = {"territory": territory, "url": url, "secret": secret, "actor": actor}
    with connection.transaction():
        row = connection.execute(QUERIES["insert_webhook"], parameters).fetchone()
        if row is None:
            raise NotThereError(f"there is no territory {territory!r}")
        detail = {"territory": territory, "url": url}
        write_line(connection, Line(actor, "create_webhook", f"webhook {row[0]}", detail, territory))
    return int(row[0]), secret.hex()


def revoke_webhook(connection: Connection, webhook_id: int, actor: str) -> None:
    """Send nothing there from now on, what waits included. Raises NotThereError where there is none in use."""
    with connection.transaction():
        row = connection.execute(QUERIES["revoke_webhook"], {"webhook_id": webhook_id}).fetchone()
        if row is None:
            raise NotThereError(f"no webhook {webhook_id} that is in use")
        line = Line(actor, "revoke_webhook", f"webhook {webhook_id}", {"url": row[0]}, row[1])
        write_line(connection, line)


def read_webhooks(connection: Connection) -> list[Row]:
    """Read the webhooks that are in use, with what waits and what was given up; without their secrets."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["read_webhooks"]).fetchall()


def read_attempts(connection: Connection, webhook_id: int, n: int) -> list[Row]:
    """Read the newest attempts of a webhook."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["read_attempts"], {"webhook_id": webhook_id, "n": n}).fetchall()


def find_due(connection: Connection, now: datetime) -> list[int]:
    """Give the webhooks for which something is due."""
    return [int(row[0]) for row in connection.execute(QUERIES["find_due"], {"now": now})]


def read_due(connection: Connection, webhook_id: int, now: datetime, n: int) -> list[Delivery]:
    """Read what is due for a webhook, the oldest first."""
    parameters = {"webhook_id": webhook_id, "now": now, "n": n}
    rows = connection.execute(QUERIES["read_due"], parameters)
    return [Delivery(row[0], row[1], bytes(row[2]), row[3], row[4]) for row in rows]


def note_attempt(connection: Connection, delivery: Delivery, attempt: Attempt) -> None:
    """Write down what came of an attempt, and when the next is due."""
    parameters = {"delivery_id": delivery.delivery_id, **attempt.settle(delivery.n_attempts)}
    with connection.transaction():
        connection.execute(QUERIES["insert_attempt"], parameters)
        connection.execute(QUERIES["update_delivery"], parameters)


def forget_old(connection: Connection, now: datetime) -> int:
    """Delete what was settled more than 90 days ago, with its attempts, and give how many there were."""
    return connection.execute(QUERIES["forget_old"], {"before": now - timedelta(days=90)}).rowcount
