"""The map of the project stays readable: packages have their opening line, names are taken from the glossary."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("sensors", "store", "ingest", "analytics", "api", "simulators", "deploy", "vigie_client")
MODULES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "node_modules" not in path.parts
)
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
WRITTEN_OUT = re.compile(r"execute(?:many)?\(\s*[rf]?[\"']")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_says_in_its_first_line_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_is_one_thing(path: Path) -> None:
    assert path.stem not in VAGUE_NAMES
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    long_functions = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long_functions == []


def test_no_sql_outside_store() -> None:
    """SQL lies in `.sql` files of the store; elsewhere no statement is written out."""
    outside = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        if package != "store"
        for path in (ROOT / package).rglob("*")
        if path.suffix == ".py" and WRITTEN_OUT.search(path.read_text(encoding="utf-8"))
    ]
    assert outside == []
