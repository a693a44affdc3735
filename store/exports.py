"""Files ordered in bulk: who ordered what, how far each is, and which folder holds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from store.keys import Key
from store.reader import Connection, Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)
KEPT_S = 3 * 86_400.0
ABANDONED_S = 60.0
MOST_OPEN = 10  # that a key may have waiting or running


@dataclass(frozen=True, slots=True)
class Order:
    """An export that this process is to write; `n_tries` tells it from other tries."""

    export_id: int
    key_id: int
    question: Mapping[str, Any]
    extension: str
    n_tries: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order: ready with the SHA-256 of the file, or failed with a sentence."""

    n_rows: int
    n_bytes: int
    sha256: str | None = None
    error: str | None = None


async def insert_export(
    connection: Connection, key: Key, question: Mapping[str, Any], extension: str, place: str
) -> int | None:
    """Keep an order and give its number; None where the key has too many open ones."""
    parameters = {
        "key_id": key.key_id,
        "question": Jsonb(dict(question)),
        "extension": extension,
        "place": place,
        "most": MOST_OPEN,
    }
    row = await (await connection.execute(QUERIES["insert_export"], parameters)).fetchone()
    return int(row[0]) if row else None


async def list_exports(
    connection: Connection, key: Key, export_id: int | None = None, *, after: int = 0, n: int = 1
) -> list[Row]:
    """List a key's own exports, the latest first, below the number `after` (0: from the top), or one of them."""
    parameters = {"key_id": key.key_id, "export_id": export_id, "after": after, "n": n}
    return await fetch(connection, QUERIES["list_exports"], parameters)


async def claim_export(connection: Connection, place: str) -> Order | None:
    """Take an order that waits, or that was left unfinished; None where there is none."""
    parameters = {"place": place, "abandoned_s": ABANDONED_S}
    row = await (await connection.execute(QUERIES["claim_export"], parameters)).fetchone()
    return Order(*row) if row else None


async def note_progress(connection: Connection, order: Order, n_rows: int, n_bytes: int) -> bool:
    """Say how far an order is; False where it is no longer this process's to write."""
    parameters = {"export_id": order.export_id, "n_tries": order.n_tries, "n_rows": n_rows, "n_bytes": n_bytes}
    return (await connection.execute(QUERIES["note_progress"], parameters)).rowcount == 1


async def finish_export(connection: Connection, order: Order, outcome: Outcome) -> bool:
    """Say what became of an order; False where it is no longer this process's to say."""
    parameters = {
        "export_id": order.export_id,
        "n_tries": order.n_tries,
        "state": "failed" if outcome.error else "ready",
        "n_rows": outcome.n_rows,
        "n_bytes": outcome.n_bytes,
        "sha256": outcome.sha256,
        "error": outcome.error,
        "kept_s": KEPT_S,
    }
    return (await connection.execute(QUERIES["finish_export"], parameters)).rowcount == 1


async def drop_export(connection: Connection, key: Key, export_id: int) -> bool:
    """Let an export of this key expire now; False where there is none to be seen."""
    parameters = {"export_id": export_id, "key_id": key.key_id}
    return await (await connection.execute(QUERIES["drop_export"], parameters)).fetchone() is not None


async def sweep(connection: Connection, place: str) -> set[int]:
    """Let exports expire whose time is over, and give the numbers of those whose files are kept."""
    await connection.execute(QUERIES["expire_exports"], {"place": place})
    rows = await fetch(connection, QUERIES["list_kept"], {"place": place})
    return {row["export_id"] for row in rows}
