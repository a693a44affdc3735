"""What can happen to the chain: one file per fault, found by its presence."""

import importlib
import pkgutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random

from tests.faults.chain import Chain

Strike = Callable[[Chain, Random], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """`strike` does harm as it is entered and heals as it is left.

    Two that strike the same `part` never strike at once. `needs_root` puts it into `make faults-root`.
    """

    name: str
    part: str
    about: str
    strike: Strike
    needs_root: bool = False


def find_faults() -> dict[str, Fault]:
    """Give all faults by name."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return {module.FAULT.name: module.FAULT for module in modules}


def find_parts(*, as_root: bool = False) -> dict[str, str]:
    """Give the part that each fault strikes, by name; those that need root alone, or the others."""
    return {fault.name: fault.part for fault in find_faults().values() if fault.needs_root == as_root}
