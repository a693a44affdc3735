"""The folder that exports lie in: private, limited in bytes, known by a name that lies in it."""

import contextlib
import os
import secrets
import stat
import tempfile
from pathlib import Path

MOST_BYTES = 20 << 30
NAME_FILE = "place"


class FolderError(Exception):
    """The folder for exports cannot be used."""


def default_folder() -> Path:
    """Give the folder that is used where none is set."""
    return Path(tempfile.gettempdir()) / f"vigie-exports-{os.geteuid()}"


class Folder:
    """Where files lie; it is made when the first one is ordered. Processes that share a folder share its orders."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        self.most_bytes = most_bytes

    @property
    def place(self) -> str | None:
        """Name of the folder, wherever it is mounted; None where nothing was ever ordered."""
        try:
            return (self.path / NAME_FILE).read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FolderError(f"the folder for exports cannot be read: {error.strerror}") from error

    def ensure(self) -> str:
        """Make the folder where it is not there and give its name.

        Raises
        ------
        FolderError
            It cannot be made, or belongs to somebody else.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._require_own()
            if (place := self.place) is None:
                self._name()
                place = self.place
        except OSError as error:
            raise FolderError(f"the folder for exports cannot be made: {error.strerror}") from error
        if place is None:
            raise FolderError("the folder for exports has lost its name")
        return place

    def file(self, export_id: int) -> Path:
        """Give the place of a finished file."""
        return self.path / f"export-{export_id}"

    def part(self, export_id: int, n_tries: int) -> Path:
        """Give the place of a file that is being written."""
        return self.path / f"export-{export_id}.{n_tries}.part"

    def room(self) -> int:
        """Give how many bytes there is room for."""
        sizes = [path.stat().st_size for path in self.files() if path.is_file()]
        return self.most_bytes - sum(sizes)

    def files(self) -> list[Path]:
        """List the files of exports, whole or not."""
        return list(self.path.glob("export-*"))

    def clear(self, files: list[Path], kept: set[int]) -> None:
        """Remove those of exports that are over."""
        for path in files:
            number = path.name.removeprefix("export-").partition(".")[0]
            if number.isdigit() and int(number) not in kept:
                path.unlink(missing_ok=True)

    def _require_own(self) -> None:
        found = self.path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise FolderError(f"the folder for exports belongs to somebody else: {self.path.name}")

    def _name(self) -> None:
        own = self.path / f".{secrets.token_hex(8)}"
        own.write_text(secrets.token_hex(16), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            os.link(own, self.path / NAME_FILE)  # whoever is first names it
        own.unlink()
