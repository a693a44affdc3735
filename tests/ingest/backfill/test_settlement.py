"""Blocks settled at once, against the rule of identity value by value."""

import numpy as np
from hypothesis import given

from ingest.backfill.settlement import settle_block
from ingest.identity import find_groups, settle
from store.binary import decode_rows, encode_rows
from store.intake import Rows
from tests.ingest.test_identity import SENT, STANDING, Key


def to_rows(sent: list[tuple[int, int, float]]) -> Rows:
    """Turn rows into columns."""
    series_ids, times_us, values = ([row[place] for row in sent] for place in range(3))
    return Rows(
        np.array(series_ids, dtype=np.int32), np.array(times_us, dtype=np.int64), np.array(values, dtype=np.float64)
    )


@given(sent=SENT, standing=STANDING)
def test_a_block_is_settled_as_its_values_would_be(
    sent: list[tuple[int, int, float]], standing: dict[Key, float]
) -> None:
    rows = to_rows(sent)
    groups, is_revisable = find_groups(rows), rows.series_ids == 3
    present = {key: value for key, value in standing.items() if key in {row[:2] for row in sent}}
    expected = settle(rows, groups, is_revisable, present)
    found = settle_block(rows, groups, is_revisable, to_rows([(*key, value) for key, value in present.items()]))
    assert found.fates.tolist() == expected.fates.tolist()
    assert found.revisions == expected.revisions
    assert found.standing_by_index == expected.standing_by_index


@given(sent=SENT)
def test_rows_of_a_binary_copy_are_read_as_they_were_written(sent: list[tuple[int, int, float]]) -> None:
    rows = to_rows(sent)
    stream = encode_rows({"series_id": rows.series_ids, "at": rows.times_us, "value": rows.values})
    found = decode_rows(stream, {"series_id": "int32", "at": "int64", "value": "float64"})
    assert [found[name].tolist() for name in ("series_id", "at", "value")] == [column.tolist() for column in rows]
