"""`make audit`: code, dependencies and their list, looked at by bandit, pip-audit and written as CycloneDX."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGES = ("sensors", "store", "ingest", "analytics", "api", "simulators", "deploy")
BILL = "sbom.cdx.json"
LONGEST_LICENCE = 80  # characters; what is longer is the text itself


def main() -> int:
    """Run all; the worst exit code."""
    (CHECKOUT / BILL).write_text(json.dumps(write_bill(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{BILL}: {len(list(pinned()))} components")
    return max(run(*command) for command in commands())


def commands() -> Iterator[tuple[str, ...]]:
    """Give what is run: bandit with the exceptions of pyproject.toml, pip-audit over what is pinned."""
    yield ("bandit", "-q", "-r", "-c", "pyproject.toml", *PACKAGES)
    yield ("pip_audit", "--requirement", "requirements.txt", "--disable-pip", "--require-hashes")


def run(*words: str) -> int:
    """Run a module of our own environment in the checkout."""
    return subprocess.run([sys.executable, "-m", *words], cwd=CHECKOUT, check=False).returncode


def write_bill() -> dict[str, object]:
    """Write the bill of materials of what Vigie runs on (CycloneDX 1.5); the same input gives the same text."""
    components = [component(name, number, digests) for name, number, digests in pinned()]
    own = own_version()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, json.dumps(components, sort_keys=True))}",
        "metadata": {"component": {"type": "application", "name": "vigie", "version": own, "bom-ref": "vigie"}},
        "components": components,
    }


def component(name: str, number: str, digests: list[str]) -> dict[str, object]:
    """Describe one package: address, hashes of its files, licence where it is installed here."""
    described: dict[str, object] = {
        "type": "library",
        "name": name,
        "version": number,
        "purl": f"pkg:pypi/{name}@{number}",
        "bom-ref": f"{name}@{number}",
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in digests],
    }
    if licence := licence_of(name):
        described["licenses"] = [{"license": {"name": licence}}]
    return described


def pinned() -> Iterator[tuple[str, str, list[str]]]:
    """Give name, version and hashes of every package that requirements.txt pins."""
    text = (CHECKOUT / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        words = line.split("#")[0].split()
        if words and "==" in words[0]:
            name, _, number = words[0].partition("==")
            digests = [word.removeprefix("--hash=sha256:") for word in words if word.startswith("--hash=sha256:")]
            yield name.partition("[")[0], number.rstrip(";"), digests


def licence_of(name: str) -> str | None:
    """Give the licence as the installed package states it in a word or two; None where it prints a whole text."""
    try:
        stated = metadata(name)
    except PackageNotFoundError:
        return None
    texts = [str(stated[field]) for field in ("License-Expression", "License") if field in stated]
    return next((text for text in texts if 0 < len(text) <= LONGEST_LICENCE and "\n" not in text), None)


def own_version() -> str:
    """Give the version of Vigie."""
    try:
        return version("vigie")
    except PackageNotFoundError:
        project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return str(project["version"])


if __name__ == "__main__":
    sys.exit(main())
