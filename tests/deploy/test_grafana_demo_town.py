"""Every panel about measurements has something to show of the demo's own town, as its simulator makes it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from deploy.local.services import Services
from simulators.town import Town
from store import rollup
from store.connect import connect
from tests.support.filled_town import fill_town
from tests.support.grafana_asking import Session, choices, run, span_of
from tests.support.grafana_panels import PanelQuery, queries
from tests.support.readers import readers_of
from tests.support.services import fresh_database

pytestmark = [pytest.mark.services, pytest.mark.grafana]

N_DAYS = 3
END = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
# What tells that a query reads measurements.
VIEWS = ("asset_series", "asset_values")
QUERIES = [one for one in queries("fr") if one.kind and any(view in one.sql for view in VIEWS)]


@pytest.fixture(scope="module")
def demo_town(services: Services, database_template: str) -> Iterator[Session]:
    """The reader of a tenth of the demo's town with three days up to last midnight, rolled up. Tests only read."""
    town = Town(1, "val-de-tille", END - timedelta(days=N_DAYS), scale=0.1, history_days=0)
    with fresh_database(services, database_template) as url, readers_of(url) as make_reader:
        end = fill_town(url, town, N_DAYS)
        with connect(url, program="test", autocommit=True) as connection:
            rollup.refresh(connection, end, grace_s=0, settle_s=0)
            connection.execute("analyze")
        with psycopg.connect(make_reader("val-de-tille"), autocommit=True) as session:
            yield session


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_the_demos_town_has_something_to_show(demo_town: Session, query: PanelQuery) -> None:
    span = span_of(END, timedelta(days=2))
    _, rows = run(demo_town, query, span, choices(demo_town, query.board, span))
    assert rows
