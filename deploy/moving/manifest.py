"""The list of an export's files, with their rows and hashes: what makes a copy provably whole."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sensors.json_text import UNREADABLE_JSON
from store.errors import StoreError
from store.moved_tables import MOVED

FORMAT = "vigie-territory"
VERSION = 1
FILE_NAME = "manifest.json"


class UnreadableExportError(StoreError):
    """The folder holds no whole export."""


class FileEntry(msgspec.Struct, frozen=True):
    """A file: what its rows are, their number, its bytes, its SHA-256, its columns in order."""

    name: str
    about: str
    n_rows: int
    n_bytes: int
    sha256: str
    columns: Sequence[str]


class Manifest(msgspec.Struct, frozen=True):
    """What an export is of, when and of which schema. `computed_to`: hours before it are in the rollups."""

    territory: str
    slugs: Sequence[str]
    parent: str | None
    exported_at: datetime
    migrations: Sequence[int]
    computed_to: datetime
    files: Sequence[FileEntry]
    format: str = FORMAT
    version: int = VERSION


def describe(path: Path, about: str, n_rows: int, columns: Sequence[str]) -> FileEntry:
    """Hash a finished file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileEntry(path.name, about, n_rows, path.stat().st_size, digest, columns)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it as JSON that people can read."""
    (folder / FILE_NAME).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest and check every file against it.

    Raises
    ------
    UnreadableExportError
        There is none, it is of another format, or a file is absent, too many or not the one that was written.
    """
    path = folder / FILE_NAME
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise UnreadableExportError(
            f"there is no {FILE_NAME} in {folder}: not an export, or not a whole one"
        ) from error
    except UNREADABLE_JSON as error:
        raise UnreadableExportError(f"{path} cannot be read: {error}") from error
    if (manifest.format, manifest.version) != (FORMAT, VERSION):
        raise UnreadableExportError(f"{path} is of format {manifest.format} {manifest.version}, not {FORMAT} {VERSION}")
    expected = {table.file_name: table.columns for table in MOVED}
    if {entry.name: tuple(entry.columns) for entry in manifest.files} != expected:
        raise UnreadableExportError("the export's files or columns are not those of this version of Vigie")
    for entry in manifest.files:
        check_file(folder / entry.name, entry)
    return manifest


def check_file(path: Path, entry: FileEntry) -> None:
    """Raise UnreadableExportError where a file is not the one that was written."""
    if not path.is_file():
        raise UnreadableExportError(f"{path} is not there")
    found = describe(path, entry.about, entry.n_rows, entry.columns)
    if found != entry:
        raise UnreadableExportError(f"{path} is not as it was written: its SHA-256 is not the manifest's")


def now() -> datetime:
    """Give the present instant."""
    return datetime.now(UTC)
