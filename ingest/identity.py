"""The rule of identity: one value per series and instant, and what becomes of each value that comes.

Values are taken in the order of their arrival. The first for a (series, instant) is stored; the same value again is a
duplicate; another value is a conflict and refused, or, from a device declared revisable, takes the place of the first.
Equality of floats is exact: a gateway that sends a value again sends the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from store.intake import Revision, Rows


class Fate(IntEnum):
    """What became of one value. A revision counts as stored too."""

    STORED = 0
    DUPLICATE = 1
    CONFLICT = 2
    REVISED = 3


@dataclass(frozen=True, slots=True)
class Groups:
    """Values that share a (series, instant): `order` sorts them by it and by arrival, groups begin at `starts`."""

    order: npt.NDArray[np.intp]
    starts: npt.NDArray[np.intp]

    @property
    def heads(self) -> npt.NDArray[np.intp]:
        """Give the index of the first value of each group."""
        return self.order[self.starts]


@dataclass(slots=True)
class Settlement:
    """The fate of each value, what took whose place, and for each conflict the value that stands."""

    fates: npt.NDArray[np.int8]
    revisions: list[Revision] = field(default_factory=list)
    standing_by_index: dict[int, float] = field(default_factory=dict)


def find_groups(rows: Rows) -> Groups:
    """Sort values into groups of one (series, instant)."""
    order = np.lexsort((rows.times_us, rows.series_ids))  # stable: arrival order within a group
    series_ids, times_us = rows.series_ids[order], rows.times_us[order]
    is_new = np.ones(len(order), dtype=np.bool_)
    is_new[1:] = (series_ids[1:] != series_ids[:-1]) | (times_us[1:] != times_us[:-1])
    return Groups(order, np.flatnonzero(is_new))


def settle(
    rows: Rows, groups: Groups, is_revisable: npt.NDArray[np.bool_], standing: Mapping[tuple[int, int], float]
) -> Settlement:
    """Give the fate of each value, where `standing` holds what the store had for its (series, instant)."""
    settlement = Settlement(np.zeros(len(rows.values), dtype=np.int8))
    if len(groups.starts) == len(groups.order) and not standing:
        return settlement
    for members in odd_groups(rows, groups, standing):
        key = int(rows.series_ids[members[0]]), int(rows.times_us[members[0]])
        settle_group(settlement, rows, members, is_revisable, standing.get(key))
    return settlement


def odd_groups(rows: Rows, groups: Groups, standing: Mapping[tuple[int, int], float]) -> list[npt.NDArray[Any]]:
    """Give the groups of more than one value, or for which the store had one."""
    ends = np.append(groups.starts[1:], len(groups.order))
    heads = groups.heads
    keys = zip(rows.series_ids[heads].tolist(), rows.times_us[heads].tolist(), strict=True)
    spans = zip(keys, groups.starts.tolist(), ends.tolist(), strict=True)
    return [groups.order[start:end] for key, start, end in spans if end - start > 1 or key in standing]


def settle_group(
    settlement: Settlement,
    rows: Rows,
    members: npt.NDArray[Any],
    is_revisable: npt.NDArray[np.bool_],
    standing: float | None,
) -> None:
    """Apply the rule to the values of one (series, instant), in their order."""
    for index in members.tolist():
        value = float(rows.values[index])
        if standing is None:
            standing = value
        elif value == standing:
            settlement.fates[index] = Fate.DUPLICATE
        elif is_revisable[index]:
            settlement.fates[index] = Fate.REVISED
            revision = Revision(int(rows.series_ids[index]), int(rows.times_us[index]), standing, value)
            settlement.revisions.append(revision)
            standing = value
        else:
            settlement.fates[index] = Fate.CONFLICT
            settlement.standing_by_index[index] = standing
