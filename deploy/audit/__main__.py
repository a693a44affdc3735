"""`make audit`: the bill of materials, bandit over the code, and what is known against what is pinned.

Exit codes: 0 nothing found; 1 something found; 2 the advisories that were brought cannot be used; 3 nothing found, but
no list of vulnerabilities was asked either.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from deploy.audit.advisories import find_hits, read_advisories
from deploy.audit.bill import BILL, save_bill
from deploy.audit.errors import AdvisoryError
from deploy.audit.index import Answer, ask_index
from deploy.audit.pinned import CHECKOUT, PACKAGES, read_pinned

FOUND, NOT_ASKED = 1, 3
NOTHING_ASKED = (
    "vulnerabilities: NOT ASKED: the public index does not answer for what is pinned, and no advisories were brought;"
    " bring them: make audit ADVISORIES=DIR (docs/security/supply-chain.md)"
)


def main() -> int:
    """Run what is asked for; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--advisories", type=Path, help="folder or file of OSV advisories (.json, .zip)")
    parser.add_argument("--bill-only", action="store_true", help="write the bill of materials and end; no network")
    asked = parser.parse_args()
    print(f"{BILL.name}: {save_bill()} components")
    if asked.bill_only:
        return 0
    try:
        return worst(run_bandit(), *look(asked.advisories))
    except AdvisoryError as error:
        print(f"vigie: {error}", file=sys.stderr)
        return error.exit_code


def worst(code_of_bandit: int, was_asked: bool, n_hits: int) -> int:
    """Choose the exit code: what was found comes before what was not asked."""
    if code_of_bandit or n_hits:
        return FOUND
    return 0 if was_asked else NOT_ASKED


def look(advisories: Path | None) -> tuple[bool, int]:
    """Hold what is pinned against the advisories brought and the public index; give whether any was asked, and hits."""
    n_brought = 0
    if advisories is not None:
        hits = find_hits(read_pinned(), read_advisories(advisories))
        tell(f"advisories of {advisories}", [hit.line() for hit in hits])
        n_brought = len(hits)
    answer = ask_index()
    tell_index(answer, is_only=advisories is None)
    return answer is not None or advisories is not None, n_brought + (len(answer.found) if answer else 0)


def tell_index(answer: Answer | None, is_only: bool) -> None:
    """Say what the public index answered, or that it did not."""
    if answer is None:
        print(NOTHING_ASKED if is_only else "public index: not asked, it does not answer")
        return
    tell(f"public index ({answer.n_asked} packages)", answer.found)
    if answer.skipped:
        print(f"  not known there: {', '.join(answer.skipped)}")


def tell(where: str, lines: list[str] | tuple[str, ...]) -> None:
    """Print what was found in one place."""
    print(f"{where}: {len(lines)} found")
    for line in lines:
        print(f"  {line}")


def run_bandit() -> int:
    """Look at the code with the exceptions of pyproject.toml; the exit code."""
    words = ("bandit", "-q", "-r", "-c", "pyproject.toml", *PACKAGES)
    return subprocess.run([sys.executable, "-m", *words], cwd=CHECKOUT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
