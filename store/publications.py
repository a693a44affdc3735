"""Open data: what territories publish, the lasting record of each release, and the files of the latest.

Who publishes writes on a connection of its own; what is published is read without a key, through views that show
nothing else (`store.reader.limited` with no territory).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from store.audit import Line, write_line
from store.reader import Connection as Reader
from store.reader import Row, fetch
from store.sql import load_queries
from store.technician import NotThereError

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]


class TakenError(ValueError):
    """The territory has a publication of this name, or publishes this data set already."""


@dataclass(frozen=True, slots=True)
class NewPublication:
    """A publication to be made; `least_group` is the fewest bays, containers or persons that are told of together."""

    territory: str
    slug: str
    dataset: str
    title_fr: str
    title_en: str
    licence: str
    frequency: str
    step: str
    least_group: int
    contact: str | None
    from_on: date
    kpis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """A publication that is not withdrawn."""

    publication_id: int
    territory_id: int
    territory: str
    time_zone: str
    slug: str
    dataset: str
    step: str
    least_group: int
    from_on: date


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file of a release."""

    name: str
    media_type: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Release:
    """What is kept of a release; `completeness` is the share of what ought to be known, None where nobody can say."""

    number: int
    published_at: datetime
    published_by: str
    begins_at: datetime | None
    ends_at: datetime | None
    n_rows: int
    n_hidden: int
    completeness: float | None


def add_publication(
    connection: Connection, new: NewPublication, actor: str, ancestor_ids: Sequence[int] | None = None
) -> int:
    """Keep what is to be published, noted in the audit log, and give its number.

    Parameters
    ----------
    ancestor_ids
        Territories in whose subtrees the publication's must lie; None for any.

    Raises
    ------
    NotThereError
        There is no such territory, or not for these ancestors.
    TakenError
        The name is taken, or the data set is published already.
    """
    given = {name: value for name, value in asdict(new).items() if name != "kpis"}
    parameters = given | {"actor": actor, "ancestor_ids": None if ancestor_ids is None else list(ancestor_ids)}
    try:
        with connection.transaction():
            row = connection.execute(QUERIES["insert_publication"], parameters).fetchone()
            if row is None:
                raise NotThereError(f"there is no territory {new.territory!r}")
            for kpi in new.kpis:
                parameters = {"publication_id": row[0], "kpi": kpi}
                connection.execute(QUERIES["insert_kpi_publication"], parameters)
            detail = {name: str(value) for name, value in given.items()} | {"kpis": list(new.kpis)}
            write_line(connection, Line(actor, "publish", f"publication {row[0]}", detail, new.territory))
    except psycopg.errors.UniqueViolation as error:
        what = "has a publication of this name" if "slug" in str(error) else f"publishes {new.dataset} already"
        raise TakenError(f"{new.territory} {what}: withdraw that one, or choose another name") from error
    return int(row[0])


def find_publication(connection: Connection, territory: str, slug: str) -> Publication | None:
    """Give a publication by its name; None where there is none, or it was withdrawn."""
    return find(connection, {"publication_id": None, "territory": territory, "slug": slug})


def find_publication_by_id(connection: Connection, publication_id: int) -> Publication | None:
    """Give a publication by its number; None where there is none, or it was withdrawn."""
    return find(connection, {"publication_id": publication_id, "territory": None, "slug": None})


def find(connection: Connection, parameters: Mapping[str, Any]) -> Publication | None:
    """Run the query for one publication."""
    row = connection.execute(QUERIES["find_publication"], parameters).fetchone()
    return None if row is None else Publication(*row)


def hold(connection: Connection, publication_id: int) -> bool:
    """Have nobody else publish or withdraw it until the transaction ends; False where it was withdrawn."""
    return connection.execute(QUERIES["lock_publication"], {"publication_id": publication_id}).fetchone() is not None


def read_told(connection: Connection, publication_id: int) -> tuple[int, datetime | None]:
    """Give how many releases there are, and up to when its territory ever told this data set."""
    row = connection.execute(QUERIES["read_told"], {"publication_id": publication_id}).fetchone()
    return (row[0], row[1]) if row else (0, None)


