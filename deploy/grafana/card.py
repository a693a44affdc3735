"""What a dashboard is made of, as data: a card is one panel with its words, its query and the columns that come."""

from dataclasses import dataclass
from typing import Literal

# French, English
Words = tuple[str, str]
GREEN, ORANGE, RED, DARK_RED, BLUE, GREY = "green", "orange", "red", "dark-red", "blue", "text"
# From this value on, this colour; the first step has no lower end.
Steps = tuple[tuple[float | None, str], ...]
PLAIN: Steps = ((None, GREEN),)
FEW_IS_GOOD: Steps = ((None, GREEN), (1, ORANGE), (10, RED))
SOME_IS_GOOD: Steps = ((None, RED), (1, GREEN))
# figure: last value of each number; tiles: one figure a row, named by its text; trend: mean and a small curve over the
# time; curve: series over the time; lanes: a numbered state over the time; bars: numbers by a text; table; map.
Kind = Literal["figure", "tiles", "trend", "curve", "lanes", "bars", "table", "map"]
SERIES_KINDS = frozenset({"trend", "curve", "lanes"})


@dataclass(frozen=True, slots=True)
class Card:
    """One panel. `columns` names every column of its query, as `column.COLUMNS` has them; the time of a series is none.

    `width` is in 24ths of the page, `height` in rows of 30 px, `unit` an id of Grafana's. `quantities`, `kpis` and
    `types` fill the places of the same names in the query; without `types` those of the dashboard hold.
    `codes` is the quantity whose numbered states are shown.
    """

    kind: Kind
    query: str
    title: Words
    tells: Words
    columns: str
    width: int
    height: int
    unit: str = "none"
    steps: Steps = PLAIN
    quantities: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    codes: str = ""
