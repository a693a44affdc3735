"""Long tables on their way through Parquet: every value as it was, and never more than a part in memory."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from deploy.moving.parquet import read_parts, write_parquet

TYPES = {"series_id": "integer", "observed_at": "timestamp with time zone", "value": "double precision"}


def test_values_come_back_as_they_were(tmp_path: Path) -> None:
    rows = [
        b"1,2026-05-01 10:00:00+00,0.30000000000000004\n",
        b"2,1999-12-31 23:59:59.999999+00,NaN\n",
        b"3,",
        b",-5e-324\n",
    ]
    assert write_parquet(tmp_path / "a.parquet", iter(rows), TYPES) == 3
    assert b"".join(read_parts(tmp_path / "a.parquet")).splitlines() == [
        b"1,2026-05-01 10:00:00.000000Z,0.30000000000000004",
        b"2,1999-12-31 23:59:59.999999Z,nan",
        b"3,,-5e-324",
    ]


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    assert write_parquet(tmp_path / "a.parquet", iter([b""]), TYPES) == 0
    assert pyarrow.parquet.read_schema(tmp_path / "a.parquet").names == list(TYPES)
    assert list(read_parts(tmp_path / "a.parquet")) == []


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """200 MB pass; a part of them and what Parquet gathers of it fits into a fraction."""

    def blocks() -> Iterator[bytes]:
        block = b"".join(b"%d,2026-05-01 10:00:%02d.5+00,%d.25\n" % (i, i % 60, i) for i in range(25_000))
        for _ in range(200_000_000 // len(block)):
            highest.append(pa.total_allocated_bytes())
            yield block

    highest: list[int] = []
    before = pa.total_allocated_bytes()
    n_rows = write_parquet(tmp_path / "a.parquet", blocks(), TYPES)
    assert n_rows > 4_000_000
    assert max(highest) - before < 100_000_000
    for part in read_parts(tmp_path / "a.parquet"):
        assert len(part) < 25_000_000
        assert pa.total_allocated_bytes() - before < 100_000_000
