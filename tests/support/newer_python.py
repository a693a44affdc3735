"""Programs of others that need a newer Python than ours: one of this machine, with their packages beside it."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.lock import hold
from deploy.local.place import find_cache

WANTED = (3, 13)
PATIENCE_S = 600  # 100 MB over a line that others use too


def installed(folder: Path) -> Path:
    """Give the Python of an environment with what `requirements.txt` in the folder pins, made once and kept.

    Where this machine has no Python that is new enough the test is skipped.
    """
    text = (folder / "requirements.txt").read_bytes()
    home = find_cache() / f"{folder.name}-{hashlib.sha256(text).hexdigest()[:12]}"
    find_cache().mkdir(parents=True, exist_ok=True)
    with hold(home.with_suffix(".lock")):
        if not (home / "complete").exists():
            interpreter = next(newer_ones(), None)
            if interpreter is None:
                pytest.skip(f"no Python {WANTED[0]}.{WANTED[1]} on this machine: name one in VIGIE_TEST_NEWER_PYTHON")
            shutil.rmtree(home, ignore_errors=True)
            run([interpreter, "-m", "venv", str(home)])
            run([str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--require-hashes", "-r"], folder)
            (home / "complete").touch()
    return home / "bin" / "python"


def newer_ones() -> Iterator[str]:
    """Give the interpreters that are new enough: the one that is named, on the path, or kept by pyenv."""
    names = [os.environ.get("VIGIE_TEST_NEWER_PYTHON"), *(f"python3.{minor}" for minor in (14, 13))]
    kept = sorted(Path.home().glob(".pyenv/versions/3.1[34]*/bin/python"), reverse=True)
    for candidate in [*filter(None, (shutil.which(name) for name in names if name)), *map(str, kept)]:
        command = [candidate, "-c", f"import sys, venv; sys.exit(sys.version_info < {WANTED})"]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            yield candidate


def run(command: list[str], folder: Path | None = None) -> None:
    """Run a command, behind it the folder's list of packages."""
    listed = [str(folder / "requirements.txt")] if folder else []
    subprocess.run([*command, *listed], check=True, timeout=PATIENCE_S, capture_output=True)
