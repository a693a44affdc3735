"""What a signed list of an acceptance holds: its manifest, and what was found of each device."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from analytics.report.manifest import FileEntry
from store.acceptance import Result

FORMAT, VERSION = "vigie-acceptance", 1


class CheckEntry(msgspec.Struct, frozen=True):
    """A check: where its limits come from, and whether it was made."""

    name: str
    name_fr: str
    name_en: str
    source: str
    is_made: bool


class AcceptanceManifest(msgspec.Struct, frozen=True):
    """What is signed."""

    acceptance_id: int
    territory: str
    territory_name: str
    name: str
    watched_from: datetime
    watched_until: datetime
    n_days: int
    started_by: str
    finished_by: str
    signed_at: datetime
    n_devices: int
    n_pass: int
    n_fail: int
    n_unknown: int
    checks: Sequence[CheckEntry]
    programs: Mapping[str, str]
    files: Sequence[FileEntry]
    format: str = FORMAT
    version: int = VERSION


class Line(msgspec.Struct, frozen=True):
    """What one check found of a device."""

    check: str
    result: Result
    sentence_fr: str
    sentence_en: str
    detail: Mapping[str, Any]


class DeviceLines(msgspec.Struct, frozen=True):
    """A device with its result and what led to it."""

    external_id: str
    name: str
    model: str | None
    asset: str | None
    result: Result
    lines: Sequence[Line]


class Ending(msgspec.Struct, frozen=True):
    """Until when a batch was watched, and who signs when."""

    until: datetime
    finished_by: str
    signed_at: datetime
