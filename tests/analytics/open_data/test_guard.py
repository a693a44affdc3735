"""The privacy guard against an adversary who knows which bay is where and solves what is published for single bays."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analytics.open_data.guard import DIGITS, Cell, Shown, protect

LEAST = 5
ROUNDING = 0.5 * 10**-DIGITS
# Bays of one place, most of them wholly free or wholly occupied, as hours mostly are.
BAYS = st.lists(st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1)), min_size=1, max_size=9)
PLACES = st.lists(BAYS, min_size=1, max_size=5)


def cells_of(places: Sequence[Sequence[float]]) -> list[Cell]:
    """Sum up the bays of each place."""
    return [Cell(f"place {number}", len(bays), sum(bays)) for number, bays in enumerate(places)]


def known_sums(
    places: Sequence[Sequence[float]], shown: Sequence[Shown], total: Shown
) -> list[tuple[np.ndarray, float, float]]:
    """Write what is published as sums of bays between two numbers: which bays, lowest, highest."""
    counts = [len(bays) for bays in places]
    ends = np.cumsum(counts)
    sums = []
    for place, one in enumerate([*shown, total]):
        taken = np.zeros(ends[-1])
        taken[slice(None) if place == len(places) else slice(ends[place] - counts[place], ends[place])] = 1
        if one.n is None or one.mean is None:
            continue
        assert one.n == taken.sum()
        slack = one.n * ROUNDING
        low = 0.0 if one.bound == "at_most" else one.n * one.mean - slack
        high = float(one.n) if one.bound == "at_least" else one.n * one.mean + slack
        sums.append((taken, low, high))
    return sums


def bounds_of(sums: Sequence[tuple[np.ndarray, float, float]], bay: int, n_bays: int) -> tuple[float, float]:
    """Give the lowest and the highest value of a bay that all the sums allow."""
    rows = [row for taken, _, _ in sums for row in (taken, -taken)]
    limits = [limit for _, low, high in sums for limit in (high, -low)]
    aim = np.zeros(n_bays)
    aim[bay] = 1
    found = []
    for sign in (1, -1):
        solved = linprog(
            sign * aim, A_ub=np.array(rows) if rows else None, b_ub=limits if rows else None, bounds=(0, 1)
        )
        assert solved.success
        found.append(sign * solved.fun)
    return found[0], found[1]


def learnt(places: Sequence[Sequence[float]], shown: Sequence[Shown], total: Shown) -> float:
    """Give how much of its range is shut out for the bay of which most is learnt, 0 to 1.

    The first bay of each place stands for the others: all sums that hold one hold the other.
    """
    sums = known_sums(places, shown, total)
    n_bays = sum(len(bays) for bays in places)
    firsts = np.cumsum([0, *(len(bays) for bays in places[:-1])])
    ranges = [bounds_of(sums, bay, n_bays) for bay in firsts]
    return max(1 - (high - low) for low, high in ranges)


@given(PLACES)
@settings(max_examples=150)
def test_nothing_is_learnt_of_any_single_bay(places: list[list[float]]) -> None:
    """Whatever the bays are, linear programming leaves each of them anything from 0 to 1."""
    shown, total = protect(cells_of(places), LEAST)
    assert learnt(places, shown, total) < 1e-6


@given(PLACES)
@settings(max_examples=100)
def test_what_is_hidden_is_never_of_too_few_together(places: list[list[float]]) -> None:
    """A total known from elsewhere tells at most the sum of the hidden places, and these are enough, or all."""
    cells = cells_of(places)
    shown, _ = protect(cells, LEAST)
    hidden = [cell.n for cell, one in zip(cells, shown, strict=True) if one.bound == "hidden"]
    assert not hidden or sum(hidden) >= LEAST or len(hidden) == len(cells)
    assert all(one.bound == "hidden" or cell.n >= LEAST for cell, one in zip(cells, shown, strict=True))


def exact(cells: Sequence[Cell]) -> tuple[list[Shown], Shown]:
    """Tell everything as it is: what the guard is there against."""
    n, total = sum(cell.n for cell in cells), sum(cell.total for cell in cells)
    return [Shown(cell.place, cell.n, cell.total / cell.n, "") for cell in cells], Shown("", n, total / n, "")


@pytest.mark.parametrize(
    "places",
    [
        [[1.0]],  # a place of one bay
        [[1.0, 1.0, 1.0, 1.0, 1.0, 1.0]],  # all are occupied
        [[0.0, 0.0, 0.0, 0.0, 0.0, 0.3]],  # nearly none is
        [[1.0], [0.0, 1.0, 1.0, 0.5, 0.0]],  # the difference to the total is one bay
    ],
)
def test_the_adversary_learns_from_what_is_not_guarded(places: list[list[float]]) -> None:
    """The attack works: of the same bays told exactly, something is learnt."""
    assert learnt(places, *exact(cells_of(places))) > 0.4


def test_the_difference_to_the_total_hides_a_second_place() -> None:
    shown, total = protect([Cell("big", 40, 20.0), Cell("one", 1, 1.0), Cell("six", 6, 3.0)], LEAST)
    assert [one.bound for one in shown] == ["", "hidden", "hidden"]
    assert total == Shown("", 47, round(24 / 47, DIGITS), "")


def test_nearly_empty_and_nearly_full_places_are_told_by_a_bound() -> None:
    shown, total = protect([Cell("empty", 10, 0.0), Cell("full", 20, 19.5), Cell("half", 10, 5.0)], LEAST)
    assert [(one.mean, one.bound) for one in shown] == [(0.1, "at_most"), (0.95, "at_least"), (0.5, "")]
    assert total.bound == "hidden"  # with the exact places taken off, 19.5 of 30 would say that the full one is


def test_a_place_with_one_whole_bay_is_exact() -> None:
    shown, total = protect([Cell("street", 5, 1.0)], LEAST)
    assert shown == [Shown("street", 5, 0.2, "")]
    assert total == Shown("", 5, 0.2, "")


def test_too_few_bays_are_told_neither_by_place_nor_in_total() -> None:
    shown, total = protect([Cell("a", 2, 1.0), Cell("b", 2, 1.5)], LEAST)
    assert {one.bound for one in [*shown, total]} == {"hidden"}
    assert {one.n for one in [*shown, total]} == {None}
