"""The manifest of a report: what it is of, how each figure came about, and every file with its hash."""

import hashlib
import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TypeVar

import msgspec

from analytics.report.errors import UnreadableReportError
from sensors.json_text import UNREADABLE_JSON

FORMAT, VERSION = "vigie-report", 1
RELATIVE = 1e-9  # of a value: sums come out otherwise in the last digits on other machines and library versions
ABSOLUTE = 1e-9
Formed = TypeVar("Formed")
PROGRAMS = ("vigie", "numpy", "scipy", "scikit-learn", "astral", "pyarrow")


class FileEntry(msgspec.Struct, frozen=True):
    """A file of the report."""

    name: str
    about: str
    n_bytes: int
    sha256: str


class PartEntry(msgspec.Struct, frozen=True):
    """A period of which figures were told; `part` 0 is the whole."""

    part: int
    begins_at: datetime
    ends_at: datetime


class DomainEntry(msgspec.Struct, frozen=True):
    """KPIs told together: method and version, periods, the files of their inputs, how much was known of them."""

    name: str
    kpis: Sequence[str]
    method: str
    method_version: str
    parts: Sequence[PartEntry]
    inputs: Sequence[str]
    least_completeness: float | None


class LeftOut(msgspec.Struct, frozen=True):
    """KPIs of which the report says nothing, and why."""

    name: str
    kpis: Sequence[str]
    reason: str


class Rounding(msgspec.Struct, frozen=True):
    """Two figures are equal when they differ by no more than one of these."""

    relative: float = RELATIVE
    absolute: float = ABSOLUTE


class Manifest(msgspec.Struct, frozen=True):
    """What is signed. `as_of` is when the newest of the figures was computed."""

    territory: str
    territory_name: str
    time_zone: str
    period: str
    language: str
    as_of: datetime
    signed_at: datetime
    programs: Mapping[str, str]
    domains: Sequence[DomainEntry]
    left_out: Sequence[LeftOut]
    files: Sequence[FileEntry]
    rounding: Rounding = Rounding()
    format: str = FORMAT
    version: int = VERSION


class Form(msgspec.Struct, frozen=True):
    """What a manifest is of, and the version of its layout."""

    format: str = "unknown"
    version: int = 0


class Signature(msgspec.Struct, frozen=True):
    """The signature over the bytes of the manifest; key and signature in base64."""

    public_key: str
    signature: str
    algorithm: str = "Ed25519"


def describe(name: str, about: str, content: bytes) -> FileEntry:
    """Enter a file."""
    return FileEntry(name, about, len(content), hashlib.sha256(content).hexdigest())


def programs() -> dict[str, str]:
    """Give the versions of the programs that figures depend on."""
    found = {"python": platform.python_version()}
    for name in PROGRAMS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def to_json(struct: msgspec.Struct) -> bytes:
    """Write as JSON that people can read."""
    return msgspec.json.format(msgspec.json.encode(struct), indent=1) + b"\n"


def read_manifest(content: bytes) -> Manifest:
    """Read a report's manifest. Raises UnreadableReportError."""
    return read_formed(content, Manifest, Form(FORMAT, VERSION))


def read_formed(content: bytes, kind: type[Formed], form: Form) -> Formed:
    """Read a manifest that has to be of this form. Raises UnreadableReportError."""
    try:
        found = msgspec.json.decode(content, type=Form)
        if found != form:
            raise UnreadableReportError(
                f"the manifest is of format {found.format} {found.version}, not {form.format} {form.version}"
            )
        return msgspec.json.decode(content, type=kind)
    except UNREADABLE_JSON as error:
        raise UnreadableReportError(f"the manifest cannot be read: {error}") from error


def read_signature(content: bytes) -> Signature:
    """Read a signature. Raises UnreadableReportError."""
    try:
        return msgspec.json.decode(content, type=Signature)
    except UNREADABLE_JSON as error:
        raise UnreadableReportError(f"the signature cannot be read: {error}") from error
