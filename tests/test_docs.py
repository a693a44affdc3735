"""What a person can use is named in the docs: make targets, environment variables, commands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("sensors", "store", "ingest", "analytics", "api", "simulators", "deploy", "vigie_client")
DOCS = "\n".join(
    path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
)
VARIABLES = sorted(
    {
        name
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for name in re.findall(r'"(VIGIE_[A-Z_]+)"', path.read_text(encoding="utf-8"))
    }
)
TARGETS = re.findall(r"^([a-z][a-z-]*):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
LINKS = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", (ROOT / "README.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", VARIABLES)
def test_environment_variable_is_documented(name: str) -> None:
    assert name in DOCS


@pytest.mark.parametrize("target", TARGETS)
def test_make_target_is_documented(target: str) -> None:
    assert f"make {target}" in DOCS


@pytest.mark.parametrize("link", LINKS)
def test_readme_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
