"""The rule of identity against its naive twin: a dict and one value after the other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.identity import Fate, find_groups, settle
from store.intake import Revision, Rows

Key = tuple[int, int]
VALUES = st.sampled_from([0.0, 1.0, 2.0, 0.1 + 0.2, 0.3])
SENT = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3), VALUES), min_size=1, max_size=20)
STANDING = st.dictionaries(st.tuples(st.integers(1, 3), st.integers(0, 3)), VALUES, max_size=5)


def twin(
    sent: list[tuple[int, int, float]], standing: dict[Key, float]
) -> tuple[list[Fate], list[Revision], dict[Key, float]]:
    """Take one value after the other; series 3 is revisable."""
    held, fates, revisions = dict(standing), [], []
    for series_id, time_us, value in sent:
        old = held.setdefault((series_id, time_us), value)
        is_first = (series_id, time_us) not in standing and not any(
            (series_id, time_us) == key[:2] for key in sent[: len(fates)]
        )
        if is_first:
            fates.append(Fate.STORED)
        elif old == value:
            fates.append(Fate.DUPLICATE)
        elif series_id == 3:
            fates.append(Fate.REVISED)
            revisions.append(Revision(series_id, time_us, old, value))
            held[series_id, time_us] = value
        else:
            fates.append(Fate.CONFLICT)
    return fates, revisions, held


@given(sent=SENT, standing=STANDING)
def test_settle_does_what_one_value_after_the_other_does(
    sent: list[tuple[int, int, float]], standing: dict[Key, float]
) -> None:
    rows = Rows(
        np.array([row[0] for row in sent], dtype=np.int32),
        np.array([row[1] for row in sent], dtype=np.int64),
        np.array([row[2] for row in sent], dtype=np.float64),
    )
    groups = find_groups(rows)
    present = {key: value for key, value in standing.items() if key in {row[:2] for row in sent}}
    settlement = settle(rows, groups, rows.series_ids == 3, present)
    fates, revisions, _ = twin(sent, standing)
    assert settlement.fates.tolist() == [int(fate) for fate in fates]
    assert sorted(settlement.revisions, key=lambda r: r[:2]) == sorted(revisions, key=lambda r: r[:2])
    heads = {(int(rows.series_ids[i]), int(rows.times_us[i])): float(rows.values[i]) for i in groups.heads}
    first: dict[Key, float] = {}
    for series_id, time_us, value in sent:
        first.setdefault((series_id, time_us), value)
    assert heads == first
