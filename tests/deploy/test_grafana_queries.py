"""Every query of every dashboard, expanded as Grafana does, runs as a territory's reader and fits its panel."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import TupleRow

from deploy.local.services import Services
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.grafana_macros import Range, expand
from tests.support.grafana_panels import PAGE_URL, PanelQuery, dashboards, queries, query_variables
from tests.support.readers import readers_of
from tests.support.services import fresh_database

pytestmark = pytest.mark.services

SEED = (Path(__file__).parent / "seed_town.sql").read_text(encoding="utf-8")
RANGES = {
    "1 h": timedelta(hours=1),
    "24 h": timedelta(hours=24),
    "30 d": timedelta(days=30),
    "1 year": timedelta(days=365),
}
ODD_NAME = 'L\'allée <b>"${nord}"</b>'
# Types that Grafana's data source turns into times, numbers and booleans; all else becomes text.
TIME_TYPES = {"timestamptz", "timestamp", "date"}
NUMBER_TYPES = {"int2", "int4", "int8", "float4", "float8", "numeric"}
QUERIES = list(queries())
Session = psycopg.Connection[TupleRow]
TERRITORIES = [TerritoryEntry("town", "Town"), TerritoryEntry("other", "Other")]
ASSETS = [
    AssetEntry("town", "lamp-1", "Lamp 1", "street_light", 5.1, 47.5),
    AssetEntry("town", "lamp-2", ODD_NAME, "street_light", 5.2, 47.6),
    AssetEntry("other", "lamp-1", "Foreign", "street_light", 5.3, 47.7),
]
DEVICES = [
    DeviceEntry("town", "d1", placements={"*": "lamp-1"}),
    DeviceEntry("town", "d2", placements={"*": "lamp-2"}),
    DeviceEntry("other", "d3", placements={"*": "lamp-1"}),
]


@pytest.fixture(scope="module")
def town(services: Services, database_template: str) -> Iterator[Session]:
    """The reader of a small town with three days of data; a second town is its neighbour. Tests only read."""
    with fresh_database(services, database_template) as url, readers_of(url) as make_reader:
        with connect(url, program="test") as connection:
            register(connection, TERRITORIES, ASSETS, DEVICES)
            with psycopg.ClientCursor(connection) as cursor:
                cursor.execute(SEED, {"now": datetime.now(UTC)})
        with psycopg.connect(make_reader("town"), autocommit=True) as session:
            yield session


@pytest.fixture(scope="module")
def empty_town(services: Services, database_template: str) -> Iterator[Session]:
    """The reader of a territory in which nothing is registered. Tests only read."""
    with fresh_database(services, database_template) as url, readers_of(url) as make_reader:
        with connect(url, program="test") as connection:
            register(connection, TERRITORIES)
        with psycopg.connect(make_reader("town"), autocommit=True) as session:
            yield session


def choices(session: Session, span: Range, *, all_at_once: bool = True) -> dict[str, str | list[str]]:
    """Choose as Grafana does, in the dashboard's order: "all" of the lists (or each by name), else the first."""
    chosen: dict[str, str | list[str]] = {"vigie": PAGE_URL, "source": "uid"}
    for variable in query_variables(dashboards()[0]):
        rows = session.execute(expand(variable["query"], span, chosen)).fetchall()
        values = [str(row[1]) for row in rows]
        if variable["includeAll"]:
            chosen[variable["name"]] = variable["allValue"] if all_at_once else values
        else:
            chosen[variable["name"]] = values[0] if values else ""
    return chosen


def run(session: Session, query: PanelQuery, span: Range) -> tuple[list[tuple[str, str]], list[tuple[Any, ...]]]:
    """Run a query as Grafana would: give columns with their types, and rows."""
    cursor = session.execute(expand(query.sql, span, choices(session, span)))
    assert cursor.description is not None
    return [(column.name, column.type_display) for column in cursor.description], cursor.fetchall()


def simple(type_display: str) -> str:
    """Name of a type without its length."""
    return type_display.split("(")[0]


@pytest.mark.parametrize("length", RANGES.values(), ids=RANGES)
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_query_runs_and_fits_its_panel(town: Session, query: PanelQuery, length: timedelta) -> None:
    now = datetime.now(UTC)
    span = Range(now - length, now, int(length.total_seconds() * 1000 / 500))
    columns, rows = run(town, query, span)
    assert rows, "the town has data for every panel"
    assert "Foreign" not in str(rows)
    if query.rows_as == "time_series":
        check_series(columns, rows, span)
    elif query.rows_as == "variable":
        assert [name for name, _ in columns] == ["__text", "__value"]
    assert len({name for name, _ in columns}) == len(columns)
    assert query.columns <= {name for name, _ in columns}


def check_series(columns: list[tuple[str, str]], rows: list[tuple[Any, ...]], span: Range) -> None:
    """A series has a time, sorted and never absent, inside the range; numbers; and labels as text."""
    names = [name for name, _ in columns]
    position = names.index("time")
    assert simple(columns[position][1]) in TIME_TYPES
    times = [row[position] for row in rows]
    assert None not in times
    assert times == sorted(times)
    assert span.begin <= times[0] <= times[-1] <= span.end
    others = [simple(kind) for name, kind in columns if name != "time"]
    assert any(kind in NUMBER_TYPES for kind in others)
    assert all(kind in NUMBER_TYPES | {"text", "varchar"} for kind in others)


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_query_runs_where_nothing_is_registered(empty_town: Session, query: PanelQuery) -> None:
    now = datetime.now(UTC)
    _, rows = run(empty_town, query, Range(now - timedelta(hours=24), now))
    assert len(rows) <= 1


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_choosing_each_is_the_same_as_all(town: Session, query: PanelQuery) -> None:
    now = datetime.now(UTC)
    span = Range(now - timedelta(hours=24), now)
    by_name = town.execute(expand(query.sql, span, choices(town, span, all_at_once=False))).fetchall()
    assert by_name == run(town, query, span)[1]


@pytest.mark.parametrize("title", ["vigie-overview-fr: Mesures de", "vigie-overview-en: Measurements of"])
def test_long_ranges_are_read_by_the_hour(town: Session, title: str) -> None:
    [query] = [query for query in QUERIES if query.name.startswith(title)]
    now = datetime.now(UTC)
    _, short = run(town, query, Range(now - timedelta(hours=48), now))
    _, long = run(town, query, Range(now - timedelta(days=30), now))
    assert 3 * 285 <= len(short) <= 3 * 290  # 48 h of ten minutes, three series
    assert 3 * 70 <= len(long) <= 3 * 90  # 71 hours, and ten minutes after the last computed one


def test_a_name_with_quotes_and_markup_is_only_text(town: Session) -> None:
    [query] = [query for query in QUERIES if query.name == "vigie-overview-fr: Dernières valeurs"]
    now = datetime.now(UTC)
    _, rows = run(town, query, Range(now - timedelta(hours=1), now))
    assert ODD_NAME in {row[1] for row in rows}
