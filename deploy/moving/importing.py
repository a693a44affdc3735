"""`vigie territory import`: all of an export in one transaction, or nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.moving.manifest import Manifest, read_manifest
from deploy.moving.parquet import read_parts
from store import moving_in
from store.moved_table import MovedTable
from store.moved_tables import MOVED
from store.moving_out import Connection

BLOCK_BYTES = 1_000_000
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What was imported, and the names of sources that exist here and were left as they are."""

    manifest: Manifest
    known_sources: list[str]


def import_territory(connection: Connection, folder: Path, parent: str | None, on_progress: Progress) -> Arrival:
    """Check every file, then write all rows with the numbers of this server.

    `parent` is the slug of the territory to hang it under, None for the top of the tree.

    Raises
    ------
    UnreadableExportError
        The folder holds no whole export.
    TakenSlugError, OtherSchemaError, TakenCodecError, LaggingRollupsError, DamagedExportError
        It cannot be imported here; nothing was.
    """
    manifest = read_manifest(folder)
    known_sources: list[str] = []
    with connection.transaction():
        moving_in.check_target(connection, manifest.slugs, manifest.migrations, parent)
        was_empty = moving_in.begin(connection, manifest.computed_to)
        for table, entry in zip(MOVED, manifest.files, strict=True):
            n_rows = write_rows(connection, table, folder / entry.name, known_sources)
            on_progress(table.name, n_rows)
            if n_rows != entry.n_rows and table.name not in moving_in.MAY_BE_KNOWN:
                raise moving_in.DamagedExportError(
                    f"{entry.name} holds {n_rows} rows, the manifest says {entry.n_rows}"
                )
        moving_in.check_territories(connection, manifest.slugs)
        detail = {"slugs": list(manifest.slugs), "exported_at": manifest.exported_at.isoformat()}
        moving_in.settle(
            connection, manifest.territory, parent, manifest.computed_to, was_empty=was_empty, detail=detail
        )
    return Arrival(manifest, known_sources)


def write_rows(connection: Connection, table: MovedTable, path: Path, known_sources: list[str]) -> int:
    """Write the rows of one file and give their number."""
    moving_in.stage(connection, table)
    if not table.is_long:
        moving_in.stage_lines(connection, table, read_blocks(path))
        known_sources += moving_in.leave_known(connection, table)
        return moving_in.put(connection, table)
    n_rows = 0
    for rows in read_parts(path):
        moving_in.stage_part(connection, table, rows)
        n_rows += moving_in.put(connection, table)
    return n_rows


def read_blocks(path: Path) -> Iterator[bytes]:
    """Read a file a block at a time."""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block
