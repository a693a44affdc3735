"""What all that is signed has in common: a manifest that names each file with its hash, and a signature over it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from analytics.report.bundle import MANIFEST, SIGNATURE
from analytics.report.errors import ChangedReportError
from analytics.report.key import check
from analytics.report.manifest import FileEntry, read_signature


class Sealed(Protocol):
    """A manifest."""

    @property
    def files(self) -> Sequence[FileEntry]: ...


SomeManifest = TypeVar("SomeManifest", bound=Sealed)


def check_seal(
    files: Mapping[str, bytes], read: Callable[[bytes], SomeManifest], expected_key: str | None
) -> tuple[SomeManifest, str]:
    """Check signature, key and files; give the manifest and the public key it was signed with.

    Parameters
    ----------
    read
        Reads the manifest, and raises UnreadableReportError where it is another.
    expected_key
        The public key (base64) that it has to be signed with; None: any, and the caller says which it was.

    Raises
    ------
    UnreadableReportError, ChangedReportError, OtherKeyError
        In this order of looking.
    """
    signature = read_signature(files[SIGNATURE])
    check(signature, files[MANIFEST], expected_key)
    manifest = read(files[MANIFEST])
    check_files(manifest.files, files)
    return manifest, signature.public_key


def check_files(entries: Sequence[FileEntry], files: Mapping[str, bytes]) -> None:
    """Raise ChangedReportError where files are not those that were signed."""
    named = {entry.name: entry for entry in entries}
    missing = sorted(set(named) - set(files))
    if missing:
        raise ChangedReportError(f"{', '.join(missing)}: signed, but no longer there")
    added = sorted(set(files) - set(named) - {MANIFEST, SIGNATURE})
    if added:
        raise ChangedReportError(f"{', '.join(added)}: not there when it was signed")
    changed = sorted(name for name in named if hashlib.sha256(files[name]).hexdigest() != named[name].sha256)
    if changed:
        raise ChangedReportError(f"{', '.join(changed)}: changed after it was signed")
