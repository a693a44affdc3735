"""Pauses of alerts: until an instant nobody is told of one asset, or of one kind in a territory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg.rows import dict_row

from sensors.alerts import alert_kinds
from sensors.severity import Severity
from store.audit import Line, write_line
from store.inputs import Connection
from store.reader import Connection as Reader
from store.reader import Row, fetch
from store.sql import load_queries
from store.technician import NotThereError

QUERIES = load_queries(__file__)
Scope = Literal["asset", "kind"]
LONGEST_MIN = 7 * 24 * 60
ALL: Mapping[str, Any] = {"after": 0, "pause_id": None, "territory": None, "state": "open"}


class PauseError(ValueError):
    """What is alerted cannot be paused in this way."""

    def __init__(self, sentence_en: str, sentence_fr: str) -> None:
        super().__init__(sentence_en)
        self.sentence_fr = sentence_fr


@dataclass(frozen=True, slots=True)
class NewPause:
    """What somebody at an alert wants not to be told of: its asset (of whatever kind), or its kind in its territory and
    below; for how long [min]."""

    alert_id: int
    scope: Scope
    for_min: int
    reason: str
    who: str


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause that goes on: of an asset or of a kind, of what is `up_to` so bad."""

    kind: str | None
    asset_id: int | None
    up_to: Severity
    until_at: datetime


def create_pause(connection: Connection, new: NewPause, actor: str, ancestor_ids: Sequence[int]) -> Row:
    """Begin a pause and give it as `list_pauses` does. What is worse than the alert is now stays told.

    Raises
    ------
    NotThereError
        There is no such alert for the key.
    PauseError
        The kind is one that safety hangs on, or the alert is not about one asset.
    """
    with connection.transaction():
        parameters = {"alert_id": new.alert_id, "ancestor_ids": list(ancestor_ids)}
        found = connection.execute(QUERIES["find_alert"], parameters).fetchone()
        if found is None:
            raise NotThereError(f"there is no alert {new.alert_id} that this key may see")
        territory_id, territory, kind, severity, asset_ids = found
        check(new, kind, asset_ids)
        what = {"kind": kind, "asset_id": None} if new.scope == "kind" else {"kind": None, "asset_id": asset_ids[0]}
        detail = {**what, "up_to": severity, "for_min": new.for_min, "reason": new.reason, "who": new.who}
        fields = {**detail, "territory_id": territory_id, "alert_id": new.alert_id, "actor": actor}
        row = insert(connection, fields)
        write_line(connection, Line(actor, "pause_alerts", f"alert pause {row['pause_id']}", detail, territory))
    return row


def insert(connection: Connection, fields: Mapping[str, Any]) -> Row:
    """Write a pause and read it."""
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(QUERIES["insert_pause"], fields)
        (row,) = cursor.fetchall()
        asked = {**ALL, **row, "state": "all", "now": None, "n": 1}
        (written,) = cursor.execute(QUERIES["list_pauses"], asked).fetchall()
    return written


def check(new: NewPause, kind: str, asset_ids: Sequence[int]) -> None:
    """Refuse what cannot be paused. Raises PauseError."""
    known = alert_kinds().get(kind)
    if known is not None and known.is_safety:
        raise PauseError(
            f"{known.name_en}: never muted, people's safety hangs on it",
            f"{known.name_fr} : jamais en sourdine, la sécurité des personnes en dépend",
        )
    if new.scope == "asset" and len(asset_ids) != 1:
        raise PauseError(
            f"alert {new.alert_id} is about {len(asset_ids)} assets: mute its kind",
            f"l’alerte n° {new.alert_id} porte sur {len(asset_ids)} équipements : mettez son type en sourdine",
        )


def end_pause(connection: Connection, pause_id: int, actor: str, ancestor_ids: Sequence[int]) -> None:
    """End a pause: what waits is sent. One that is over stays as it is. Raises NotThereError: the key sees none."""
    parameters = {"pause_id": pause_id, "actor": actor, "ancestor_ids": list(ancestor_ids)}
    with connection.transaction():
        row = connection.execute(QUERIES["end_pause"], parameters).fetchone()
        if row is None:
            raise NotThereError(f"there is no pause {pause_id} that this key may end")
        if row[1]:
            write_line(connection, Line(actor, "end_alert_pause", f"alert pause {pause_id}", {}, int(row[0])))


def read_pauses(connection: Connection, territory_id: int, now: datetime) -> list[Pause]:
    """Read the pauses that go on and hold for a territory: its own and those above it."""
    parameters = {"territory_id": territory_id, "now": now}
    return [Pause(*row) for row in connection.execute(QUERIES["read_pauses"], parameters)]


async def list_pauses(
    connection: Reader, filters: Mapping[str, Any], now: datetime, *, after: int, n: int
) -> list[Row]:
    """List pauses, newest first, below the id `after`; filters: pause_id, territory, state (`open`, `all`)."""
    return await fetch(connection, QUERIES["list_pauses"], {**ALL, **filters, "now": now, "after": after, "n": n})
