"""What `make soak` judges with: a leak is seen, what only swings is not, and figures are read off real processes."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from bench.soak.drawing import BLOCKS, blocks
from bench.soak.judging import MOST_SAMPLES, Bound, TooShortError, judge, robust_slope
from bench.soak.proc import Held, read_tree
from bench.soak.report import Report
from bench.soak.room import V1, V2, RoomError, find_home
from bench.soak.sampling import Sample

N, EVERY_S, WARM_UP_S = 240, 5.0, 300.0
AT_S = np.arange(N) * EVERY_S
BOUND = Bound(0.05, 8.0)
LEAK_MB_PER_S = 0.03  # 108 MB an hour


def noisy(level: float, spread: float) -> np.ndarray:
    """Draw a figure that swings about a level."""
    return level + np.random.default_rng(1).normal(0, spread, N)


GROWING = {
    "a steady leak": noisy(100, 3) + LEAK_MB_PER_S * AT_S,
    "a leak in steps": noisy(100, 3) + np.floor(AT_S / 240) * 10,
    "a leak beneath a saw": 100 + 20 * (AT_S % 60) / 60 + LEAK_MB_PER_S * AT_S,
    "a leak with wild samples": np.where(np.arange(N) % 5 == 0, 0.0, 100 + LEAK_MB_PER_S * AT_S),
}
FLAT = {
    "noise": noisy(100, 5),
    "a constant": np.full(N, 7.0),
    "nothing": np.zeros(N),
    "a saw": 100 + 50 * (AT_S % 60) / 60,
    "one wild stretch": np.where((AT_S > 700) & (AT_S < 900), 1000.0, 100.0),
    "growth while it warms up": np.minimum(AT_S, WARM_UP_S) + 100,
    "falling": 500 - 0.2 * AT_S,
}


@pytest.mark.parametrize("name", GROWING)
def test_judge_sees_what_grows(name: str) -> None:
    judged = judge(AT_S.tolist(), GROWING[name].tolist(), BOUND, WARM_UP_S)
    assert not judged.is_flat
    assert judged.growth == pytest.approx(LEAK_MB_PER_S * (AT_S[-1] - WARM_UP_S), rel=0.5)


@pytest.mark.parametrize("name", FLAT)
def test_judge_leaves_alone_what_stays(name: str) -> None:
    assert judge(AT_S.tolist(), FLAT[name].tolist(), BOUND, WARM_UP_S).is_flat


def test_judge_leaves_out_samples_that_are_missing() -> None:
    values = 100 + LEAK_MB_PER_S * AT_S
    whole = judge(AT_S.tolist(), values.tolist(), BOUND, WARM_UP_S)
    values[::3] = np.nan
    assert judge(AT_S.tolist(), values.tolist(), BOUND, WARM_UP_S).growth == pytest.approx(whole.growth, rel=0.02)


def test_judge_refuses_what_is_too_short() -> None:
    with pytest.raises(TooShortError, match="7 samples"):
        judge(AT_S[:7].tolist(), AT_S[:7].tolist(), BOUND, 0.0)


def test_bound_is_the_larger_of_share_and_least() -> None:
    assert [BOUND.allowed(level) for level in (0.0, 100.0, 1000.0)] == [8.0, 8.0, 50.0]


def test_slope_of_a_long_series_is_that_of_all_its_pairs() -> None:
    times = np.arange(MOST_SAMPLES * 20, dtype=float)
    assert robust_slope(times, 3 + 0.5 * times) == pytest.approx(0.5, rel=1e-3)


HOLDER = """
import sys, time
held = bytearray({n_bytes}); held[::4096] = bytes(len(held[::4096])).replace(b"\\0", b"1")
files = [open("/dev/null") for _ in range({n_files})]
print("ready", flush=True); sys.stdin.read()
"""


@contextmanager
def holding(n_bytes: int, n_files: int) -> Iterator[int]:
    """Run a shell with a process under it that holds so much."""
    code = HOLDER.format(n_bytes=n_bytes, n_files=n_files)
    command = ["sh", "-c", '"$0" -c "$1"; true', sys.executable, code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as shell:
        assert shell.stdin is not None
        assert shell.stdout is not None
        assert shell.stdout.readline() == b"ready\n"
        try:
            yield shell.pid
        finally:
            shell.stdin.close()


def test_tree_counts_memory_and_handles_of_what_a_program_started() -> None:
    with holding(0, 0) as pid:
        before = read_tree(pid)
    with holding(40_000_000, 30) as pid:
        after = read_tree(pid)
    assert after.own_b - before.own_b == pytest.approx(40_000_000, rel=0.1)
    assert after.n_handles - before.n_handles == 30
    assert after.whole_b >= after.own_b
    assert after.cpu_s > 0


FILE_HOLDER = """
import os, sys
folder, n = sys.argv[1], 30
def hold(names): return [open(os.path.join(folder, name), "ab") for name in names]
kinds = {"cached": [str(n) for n in range(n)], "twice": ["1"] * n, "deleted": [f"{n}_fsm" for n in range(n)],
         "temporary": [f"pgsql_tmp{n}.0" for n in range(n)]}
