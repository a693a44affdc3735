"""Rows of many assets, put together by asset: all keep the order in which they came."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class OfAsset(Protocol):
    """A row about an asset."""

    @property
    def asset_id(self) -> int: ...


class OfQuantity(OfAsset, Protocol):
    """A row about a quantity of an asset."""

    @property
    def quantity(self) -> str: ...


R = TypeVar("R", bound=OfAsset)
Q = TypeVar("Q", bound=OfQuantity)


def by_asset(rows: Iterable[R]) -> dict[int, list[R]]:
    """Give the rows of each asset."""
    found: dict[int, list[R]] = {}
    for row in rows:
        found.setdefault(row.asset_id, []).append(row)
    return found


def by_quantity(rows: Iterable[Q]) -> dict[int, dict[str, list[Q]]]:
    """Give the rows of each asset by their quantity."""
    found: dict[int, dict[str, list[Q]]] = {}
    for row in rows:
        found.setdefault(row.asset_id, {}).setdefault(row.quantity, []).append(row)
    return found
