"""A report as files: one zip, the same bytes for the same files; read from a zip or a folder."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from analytics.report.errors import UnreadableReportError

MANIFEST, SIGNATURE = "manifest.json", "signature.json"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of zip files
LARGEST_BYTES = 4_000_000_000  # a file that says it unpacks to more is not one of ours


def pack(files: Mapping[str, bytes]) -> bytes:
    """Put files into a zip, without times, in order of their names."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return sink.getvalue()


def read_files(path: Path) -> dict[str, bytes]:
    """Read all files of a report.

    Raises
    ------
    UnreadableReportError
        It is not there, or no report.
    """
    if path.is_dir():
        found = {
            file.relative_to(path).as_posix(): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()
        }
    else:
        found = unpack(path)
    for name in (MANIFEST, SIGNATURE):
        if name not in found:
            raise UnreadableReportError(f"{path} holds no {name}: it is no report, or not a whole one")
    return found


def unpack(path: Path) -> dict[str, bytes]:
    """Read the files of a zip into memory: their names are never used as paths."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > LARGEST_BYTES:
                raise UnreadableReportError(f"{path} would unpack to more than {LARGEST_BYTES:,} bytes")
            return {entry.filename: archive.read(entry) for entry in entries}
    except FileNotFoundError as error:
        raise UnreadableReportError(f"there is no {path}") from error
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise UnreadableReportError(f"{path} cannot be read as a zip: {error}") from error
