"""KPIs, one module per domain: each exposes `DOMAINS`, and is found by being here."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from analytics.kpi.figure import Figure
from analytics.period import Rhythm
from store.inputs import Connection, Window


@dataclass(frozen=True, slots=True)
class Domain:
    """A group of KPIs told together out of the same inputs.

    `read` fetches the inputs of a window (the only I/O); `tell` is pure and gives the figures of every asset and of
    the territory. A change of what `tell` answers needs a new `method_version`. `holds_values`: the figures rest on
    values that are held until the next one, so a lost message leaves no time uncovered and only its absence tells.
    `n_months_back`: the figures of a month rest on what other KPIs say of it and of so many months before, so they are
    told after all others, and again for the months that follow a changed one. `read_many` does what `read` does for
    several windows of a territory at once. `asset_days`: days and nights of single assets are told and kept too, not
    the territory's alone; months always are. `tell_town_of` gives what `tell` gives of the territory as a whole, and
    nothing else, where that is less work than to tell all.
    """

    name: str
    kpis: tuple[str, ...]
    rhythm: Rhythm
    asset_types: tuple[str, ...]
    method: str
    method_version: str
    read: Callable[[Connection, Window], Any]  # inputs differ from domain to domain
    tell: Callable[[Any], Sequence[Figure]]
    holds_values: bool = False
    n_months_back: int | None = None
    read_many: Callable[[Connection, Sequence[Window]], Sequence[Any]] | None = None
    asset_days: bool = False
    tell_town_of: Callable[[Any], Sequence[Figure]] | None = None

    def read_all(self, connection: Connection, windows: Sequence[Window]) -> Iterator[Any]:
        """Fetch the inputs of several windows that differ in nothing but their period, at once where that is faster."""
        if self.read_many is not None and windows:
            yield from self.read_many(connection, windows)
        else:
            for window in windows:  # one after the other: a month of lamps is many megabytes
                yield self.read(connection, window)

    def tell_town(self, inputs: Any) -> Sequence[Figure]:
        """Tell the figures of the territory as a whole."""
        if self.tell_town_of is not None:
            return self.tell_town_of(inputs)
        return [figure for figure in self.tell(inputs) if figure.asset_id is None]

    def tell_kept(self, inputs: Any, is_month: bool) -> Sequence[Figure]:
        """Tell the figures of a period that are kept: of a day or a night the territory's, unless `asset_days`."""
        return self.tell(inputs) if is_month or self.asset_days else self.tell_town(inputs)


@cache
def domains() -> tuple[Domain, ...]:
    """Give all domains, in order of their module's name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return tuple(domain for module in modules for domain in getattr(module, "DOMAINS", ()))
