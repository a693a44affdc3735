"""What happens to a town beside its rhythm: faults and look-alikes, when and where they strike, how they show."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulators.description import Asset
from simulators.grid import DAY_S, Floats, Grid, Integers, Table

Reach = Literal["asset", "children", "gateway", "none"]


@dataclass(frozen=True, slots=True)
class Episode:
    """One effect on one asset: signs from `precursor_s`, full effect from `start_s` until `end_s` (Unix seconds).

    `asset` is a slug, `devices` the positions of the town's devices that show it. `strength` and `luck` are drawn from
    0 to 1; `luck` seeds what an effect decides at random. A lasting effect goes on after its end, when it is known.
    """

    kind: str
    asset: str
    devices: tuple[int, ...]
    precursor_s: int
    start_s: int
    end_s: int
    strength: float
    luck: float
    is_lasting: bool = False

    def during(self, at_s: Integers) -> NDArray[np.bool_]:
        """Say at which instants the full effect holds."""
        after: NDArray[np.bool_] = at_s >= self.start_s
        return after if self.is_lasting else after & (at_s < self.end_s)

    def ramp(self, at_s: Integers) -> Floats:
        """Give how far the effect has come: 0 before the first signs, rising to 1 at the start, 1 until the end."""
        span = max(self.start_s - self.precursor_s, 1)
        grown = np.clip((at_s - self.precursor_s) / span, 0, 1)
        return np.where(self.is_lasting | (at_s < self.end_s), grown, 0.0)

    def draws(self, at_s: Integers) -> np.random.Generator:
        """Give a generator for what is decided anew each day."""
        return np.random.default_rng([int(self.luck * 2**31), int(at_s[0]) // DAY_S])

    def touches(self, start_s: int, end_s: int) -> bool:
        """Say whether any sign falls into a span."""
        return self.precursor_s < end_s and (self.is_lasting or self.end_s > start_s)


When = Callable[[np.random.Generator, int, int], int | None]
Bend = Callable[[Episode, Grid], None]
Send = Callable[[Episode, Table], Table]


@dataclass(frozen=True, slots=True)
class Effect:
    """A kind of fault or look-alike: what it strikes, for how long, and what it does.

    `asset_type` names the assets it may strike ("" for the town as a whole). `bend` changes the physical state of the
    named `domains`, `send` the rows that devices give; either may be missing where the town's own rhythm shows it.
    `when` chooses the start where not any instant will do, None where there is none in the span; `months` are those in
    which it may start, `suits` says which assets of the type it may strike. Effects `in_history` also strike in the
    metered years before the full town. Those of a higher `rank` are drawn after all others and give way to them: what
    was drawn before they were thought of stays as it is.
    """

    name: str
    title_en: str
    title_fr: str
    asset_type: str
    days: tuple[float, float]
    precursor_days: tuple[float, float] = (0.0, 0.0)
    domains: tuple[str, ...] = ()
    bend: Bend | None = None
    send: Send | None = None
    when: When | None = None
    reach: Reach = "asset"
    is_lasting: bool = False
    in_history: bool = False
    months: tuple[int, ...] = ()
    suits: Callable[[Asset], bool] | None = None
    rank: int = 0


@cache
def faults() -> Mapping[str, Effect]:
    """Give every fault by its name; each module of `simulators.fault` holds one."""
    return collect("simulators.fault")


@cache
def lookalikes() -> Mapping[str, Effect]:
    """Give every look-alike by its name; each module of `simulators.lookalike` holds one."""
    return collect("simulators.lookalike")


def collect(package_name: str) -> Mapping[str, Effect]:
    """Import a package's modules and take their `EFFECT`."""
    package = importlib.import_module(package_name)
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules: Sequence[ModuleType] = [importlib.import_module(f"{package_name}.{name}") for name in names]
    return {module.EFFECT.name: module.EFFECT for module in modules}
