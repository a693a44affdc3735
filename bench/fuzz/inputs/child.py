"""One target in one process, with libFuzzer in it: `python -m bench.fuzz.inputs.child TARGET FOLDER -flags... corpora`.

What the target raises is written down with its input, once for each place, and the search goes on. A hang, too much
memory and a fault of a library end the process: libFuzzer writes the input then.
"""

import hashlib
import resource
import sys
import time
import traceback
from pathlib import Path

import atheris  # type: ignore[import-not-found]  # in a folder of its own: requirements-fuzz.txt

from bench.fuzz.inputs.target import PACKAGES, SLOWEST, Target, find_target

LEAST_TOLD_S = 0.05

with atheris.instrument_imports(include=list(PACKAGES)):
    TARGET = find_target(sys.argv[1])


class Witness:
    """Runs the target, and writes down what it should not have raised and what took longest."""

    def __init__(self, target: Target, folder: Path) -> None:
        self._target, self._folder = target, folder
        self._known: set[str] = set()
        self._slowest_s = LEAST_TOLD_S

    def __call__(self, data: bytes) -> None:
        """Run one input."""
        begin = time.perf_counter()
        try:
            self._target.run(data)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what we look for
            self._keep(data, error)
        took_s = time.perf_counter() - begin
        if took_s > self._slowest_s:
            self._slowest_s = took_s
            (self._folder / f"{self._target.name}-slowest.bin").write_bytes(data)
            print(f"{SLOWEST}: {took_s:.3f}", file=sys.stderr, flush=True)

    def _keep(self, data: bytes, error: Exception) -> None:
        place = place_of(error)
        if place in self._known:
            return
        self._known.add(place)
        name = f"{self._target.name}-crash-{hashlib.sha1(place.encode(), usedforsecurity=False).hexdigest()[:8]}"
        (self._folder / f"{name}.bin").write_bytes(data)
        (self._folder / f"{name}.txt").write_text("".join(traceback.format_exception(error)), "utf-8", "replace")
        print(f"crash: {place}", file=sys.stderr, flush=True)


def place_of(error: Exception) -> str:
    """Say what was raised and where, so that the same fault counts once."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1]
    own = next((frame for frame in reversed(frames) if Path(frame.filename).parts[-2:-1] != ("inputs",)), last)
    return f"{type(error).__name__} in {Path(own.filename).name}, {own.name}, line {own.lineno}"


def main() -> None:
    """Hand over to libFuzzer, which ends the process."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    atheris.Setup([sys.argv[0], *sys.argv[3:]], Witness(TARGET, Path(sys.argv[2])))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
