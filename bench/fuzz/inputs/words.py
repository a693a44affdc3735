"""The dictionary of a target: what its makers name, and the words of its seeds."""

import re
from collections.abc import Iterable
from pathlib import Path

from bench.fuzz.inputs.target import Target

WORD = re.compile(rb"[A-Za-z_$@][A-Za-z0-9_.:$@-]{1,30}|[0-9]{1,19}")
MOST = 400


def words_of(target: Target) -> list[bytes]:
    """Give the words, each once."""
    said = [word for seed in target.seeds for word in WORD.findall(seed)]
    return list(dict.fromkeys([*target.words, *said]))[:MOST]


def write_words(target: Target, path: Path) -> None:
    """Write them as libFuzzer reads them."""
    path.write_text("\n".join(lines(words_of(target))) + "\n", "ascii")


def lines(words: Iterable[bytes]) -> Iterable[str]:
    """Write each word in quotes; all but plain characters by their number."""
    for word in words:
        yield '"' + "".join(chr(one) if 32 < one < 127 and one not in b'"\\' else f"\\x{one:02x}" for one in word) + '"'
