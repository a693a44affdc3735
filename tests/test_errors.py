"""Every error that a person can meet has its entry in the docs: its name, its exit code, a cause and a remedy."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("sensors", "store", "ingest", "analytics", "api", "simulators", "deploy")
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
TEXT = (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")


def find_errors() -> list[type[Exception]]:
    """Import all modules and give the exception classes that carry an exit code: those that end a command."""
    for package in PACKAGES:
        folder = importlib.import_module(package)
        for found in pkgutil.walk_packages(folder.__path__, f"{package}."):
            if not found.name.endswith("__main__"):
                importlib.import_module(found.name)
    return sorted(
        (
            one
            for one in subclasses(Exception)
            if one.__module__.split(".")[0] in PACKAGES and hasattr(one, "exit_code")
        ),
        key=lambda one: (one.__module__, one.__name__),
    )


def subclasses(parent: type[Exception]) -> set[type[Exception]]:
    """Give all classes below."""
    below = set(parent.__subclasses__())
    return below.union(*(subclasses(one) for one in below))


ERRORS = find_errors()


def entries(name: str) -> list[tuple[str, ...]]:
    """Give the rows of the tables that name an error."""
    return [row for row in ROW.findall(TEXT) if f"`{name}`" in row[1]]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: f"{error.__module__}.{error.__name__}")
def test_error_that_ends_a_command_is_documented_with_cause_and_remedy(error: type[Exception]) -> None:
    code = str(error.exit_code)  # type: ignore[attr-defined]  # found by having it
    rows = [row for row in entries(error.__name__) if row[0] == code]
    assert rows, f"docs/reference/errors.md names no {error.__name__} with code {code}"
    for _, _, cause, remedy in rows:
        assert len(cause.split()) >= 3
        assert len(remedy.split()) >= 2


def test_docs_name_no_error_that_does_not_exist() -> None:
    known = {(str(one.exit_code), one.__name__) for one in ERRORS}  # type: ignore[attr-defined]  # found by having it
    named = {(row[0], name) for row in ROW.findall(TEXT) for name in re.findall(r"`(\w+Error)`", row[1])}
    assert named <= known
