"""Planned rounds: the containers they are made of, and the rounds of a day as people take them along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import psycopg
from psycopg.types.json import Jsonb

from sensors.language import Language
from store import reader
from store.reader import Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
FileFormat = Literal["geojson", "gpx", "html"]


@dataclass(frozen=True, slots=True)
class Container:
    """A container as it is known: place (WGS 84), litres, when it can be reached (civil "HH:MM"), seconds a stop."""

    asset_id: int
    slug: str
    name: str
    address: str | None
    longitude: float | None
    latitude: float | None
    sector: str | None
    waste_stream: str | None
    capacity_l: float | None
    open_from: str | None
    open_to: str | None
    service_s: float | None


@dataclass(frozen=True, slots=True)
class RoundsOfDay:
    """The rounds of a day and stream, written out for maps, navigation devices and crews."""

    territory_id: int
    day: date
    waste_stream: str
    made_at: datetime
    summary: Mapping[str, Any]
    geojson: Mapping[str, Any]
    gpx: str
    sheet_fr: str
    sheet_en: str


def read_round_containers(connection: Connection, territory_id: int, at: datetime) -> list[Container]:
    """Read the containers of a territory that are not retired at an instant."""
    rows = connection.execute(QUERIES["read_round_containers"], {"territory_id": territory_id, "at": at})
    return [Container(*row) for row in rows]


def save_planned_rounds(connection: Connection, plan: RoundsOfDay) -> int:
    """Keep the rounds of a day and stream in the place of those planned before; give their number."""
    row = connection.execute(
        QUERIES["save_planned_rounds"],
        {
            "territory_id": plan.territory_id,
            "day": plan.day,
            "waste_stream": plan.waste_stream,
            "made_at": plan.made_at,
            "summary": Jsonb(dict(plan.summary)),
            "geojson": Jsonb(dict(plan.geojson)),
            "gpx": plan.gpx,
            "sheet_fr": plan.sheet_fr,
            "sheet_en": plan.sheet_en,
        },
    ).fetchone()
    if row is None:
        raise LookupError("the rounds were not kept")
    return int(row[0])


def drop_other_streams(connection: Connection, territory_id: int, day: date, waste_streams: Sequence[str]) -> None:
    """Drop what was planned for a day for streams other than these."""
    parameters = {"territory_id": territory_id, "day": day, "waste_streams": list(waste_streams)}
    connection.execute(QUERIES["drop_other_streams"], parameters)


async def list_planned_rounds(
    connection: reader.Connection, territory: str | None, day: date | None, *, after: int, n: int
) -> list[Row]:
    """List planned rounds, newest first, below the id `after` (0: from the top)."""
    parameters = {"territory": territory, "day": day, "after": after, "n": n}
    return await fetch(connection, QUERIES["list_planned_rounds"], parameters)


async def read_planned_rounds(connection: reader.Connection, planned_rounds_id: int) -> Row | None:
    """Read what was planned in numbers; None where it is not there for this reader."""
    rows = await fetch(connection, QUERIES["read_planned_rounds"], {"planned_rounds_id": planned_rounds_id})
    return rows[0] if rows else None


async def read_planned_file(
    connection: reader.Connection, planned_rounds_id: int, format_: FileFormat, language: Language
) -> str | None:
    """Read rounds as people take them along; None where they are not there for this reader."""
    parameters = {"planned_rounds_id": planned_rounds_id, "format": format_, "language": language}
    row = await (await connection.execute(QUERIES["read_planned_file"], parameters)).fetchone()
    return None if row is None else str(row[0])
