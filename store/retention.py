"""Retention: raw values, hours and days end when their class says so, and never before KPIs have been told of them.

A raw value ends with its chunk: the chunk is dropped when every class in it has outlived it, and rewritten without the
rows of the classes that have. Hours end after the raw values they were computed from, days after their hours, both by
whole months. The rules are in docs/reference/retention.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Literal

import psycopg
from psycopg import errors, sql

from store import columnstore
from store.record_retention import end_records
from store.reports import end_reports
from store.sql import load_queries

QUERIES = load_queries(__file__)
SETTLE = timedelta(days=7)
N_SERIES = 500  # whose hours or days end in one transaction
Connection = psycopg.Connection[tuple[Any, ...]]
Level = Literal["raw", "hour", "day", "record"]
Held = Literal["still needed", "loaded lately", "in use"]


@dataclass(frozen=True, slots=True)
class Ending:
    """Rows of one class and level that have outlived their age; `held` says why they stay all the same.

    What the platform notes of itself is the level `record`, with its table in place of a class.
    """

    level: Level
    retention_class: str
    begins_at: datetime
    ends_at: datetime
    n_rows: int
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk of raw values that some class has outlived; `classes` are those whose rows go, all rows if `is_whole`."""

    schema: str
    name: str
    begins_at: datetime
    ends_at: datetime
    is_compressed: bool
    is_fresh: bool
    is_whole: bool
    n_rows_by_class: tuple[tuple[str, int], ...]

    @property
    def classes(self) -> list[str]:
        return [name for name, _ in self.n_rows_by_class]

    def endings(self, held: Held | None) -> list[Ending]:
        """Say what goes with it, class by class."""
        return [Ending("raw", name, self.begins_at, self.ends_at, n, held) for name, n in self.n_rows_by_class]


def run_daily(connection: Connection, now: datetime) -> list[Ending] | None:
    """Run retention if nobody has within a day; None where somebody has."""
    if connection.execute(QUERIES["claim_run"], {"now": now}).fetchone() is None:
        return None
    return run(connection, now, names_held=False)


def run(
    connection: Connection,
    now: datetime,
    *,
    is_dry: bool = False,
    settle: timedelta = SETTLE,
    names_held: bool = True,
) -> list[Ending]:
    """End what has outlived its class and give it, with what is held back and why; in a dry run only say so.

    Parameters
    ----------
    connection
        In autocommit: each chunk, and each few hundred series, is a transaction of its own that may be cut.
    settle
        Chunks younger than this stay, however old their values: what was loaded just now can be looked at.
    names_held
        False leaves out of the answer what is held back: its rows need not be counted.
    """
    if not is_dry:
        end_reports(connection, now)
    records = [Ending("record", *record) for record in end_records(connection, now, is_dry=is_dry)]
    row = connection.execute(QUERIES["read_needed_from"]).fetchone()
    needed_from: datetime | None = row[0] if row else None
    if needed_from is None:
        return records
    endings = records
    for chunk in find_chunks(connection, now, settle, ready_by=None if names_held else needed_from):
        held = why_held(chunk, needed_from)
        if held is None and not is_dry:
            held = drop_raw(connection, chunk, now, settle)
        endings += chunk.endings(held)
    endings += drop_rollups(connection, now, needed_from, is_dry)
    if not is_dry:
        connection.execute(QUERIES["delete_batches"])
    return endings


def find_chunks(
    connection: Connection,
    now: datetime,
    settle: timedelta,
    only: datetime | None = None,
    ready_by: datetime | None = None,
) -> list[Chunk]:
    """Find the chunks from which rows go, oldest first; with `ready_by` none that is held back."""
    parameters = {"now": now, "settle": settle, "only": only, "ready_by": ready_by}
    rows = connection.execute(QUERIES["read_shares"], parameters).fetchall()
    chunks = [chunk_of(list(shares)) for _, shares in groupby(rows, key=lambda row: row[:6])]
    return [chunk for chunk in chunks if chunk.is_whole or chunk.n_rows_by_class]


def chunk_of(rows: Sequence[tuple[Any, ...]]) -> Chunk:
    """Put together the classes of one chunk; one that holds nothing any more goes as a whole."""
    shares = [(row[6], row[7], bool(row[8])) for row in rows if row[7]]
    gone = tuple((name, n) for name, n, is_past in shares if is_past)
    schema, name, begins_at, ends_at, is_compressed, is_fresh = rows[0][:6]
    return Chunk(schema, name, begins_at, ends_at, is_compressed, is_fresh, len(gone) == len(shares), gone)


