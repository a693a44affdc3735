"""Faults that people report: tied to the asset meant, kept without who told them, closed with their work order."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from sensors.citizen import KINDS, Kind
from sensors.language import Language
from sensors.scrub import scrub
from store.audit import Line, write_line
from store.reader import Connection as Reader
from store.reader import Pool, Row, fetch
from store.sql import load_queries
from store.technician import NotThereError
from store.work_orders import Asked, NewOrder, OrderChange, change_order, open_order

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without what is read for something else
N_SIGNS = 10  # 50 bits: nobody finds another's
LONGEST_NOTE = 2000  # of a work order
WHO = "signalement"


@dataclass(frozen=True, slots=True)
class CitizenReport:
    """What somebody tells: where by `asset` (number or name on it), position [degrees] or `place` in words."""

    kind: Kind
    asset: str = ""
    longitude: float | None = None
    latitude: float | None = None
    place: str = ""
    note: str = ""
    language: Language = "fr"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where reports are taken. `is_open`: from anybody, without a key."""

    territory_id: int
    name: str
    within_m: float
    is_open: bool


def take_report(connection: Connection, territory: str, report: CitizenReport, actor: str) -> Row:
    """Keep a report, open a work order for it or add it to the open one, and give what its sender may know.

    The asset is the one named, else the nearest of the kind within the desk's radius, else none. Addresses of mail and
    numbers of telephones are taken out before anything is kept.

    Raises
    ------
    NotThereError
        There is no such territory.
    """
    with connection.transaction():
        desk = read_desk(connection, territory)
        if desk is None:
            raise NotThereError(f"there is no territory {territory!r}")
        connection.execute(QUERIES["lock_desk"], {"territory_id": desk.territory_id})
        reference = "".join(secrets.choice(ALPHABET) for _ in range(N_SIGNS))
        told = asdict(report) | {"note": scrub(report.note).strip(), "reference": reference}
        placed = told | place(connection, desk, report)
        number = add_to_order(connection, desk, territory, placed, actor)
        connection.execute(QUERIES["insert_report"], placed | {"work_order_id": number})
        row = read_state(connection, territory, reference)
    if row is None:
        raise LookupError("the report was not inserted")
    return row


def place(connection: Connection, desk: Desk, report: CitizenReport) -> Row:
    """Find the asset meant; a number that nothing bears stays as words."""
    parameters = {
        **asdict(report),
        "territory_id": desk.territory_id,
        "within_m": desk.within_m,
        "types": list(KINDS[report.kind].asset_types),
    }
    found, words = None, scrub(report.place).strip()
    if report.asset:
        found = connection.execute(QUERIES["find_named_asset"], parameters).fetchone()
        if found is None:
            words = " · ".join(text for text in (scrub(report.asset).strip(), words) if text)
    if found is None and report.latitude is not None:
        found = connection.execute(QUERIES["find_near_asset"], parameters).fetchone()
    asset_id, territory_id, distance_m = found or (None, desk.territory_id, None)
    return {"asset_id": asset_id, "territory_id": territory_id, "asset_distance_m": distance_m, "place": words}


def add_to_order(connection: Connection, desk: Desk, territory: str, placed: Row, actor: str) -> int:
    """Give the number of the work order that the report belongs to, opened where there is none."""
    kind = KINDS[placed["kind"]]
    asked = Asked(actor, WHO)
    words = " — ".join(text for text in (placed["place"], placed["note"]) if text)
    standing = connection.execute(QUERIES["find_standing_order"], placed | {"within_m": desk.within_m}).fetchone()
    if standing is None:
        where = position_of(placed) if placed["asset_id"] is None else ""
        note = "\n".join(text for text in (words, where) if text)
        new = NewOrder(
            asset_id=placed["asset_id"], territory=territory, title=kind.title_fr, note=note, severity=kind.severity
        )
        return int(open_order(connection, new, asked)["work_order_id"])
    number, before = standing
    note = f"{before}\n+ {words}".strip()
    if words and len(note) <= LONGEST_NOTE:
        change_order(connection, number, OrderChange({"note": note}), asked)
    return int(number)


def position_of(placed: Row) -> str:
    """Write a position as map programs take it, latitude first."""
    return "" if placed["latitude"] is None else f"{placed['latitude']:.6f}, {placed['longitude']:.6f}"


def read_desk(connection: Connection, territory: str) -> Desk | None:
    """Give the desk of a territory, open or not; None where there is no such territory."""
    row = connection.execute(QUERIES["find_desk"], {"territory": territory}).fetchone()
    return None if row is None else Desk(*row)


async def find_desk(pool: Pool, territory: str) -> Desk | None:
    """Give the desk of a territory, as `read_desk` does."""
    async with pool.connection() as connection:
        cursor = await connection.execute(QUERIES["find_desk"], {"territory": territory})
        row = await cursor.fetchone()
    return None if row is None else Desk(*row)


def read_state(connection: Connection, territory: str, reference: str) -> Row | None:
    """Give what the sender of a report may know of it; None where there is none of that reference there."""
    with connection.cursor(row_factory=dict_row) as cursor:
        parameters = {"territory": territory, "reference": reference}
        return cursor.execute(QUERIES["read_report"], parameters).fetchone()


async def find_state(pool: Pool, territory: str, reference: str) -> Row | None:
    """Give what the sender of a report may know of it, as `read_state` does."""
    async with pool.connection() as connection:
        rows = await fetch(connection, QUERIES["read_report"], {"territory": territory, "reference": reference})
    return rows[0] if rows else None


async def list_reports(connection: Reader, filters: Mapping[str, str | int | None], *, after: int, n: int) -> list[Row]:
    """List reports, newest first; filters: territory, kind, asset_id, work_order_id, state (open, closed or all)."""
    return await fetch(connection, QUERIES["list_reports"], {**filters, "after": after, "n": n})


def open_desk(connection: Connection, territory: str, within_m: float, actor: str) -> None:
    """Take reports from anybody for a territory. Raises NotThereError."""
    parameters = {"territory": territory, "within_m": within_m, "actor": actor}
    with connection.transaction():
        if connection.execute(QUERIES["open_desk"], parameters).fetchone() is None:
            raise NotThereError(f"there is no territory {territory!r}")
        detail = {"within_m": within_m}
        write_line(connection, Line(actor, "open_citizen_desk", f"citizen desk {territory}", detail, territory))


def close_desk(connection: Connection, territory: str, actor: str) -> None:
    """Take no more reports without a key; those that came stay. Raises NotThereError."""
    with connection.transaction():
        if connection.execute(QUERIES["close_desk"], {"territory": territory}).rowcount == 0:
            raise NotThereError(f"{territory!r} takes no reports")
        write_line(connection, Line(actor, "close_citizen_desk", f"citizen desk {territory}", {}, territory))


def list_desks(connection: Connection) -> list[tuple[Any, ...]]:
    """List territories that take reports: slug, radius [m], since when, by whom."""
    return connection.execute(QUERIES["list_desks"]).fetchall()
