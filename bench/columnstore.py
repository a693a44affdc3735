"""Bytes a row of compressed measurements: `python -m bench.columnstore [--rows N]`. One JSON object a line.

Real files, read as `vigie replay` reads them, lie in TimescaleDB's Community edition under several segments, orders and
chunk lengths; the edition runs in WebAssembly, so times only compare with one another.
Every second counts as one batch, as a worker that commits without waiting makes them. With `--copies` each series is
laid several times (37 s later and 1 higher each), since a chunk of few series is mostly headers.
"""

import argparse
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from analytics.evaluate.row import Row
from simulators.mapping import read_mapping
from simulators.replay import Tally, read_file
from store.migrate import create_extensions
from tests.support.community import web_assembly

FILES = {
    "parking-germany": "parking-germany/free-places-*.csv.gz",
    "wyndham-smart-bins": "wyndham-smart-bins/*.csv",
    "lbnl-fdd-ahu": "lbnl-fdd-ahu/*.csv",
    "uci-occupancy": "uci-occupancy/data*.txt",
}
SECOND_US = 1_000_000
N_INSERTED = 20_000
WORST_RATIO = 1.05
Connection = psycopg.Connection[tuple[Any, ...]]
Kept = tuple[str, int, float]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a hypertable's chunks are cut and compressed."""

    days: int
    segment: str
    order: str
    merged_days: int | None = None  # neighbouring chunks become one when they are compressed

    @property
    def name(self) -> str:
        """Say it in a word for the figure."""
        merged = f" merged to {self.merged_days}d" if self.merged_days else ""
        words = f"{self.days}d{merged} by {self.segment or 'nothing'} in {self.order}"
        return words.replace(", ", "+").replace(" ", "_")


CHOSEN = Layout(28, "series_id", "observed_at")
LAYOUTS = (
    Layout(7, "series_id", "observed_at"),
    Layout(7, "series_id", "observed_at", merged_days=28),
    Layout(7, "", "series_id, observed_at"),
    Layout(28, "", "series_id, observed_at"),
    Layout(28, "", "observed_at"),
    Layout(28, "series_id", "observed_at desc"),
    CHOSEN,
)


def main() -> None:
    """Measure every layout, the chosen one last, against the best."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=800_000, help="of all files together, at most")
    parser.add_argument("--copies", type=int, default=1, help="of each series")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("VIGIE_SHARED_DIR", "../shared")) / "data")
    arguments = parser.parse_args()
    rows = read_rows(arguments.data, arguments.rows // len(FILES), arguments.copies)
    with web_assembly() as url, psycopg.connect(url, autocommit=True) as connection:
        create_extensions(connection)
        best = float("inf")
        for layout in LAYOUTS:
            n_bytes, read_ms = measure(connection, layout, rows)
            reference = None if layout is not CHOSEN else min(best, n_bytes)
            goal = WORST_RATIO if layout is CHOSEN else None
            print(
                Row(
                    f"columnstore.{layout.name}",
                    n_bytes,
                    "B/row",
                    "lower",
                    reference,
                    goal,
                    is_goal_of_ratio=True,
                    n=len(rows),
                ).line(),
                flush=True,
            )
            print(Row(f"columnstore.{layout.name}.read_series", read_ms, "ms", "lower").line(), flush=True)
            best = min(best, n_bytes)


def read_rows(data: Path, n_each: int, n_copies: int) -> list[Kept]:
    """Read so many values of each set, in the order in which they would come, each series several times."""
    rows: list[Kept] = []
    for name, pattern in FILES.items():
        paths = sorted(data.glob(pattern))
        rows += islice(chain.from_iterable(values_of(name, path) for path in paths), n_each)
    if not rows:
        raise SystemExit(f"{data} holds none of {', '.join(FILES)}")
    copies = [
        (f"{name} {copy}", at + copy * 37 * SECOND_US, value + copy)
        for name, at, value in rows
        for copy in range(n_copies)
    ]
    return sorted(copies, key=lambda row: row[1])


def values_of(name: str, path: Path) -> Iterator[Kept]:
    """Give (series, microseconds, value) of one file."""
    for found in read_file(path, read_mapping(name), Tally(), None):
        for part in found.parts:
            for key, value in part.values.items():
                if not isinstance(value, str):
                    yield f"{name} {part.device} {key}", part.time_us, value


def measure(connection: Connection, layout: Layout, rows: list[Kept]) -> tuple[float, float]:
    """Store and compress the rows; give bytes a row, and how long a whole series takes to read [ms]."""
    connection.execute("drop table if exists laid")
    connection.execute(
        "create table laid (series_id int not null, batch_id int not null, observed_at timestamptz not null,"
        " value float8 not null)"
    )
    connection.execute(
        "select create_hypertable('laid', by_range('observed_at', %s * interval '1 day'),"
        " create_default_indexes => false)",
        (layout.days,),
    )
    connection.execute("create unique index laid_key on laid (series_id, observed_at)")
    fill(connection, rows)
    connection.execute(
        sql.SQL(
            "alter table laid set (timescaledb.enable_columnstore,"
            " timescaledb.segmentby = {}, timescaledb.orderby = {})"
        ).format(sql.Literal(layout.segment), sql.Literal(layout.order))
    )
    if layout.merged_days:
        interval = sql.Literal(f"{layout.merged_days} days")
        connection.execute(
            sql.SQL("alter table laid set (timescaledb.compress_chunk_time_interval = {})").format(interval)
        )
    for (chunk,) in connection.execute("select show_chunks('laid')::text").fetchall():
        connection.execute("call convert_to_columnstore(%s::regclass, if_not_columnstore => true)", (chunk,))
    row = connection.execute("select hypertable_size('laid')::float8 / (select count(*) from laid)").fetchone()
    assert row is not None
    return float(row[0]), time_series(connection)


def fill(connection: Connection, rows: list[Kept]) -> None:
    """Insert the rows; one that comes twice counts once."""
    number_by_series = {name: number for number, name in enumerate(sorted({row[0] for row in rows}), 1)}
    for first in range(0, len(rows), N_INSERTED):
        part = rows[first : first + N_INSERTED]
        connection.execute(
            "insert into laid select s, b, timestamptz 'epoch' + t * interval '1 microsecond', v"
            " from unnest(%s::int[], %s::int[], %s::bigint[], %s::float8[]) as r (s, b, t, v) on conflict do nothing",
            (
                [number_by_series[row[0]] for row in part],
                [row[1] // SECOND_US % 2_000_000_000 for row in part],
                [row[1] for row in part],
                [row[2] for row in part],
            ),
        )


def time_series(connection: Connection) -> float:
    """Read each of some series as a whole and give the median [ms]."""
    taken = []
    for number in range(1, 10):
        began = time.monotonic()
        connection.execute("select count(value), sum(value) from laid where series_id = %s", (number,)).fetchone()
        taken.append((time.monotonic() - began) * 1000)
    return sorted(taken)[len(taken) // 2]


if __name__ == "__main__":
    main()
