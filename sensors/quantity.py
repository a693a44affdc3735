"""What can be measured: each quantity with its canonical unit, plausible range, names and codes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from sensors.quantities.counters import COUNTERS
from sensors.quantities.gauges import GAUGES
from sensors.quantities.states import STATES

Kind = Literal["gauge", "counter", "state"]


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a state: `number` is what the store holds, `slug` what messages and the API may say."""

    number: int
    slug: str
    name_en: str
    name_fr: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is measured.

    `unit` is a UCUM code, and the only unit in which values are stored. `low` and `high` bound what is physically
    possible, in that unit, ends included; for a state they are the first and last code number. `longest_hold_s` is how
    long a value may stand for what follows it in a time-weighted mean; after that the value is unknown.
    """

    name: str
    unit: str
    kind: Kind
    low: float
    high: float
    longest_hold_s: float
    name_en: str
    name_fr: str
    codes: tuple[Code, ...] = ()

    def code_number(self, slug: str) -> int | None:
        """Give the number of a state's code by its slug, None where there is none."""
        return next((code.number for code in self.codes if code.slug == slug), None)


def find_quantity(name: str) -> Quantity | None:
    """Give the quantity of this exact name, None where there is none."""
    return QUANTITIES.get(name)


def _quantities() -> Iterator[Quantity]:
    for name, unit, low, high, hold_s, name_en, name_fr in GAUGES:
        yield Quantity(name, unit, "gauge", low, high, hold_s, name_en, name_fr)
    for name, unit, high, hold_s, name_en, name_fr in COUNTERS:
        yield Quantity(name, unit, "counter", 0.0, high, hold_s, name_en, name_fr)
    for name, hold_s, name_en, name_fr, rows in STATES:
        codes = tuple(Code(number, *row) for number, row in enumerate(rows))
        yield Quantity(name, "1", "state", 0.0, len(codes) - 1.0, hold_s, name_en, name_fr, codes)


QUANTITIES: Mapping[str, Quantity] = MappingProxyType({quantity.name: quantity for quantity in _quantities()})
