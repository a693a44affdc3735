"""Where people are named, and how a name is erased: replaced everywhere by a pseudonym that is always the same.

What was done, when and to what stays, and so do lines of one person together; who it was goes. What is signed (reports,
lists of acceptances) cannot be changed: docs/reference/personal-data.md says what becomes of it.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg import sql

from store.audit import Line, write_line
from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
# name: a person's or a post's, alone or as in `key 5 (name)`; text: written by people, may name any; document: JSON
# that repeats one of the others; identity: what an identity provider calls somebody, erased with the account.
Held = Literal["name", "text", "document", "identity"]
PERSONAL: Mapping[str, Mapping[str, Held]] = {
    "acceptance_rules": {"created_by": "name"},
    "acceptances": {"started_by": "name", "finished_by": "name"},
    "alert_channels": {"name": "name", "address": "text", "body": "text", "created_by": "name"},
    "alert_mutes": {"created_by": "name"},
    "alert_pauses": {"reason": "text", "who": "name", "created_by": "name", "ended_by": "name"},
    "alert_rotas": {"name": "name", "created_by": "name"},
    "alert_rules": {"created_by": "name"},
    "alerts": {"acknowledged_by": "name"},
    "answered_requests": {"actor": "name", "answer": "document"},
    "api_keys": {"name": "name", "issuer": "identity", "subject": "identity"},
    "audit_log": {"actor": "name", "subject": "text", "detail": "document"},
    "changed_days": {"actor": "name"},
    "calendar_feeds": {"technician": "name", "created_by": "name"},
    "citizen_desks": {"opened_by": "name"},
    "citizen_reports": {"place_note": "text", "note": "text"},
    "clock_rules": {"made_by": "name", "decided_by": "name"},
    "devices": {"accepted_by": "name"},
    "erasures": {"erased_by": "name"},
    "group_days": {"actor": "name"},
    "kpi_values": {"restated_by": "name"},
    "model_promotions": {"actor": "name", "reason": "text"},
    "ngsi_entities": {"attributes": "document"},
    "ngsi_instances": {"body": "document"},
    "publication_releases": {"published_by": "name"},
    "publications": {
        "created_by": "name",
        "withdrawn_by": "name",
        "withdrawn_because": "text",
        "contact": "text",
        "title_fr": "text",
        "title_en": "text",
    },
    "replay_requests": {"requested_by": "name"},
    "revisions": {"revised_by": "name", "reason": "text"},
    "thresholds": {"moved_by": "name"},
    "verdicts": {"who": "name", "given_by": "name", "note": "text"},
    "webhook_deliveries": {"body": "document"},
    "webhooks": {"created_by": "name"},
    "work_order_changes": {"who": "name", "given_by": "name", "detail": "document"},
    "work_order_photos": {"who": "name", "given_by": "name"},
    "work_orders": {
        "technician": "name",
        "opened_by": "name",
        "closed_by": "name",
        "title": "text",
        "note": "text",
        "cause": "text",
        "result": "text",
    },
}
# Not in the middle of another word, and no name of a member of a document.
PATTERN = r'(?<!\w){name}(?!\w|":)'
USABLE = re.compile(r'[^"\\\x00-\x1f]{2,200}')


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure changed, or (preview) would: rows by `table.column`."""

    pseudonym: str
    n_by_column: Mapping[str, int]


def erase_person(connection: Connection, name: str, actor: str, *, preview: bool = False) -> Erasure:
    """Replace a name wherever the database holds it, end the keys and accounts of this name, and note that.

    Case counts, and so does each way of writing a name: erase each of them.

    Raises
    ------
    ValueError
        The name is shorter than two letters, or holds quotes, backslashes or control characters.
    """
    if not USABLE.fullmatch(name) or name != name.strip():
        raise ValueError(f"{name!r} cannot be erased: give 2 to 200 letters, without quotes or backslashes")
    with connection.transaction():
        pseudonym = find_pseudonym(connection, name)
        parameters = {"name": name, "pattern": PATTERN.format(name=escape(name)), "pseudonym": pseudonym}
        if preview:
            return Erasure(pseudonym, run_for_columns(connection, parameters, preview=True))
        connection.execute(QUERIES["begin_erasing"])
        connection.execute(QUERIES["end_keys"], parameters)
        connection.execute(QUERIES["forget_logins"])
        changed = run_for_columns(connection, parameters, preview=False)
        connection.execute(QUERIES["end_erasing"])
        n_rows = sum(changed.values())
        connection.execute(QUERIES["insert_erasure"], {"pseudonym": pseudonym, "actor": actor, "n_rows": n_rows})
        write_line(connection, Line(actor, "erase_person", pseudonym, {"n_rows": n_rows}))
    return Erasure(pseudonym, changed)


def run_for_columns(connection: Connection, parameters: Mapping[str, Any], *, preview: bool) -> dict[str, int]:
    """Count the rows of each column that hold the name, or replace it there; columns without it are left out."""
    found = {}
    for table, columns in PERSONAL.items():
        for column, held in columns.items():
            if held == "identity":
                continue
            query = "count_text" if preview else "replace_document" if held == "document" else "replace_text"
            names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
            cursor = connection.execute(sql.SQL(QUERIES[query]).format(**names), parameters)
            n_rows = (cursor.fetchone() or (0,))[0] if preview else cursor.rowcount
            if n_rows:
                found[f"{table}.{column}"] = int(n_rows)
    return found


def find_pseudonym(connection: Connection, name: str) -> str:
    """Give what stands for a name: HMAC-SHA-256 (RFC 2104) by a secret that is made at first use."""
    connection.execute(QUERIES["make_secret"], {"secret": secrets.token_bytes(32)})
    row = connection.execute(QUERIES["read_secret"]).fetchone()
    if row is None:
        raise LookupError("erasure_secrets holds no secret")
    return f"person-{hmac.new(row[0], name.encode(), hashlib.sha256).hexdigest()[:12]}"


def escape(name: str) -> str:
    """Write a name so that a regular expression of PostgreSQL finds it as it is."""
    return "".join(letter if letter.isalnum() or letter == " " else f"\\{letter}" for letter in name)
