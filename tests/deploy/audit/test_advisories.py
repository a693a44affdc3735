"""Advisories that an operator brings are held against what is pinned, and nothing unread passes for nothing found."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.audit.__main__ import worst
from deploy.audit.advisories import find_hits, read_advisories, semver
from deploy.audit.errors import AdvisoryError
from deploy.audit.index import read_answer
from deploy.audit.pinned import CHECKOUT, Pinned, read_pinned

LEAFLET = Pinned("npm", "leaflet", "1.9.4", ())
PILLOW = Pinned("PyPI", "pillow", "11.2.0", ())


def an_advisory(ecosystem: str, name: str, **affected: Any) -> dict[str, Any]:
    return {
        "id": "OSV-1",
        "aliases": ["CVE-2026-1", "GHSA-x"],
        "summary": "it leaks",
        "affected": [{"package": {"ecosystem": ecosystem, "name": name}, **affected}],
    }


def a_range(*events: Mapping[str, str], kind: str = "ECOSYSTEM") -> dict[str, Any]:
    return {"ranges": [{"type": kind, "events": list(events)}]}


@pytest.mark.parametrize(
    ("package", "affected", "is_meant"),
    [
        (PILLOW, {"versions": ["11.1.0", "11.2.0"]}, True),
        (PILLOW, {"versions": ["11.1.0"]}, False),
        (PILLOW, a_range({"introduced": "0"}, {"fixed": "11.2.0"}), False),
        (PILLOW, a_range({"introduced": "0"}, {"fixed": "11.10.0"}), True),  # by number, not by letter
        (PILLOW, a_range({"introduced": "11.2.0rc1"}, {"last_affected": "11.2.0"}), True),
        (PILLOW, a_range({"introduced": "10"}, {"last_affected": "11.1.9"}), False),
        (PILLOW, a_range({"introduced": "0"}, {"fixed": "9"}, {"introduced": "11"}, {"fixed": "12"}), True),
        (PILLOW, a_range({"fixed": "12"}, {"introduced": "11"}, {"fixed": "9"}, {"introduced": "0"}), True),
        (PILLOW, a_range({"introduced": "no version at all"}), True),  # a person looks
        (PILLOW, {"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, False),
        (LEAFLET, a_range({"introduced": "1.9.4-beta.2"}, {"fixed": "1.9.5"}, kind="SEMVER"), True),
        (LEAFLET, a_range({"introduced": "0"}, {"fixed": "1.9.4"}, kind="SEMVER"), False),
        (LEAFLET, a_range({"introduced": "1.10.0"}, kind="SEMVER"), False),
    ],
)
def test_versions_are_compared_as_the_format_says(package: Pinned, affected: dict[str, Any], is_meant: bool) -> None:
    advisory = an_advisory(package.ecosystem, package.name, **affected)
    assert bool(find_hits([package], [advisory])) is is_meant


def test_names_are_compared_as_their_ecosystem_does() -> None:
    everything = a_range({"introduced": "0"})
    assert find_hits([PILLOW], [an_advisory("PyPI", "Pillow", **everything)])
    assert not find_hits([PILLOW], [an_advisory("npm", "pillow", **everything)])
    assert not find_hits([LEAFLET], [an_advisory("npm", "Leaflet", **everything)])


def test_semantic_versions_are_ordered_as_their_clause_11_says() -> None:
    """The example of the standard, in its order."""
    stages = ("-alpha", "-alpha.1", "-alpha.beta", "-beta", "-beta.2", "-beta.11", "-rc.1", "")
    texts = [f"1.0.0{stage}" for stage in stages]
    assert sorted(reversed(texts), key=semver) == texts


def test_hit_says_which_advisory_and_what_mends_it() -> None:
    (hit,) = find_hits([PILLOW], [an_advisory("PyPI", "pillow", **a_range({"introduced": "0"}, {"fixed": "11.3"}))])
    assert hit.line() == "pillow 11.2.0: OSV-1, CVE-2026-1: it leaks (mended in 11.3)"


def test_files_and_archives_are_read_and_withdrawn_ones_left_out(tmp_path: Path) -> None:
    everything = an_advisory("PyPI", "pillow", **a_range({"introduced": "0"}))
    (tmp_path / "one.json").write_text(json.dumps({**everything, "id": "A"}))
    (tmp_path / "list.json").write_text(json.dumps([{**everything, "id": "B"}, {"id": "C"}]))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("D.json", json.dumps({**everything, "id": "D"}))
        archive.writestr("E.json", json.dumps({**everything, "id": "E", "withdrawn": "2026-01-01T00:00:00Z"}))
    assert {one["id"] for one in read_advisories(tmp_path)} == {"A", "B", "C", "D"}


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.txt", b"nothing of the kind", "holds no advisories"),
        ("cut.json", b'{"id": "OSV-1", "affec', "is no advisory"),
        ("other.json", b'{"name": "something else"}', "is no advisory"),
        ("nameless.json", b'{"id": "A", "affected": [{"package": {}}]}', "is no advisory"),
        ("cut.zip", b"PK\x03\x04 and no more", "cannot be read"),
    ],
)
def test_advisories_that_cannot_be_used_are_no_clean_answer(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AdvisoryError, match=words):
        list(read_advisories(tmp_path))


def test_an_index_that_skips_every_package_has_not_answered() -> None:
    """What pip-audit says behind a mirror without vulnerabilities: all skipped, nothing found, exit code 0."""
    skipped = {"name": "b", "skip_reason": "Dependency not found on PyPI and could not be audited: b (1)"}
    assert read_answer(json.dumps({"dependencies": [skipped], "fixes": []}).encode()) is None
    assert read_answer(b"") is None
    flaw = {"id": "PYSEC-1", "fix_versions": ["2"]}
    asked = {"name": "a", "version": "1", "vulns": [flaw]}
    answer = read_answer(json.dumps({"dependencies": [asked, skipped]}).encode())
    assert answer is not None
    assert (answer.n_asked, answer.skipped, answer.found) == (1, ("b",), ("a 1: PYSEC-1 (mended in 2)",))


def test_exit_code_tells_nothing_found_from_nothing_asked() -> None:
    codes = {
        (bandit, was_asked, n): worst(bandit, was_asked, n)
        for bandit in (0, 1)
        for was_asked in (False, True)
        for n in (0, 2)
    }
    assert codes[0, True, 0] == 0
    assert codes[0, False, 0] == 3
    assert {code for (bandit, _, n), code in codes.items() if bandit or n} == {1}


def test_command_finds_what_an_advisory_names_among_the_pinned_and_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    """The program itself; the tools for code and index are not in this environment."""
    first = next(one for one in read_pinned() if one.ecosystem == "PyPI")
    (tmp_path / "one.json").write_text(json.dumps(an_advisory("PyPI", first.name, versions=[first.version])))
    found = run("--advisories", str(tmp_path))
    assert f"  {first.name} {first.version}: OSV-1" in found.stdout
    assert found.returncode == 1
    (tmp_path / "cut.json").write_text("{")
    assert run("--advisories", str(tmp_path)).returncode == 2


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "deploy.audit", *words]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=300)