def why_held(chunk: Chunk, needed_from: datetime) -> Held | None:
    """Say why a chunk stays for now."""
    if chunk.ends_at > needed_from:
        return "still needed"
    return "loaded lately" if chunk.is_fresh else None


def drop_raw(connection: Connection, chunk: Chunk, now: datetime, settle: timedelta) -> Held | None:
    """End a chunk's rows in one transaction, unless something has come to it meanwhile; say why if not."""
    bounds = {"from": chunk.begins_at, "to": chunk.ends_at, "classes": chunk.classes}
    try:
        with connection.transaction():
            connection.execute(QUERIES["lock_refresh"])
            row = connection.execute(QUERIES["read_needed_from"]).fetchone()
            if (
                row is None
                or row[0] < chunk.ends_at
                or chunk not in find_chunks(connection, now, settle, chunk.begins_at)
            ):
                return "still needed"
            for name in ("note_series_drops", "note_territory_drops", "delete_notes", "delete_revisions"):
                connection.execute(QUERIES[name], bounds)
            note_drops(connection, chunk.endings(None))
            if chunk.is_whole:
                connection.execute(QUERIES["drop_chunk"], bounds)
            else:
                rewrite(connection, chunk, bounds)
    except (errors.LockNotAvailable, errors.UndefinedTable):  # in use, or ended by another run
        return "in use"
    return None


def rewrite(connection: Connection, chunk: Chunk, bounds: dict[str, Any]) -> None:
    """Write a chunk anew without some classes' rows; a compressed one is compressed again."""
    identifier = sql.Identifier(chunk.schema, chunk.name)
    name = identifier.as_string(connection)
    connection.execute(QUERIES["copy_kept"], bounds)
    if chunk.is_compressed:
        columnstore.open_chunk(connection, name)
    connection.execute(sql.SQL(QUERIES["empty_chunk"]).format(chunk=identifier))
    connection.execute(QUERIES["put_kept"])
    if chunk.is_compressed:
        columnstore.close_chunk(connection, name)


def drop_rollups(connection: Connection, now: datetime, needed_from: datetime, is_dry: bool) -> list[Ending]:
    """End hours and days, and give what they were."""
    cuts = connection.execute(QUERIES["read_rollup_cuts"], {"now": now, "needed_from": needed_from}).fetchall()
    asked: list[Ending] = []
    for name, hour_cut, day_cut in cuts:
        asked += [Ending("hour", name, hour_cut, hour_cut, 0)] if hour_cut else []
        asked += [Ending("day", name, day_cut, day_cut, 0)] if day_cut else []
    endings = [drop_level(connection, ending, is_dry) for ending in asked]
    return [ending for ending in endings if ending.n_rows]


def drop_level(connection: Connection, ending: Ending, is_dry: bool) -> Ending:
    """End one class's hours or days before `ends_at`, a few hundred series at a time."""
    parameters = {"retention_class": ending.retention_class, "cut": ending.ends_at}
    found = connection.execute(QUERIES[f"find_{ending.level}_series"], parameters).fetchall()
    if not found:
        return ending
    whole = replace(ending, begins_at=min(row[1] for row in found), n_rows=sum(row[2] for row in found))
    if is_dry:
        return whole
    for first in range(0, len(found), N_SERIES):
        part = found[first : first + N_SERIES]
        with connection.transaction():
            connection.execute(QUERIES["lock_refresh"])
            series_ids = [row[0] for row in part]
            connection.execute(QUERIES[f"delete_{ending.level}s"], {"series_ids": series_ids, "cut": ending.ends_at})
            note_drops(connection, [replace(whole, n_rows=sum(row[2] for row in part))])
    return whole


def note_drops(connection: Connection, endings: Iterable[Ending]) -> None:
    """Write down what ends, in the transaction that ends it."""
    for ending in endings:
        connection.execute(
            QUERIES["note_drop"],
            {
                "level": ending.level,
                "retention_class": ending.retention_class,
                "from": ending.begins_at,
                "to": ending.ends_at,
                "n_rows": ending.n_rows,
            },
        )
