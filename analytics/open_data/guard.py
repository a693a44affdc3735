"""The privacy guard: of what is known in a step of time, what can be told so that nobody learns of a single thing.

Each bay or container is a number from 0 to 1 (free to occupied, empty to full). An adversary knows which things belong
to which place, and solves the published sums for one of them. The answer must stay "anything from 0 to 1" for any:

- a place of fewer than `least` things is hidden, and with it so many others that all hidden ones together are enough,
  since a total known from elsewhere would tell the difference (complementary suppression; Willenborg and de Waal,
  Elements of Statistical Disclosure Control, 2001, ch. 6);
- a sum below 1 or above n - 1 would bound each of its terms, so "at most 1 of n" and "at least n - 1 of n" are told
  (top and bottom coding; ibid., ch. 5);
- the total of the territory is told only where what is left after the exact places still allows anything.

Sums over disjoint blocks of terms between 0 and 1 are all there is, so the check of the total is exact: the bounds of a
thing under linear programming are those of its block.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

Bound = Literal["", "at_least", "at_most", "hidden"]
DIGITS = 4  # of a share: a tenth of a thousandth


@dataclass(frozen=True, slots=True)
class Cell:
    """`n` things of a place whose values, each from 0 to 1, sum to `total`."""

    place: str
    n: int
    total: float


@dataclass(frozen=True, slots=True)
class Shown:
    """What is told of a place: its mean, or a bound of it; hidden, not even how many things are known."""

    place: str
    n: int | None
    mean: float | None
    bound: Bound


@dataclass(frozen=True, slots=True)
class Block:
    """`n` things of which no more is known than that their sum lies between two numbers."""

    n: int
    low: float
    high: float

    def allows(self, value: float) -> tuple[float, float]:
        """Give the range of the sum once one of the things has this value."""
        return max(self.low, value), min(self.high, self.n - 1 + value)


def protect(cells: Sequence[Cell], least: int) -> tuple[list[Shown], Shown]:
    """Say what is told of the places of one step, in their order, and of all of them together.

    Parameters
    ----------
    cells
        Disjoint, each place once.
    least
        Fewest things that are told of together, 2 or more.
    """
    hidden = places_to_hide(cells, least)
    shown = [hide(cell.place) if cell.place in hidden else coded(cell) for cell in cells]
    return shown, total_of(cells, shown, least)


def places_to_hide(cells: Sequence[Cell], least: int) -> set[str]:
    """Choose the places that are hidden: the small ones, and the smallest others until they are enough together."""
    smallest_first = sorted(cells, key=lambda cell: (cell.n, cell.place))
    hidden = {cell.place for cell in smallest_first if cell.n < least}
    n_hidden = sum(cell.n for cell in cells if cell.place in hidden)
    for cell in smallest_first:
        if not 0 < n_hidden < least:
            break
        if cell.place not in hidden:
            hidden.add(cell.place)
            n_hidden += cell.n
    return hidden


def coded(cell: Cell) -> Shown:
    """Tell the mean of a place, but of nearly nothing and nearly all only that it is so."""
    if cell.total < 1:
        return Shown(cell.place, cell.n, round(1 / cell.n, DIGITS), "at_most")
    if cell.total > cell.n - 1:
        return Shown(cell.place, cell.n, round(1 - 1 / cell.n, DIGITS), "at_least")
    return Shown(cell.place, cell.n, round(cell.total / cell.n, DIGITS), "")


def total_of(cells: Sequence[Cell], shown: Sequence[Shown], least: int) -> Shown:
    """Tell the mean of all places together, or hide it where it would tell what the places do not."""
    n = sum(cell.n for cell in cells)
    if n < least:
        return hide("")
    pairs = list(zip(cells, shown, strict=True))
    blocks = [Block(cell.n, *range_of(cell, one)) for cell, one in pairs if one.bound not in ("", "hidden")]
    if n_hidden := sum(cell.n for cell, one in pairs if one.bound == "hidden"):
        blocks.append(Block(n_hidden, 0, n_hidden))
    left = fsum(cell.total for cell, one in pairs if one.bound)
    if not all(allows_anything(blocks, index, left) for index in range(len(blocks))):
        return hide("")
    return Shown("", n, round(fsum(cell.total for cell in cells) / n, DIGITS), "")


def range_of(cell: Cell, shown: Shown) -> tuple[float, float]:
    """Give what is told of the sum of a place by its bound."""
    return (0, 1) if shown.bound == "at_most" else (cell.n - 1, cell.n)


def allows_anything(blocks: Sequence[Block], index: int, left: float) -> bool:
    """Say whether a thing of a block may have either end of its range when all blocks together sum to `left`."""
    others = [block for place, block in enumerate(blocks) if place != index]
    low, high = sum(block.low for block in others), sum(block.high for block in others)
    ranges = (blocks[index].allows(value) for value in (0.0, 1.0))
    return all(low + own_low <= left <= high + own_high for own_low, own_high in ranges)


def hide(place: str) -> Shown:
    """Tell that a place is not told of."""
    return Shown(place, None, None, "hidden")
