"""Runs the process of a target for its share, again after a hang, and reads what libFuzzer says of it."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.fuzz.inputs.budget import Share
from bench.fuzz.inputs.corpus import unpack
from bench.fuzz.inputs.target import SLOWEST, Target
from bench.fuzz.inputs.words import write_words

FOLDER = Path(__file__).resolve().parents[3] / "build" / "fuzz"
MOST_MEMORY_MB = 2048
MOST_STARTS = 4  # after so many ends by hangs and faults of libraries there is no hope
GRACE_S = 600.0  # to start and to end, also on a machine that has other things to do
SEEN = re.compile(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+)", re.MULTILINE)
STAT = re.compile(r"^stat::(number_of_executed_units|peak_rss_mb):\s+(\d+)", re.MULTILINE)
SLOW = re.compile(rf"^{SLOWEST}: ([\d.]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to. `edges` and `features` are libFuzzer's: places reached, and in how many ways."""

    target: str
    inputs: int = 0
    seconds: float = 0.0
    edges: int = 0
    features: int = 0
    slowest_s: float = 0.0
    peak_mb: int = 0
    crashes: tuple[Path, ...] = field(default=())
    hangs: tuple[Path, ...] = field(default=())
    is_run: bool = False


class Searcher:
    """Runs processes of targets; `end` ends them, from any thread."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._is_ended = False

    def end(self) -> None:
        """End all processes, and start none any more."""
        with self._lock:
            self._is_ended = True
            for process in self._processes:
                kill(process)

    def search(self, target: Target, share: Share) -> Found:
        """Search for as long or as many inputs as the share allows."""
        found, begin, since = Found(target.name), time.monotonic(), time.time()
        for _ in range(MOST_STARTS):
            left = Share(share.seconds - (time.monotonic() - begin), share.inputs - found.inputs)
            if self._is_ended or (found.is_run and (left.seconds < 1 or left.inputs < 1)):
                break
            is_whole, text = self._run(target, left)
            found = add(found, text)
            if is_whole:
                break
        crashes, hangs = find_troubles(self._folder / "crashes", target.name, since)
        return replace(found, seconds=time.monotonic() - begin, crashes=crashes, hangs=hangs)

    def _corpora(self, target: Target) -> list[str]:
        grown = grown_folder(target.name, self._folder)
        grown.mkdir(parents=True, exist_ok=True)
        return [str(grown), str(unpack(target, self._folder / "seeds" / target.name))]

    def _run(self, target: Target, share: Share) -> tuple[bool, str]:
        words = self._folder / "seeds" / f"{target.name}.dict"
        corpora = self._corpora(target)
        write_words(target, words)
        limits = [
            f"-max_total_time={max(1, int(share.seconds))}",
            f"-runs={max(1, share.inputs)}",
            f"-timeout={target.patience_s}",
        ]
        flags = [*limits, f"-rss_limit_mb={MOST_MEMORY_MB}", f"-max_len={target.longest}", f"-dict={words}"]
        artifacts = f"-artifact_prefix={self._folder / 'crashes' / target.name}-"
        return self._start(target, [*flags, artifacts, "-print_final_stats=1", *corpora], share.seconds)

    def _start(self, target: Target, arguments: list[str], seconds: float) -> tuple[bool, str]:
        """Run a process to its end; say whether it ended well, and what it wrote."""
        crashes, log = self._folder / "crashes", self._folder / f"{target.name}.log"
        crashes.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "bench.fuzz.inputs.child", target.name, str(crashes), *arguments]
        with log.open("wb") as told, scratch_folder() as environment:
            with self._lock:
                if self._is_ended:
                    return True, ""
                process = subprocess.Popen(command, stdout=told, stderr=told, env=environment, start_new_session=True)
                self._processes.add(process)
            try:
                code = process.wait(max(seconds, 0) + target.patience_s + GRACE_S)
            except subprocess.TimeoutExpired:
                code = 1
            finally:
                kill(process)
                self._processes.discard(process)
        return code == 0, log.read_text("utf-8", "replace")


@contextmanager
def scratch_folder() -> Iterator[dict[str, str]]:
    """Give an environment with a folder for files, in memory where there is such a place; it is removed afterwards.

    libFuzzer ends its process without the orderly end in which a target could do that itself.
    """
    memory = Path("/dev/shm")  # nosec B108  # a private folder is made in it
    with TemporaryDirectory(prefix="vigie-fuzz-", dir=memory if memory.is_dir() else None) as folder:
        yield {**os.environ, "TMPDIR": folder}


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def grown_folder(name: str, folder: Path = FOLDER) -> Path:
    """Give where the inputs lie that searches of a target have grown."""
    return folder / "grown" / name


def find_troubles(folder: Path, name: str, since: float) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Give the inputs of a target that were crashes (too much memory too) and hangs, written since an instant [s]."""
    new = sorted(path for path in folder.glob(f"{name}-*") if path.stat().st_mtime >= since and path.suffix != ".txt")
    kind_of = {path: path.name.removeprefix(f"{name}-").partition("-")[0] for path in new}
    crashes = tuple(path for path in new if kind_of[path] in {"crash", "oom"})
    return crashes, tuple(path for path in new if kind_of[path] == "timeout")


def add(found: Found, text: str) -> Found:
    """Add what one process said."""
    seen = SEEN.findall(text)
    stats = {name: int(value) for name, value in STAT.findall(text)}
    n_inputs = stats.get("number_of_executed_units", int(seen[-1][0]) if seen else 0)
    return replace(
        found,
        inputs=found.inputs + n_inputs,
        edges=max([found.edges, *(int(edges) for _, edges, _ in seen)]),
        features=max([found.features, *(int(features) for _, _, features in seen)]),
        slowest_s=max([found.slowest_s, *(float(one) for one in SLOW.findall(text))]),
        peak_mb=max(found.peak_mb, stats.get("peak_rss_mb", 0)),
        is_run=found.is_run or bool(seen),
    )
