"""The rule of identity for blocks that may be the same from end to end: what is plainly so is settled at once."""

import numpy as np
import numpy.typing as npt

from ingest.identity import Fate, Groups, Settlement, find_groups, settle
from ingest.rows import take
from store.intake import Rows


def settle_block(rows: Rows, groups: Groups, is_revisable: npt.NDArray[np.bool_], standing: Rows) -> Settlement:
    """Settle as `ingest.identity.settle` does; `standing` is what the store had, each among the groups of `rows`."""
    sizes = np.diff(np.append(groups.starts, len(groups.order)))
    heads = groups.heads
    places = find_places(rows, groups, standing)
    is_plain = (rows.values[heads[places]] == standing.values) & (sizes[places] == 1)
    fates = np.zeros(len(rows.values), dtype=np.int8)
    fates[heads[places[is_plain]]] = Fate.DUPLICATE
    is_odd = sizes > 1
    is_odd[places[~is_plain]] = True
    odd = groups.order[np.repeat(is_odd, sizes)]
    rest = take(standing, np.flatnonzero(~is_plain))
    keys = zip(rest.series_ids.tolist(), rest.times_us.tolist(), strict=True)
    chosen = take(rows, odd)
    of_odd = settle(chosen, find_groups(chosen), is_revisable[odd], dict(zip(keys, rest.values.tolist(), strict=True)))
    fates[odd] = of_odd.fates
    standing_by_index = {int(odd[index]): value for index, value in of_odd.standing_by_index.items()}
    return Settlement(fates, of_odd.revisions, standing_by_index)


def find_places(rows: Rows, groups: Groups, standing: Rows) -> npt.NDArray[np.intp]:
    """Give for each row that stands the place of its group."""
    series_ids, times_us = np.unique(rows.series_ids), np.unique(rows.times_us)

    def rank(some: Rows) -> npt.NDArray[np.int64]:
        of_series = np.searchsorted(series_ids, some.series_ids).astype(np.int64)
        return of_series * len(times_us) + np.searchsorted(times_us, some.times_us)

    return np.searchsorted(rank(take(rows, groups.heads)), rank(standing))
