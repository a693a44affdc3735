"""A target: what is done with an input, and how its pieces are told apart. Families are modules of `targets`."""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from bench.fuzz.inputs import targets

BETWEEN = b"\n--\n"  # where one input holds several things
PACKAGES = ("sensors", "store", "ingest", "analytics", "api", "simulators", "deploy")  # what is searched
ARRIVAL_US = 1_780_000_100_000_000
SLOWEST = "slowest_input_s"  # what a process says of the input that took longest
MARK = "zqz"  # stands in seeds where a person's own text goes; no name of the platform holds it


class PromiseError(AssertionError):
    """What the reader gave is not what it promises."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is done with an input. `run` returns for what is taken or refused as documented, and raises for all else.

    `name` is family and thing, `formats.native`. `words` help to find what random bytes would not; those of the seeds
    are taken too. `weight` is the share of a campaign; an input is a hang after `patience_s`.
    """

    name: str
    run: Callable[[bytes], None]
    seeds: Sequence[bytes]
    words: Sequence[bytes] = ()
    weight: float = 1.0
    longest: int = 2048
    patience_s: int = 10


def require(is_kept: bool, promise: str) -> None:
    """Raise PromiseError where a promise is not kept."""
    if not is_kept:
        raise PromiseError(promise)


def text_of(data: bytes) -> str:
    """Give the text of a piece, as the web server or broker would have made it."""
    return data.decode("utf-8", "replace")


def cut(data: bytes, n_pieces: int) -> list[bytes]:
    """Cut an input into so many pieces; those that are missing are empty."""
    pieces = data.split(BETWEEN, n_pieces - 1)
    return pieces + [b""] * (n_pieces - len(pieces))


def family_names() -> list[str]:
    """Give the families."""
    return sorted(module.name for module in pkgutil.iter_modules(targets.__path__))


@cache
def family(name: str) -> dict[str, Target]:
    """Give the targets of a family by name; only its own readers are imported."""
    module = importlib.import_module(f"{targets.__name__}.{name}")
    found: dict[str, Target] = {target.name: target for target in module.TARGETS}
    return found


def find_target(name: str) -> Target:
    """Give the target of this name. Raises LookupError."""
    return family(name.partition(".")[0])[name]


def all_targets() -> list[Target]:
    """Give every target, family by family."""
    return [target for name in family_names() for target in family(name).values()]