names = kinds[sys.argv[2]]
held = hold(names)
for name in names if sys.argv[2] == "deleted" else ():
    os.unlink(os.path.join(folder, name))
print("ready", flush=True); sys.stdin.read()
"""


@pytest.mark.parametrize(("kind", "n"), [("cached", 0), ("twice", 29), ("deleted", 30), ("temporary", 30)])
def test_files_of_tables_that_the_database_caches_are_no_leak_and_all_others_are(
    kind: str, n: int, tmp_path: Path
) -> None:
    """One descriptor a file and process is PostgreSQL's cache, which ends with the number of files."""
    folder = tmp_path / "base/5"
    folder.mkdir(parents=True)
    with holding(0, 0) as pid:
        before = read_tree(pid).n_handles
    command = ["sh", "-c", '"$0" -c "$@"; true', sys.executable, FILE_HOLDER, str(folder), kind]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as shell:
        assert shell.stdin is not None
        assert shell.stdout is not None
        assert shell.stdout.readline() == b"ready\n"
        assert read_tree(shell.pid).n_handles - before == n
        shell.stdin.close()


def report_of(memory: np.ndarray) -> Report:
    """Make a report of a run with one program."""
    samples = [
        Sample(
            float(at_s), {"memory.api": float(value), "queue": 0.0}, {"api": Held(cpu_s=at_s / 10)}, i * 100, i * 300
        )
        for i, (at_s, value) in enumerate(zip(AT_S, memory, strict=True))
    ]
    return Report(samples, WARM_UP_S)


def test_report_names_what_grows() -> None:
    report = report_of(GROWING["a steady leak"])
    judgements = report.judgements()
    lines = {line.split()[0]: line for line in report.table(judgements)}
    assert "GROWS" in lines["memory.api"]
    assert "flat" in lines["queue"]
    assert "GROWS" not in lines["queue"]


def test_report_gives_what_each_message_cost() -> None:
    assert "5000 µs a message" in list(report_of(FLAT["noise"]).spent())[1]  # 0.1 CPU s a second, 20 messages


def test_plot_has_a_line_for_each_figure_and_red_for_what_grows() -> None:
    report = report_of(GROWING["a steady leak"])
    root = ET.fromstring(report.drawn("a run <b>", report.judgements()))
    lines = root.findall(".//{http://www.w3.org/2000/svg}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [N, N]
    assert [line.attrib["stroke"] for line in lines] == ["#b3261e", "#1b5e8a"]


def test_blocks_rise_with_the_values() -> None:
    assert blocks(list(range(8))) == BLOCKS
    assert blocks([3.0, 3.0]) == BLOCKS[0] * 2
    assert blocks([1.0, float("nan"), 2.0]) == f"{BLOCKS[0]} {BLOCKS[-1]}"


def test_room_is_found_in_both_versions_of_control_groups(tmp_path: Path) -> None:
    assert find_home({"memory": "/one", "": "/two"}, tmp_path) == (tmp_path / "memory/one", V1)
    (tmp_path / "slice").mkdir()
    (tmp_path / "slice/cgroup.subtree_control").write_text("cpu memory\n")
    assert find_home({"": "/slice/ours.scope"}, tmp_path) == (tmp_path / "slice/ours.scope", V2)


def test_room_is_refused_with_a_reason_where_memory_is_not_handed_on(tmp_path: Path) -> None:
    (tmp_path / "slice").mkdir()
    (tmp_path / "slice/cgroup.subtree_control").write_text("cpu pids\n")
    with pytest.raises(RoomError, match="systemd-run --scope -p MemoryMax=1G"):
        find_home({"": "/slice/ours.scope"}, tmp_path)
