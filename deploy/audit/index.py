"""The public index of Python packages, asked by pip-audit: what it answers, and whether it answered at all."""

import json
import subprocess
import sys
from dataclasses import dataclass

from deploy.audit.pinned import CHECKOUT, PYTHON_LOCK

PATIENCE_S = 600.0
COMMAND = ("pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json")


@dataclass(frozen=True, slots=True)
class Answer:
    """How many packages the index knew, those that it did not, and a line for each vulnerability."""

    n_asked: int
    skipped: tuple[str, ...]
    found: tuple[str, ...]


def ask_index() -> Answer | None:
    """Ask for what requirements.txt pins; None where nothing answers."""
    command = [sys.executable, "-m", *COMMAND, "--requirement", str(PYTHON_LOCK)]
    try:
        done = subprocess.run(
            command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return read_answer(done.stdout)


def read_answer(text: bytes) -> Answer | None:
    """Read pip-audit's report; None where there is none, or where every package was skipped.

    Behind a mirror that knows no vulnerabilities pip-audit skips all packages, says that it found nothing, and ends
    with 0: that is no answer.
    """
    try:
        dependencies = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return None
    asked = [one for one in dependencies if "skip_reason" not in one]
    if not asked:
        return None
    skipped = tuple(one["name"] for one in dependencies if "skip_reason" in one)
    found = tuple(
        f"{one['name']} {one['version']}: {flaw['id']} (mended in {', '.join(flaw['fix_versions']) or 'no version'})"
        for one in asked
        for flaw in one["vulns"]
    )
    return Answer(len(asked), skipped, found)
