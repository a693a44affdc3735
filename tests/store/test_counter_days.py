"""Days of counters as hints read them, beside what the devices said."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.local.services import Services
from store import rollup
from store.connect import connect
from store.counter_days import read_counter_days
from store.inputs import Window
from tests.support.drawn_hours import draw
from tests.support.filled_town import fill_town
from tests.support.services import fresh_database
from tests.support.towns import a_town

pytestmark = pytest.mark.services
START = datetime(2025, 5, 12, tzinfo=UTC)
N_DAYS = 4
QUANTITIES = ("run_count", "door_cycle_count")


def test_days_hold_what_was_counted(services: Services, database_template: str) -> None:
    """Over all days the increases add up to last value less first; days are civil, and another type is not read."""
    town = a_town(136, START, scale=0.1)
    with (
        fresh_database(services, database_template) as url,
        connect(url, program="test", autocommit=True) as connection,
    ):
        end = fill_town(url, a_town(136, START, scale=0.1), N_DAYS, frozenset(QUANTITIES))
        while rollup.refresh(connection, end, grace_s=0, settle_s=0).computed_to < end:
            pass
        row = connection.execute("select territory_id from territories").fetchone()
        assert row is not None
        window = Window(row[0], ("lift",), START - timedelta(days=1), end)
        read = {(one.asset_id, one.quantity): one for one in read_counter_days(connection, window, QUANTITIES)}
        assert not read_counter_days(connection, Window(row[0], ("boiler",), START, end), QUANTITIES)
    drawn = {key: values for key, values in draw(town, ("building",), N_DAYS).items() if key[1] in QUANTITIES}
    assert len(read) == len(drawn) > 0
    counted = sorted(float(values[-1] - values[0]) for _, values in drawn.values())
    assert sorted(float(one.increases.sum()) for one in read.values()) == pytest.approx(counted, abs=1)
    assert all(datetime.fromtimestamp(at, UTC).hour == 22 for one in read.values() for at in one.begins_s.tolist())
