"""What the locks pin: requirements.txt of Python, package-lock.json of the page."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGES = ("sensors", "store", "ingest", "analytics", "api", "simulators", "deploy", "vigie_client")
PYTHON_LOCK = CHECKOUT / "requirements.txt"
PAGE_LOCK = CHECKOUT / "api" / "page" / "package-lock.json"
Ecosystem = Literal["PyPI", "npm"]  # as OSV writes them
NAMES_OF_HASHES = {"sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}


@dataclass(frozen=True, slots=True)
class Pinned:
    """A package at one version; `hashes` are pairs of CycloneDX's algorithm and hexadecimal digits.

    `builds_only`: it makes or checks the page and is not delivered with it.
    """

    ecosystem: Ecosystem
    name: str
    version: str
    hashes: tuple[tuple[str, str], ...]
    licence: str | None = None
    builds_only: bool = False

    @property
    def purl(self) -> str:
        """Give the address by which tools know it (https://github.com/package-url/purl-spec)."""
        return f"pkg:{self.ecosystem.lower()}/{self.name.replace('@', '%40')}@{self.version}"


def read_pinned() -> list[Pinned]:
    """Give all that both locks pin, each once, in the order of the locks."""
    both = [
        *read_requirements(PYTHON_LOCK.read_text(encoding="utf-8")),
        *read_page_lock(PAGE_LOCK.read_text(encoding="utf-8")),
    ]
    return list({one.purl: one for one in both}.values())


def read_requirements(text: str) -> Iterator[Pinned]:
    """Give every package of a requirements file with hashes."""
    for line in text.replace("\\\n", " ").splitlines():
        words = line.split("#")[0].split()
        if words and "==" in words[0]:
            name, _, version = words[0].partition("==")
            hashes = tuple(("SHA-256", digits) for digits in re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
            yield Pinned("PyPI", normal(name.partition("[")[0]), version.rstrip(";"), hashes)


def read_page_lock(text: str) -> Iterator[Pinned]:
    """Give every package of a package-lock.json (version 2 or 3) but the project itself."""
    for place, entry in json.loads(text)["packages"].items():
        if place:
            name = entry.get("name") or place.rpartition("node_modules/")[2]
            hashes = tuple(hash_of(word) for word in entry.get("integrity", "").split())
            licence = entry.get("license")
            yield Pinned("npm", name, entry["version"], hashes, licence, bool(entry.get("dev")))


def hash_of(integrity: str) -> tuple[str, str]:
    """Turn a word of Subresource Integrity into algorithm and hexadecimal digits."""
    algorithm, _, content = integrity.partition("-")
    return NAMES_OF_HASHES[algorithm], base64.b64decode(content).hex()


def normal(name: str) -> str:
    """Write the name of a Python package as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
