"""Writing the rows of an exported territory into a database where everything has other numbers.

Rows come into temporary tables with the numbers they had, get new ones there, and are put into their tables with every
reference translated. All of it is one transaction: an import that is interrupted leaves nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql

from store.audit import Line, write_line
from store.errors import StoreError
from store.moved_table import MovedTable
from store.sql import load_queries

QUERIES = load_queries(__file__)
MAY_BE_KNOWN = {"sources", "source_rules", "codecs", "retention_classes"}  # they have names for the whole server

Connection = psycopg.Connection[tuple[Any, ...]]


class TakenSlugError(StoreError):
    """A territory of this slug exists here."""


class DamagedExportError(StoreError):
    """The export contradicts itself."""


class OtherSchemaError(StoreError):
    """The export and this database are of different versions of Vigie."""


class TakenCodecError(StoreError):
    """A codec of this name and version exists here and says something else."""


class LaggingRollupsError(StoreError):
    """This server's rollups are not as far as the export's."""


def check_target(connection: Connection, slugs: Sequence[str], migrations: Sequence[int], parent: str | None) -> None:
    """Refuse what could not be imported, before anything is copied.

    Raises
    ------
    TakenSlugError
        One of the territories is here already: it was imported, or another one has its name.
    OtherSchemaError
        The schema of the export is not this database's.
    DamagedExportError
        There is no territory `parent` to hang it under.
    """
    taken = [str(row[0]) for row in connection.execute(QUERIES["find_taken"], {"slugs": list(slugs)})]
    if taken:
        raise TakenSlugError(f"already here: {', '.join(taken)}; nothing was imported")
    (here,) = connection.execute(QUERIES["read_schema"]).fetchone() or ([],)
    if list(migrations) != here:
        raise OtherSchemaError(
            f"the export has migrations up to {max(migrations, default=0):04d}, this database up to {max(here):04d}:"
            " bring both servers to the same version of Vigie, migrate, and export again"
        )
    if parent is not None and connection.execute(QUERIES["find_parent"], {"parent": parent}).fetchone() is None:
        raise DamagedExportError(f"there is no territory {parent} to hang it under")


def begin(connection: Connection, computed_to: datetime) -> bool:
    """Make ready, and say whether this database has never held a measurement.

    Raises
    ------
    LaggingRollupsError
        Hours that the export holds as sums would be computed again here, perhaps from values that are no more.
    """
    connection.execute(QUERIES["lift_limits"])
    connection.execute(QUERIES["create_lines"])
    is_empty, here = connection.execute(QUERIES["read_standing"]).fetchone() or (True, computed_to)
    if not is_empty and here < computed_to:
        raise LaggingRollupsError(
            f"rollups are computed up to {here:%Y-%m-%d %H:%M} here, up to {computed_to:%Y-%m-%d %H:%M} in the export:"
            " let `vigie analyse` catch up first"
        )
    return bool(is_empty)


def stage(connection: Connection, table: MovedTable) -> None:
    """Make the temporary table that holds a table's rows as they come."""
    connection.execute(compose("stage", table))


def stage_lines(connection: Connection, table: MovedTable, blocks: Iterable[bytes]) -> None:
    """Take the lines of JSON of a whole table."""
    with connection.cursor() as cursor, cursor.copy(QUERIES["copy_lines"]) as copy:
        for block in blocks:
            copy.write(block)
    connection.execute(compose("unfold_lines", table))
    connection.execute(QUERIES["empty_lines"])


def stage_part(connection: Connection, table: MovedTable, rows: bytes) -> None:
    """Take a part of a long table, as CSV without a header."""
    connection.execute(compose("empty_stage", table))
    with connection.cursor() as cursor, cursor.copy(compose("copy_part", table)) as copy:
        copy.write(rows)


def put(connection: Connection, table: MovedTable) -> int:
    """Number the staged rows anew and put them into their table; give how many.

    Raises
    ------
    DamagedExportError
        A row refers to one that is not in the export.
    """
    if table.key is not None:
        number_rows(connection, table)
    connection.execute(sql.SQL(QUERIES["analyse"]).format(table=staged(table)))
    n_put = connection.execute(compose("put", table)).rowcount
    (n_staged,) = connection.execute(compose("count_staged", table)).fetchone() or (0,)
    if n_put != n_staged:
        raise DamagedExportError(f"{table.file_name}: {n_staged - n_put} rows refer to what is not in the export")
    return n_put


def number_rows(connection: Connection, table: MovedTable) -> None:
    """Draw a new number for each staged row."""
    key = str(table.key)
    query = sql.SQL(QUERIES["number"]).format(
        numbers=numbers(table.name),
        key=sql.Identifier(key),
        staged=staged(table),
        table_name=sql.Literal(table.name),
        key_name=sql.Literal(key),
    )
    connection.execute(query)
    try:
        connection.execute(sql.SQL(QUERIES["index_numbers"]).format(numbers=numbers(table.name)))
    except psycopg.errors.UniqueViolation as error:
        raise DamagedExportError(f"{table.file_name}: a {key} stands twice") from error
    connection.execute(sql.SQL(QUERIES["analyse"]).format(table=numbers(table.name)))