def keep_release(connection: Connection, publication_id: int, release: Release, files: Sequence[PublishedFile]) -> None:
    """Write a release into the record and put its files in the place of those of the one before."""
    connection.execute(QUERIES["delete_files"], {"publication_id": publication_id})
    for file in files:
        parameters = {**asdict(file), "publication_id": publication_id, "n_bytes": len(file.content)}
        connection.execute(QUERIES["insert_file"], parameters)
    listed = [
        {"name": one.name, "media_type": one.media_type, "n_bytes": len(one.content), "sha256": one.sha256}
        for one in files
    ]
    parameters = asdict(release) | {
        "publication_id": publication_id,
        "from": release.begins_at,
        "to": release.ends_at,
        "files": Jsonb(listed),
    }
    connection.execute(QUERIES["insert_release"], parameters)


def read_file(connection: Connection, publication_id: int, name: str) -> bytes | None:
    """Give a file of the latest release, None where there is none."""
    row = connection.execute(QUERIES["read_file"], {"publication_id": publication_id, "name": name}).fetchone()
    return None if row is None else bytes(row[0])


def withdraw(
    connection: Connection, which: tuple[str, str], reason: str, actor: str, ancestor_ids: Sequence[int] | None = None
) -> None:
    """Withdraw a publication (territory, name): its files go, the record of what was published stays.

    Raises
    ------
    NotThereError
        There is none, or it was withdrawn already.
    """
    parameters = {
        "territory": which[0],
        "slug": which[1],
        "reason": reason,
        "actor": actor,
        "ancestor_ids": None if ancestor_ids is None else list(ancestor_ids),
    }
    with connection.transaction():
        row = connection.execute(QUERIES["withdraw_publication"], parameters).fetchone()
        if row is None:
            raise NotThereError(f"{which[0]} publishes nothing by the name {which[1]!r}")
        connection.execute(QUERIES["delete_files"], {"publication_id": row[0]})
        if row[2] == "kpis":
            connection.execute(QUERIES["delete_kpi_publications"], {"territory_id": row[1]})
        line = Line(actor, "withdraw", f"publication {row[0]}", {"reason": reason}, int(row[1]))
        write_line(connection, line)


def list_all(connection: Connection, territory: str | None = None) -> list[Row]:
    """List publications with their latest release, withdrawn ones too."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["list_all"], {"territory": territory}).fetchall()


def list_record(connection: Connection, territory: str, slug: str) -> list[Row]:
    """List the releases of a publication, the first one first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(QUERIES["list_record"], {"territory": territory, "slug": slug}).fetchall()


def find_due(connection: Connection) -> list[tuple[int, str, datetime | None]]:
    """Give number, frequency and latest release of each publication that is not withdrawn."""
    return [(row[0], row[1], row[2]) for row in connection.execute(QUERIES["find_due"])]


async def list_publications(reader: Reader, territory: str | None, *, after: int, n: int) -> list[Row]:
    """List the publications that a key sees, withdrawn ones too, by their numbers."""
    return await fetch(reader, QUERIES["list_publications"], {"territory": territory, "after": after, "n": n})


async def list_open(reader: Reader, territory: str | None, *, after: int, n: int) -> list[Row]:
    """List what is published now, by number."""
    return await fetch(reader, QUERIES["list_open"], {"territory": territory, "after": after, "n": n})


async def find_open(reader: Reader, territory: str, publication: str) -> Row | None:
    """Give what is, or once was, published by this name; None where nothing ever was."""
    rows = await fetch(reader, QUERIES["find_open"], {"territory": territory, "publication": publication})
    return rows[0] if rows else None


async def list_releases(
    reader: Reader, territory: str | None, publication: str | None, *, after: int, n: int
) -> list[Row]:
    """List the record of releases, the latest first, below the number `after` (0: from the top)."""
    parameters = {"territory": territory, "publication": publication, "after": after, "n": n}
    return await fetch(reader, QUERIES["list_releases"], parameters)


async def find_open_file(reader: Reader, publication_id: int, name: str) -> Row | None:
    """Give number, media type, SHA-256 and size of a file that is published; None where there is none."""
    rows = await fetch(reader, QUERIES["find_open_file"], {"publication_id": publication_id, "name": name})
    return rows[0] if rows else None


async def read_open_part(reader: Reader, file_id: int, begin: int, n_bytes: int) -> bytes | None:
    """Give a part of a published file, None where it is published no longer."""
    parameters = {"file_id": file_id, "first": begin + 1, "n": n_bytes}
    row = await (await reader.execute(QUERIES["read_open_part"], parameters)).fetchone()
    return None if row is None else bytes(row[0])
