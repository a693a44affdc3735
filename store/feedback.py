"""What technicians say of findings. A verdict that is restated keeps the old one, and each is in the audit log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import psycopg
from psycopg.rows import dict_row

from sensors.safety import SAFETY_KINDS
from store import listing
from store.audit import Line, write_line
from store.reader import Connection as Reader
from store.reader import Row, fetch
from store.sql import load_queries
from store.technician import NotThereError

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
MOST_ROWS = 10_000
VerdictWord = Literal["confirmed", "false_alarm", "known", "withdrawn"]
VERDICTS: tuple[VerdictWord, ...] = get_args(VerdictWord)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody says of a finding: `who` and `note` in their words.

    `failed_at` is when the thing had failed, as they found it; only with "confirmed".
    """

    verdict: VerdictWord
    who: str
    note: str = ""
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A verdict as it stands; `is_new` where this was not said before."""

    finding_id: int
    territory: str
    verdict_id: int
    opinion: Opinion
    given_at: datetime
    is_new: bool


def give_verdict(
    connection: Connection, finding_id: int, opinion: Opinion, actor: str, ancestor_ids: Sequence[int] | None = None
) -> Given:
    """Write down what somebody says of a finding; the same once more changes nothing.

    `ancestor_ids` are the territories of the key that asks; None is whoever has the database. A finding called known
    or a false alarm is silenced until it closes, unless it is about safety.

    Raises
    ------
    NotThereError
        There is no such finding, or not in a territory of the key; or nothing is there to be withdrawn.
    """
    parameters = {"finding_id": finding_id, "ancestor_ids": None if ancestor_ids is None else list(ancestor_ids)}
    with connection.transaction():
        found = connection.execute(QUERIES["find_finding"], parameters).fetchone()
        if found is None:
            raise NotThereError(f"no finding {finding_id}")
        _, territory, kind, standing_word = found
        standing = connection.execute(QUERIES["read_verdict"], parameters).fetchone()
        if standing is not None and Opinion(*standing[1:5]) == opinion:
            return Given(finding_id, territory, standing[0], opinion, standing[5], is_new=False)
        if opinion.verdict == "withdrawn" and standing_word is None:
            raise NotThereError(f"finding {finding_id} has no verdict that could be withdrawn")
        row = write_verdict(connection, finding_id, kind, opinion, actor)
        detail = {"territory": territory, "verdict": opinion.verdict, "before": standing_word, "who": opinion.who}
        write_line(connection, Line(actor, "give_verdict", f"finding {finding_id}", detail, territory))
    return Given(finding_id, territory, row[0], opinion, row[5], is_new=True)


def write_verdict(connection: Connection, finding_id: int, kind: str, opinion: Opinion, actor: str) -> tuple[Any, ...]:
    """Let a verdict stand in the place of the one before."""
    parameters = {
        "finding_id": finding_id,
        "verdict": opinion.verdict,
        "who": opinion.who,
        "note": opinion.note,
        "failed_at": opinion.failed_at,
        "given_by": actor,
        "is_silenced": opinion.verdict in ("known", "false_alarm") and kind not in SAFETY_KINDS,
    }
    connection.execute(QUERIES["retire_verdict"], parameters)
    row = connection.execute(QUERIES["insert_verdict"], parameters).fetchone()
    connection.execute(QUERIES["mark_finding"], parameters)
    if row is None:
        raise LookupError("the verdict was not inserted")
    return row


async def list_verdicts(
    connection: Reader, filters: Mapping[str, str | int | None], *, after: int, n: int
) -> list[Row]:
    """List verdicts, newest first, those that another took the place of too; filters: territory, finding_id."""
    return await fetch(connection, QUERIES["list_verdicts"], {**filters, "after": after, "n": n})


async def list_precisions(
    connection: Reader, territory: str | None, *, after: tuple[str, str, str, str], n: int
) -> list[Row]:
    """List how often each model was right by type of asset, behind (territory, kind, model, asset type)."""
    names = ("after_territory", "after_kind", "after_model", "after_type")
    parameters = {"territory": territory, "n": n, **dict(zip(names, after, strict=True))}
    return await fetch(connection, QUERIES["list_precisions"], parameters)


def read_findings(connection: Connection, territory: str | None, n: int) -> list[Row]:
    """Read the newest open findings, as `store.listing` lists them."""
    filters = {"territory": territory, "asset_id": None, "incident_id": None, "state": "open", "after": 0, "n": n}
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(listing.QUERIES["list_findings"], filters).fetchall()


def read_precisions(connection: Connection, territory: str | None) -> list[Row]:
    """Read how often each model was right by type of asset, as `list_precisions` lists it."""
    names = ("after_territory", "after_kind", "after_model", "after_type")
    parameters = {"territory": territory, "n": MOST_ROWS, **dict.fromkeys(names, "")}
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["list_precisions"], parameters).fetchall()
