"""Every query of every dashboard, expanded as Grafana does, runs as a territory's reader and fits its panel.

`make test` asks each once, in one language and over a day; `make grafana` asks all of them over all ranges.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import psycopg
import pytest

from deploy.local.services import Services
from store.connect import connect
from store.registry import register
from tests.support.grafana_asking import Session, check_shape, choices, run, span_of
from tests.support.grafana_panels import PanelQuery, queries
from tests.support.grafana_town import ODD_NAME, TERRITORIES
from tests.support.grafana_town import town as town
from tests.support.readers import readers_of
from tests.support.services import fresh_database

pytestmark = pytest.mark.services

RANGES = {
    "1 h": timedelta(hours=1),
    "24 h": timedelta(hours=24),
    "7 d": timedelta(days=7),
    "30 d": timedelta(days=30),
    "1 year": timedelta(days=365),
}
DAY = RANGES["24 h"]
QUERIES = list(queries())
FRENCH = list(queries("fr"))
all_of_it = pytest.mark.grafana


@pytest.fixture(scope="module")
def empty_town(services: Services, database_template: str) -> Iterator[Session]:
    """The reader of a territory in which nothing is registered. Tests only read."""
    with fresh_database(services, database_template) as url, readers_of(url) as make_reader:
        with connect(url, program="test") as connection:
            register(connection, TERRITORIES)
        with psycopg.connect(make_reader("town"), autocommit=True) as session:
            yield session


def check(town: Session, query: PanelQuery, length: timedelta) -> None:
    """The query has rows, none of them the neighbour's, in the shape that its panel takes."""
    span = span_of(datetime.now(UTC), length)
    columns, rows = run(town, query, span, choices(town, query.board, span))
    assert rows, "the town has data for every panel"
    assert "Foreign" not in str(rows)
    check_shape(query, columns, rows, span)


@pytest.mark.parametrize("query", FRENCH, ids=str)
def test_a_query_runs_and_fits_its_panel(town: Session, query: PanelQuery) -> None:
    check(town, query, DAY)


@all_of_it
@pytest.mark.parametrize("length", RANGES.values(), ids=RANGES)
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_query_runs_over_every_range(town: Session, query: PanelQuery, length: timedelta) -> None:
    check(town, query, length)


@all_of_it
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_query_runs_where_nothing_is_registered(empty_town: Session, query: PanelQuery) -> None:
    span = span_of(datetime.now(UTC), DAY)
    _, rows = run(empty_town, query, span, choices(empty_town, query.board, span))
    assert len(rows) <= 1


@all_of_it
@pytest.mark.parametrize("query", FRENCH, ids=str)
def test_choosing_each_is_the_same_as_all(town: Session, query: PanelQuery) -> None:
    span = span_of(datetime.now(UTC), DAY)
    with town.transaction():  # in which now() stands still
        each = choices(town, query.board, span, all_at_once=False)
        everything = choices(town, query.board, span)
        by_name, by_all = (run(town, query, span, chosen)[1] for chosen in (each, everything))
    assert sorted(map(str, by_name)) == sorted(map(str, by_all))


def test_nothing_is_asked_that_a_reader_may_not(empty_town: Session) -> None:
    """Each query of each dashboard goes through the barrier: a reader of an empty territory gets it answered."""
    span = span_of(datetime.now(UTC), DAY)
    chosen = {board: choices(empty_town, board, span) for board in {query.board for query in FRENCH}}
    for query in FRENCH:
        assert len(run(empty_town, query, span, chosen[query.board])[1]) <= 1, query


@pytest.mark.parametrize(("days", "step_h"), [(2, 0.5), (7, 1.0), (90, 24.0)])
def test_long_ranges_are_read_in_wider_steps(town: Session, days: int, step_h: float) -> None:
    [query] = [one for one in FRENCH if str(one) == "vigie-overview-fr: Mesures de l’équipement choisi"]
    span = span_of(datetime.now(UTC), timedelta(days=days))
    _, rows = run(town, query, span, choices(town, query.board, span))
    times = sorted({row[0] for row in rows})
    steps = {round((later - sooner) / timedelta(hours=1), 3) for sooner, later in pairwise(times)}
    assert min(steps) >= step_h * 23 / 24  # a civil day of 23 hours in spring


def test_a_zone_narrows_to_what_hangs_on_it(town: Session) -> None:
    [query] = [one for one in FRENCH if str(one) == "vigie-overview-fr: $asset"]
    span = span_of(datetime.now(UTC), DAY)
    chosen = choices(town, query.board, span)
    row = town.execute("select asset_id::text from assets where slug = 'car_park-1'").fetchone()
    assert row
    names = {one[0] for one in run(town, query, span, {**chosen, "zone": [row[0]]})[1]}
    assert names == {"car_park 1", "parking_bay 1", "parking_bay 2"}


def test_a_name_with_quotes_and_markup_is_only_text(town: Session) -> None:
    [query] = [one for one in FRENCH if str(one) == "vigie-overview-fr: $asset"]
    span = span_of(datetime.now(UTC), DAY)
    chosen = choices(town, query.board, span)
    names = {row[0] for row in run(town, query, span, chosen)[1]}
    assert ODD_NAME in names
    # What a hostile URL puts in the place of a zone is a text between quotes, and no SQL.
    assert run(town, query, span, {**chosen, "zone": ["0') or true --"]})[1] == []


def test_a_series_names_its_unit_as_people_write_it(town: Session) -> None:
    query = next(one for one in FRENCH if one.board == "vigie-buildings-fr" and one.name == "Températures")
    span = span_of(datetime.now(UTC), DAY)
    columns, rows = run(town, query, span, choices(town, query.board, span))
    metric = [name for name, _ in columns].index("metric")
    assert rows
    assert all(str(row[metric]).endswith(" [°C]") for row in rows)
