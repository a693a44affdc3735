"""Thresholds: a factor on the score from which an alarm opens, by territory, kind of finding and type of asset.

Every move is written down with why and who, so that it can be taken back. `ancestor_ids` are the territories of the key
that asks; None is whoever has the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from sensors.safety import SAFETY_KINDS
from store.audit import Line, write_line
from store.reader import Connection as Reader
from store.reader import Row, fetch
from store.sql import load_queries
from store.technician import NotThereError

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
MOST_ROWS = 10_000
LEAST_FACTOR, MOST_FACTOR = 0.8, 3.0
Reason = Literal["mostly_false", "over_budget", "well_confirmed", "room", "by_hand", "released"]


class SafetyKindError(ValueError):
    """Thresholds of kinds that people's safety hangs on are not moved."""


@dataclass(frozen=True, slots=True)
class AlarmClass:
    """What the daily rule knows of one kind of finding about one type of asset ("": about none).

    `n_week` alarms were told in the last seven days; verdicts are those of the last 90.
    """

    kind: str
    asset_type: str
    n_week: int
    n_confirmed: int
    n_false: int
    factor: float
    is_held: bool
    moved_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueTerritory:
    """A territory whose thresholds are to be looked at: its day, its budget [alarms a week], its classes."""

    territory_id: int
    day: date
    budget: float
    classes: tuple[AlarmClass, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A threshold moved: the factor on the score from which an alarm opens, and why."""

    kind: str
    asset_type: str
    factor: float
    reason: Reason
    detail: Mapping[str, Any]
    is_held: bool = False


def read_factors(connection: Connection, kind: str, series: Sequence[tuple[int, int | None]]) -> dict[int, float]:
    """Give the factors on the threshold of a kind for (series, asset), by series; those that are 1 are not there."""
    parameters = {
        "kind": kind,
        "series_ids": [series_id for series_id, _ in series],
        "asset_ids": [asset_id for _, asset_id in series],
    }
    return {series_id: factor for series_id, factor in connection.execute(QUERIES["read_factors"], parameters)}


def read_asset_factors(
    connection: Connection, kind: str, territory_id: int, asset_ids: Sequence[int | None]
) -> dict[int | None, float]:
    """Give the factors on the threshold of a kind about these assets (None: about none); not those that are 1."""
    parameters = {"kind": kind, "territory_id": territory_id, "asset_ids": list(asset_ids)}
    return {asset_id: factor for asset_id, factor in connection.execute(QUERIES["read_asset_factors"], parameters)}


def read_due(connection: Connection, now: datetime) -> list[DueTerritory]:
    """Read what the daily rule looks at, of territories with an alarm budget whose civil day was not looked at yet."""
    classes: dict[tuple[int, date, float], list[AlarmClass]] = {}
    for row in connection.execute(QUERIES["read_classes"], {"now": now}):
        own = classes.setdefault(row[:3], [])
        if row[3] is not None:
            own.append(AlarmClass(*row[3:]))
    return [DueTerritory(*key, tuple(own)) for key, own in classes.items()]


def write_moves(connection: Connection, due: DueTerritory, moves: Sequence[Move], n_alarms: int) -> None:
    """Move thresholds and note the day; the caller owns the transaction."""
    for move in moves:
        write_move(connection, due.territory_id, move, "analyse")
    load = {"territory_id": due.territory_id, "day": due.day, "n_alarms": n_alarms, "budget": due.budget}
    connection.execute(QUERIES["insert_load"], {**load, "n_moved": len(moves)})


def move_by_hand(
    connection: Connection,
    place: tuple[str, str, str],
    factor: float | None,
    actor: str,
    ancestor_ids: Sequence[int] | None = None,
) -> tuple[int, float]:
    """Set the factor of (territory, kind, asset type) and hold it there, or (None) give it back to the daily rule.

    Gives the number of the move and the factor.

    Raises
    ------
    NotThereError
        There is no such territory for the key.
    SafetyKindError
        The kind is one of those that are never muted.
    """
    territory, kind, asset_type = place
    if kind in SAFETY_KINDS:
        raise SafetyKindError(f"{kind}: thresholds that people's safety hangs on are not moved")
    with connection.transaction():
        ids = None if ancestor_ids is None else list(ancestor_ids)
        row = connection.execute(QUERIES["find_territory"], {"territory": territory, "ancestor_ids": ids}).fetchone()
        if row is None:
            raise NotThereError(f"there is no territory {territory!r}")
        held = factor is not None
        standing = read_threshold(connection, row[0], kind, asset_type)
        move = Move(kind, asset_type, factor or standing, "by_hand" if held else "released", {}, is_held=held)
        threshold_id = write_move(connection, row[0], move, actor)
        detail = {"territory": territory, "asset_type": asset_type, "factor": move.factor, "before": standing}
        action = "move_threshold" if held else "release_threshold"
        write_line(connection, Line(actor, action, f"threshold {kind}", detail, territory))
    return threshold_id, move.factor


def read_threshold(connection: Connection, territory_id: int, kind: str, asset_type: str) -> float:
    """Give a factor as it stands, 1 where it was never moved; held until the transaction ends."""
    parameters = {"territory_id": territory_id, "kind": kind, "asset_type": asset_type}
    row = connection.execute(QUERIES["read_threshold"], parameters).fetchone()
    return 1.0 if row is None else float(row[0])


def write_move(connection: Connection, territory_id: int, move: Move, actor: str) -> int:
    """Let a factor stand in the place of the one before, and give the number of the move."""
    parameters = {
        "territory_id": territory_id,
        "kind": move.kind,
        "asset_type": move.asset_type,
        "factor": move.factor,
        "factor_before": read_threshold(connection, territory_id, move.kind, move.asset_type),
        "reason": move.reason,
        "detail": Jsonb(dict(move.detail)),
        "is_held": move.is_held,
        "moved_by": actor,
    }
    connection.execute(QUERIES["retire_threshold"], parameters)
    row = connection.execute(QUERIES["insert_threshold"], parameters).fetchone()
    if row is None:
        raise LookupError("the threshold was not moved")
    return int(row[0])


async def list_thresholds(connection: Reader, territory: str | None, *, history: bool, after: int, n: int) -> list[Row]:
    """List moved thresholds, newest first; with the history also moves that another took the place of."""
    parameters = {"territory": territory, "history": history, "after": after, "n": n}
    return await fetch(connection, QUERIES["list_thresholds"], parameters)


async def list_loads(connection: Reader, territory: str | None, *, after: tuple[date, str], n: int) -> list[Row]:
    """List alarms of seven days against the budget, the last day first, behind (day, territory)."""
    parameters = {"territory": territory, "after_day": after[0], "after_territory": after[1], "n": n}
    return await fetch(connection, QUERIES["list_loads"], parameters)


def read_thresholds(connection: Connection, territory: str | None, *, history: bool) -> list[Row]:
    """Read moved thresholds, newest first, as `list_thresholds` lists them."""
    parameters = {"territory": territory, "history": history, "after": 0, "n": MOST_ROWS}
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["list_thresholds"], parameters).fetchall()
