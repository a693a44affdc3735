"""The views for Grafana and people with SQL: they reach up to now, and the page that describes them is true."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from store import rollup
from store.resolution import Question, make_grid
from tests.support.curve_twin import points_of, stretches
from tests.support.readers import MakeReader
from tests.support.reading import SERIES, ZONE, Raw, Reading, opened_reading
from tests.support.rollup_twin import HOUR, by_day, roll_up

pytestmark = pytest.mark.services

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "sql-views.md").read_text(encoding="utf-8")
AUTUMN = datetime(2025, 10, 25, 12, tzinfo=UTC)  # 26 October 2025 has 25 hours in Paris
END = AUTUMN + timedelta(days=3)
CLOSED_TO = AUTUMN + 57 * HOUR
WRITES = [(1 + n % 4, n * 23, float(n % 5)) for n in range(180)]


@pytest.fixture
def reading(database_url: str) -> Iterator[Reading]:
    with opened_reading(database_url) as found:
        yield found


@pytest.fixture
def rows(reading: Reading) -> dict[int, Raw]:
    """Three days of values, of which the last hours are not finished."""
    written = reading.fill_store(AUTUMN, WRITES)
    rollup.refresh(reading.connection, CLOSED_TO, grace_s=0, settle_s=0)
    return written


@pytest.mark.parametrize("bucket", ["hour", "day"])
def test_buckets_reach_up_to_now(reading: Reading, rows: dict[int, Raw], make_reader: MakeReader, bucket: str) -> None:
    """Each bucket says what all its raw rows say, whether it is finished, and nothing of another territory."""
    grid = make_grid(Question((AUTUMN - timedelta(days=1), END), 1000), bucket, ZONE)  # type: ignore[arg-type]
    expected = {}
    for series_id, (_, kind, hold_s) in enumerate(SERIES, 1):
        points = points_of(rows[series_id], kind, timedelta(seconds=hold_s), grid, CLOSED_TO, END)
        for (begin, end), (n, _, low, high) in zip(stretches(grid), points, strict=True):
            if n:
                last = rows[series_id][max(at for at in rows[series_id] if begin <= at < end)]
                expected[series_id, begin] = (n, low, high, last, end <= CLOSED_TO)
    with psycopg.connect(make_reader("a")) as session:
        found = session.execute(
            f"select series_id, bucket, n, min, max, last, is_finished from measurements_by_{bucket}".encode()
        ).fetchall()
    assert {row[:2]: row[2:] for row in found} == expected
    assert len(found) == len(expected)


@pytest.mark.parametrize("bucket", ["hour", "day"])
def test_mean_of_finished_buckets_is_time_weighted(
    reading: Reading, rows: dict[int, Raw], make_reader: MakeReader, bucket: str
) -> None:
    with psycopg.connect(make_reader("a")) as session:
        found = session.execute(
            f"select bucket, mean from measurements_by_{bucket} where series_id = 1 and is_finished".encode()
        ).fetchall()
    hourly = roll_up(rows[1], "gauge", timedelta(seconds=SERIES[0][2]), CLOSED_TO)
    twin = hourly if bucket == "hour" else by_day(hourly, ZONE)
    assert found
    assert dict(found) == pytest.approx({at: twin.measurements[at][8] for at, _ in found}, rel=1e-9)


def test_catalogue_names_what_a_series_is(reading: Reading, make_reader: MakeReader) -> None:
    with psycopg.connect(make_reader("a")) as session:
        found = session.execute("select series_id, territory, device, quantity, kind from series_catalogue").fetchall()
    assert sorted(found) == [(number, "a", "d", name, kind) for number, (name, kind, _) in enumerate(SERIES, 1)]


def test_page_names_every_view_and_only_columns_that_exist(reading: Reading) -> None:
    columns: dict[str, set[str]] = {}
    for view, column in reading.connection.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'reader'"
    ):
        columns.setdefault(view, set()).add(column)
    described = {
        view: set(re.findall(r"`(\w+)`", cells))
        for views, cells in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([^|]*) \|", PAGE, re.MULTILINE)
        for view in re.findall(r"`(\w+)`", views)
    }
    assert described.keys() == columns.keys()
    assert {view: names - columns[view] for view, names in described.items()} == {view: set() for view in columns}
