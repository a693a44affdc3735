"""`vigie territory export`: all rows of a territory and those below it, in a folder that appears when it is whole."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.errors import SettingError
from deploy.moving.manifest import FileEntry, Manifest, describe, now, write_manifest
from deploy.moving.parquet import write_parquet
from deploy.moving.readme import write_readme
from store.moved_table import MovedTable
from store.moved_tables import MOVED
from store.moving_out import Connection, Departure, copy_rows, frozen, read_types

Progress = Callable[[str, int], None]


def export_territory(connection: Connection, slug: str, folder: Path, on_progress: Progress) -> Manifest:
    """Write all rows of one instant into `folder`; ingest goes on meanwhile.

    Until it is whole the export has another name beside the folder's; interrupted, it leaves no folder.

    Raises
    ------
    SettingError
        The folder exists.
    UnknownTerritoryError
        No territory has this slug.
    """
    if folder.exists():
        raise SettingError(f"{folder} exists: name a folder that does not")
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        with frozen(connection, slug) as departure:
            files = [write_table(connection, table, departure, partial, on_progress) for table in MOVED]
        manifest = Manifest(
            slug, read_slugs(partial), departure.parent, now(), departure.migrations, departure.computed_to, files
        )
        write_readme(partial, manifest)
        write_manifest(partial, manifest)
        partial.chmod(0o750)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def write_table(
    connection: Connection, table: MovedTable, departure: Departure, folder: Path, on_progress: Progress
) -> FileEntry:
    """Write one file."""
    path = folder / table.file_name
    blocks = copy_rows(connection, table, departure.territory_id)
    if table.is_long:
        types = read_types(connection, table)
        n_rows = write_parquet(path, blocks, types)
    else:
        n_rows = write_lines(path, blocks)
    on_progress(table.name, n_rows)
    return describe(path, table.about, n_rows, table.columns)


def write_lines(path: Path, blocks: Iterator[bytes]) -> int:
    """Write lines of JSON as they come, and give their number."""
    n_rows = 0
    with path.open("wb") as file:
        for block in blocks:
            n_rows += block.count(b"\n")
            file.write(block)
    return n_rows


def read_slugs(folder: Path) -> list[str]:
    """Give the slugs of the exported territories, as their file names them."""
    lines = (folder / "territories.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted(str(json.loads(line)["slug"]) for line in lines)
