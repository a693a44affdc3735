"""How often water mains break, by what is known of each: its network's breaks, else what its material usually does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from analytics.remaining_life.families import main_breaks
from analytics.remaining_life.model_file import ModelFile
from analytics.water_mains.model import Expected, foretell
from analytics.water_mains.registered import network_of, year_at
from store.inputs import Connection, Window
from store.mains import Main, read_breaks, read_mains


@dataclass(frozen=True, slots=True)
class BreakRate:
    """Breaks of a main to expect in a year [1/a]; `is_prior`: by its material, its length and its own breaks alone."""

    a_year: float
    is_prior: bool


def read_break_rates(
    connection: Connection, territory_id: int, at: datetime, file: ModelFile | None
) -> Mapping[int, BreakRate]:
    """Tell how often each main of a territory breaks, by the number of the asset."""
    window = Window(territory_id, main_breaks.TYPES, at, at)
    mains = read_mains(connection, window)
    there = [main for main in mains if main.retired_at is None]
    if not there:
        return {}
    model = None if file is None else main_breaks.model_of(file, main_breaks.key_of(territory_id))
    pipes, breaks = network_of(mains, read_breaks(connection, window))
    return rates_of(there, foretell(pipes, breaks, year_at(at), model))


def rates_of(there: list[Main], expected: Expected) -> Mapping[int, BreakRate]:
    """Give the rates of mains whose length is known; of a stretch of unknown length its type's says as much."""
    rates = zip(expected.mains.tolist(), expected.rate.tolist(), strict=True)
    known = ((there[index], rate) for index, rate in rates)
    is_prior = expected.refusal is not None
    return {main.asset_id: BreakRate(rate, is_prior) for main, rate in known if main.length_m is not None}
