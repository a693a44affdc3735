"""The corpus of the coverage-guided search, replayed without it; and that each reader of foreign text is searched."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from bench.fuzz.inputs.budget import Budget
from bench.fuzz.inputs.corpus import CORPUS, FOUND, choose, read_inputs
from bench.fuzz.inputs.search import Found, add, find_troubles
from bench.fuzz.inputs.target import PromiseError, Target, all_targets, find_target, require
from bench.fuzz.inputs.words import lines
from sensors.devices import device_models
from sensors.formats import formats
from sensors.stateful import stateful_formats
from tests.support.shared import REPOSITORY

TARGETS = {target.name: target for target in all_targets()}
MOST_FILES, MOST_BYTES = 1_000, 300_000
PACKAGES = ("sensors", "store", "ingest", "analytics", "api", "simulators", "deploy")
VERBS = ("read", "decode", "parse", "develop", "split", "cut", "check")
FOREIGN = frozenset(
    {
        *("text", "data", "payload", "body", "document", "header", "content", "buffer", "topic"),
        *("accept", "written", "token", "path", "message", "cursor"),
    }
)
# Readers of text or bytes that no target runs, and why.
NOT_SEARCHED = {
    "analytics/evaluate/ahu.py:read_clock": "published data sets of studies, run by developers",
    "analytics/evaluate/ai4i.py:read_rows": "the same",
    "analytics/evaluate/vrp_files.py:read_solution": "the same",
    "analytics/evaluate/vrp_files.py:split_vrplib": "the same",
    "analytics/open_data/files.py:read_parquet": "files that Vigie wrote itself, from its own database",
    "deploy/audit/advisories.py:parse": "advisories are brought by whoever audits",
    "deploy/audit/index.py:read_answer": "the answer of the tool that the audit itself starts",
    "deploy/audit/pinned.py:read_requirements": "this repository's own lock",
    "deploy/audit/pinned.py:read_page_lock": "the same",
}


def inputs_of(target: Target) -> list[bytes]:
    """Give seeds and corpus of a target."""
    return [*target.seeds, *read_inputs(target.name)]


@pytest.mark.parametrize("name", TARGETS)
def test_every_input_is_taken_or_refused_as_documented(name: str) -> None:
    inputs = inputs_of(TARGETS[name])
    assert inputs
    for one in inputs:
        TARGETS[name].run(one)


def test_each_format_and_device_has_a_target() -> None:
    assert {f"formats.{name}" for name in (*formats(), *stateful_formats())} <= TARGETS.keys()
    assert {f"devices.{model.name.replace('-', '_')}" for model in device_models().values()} <= TARGETS.keys()


def readers() -> Iterator[tuple[str, str]]:
    """Give file and name of each public function that reads foreign text or bytes, by the name of its argument."""
    for package in PACKAGES:
        for path in sorted((REPOSITORY / package).rglob("*.py")):
            if "node_modules" in path.parts:
                continue
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and node.name.split("_")[0] in VERBS and node.args.args:
                    first = node.args.args[0]
                    kind = ast.unparse(first.annotation) if first.annotation else ""
                    if first.arg in FOREIGN and kind.split(" ")[0] in {"str", "bytes"}:
                        yield str(path.relative_to(REPOSITORY)), node.name


def test_each_reader_of_foreign_text_is_run_by_a_target() -> None:
    """A new reader gets a target, or stands in NOT_SEARCHED with its reason."""
    run: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            run.add((frame.f_code.co_filename, frame.f_code.co_name))

    sys.setprofile(note)
    try:
        for target in TARGETS.values():
            for one in inputs_of(target):
                target.run(one)
    finally:
        sys.setprofile(None)
    missed = {f"{path}:{name}" for path, name in readers() if (str(REPOSITORY / path), name) not in run}
    assert missed == set(NOT_SEARCHED)


def test_the_corpus_is_small_and_belongs_to_targets() -> None:
    files = [path for folder in (CORPUS, FOUND) for path in folder.glob("*")]
    assert len(files) <= MOST_FILES
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
    assert {path.name.removesuffix(".txt") for path in files} <= TARGETS.keys()
    assert {path.stem for path in CORPUS.glob("*.txt")} == TARGETS.keys()


def test_a_target_is_found_by_its_name_alone() -> None:
    assert all(find_target(name) is target for name, target in TARGETS.items())
    with pytest.raises(LookupError):
        find_target("formats.carrier_pigeon")


def test_a_promise_that_is_not_kept_is_raised() -> None:
    require(True, "kept")
    with pytest.raises(PromiseError, match="broken"):
        require(False, "broken")


def test_what_a_target_leaves_the_others_get() -> None:
    budget = Budget(60, 600, 3)
    first = budget.take(1)
    assert (first.seconds, first.inputs) == (20, 200)
    budget.give_back(first, 10, 50)
    second = budget.take(1)
    assert (second.seconds, second.inputs) == (25, 275)
    assert budget.take(1).inputs == 275


def test_short_inputs_are_kept_as_far_as_there_is_room() -> None:
    kept = choose([b"x" * 900, b"y" * 1_000, b"z" * 1_100, b"a"])
    assert kept == [b"a", b"x" * 900]


def test_words_are_written_as_libfuzzer_reads_them() -> None:
    assert list(lines([b'a"\\', b"\n\xff"])) == ['"a\\x22\\x5c"', '"\\x0a\\xff"']


def test_crashes_and_hangs_are_those_of_this_target_and_run(tmp_path: Path) -> None:
    names = (
        "a.b-crash-1.bin",
        "a.b-crash-2",
        "a.b-oom-3",
        "a.b-crash-1.txt",
        "a.b-slowest.bin",
        "a.b-timeout-4",
        "a.bc-crash-5",
    )
    for name in names:
        (tmp_path / name).touch()
    crashes, hangs = find_troubles(tmp_path, "a.b", 0.0)
    assert [path.name for path in crashes] == ["a.b-crash-1.bin", "a.b-crash-2", "a.b-oom-3"]
    assert [path.name for path in hangs] == ["a.b-timeout-4"]
    assert find_troubles(tmp_path, "a.b", (tmp_path / "a.b-oom-3").stat().st_mtime + 1) == ((), ())


def test_figures_of_several_starts_are_added() -> None:
    text = "#2\tINITED cov: 5 ft: 6 corp: 1/1b\nslowest_input_s: 0.250\n"
    found = add(add(Found("a.b"), text), text + "#9\tDONE   cov: 7 ft: 8\nstat::number_of_executed_units: 9\n")
    assert (found.inputs, found.edges, found.features, found.slowest_s, found.is_run) == (11, 7, 8, 0.25, True)
    assert not add(Found("a.b"), "Traceback").is_run