def compose(name: str, table: MovedTable) -> sql.Composed:
    """Fill in a query's text for one table."""
    return sql.SQL(QUERIES[name]).format(  # names that a text does not hold are no matter
        table=sql.Identifier(table.name),
        staged=staged(table),
        columns=sql.SQL(", ").join(map(sql.Identifier, table.columns)),
        values=sql.SQL(", ").join(value_of(table, column) for column in table.columns),
        joins=sql.SQL(" ").join(joins_of(table)),
    )


def value_of(table: MovedTable, column: str) -> sql.Composable:
    """Say what is written into a column."""
    if column == table.key:
        return sql.SQL("new_key.new_id")
    if column in table.numbered:
        parts = [
            sql.SQL(QUERIES["part_numbered"]).format(prefix=sql.Literal(prefix), alias=alias(f"{column} {referred}"))
            for prefix, referred in table.numbered[column]
        ]
        value = sql.SQL(QUERIES["value_numbered"])
        return value.format(parts=sql.SQL(", ").join(parts), column=sql.Identifier(column))
    if table.within.get(column) == "batches":
        return sql.SQL(QUERIES["value_batch"]).format(alias=alias(column))
    if column in table.within or column in table.outside:
        return sql.SQL("{}.new_id").format(alias(column))
    return sql.SQL("staged.{}").format(sql.Identifier(column))


def joins_of(table: MovedTable) -> list[sql.Composable]:
    """Give the joins to the new numbers of all that a table refers to."""
    joins: list[sql.Composable] = []
    own = {} if table.key is None else {table.key: table.name}
    for column, referred in {**own, **table.within, **table.outside}.items():
        is_certain = column == table.key or (column in table.within and referred != "batches")
        text = sql.SQL(QUERIES["join_within" if is_certain else "join_outside"])
        name = sql.Identifier("new_key") if column == table.key else alias(column)
        joins.append(text.format(numbers=numbers(referred), alias=name, column=sql.Identifier(column)))
    for column, references in table.numbered.items():
        for prefix, referred in references:
            joins.append(
                sql.SQL(QUERIES["join_numbered"]).format(
                    numbers=numbers(referred),
                    alias=alias(f"{column} {referred}"),
                    column=sql.Identifier(column),
                    prefix=sql.Literal(prefix),
                )
            )
    return joins


def alias(name: str) -> sql.Identifier:
    """Name the join through which a column is translated."""
    return sql.Identifier(f"new {name}")


def staged(table: MovedTable) -> sql.Identifier:
    """Name the temporary table of a table's rows as they came."""
    return sql.Identifier(f"staged_{table.name}")


def numbers(table_name: str) -> sql.Identifier:
    """Name the temporary table of a table's old and new numbers."""
    return sql.Identifier(f"new_{table_name}")


def leave_known(connection: Connection, table: MovedTable) -> list[str]:
    """Take out of the staged rows what this server has under the same name; give the names of sources.

    Raises
    ------
    TakenCodecError
        A codec of the same name and version says something else here.
    """
    if table.name == "sources":
        return [str(row[0]) for row in connection.execute(QUERIES["drop_known_sources"])]
    if table.name == "retention_classes":
        connection.execute(QUERIES["drop_known_classes"])
    if table.name == "source_rules":
        connection.execute(QUERIES["drop_their_rules"])
    if table.name == "codecs":
        connection.execute(QUERIES["drop_known_codecs"])
        others = [str(row[0]) for row in connection.execute(QUERIES["find_other_codecs"])]
        if others:
            raise TakenCodecError(f"other codecs here have the names of those in the export: {', '.join(others)}")
    return []


def check_territories(connection: Connection, slugs: Sequence[str]) -> None:
    """Raise DamagedExportError where the territories that came are not those that were checked."""
    came = [str(row[0]) for row in connection.execute(QUERIES["read_staged_slugs"])]
    if came != sorted(slugs):
        raise DamagedExportError(f"the manifest names {', '.join(slugs)}, the rows {', '.join(came)}")


def settle(
    connection: Connection,
    slug: str,
    parent: str | None,
    computed_to: datetime,
    *,
    was_empty: bool,
    detail: Mapping[str, Any],
) -> None:
    """Make what was imported part of this server: its place in the tree, its rollups, the note in the audit log.

    Rollups go on where both servers are: a database that was empty takes the other's word for what is computed; else
    hours between the two are computed anew.
    """
    connection.execute(QUERIES["hang_root"], {"slug": slug, "parent": parent})
    connection.execute(QUERIES["bind_sources"], {"slug": slug})
    connection.execute(QUERIES["lock_refresh"])
    if was_empty:
        connection.execute(QUERIES["adopt_watermark"], {"computed_to": computed_to})
    connection.execute(QUERIES["mark_missing_hours"], {"computed_to": computed_to})
    write_line(connection, Line("command line", "import_territory", f"territory {slug}", detail, slug))
