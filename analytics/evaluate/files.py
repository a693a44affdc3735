"""Files of a published set, known by how they begin, not by their name or folder."""

import gzip
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from analytics.evaluate import NoDataError

HEAD_BYTES = 2048


def find_files(folder: Path, begins_so: Callable[[str], bool], wanted: str) -> list[Path]:
    """Give the files below a folder whose first lines are those of the set, in order of their path.

    Raises
    ------
    NoDataError
        None is; `wanted` says what was looked for.
    """
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and begins_so(read_head(path))]
    if not found:
        raise NoDataError(f"{folder} holds no {wanted}")
    return found


def read_head(path: Path) -> str:
    """Give the beginning of a file as text, out of its packing; empty where it is no text."""
    try:
        with unpacked(path) as stream:
            return stream.read(HEAD_BYTES).decode("utf-8-sig", errors="ignore")
    except (OSError, EOFError, zipfile.BadZipFile):
        return ""


def read_text(path: Path) -> str:
    """Read a whole file as text, out of its packing."""
    with unpacked(path) as stream:
        return stream.read().decode("utf-8-sig")


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, what a gzip file holds, or the first file in a zip file."""
    if path.suffix == ".gz":
        with gzip.open(path) as stream:
            yield cast(IO[bytes], stream)
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as member:
            yield member
    else:
        with path.open("rb") as plain:
            yield plain
