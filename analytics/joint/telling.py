"""What a finding about the sensors of an asset says: which no longer fit the others, and what was expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from analytics.joint.model import Floats
from analytics.sentence import french_number, local_clock, local_clock_fr, lowered, number, spaced
from sensors.unit_sign import sign_of

MOST_NAMED = 3
ENOUGH = 0.6  # of all contributions


@dataclass(frozen=True, slots=True)
class Deviation:
    """A sensor that stands out: its value, what the others say it should be, its share of the strangeness."""

    name_en: str
    name_fr: str
    unit: str
    value: float
    expected: float
    share: float


def order_of(parts: Floats) -> list[int]:
    """Give the sensors that make up most of the strangeness, the strangest first; `parts` is NaN where not known."""
    known = np.nan_to_num(parts)
    order = np.argsort(-known, kind="stable")[:MOST_NAMED]
    shares = known[order] / max(float(known.sum()), 1e-300)
    n = int(np.searchsorted(np.cumsum(shares), ENOUGH)) + 1
    return [int(column) for column in order[:n] if known[column] > 0]


def tell_together(name: str, time_zone: str, since: datetime, deviations: Sequence[Deviation]) -> tuple[str, str]:
    """Give (English, French)."""
    english = "; ".join(
        f"{lowered(one.name_en)} is {number(one.value)}{sign(one)}, by the others {number(one.expected)}{sign(one)}"
        for one in deviations
    )
    french = " ; ".join(
        f"{lowered(one.name_fr)} : {french_number(number(one.value))}{sign(one)}, d'après les autres"
        f" {french_number(number(one.expected))}{sign(one)}"
        for one in deviations
    )
    return (
        f"{name}: its sensors have not fitted together as usual since {local_clock(since, time_zone)}: {english}."
        " To do: look at what these sensors measure, then at the sensors.",
        f"{name} : ses capteurs ne s'accordent plus comme d'habitude depuis le {local_clock_fr(since, time_zone)} :"
        f" {french}. À faire : contrôler ce que mesurent ces capteurs, puis les capteurs eux-mêmes.",
    )


def sign(one: Deviation) -> str:
    """Give the unit with the space before it."""
    return spaced(sign_of(one.unit))
