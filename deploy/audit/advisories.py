"""Advisories that an operator brings, for where no index can be asked: files of the Open Source Vulnerability format.

Source of the method: OSV schema 1.6, "affected.versions", "affected.ranges" and "Evaluation"
(https://ossf.github.io/osv-schema/).
"""

import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from deploy.audit.errors import AdvisoryError
from deploy.audit.pinned import Pinned, normal

Advisory = Mapping[str, Any]  # Any: JSON
SEMVER = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+.*)?")


@dataclass(frozen=True, slots=True)
class Hit:
    """A pinned package that an advisory names; `fixed` are the versions that are mended, as the advisory has them."""

    package: Pinned
    advisory: str
    summary: str
    fixed: tuple[str, ...]

    def line(self) -> str:
        """Say it in one line."""
        mend = f"mended in {', '.join(self.fixed)}" if self.fixed else "no mended version is named"
        return f"{self.package.name} {self.package.version}: {self.advisory}: {self.summary} ({mend})"


def read_advisories(place: Path) -> Iterator[Advisory]:
    """Give the advisories of a file (.json, .zip) or of all such files below a folder; withdrawn ones are left out.

    Raises
    ------
    AdvisoryError
        There is none, or one cannot be read: half a list would say that all is well.
    """
    files = sorted(place.rglob("*")) if place.is_dir() else [place]
    n = 0
    for text, name in (found for path in files for found in texts_of(path)):
        for advisory in parse(text, name):
            n += 1
            if not advisory.get("withdrawn"):
                yield advisory
    if n == 0:
        raise AdvisoryError(f"{place} holds no advisories: OSV files (.json) or an archive of them (.zip) are wanted")


def texts_of(path: Path) -> Iterator[tuple[bytes, str]]:
    """Give the JSON texts of a file, each with its name."""
    try:
        if path.suffix == ".json":
            yield path.read_bytes(), path.name
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in sorted(archive.namelist()):
                    if name.endswith(".json"):
                        yield archive.read(name), f"{path.name}: {name}"
    except (OSError, zipfile.BadZipFile) as error:
        raise AdvisoryError(f"{path} cannot be read: {error}") from error


def parse(text: bytes, name: str) -> list[Advisory]:
    """Read one advisory or a list of them."""
    try:
        found = json.loads(text)
        advisories = found if isinstance(found, list) else [found]
        for one in advisories:
            _ = one["id"], [(entry["package"]["ecosystem"], entry["package"]["name"]) for entry in affected(one)]
    except (ValueError, KeyError, TypeError) as error:
        raise AdvisoryError(f"{name} is no advisory of the OSV format: {type(error).__name__}: {error}") from error
    return advisories


def affected(advisory: Advisory) -> list[Mapping[str, Any]]:
    """Give the entries that name a package; others name a repository only."""
    return [entry for entry in advisory.get("affected") or [] if "package" in entry]


def find_hits(packages: Iterable[Pinned], advisories: Iterable[Advisory]) -> list[Hit]:
    """Hold what is pinned against the advisories, in their order."""
    versions: dict[tuple[str, str], list[Pinned]] = {}
    for one in packages:
        versions.setdefault((one.ecosystem, one.name), []).append(one)
    return [
        hit
        for advisory in advisories
        for entry in affected(advisory)
        for package in versions.get(key_of(entry), ())
        if (hit := judge(package, advisory, entry))
    ]


def key_of(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Give ecosystem and name of an entry, as the locks write them."""
    ecosystem, name = str(entry["package"]["ecosystem"]), str(entry["package"]["name"])
    return ecosystem, normal(name) if ecosystem == "PyPI" else name


def judge(package: Pinned, advisory: Advisory, entry: Mapping[str, Any]) -> Hit | None:
    """Say whether an entry means this version; what cannot be compared counts as meant, so that a person looks."""
    ranges = [one for one in entry.get("ranges") or [] if one.get("type") in ("ECOSYSTEM", "SEMVER")]
    try:
        is_meant = package.version in (entry.get("versions") or []) or any(
            is_within(package, one["events"]) for one in ranges
        )
    except (InvalidVersion, ValueError):
        is_meant = True
    if not is_meant:
        return None
    fixed = tuple(event["fixed"] for one in ranges for event in one["events"] if "fixed" in event)
    names = [advisory["id"], *(alias for alias in advisory.get("aliases") or [] if alias.startswith("CVE-"))]
    return Hit(package, ", ".join(names), str(advisory.get("summary") or "without a summary"), fixed)


def is_within(package: Pinned, events: Iterable[Mapping[str, str]]) -> bool:
    """Walk through the events of a range in the order of their versions, as the format's "Evaluation" says."""
    own, is_meant = order_of(package, package.version), False
    steps = [(kind, text) for event in events for kind, text in event.items()]
    for kind, text in sorted(steps, key=lambda step: (step[1] != "0", order_of(package, step[1]))):
        if kind == "introduced" and (text == "0" or own >= order_of(package, text)):
            is_meant = True
        elif (kind == "fixed" and own >= order_of(package, text)) or (
            kind == "last_affected" and own > order_of(package, text)
        ):
            is_meant = False
    return is_meant


def order_of(package: Pinned, text: str) -> Any:  # Any: a Version or a tuple, each compared with its like only
    """Give what orders versions: PEP 440 for Python, Semantic Versioning 2.0.0 clause 11 for npm."""
    return Version(text) if package.ecosystem == "PyPI" else semver(text)


def semver(text: str) -> tuple[Any, ...]:  # Any: numbers before texts, each with its rank
    """Give what orders a semantic version. Raises ValueError."""
    found = SEMVER.fullmatch("0.0.0" if text == "0" else text)
    if not found:
        raise ValueError(f"{text} is no semantic version")
    release = tuple(int(part) for part in found.group(1, 2, 3))
    parts = found[4].split(".") if found[4] else []
    ranked = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)
    return (*release, not parts, ranked)
