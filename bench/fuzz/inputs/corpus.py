"""The corpus: small files with one input a line, in base64, so that differences can be read.

`corpus/TARGET.txt` holds few inputs that reach much, and is made anew at will; `found/TARGET.txt` those that once were
a crash or a hang, for good.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.fuzz.inputs.target import Target

CORPUS, FOUND = (Path(__file__).with_name(name) for name in ("corpus", "found"))
MOST_BYTES = 2_500  # of one target's file: the whole corpus stays below 300 kB
LONGEST = 1_500  # of one input that is kept


def read_inputs(name: str) -> list[bytes]:
    """Give the inputs of a target: those that were found, then those that reach much."""
    return read_file(FOUND / f"{name}.txt") + read_file(CORPUS / f"{name}.txt")


def read_file(path: Path) -> list[bytes]:
    """Give the inputs of a file, none where there is none."""
    return [base64.b64decode(line) for line in path.read_text("ascii").splitlines()] if path.is_file() else []


def write_file(path: Path, inputs: Iterable[bytes]) -> None:
    """Write inputs in their order, each once."""
    path.parent.mkdir(exist_ok=True)
    lines = dict.fromkeys(base64.b64encode(one).decode() for one in inputs)
    path.write_text("".join(f"{line}\n" for line in lines), "ascii")


def keep(name: str, data: bytes) -> None:
    """Keep an input that was a crash or a hang."""
    path = FOUND / f"{name}.txt"
    write_file(path, [*read_file(path), data])


def renew(name: str, inputs: Iterable[bytes]) -> None:
    """Put what reaches much in the place of what did."""
    write_file(CORPUS / f"{name}.txt", choose(inputs))


def choose(inputs: Iterable[bytes]) -> list[bytes]:
    """Give the shortest inputs, as far as there is room."""
    chosen: list[bytes] = []
    room = MOST_BYTES
    for one in sorted(inputs, key=lambda each: (len(each), each)):
        room -= len(base64.b64encode(one)) + 1
        if room < 0 or len(one) > LONGEST:
            break
        chosen.append(one)
    return chosen


def unpack(target: Target, folder: Path) -> Path:
    """Write seeds and corpus of a target as single files, as libFuzzer reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    write_single([*target.seeds, *read_inputs(target.name)], folder)
    return folder


def write_single(inputs: Sequence[bytes], folder: Path) -> None:
    """Write each input as a file that is named after its content."""
    for one in inputs:
        (folder / hashlib.sha1(one, usedforsecurity=False).hexdigest()).write_bytes(one)


def read_folder(folder: Path) -> list[bytes]:
    """Give all inputs that lie in a folder."""
    return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else []
