"""The manifest of a backup: what it was made of and what must be found again after a restore."""

from datetime import datetime
from pathlib import Path

import msgspec

from deploy.backup.errors import BackupError
from deploy.local.state import write_private
from sensors.json_text import UNREADABLE_JSON
from store.backup import Digest, Server

FILE = "manifest.json"
DUMP = "database"


class Manifest(msgspec.Struct, frozen=True):
    """A backup in words: when, of which server and schema, who must be there, and every table's count and checksum."""

    made_at: datetime
    server: Server
    migrations: tuple[tuple[int, str], ...]
    owner: str
    roles: tuple[str, ...]
    digests: tuple[Digest, ...]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into a backup's folder."""
    text = msgspec.json.format(msgspec.json.encode(manifest)).decode()
    write_private(folder / FILE, text)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup. Raises BackupError where the folder holds none."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Manifest)
    except OSError as error:
        raise BackupError(f"{folder} holds no backup: {error.strerror}") from error
    except UNREADABLE_JSON as error:
        raise BackupError(f"the manifest of {folder} cannot be read: {error}") from error
