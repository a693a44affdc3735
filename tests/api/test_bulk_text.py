"""Columns as text: what is written once for many rows reads as if each row had been written by itself."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from api.bulk.block import Block, Subject
from api.bulk.formats import Csv, JsonLines
from api.bulk.style import Style
from api.bulk.text import N_TRIED

N_ROWS = 3 * N_TRIED
DAY_US = 86_400_000_000
STEPS_US = {"shared": 0, "minutes": 60_000_000, "days": DAY_US, "parts of a second": 250_001}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def a_block(step_us: int, n_distinct: int) -> Block:
    """Two series by turns from before 1970 on, with the numbers that are easily lost among so many distinct ones."""
    generator = np.random.default_rng(3)
    values = generator.choice(np.round(generator.normal(0, 1e3, n_distinct), 3), N_ROWS)
    values[-6:] = [0.0, -0.0, np.nan, np.inf, 1e22, 1e-300]
    steps = np.arange(N_ROWS, dtype=np.int64) // 2
    return Block(np.tile(np.array([7, 2_000_000_000], np.int32), N_ROWS // 2), steps * step_us - DAY_US, values)


def number(value: float) -> str:
    return str(pc.cast(pa.scalar(value, pa.float64()), pa.string())) if np.isfinite(value) else ""


def instant(time_us: int) -> str:
    at = EPOCH + timedelta(microseconds=time_us)
    return at.isoformat(timespec="microseconds" if at.microsecond else "seconds").replace("+00:00", "Z")


@pytest.mark.parametrize("step", STEPS_US)
@pytest.mark.parametrize("n_distinct", [5, N_ROWS])
def test_lines_are_those_of_each_row_by_itself(step: str, n_distinct: int) -> None:
    """Distinct numbers and instants, or few of them, take other ways to the same text."""
    block = a_block(STEPS_US[step], n_distinct)
    rows = [
        (str(series_id), instant(time_us), number(value))
        for series_id, time_us, value in zip(
            block.series_ids.tolist(), block.times_us.tolist(), block.values.tolist(), strict=True
        )
    ]
    subject = Subject([], {})
    written = Csv(subject, Style("csv")).write(block).decode()
    assert written.splitlines(keepends=True) == [f"{','.join(row)}\r\n" for row in rows]
    french = Csv(subject, Style("csv", is_french=True)).write(block).decode()
    assert french.splitlines() == [f"{row[0]};{row[1]};{row[2].replace('.', ',')}" for row in rows]
    lines = JsonLines(subject, Style("jsonl")).write(block).decode()
    assert lines.splitlines() == [
        f'{{"series_id":{row[0]},"observed_at":"{row[1]}","value":{row[2] or "null"}}}' for row in rows
    ]
