"""Few inputs that reach as much as many: each is judged by the lines of the platform's own code that it runs."""

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from bench.fuzz.inputs.corpus import LONGEST
from bench.fuzz.inputs.target import PACKAGES, Target

ROOT = Path(__file__).resolve().parents[3]
MOST_INPUTS = 400  # that are looked at, of all lengths
Line = tuple[str, int]


def reduce(target: Target, grown: Sequence[bytes]) -> list[bytes]:
    """Give inputs that together reach each line that the seeds do not and one of `grown` does; greedily, short ones."""
    short = sorted((one for one in grown if len(one) <= LONGEST), key=lambda one: (len(one), one))
    left = {one: reach(target, one) for one in short[:: 1 + len(short) // MOST_INPUTS]}
    covered = frozenset[Line]().union(*(reach(target, seed) for seed in target.seeds))
    chosen: list[bytes] = []
    while left:
        best = max(left, key=lambda one: (len(left[one] - covered), -len(one)))
        if not left[best] - covered:
            break
        chosen.append(best)
        covered |= left.pop(best)
    return chosen or short[:1]


def reach(target: Target, data: bytes) -> frozenset[Line]:
    """Give the lines that an input runs; one that is a crash belongs elsewhere and reaches none."""
    lines: set[Line] = set()

    def in_function(frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return in_function

    def at_call(frame: FrameType, _: str, __: Any) -> Callable[..., Any] | None:
        return in_function if frame.f_code.co_filename.startswith(FOLDERS) else None

    is_taken = False
    sys.settrace(at_call)
    try:
        with suppress(Exception):
            target.run(data)
            is_taken = True
    finally:
        sys.settrace(None)
    return frozenset(lines) if is_taken else frozenset()


FOLDERS = tuple(f"{ROOT / package}/" for package in PACKAGES)
