"""Health in the store: told once a day, written where it differs, calibrated by what technicians said since."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString

import psycopg
import pytest

from analytics.health.job import find_days, tell_health
from analytics.health.scoring import VERSION
from analytics.jobs import find_kinds
from analytics.remaining_life.families import failure_probability
from analytics.remaining_life.registry import Order, train
from store.asset_health import read_outcomes
from store.connect import connect
from store.feedback import Opinion, give_verdict
from store.reference import FailureCost, Reference, enter_reference
from tests.support.judged_town import N_LAMPS, STARTED_AT, seed_judged_town

pytestmark = pytest.mark.services
Connection = psycopg.Connection[tuple[Any, ...]]
AT = STARTED_AT + timedelta(days=1)


@pytest.fixture
def connection(database_url: str) -> Any:
    seed_judged_town(database_url, ("flicker",))
    with connect(database_url, program="test", autocommit=True) as opened:
        yield opened


def fetch(connection: Connection, query: LiteralString) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def tell(connection: Connection, at: datetime = AT) -> tuple[int, int]:
    ((territory_id,),) = fetch(connection, "select territory_id from territories where slug = 'town'")
    report = tell_health(connection, territory_id, at)
    return report.n_told, report.n_written


def test_a_day_is_told_once_and_written_only_where_it_differs(connection: Connection) -> None:
    assert tell(connection) == (N_LAMPS, N_LAMPS)
    assert tell(connection) == (N_LAMPS, 0)
    assert tell(connection, AT + timedelta(days=1)) == (N_LAMPS, 0)
    connection.execute("update findings set ended_at = started_at where finding_id = 1")
    assert tell(connection, AT + timedelta(days=2)) == (N_LAMPS, 1)
    rows = fetch(connection, "select day, basis, is_current from asset_health where asset_id = 1 order by day")
    assert rows == [(date(2026, 5, 2), "signals", False), (date(2026, 5, 4), "prior", True)]


def test_told_twice_a_day_the_last_one_stands(connection: Connection) -> None:
    tell(connection)
    connection.execute("update findings set is_silenced = true where finding_id = 1")
    assert tell(connection, AT + timedelta(hours=1))[1] == 1
    assert fetch(connection, "select basis from asset_health where asset_id = 1") == [("prior",)]


def test_an_asset_that_is_retired_leaves_the_list(connection: Connection) -> None:
    tell(connection)
    connection.execute("update assets set retired_at = now() where asset_id = 1")
    assert tell(connection, AT + timedelta(days=1))[0] == N_LAMPS - 1
    assert fetch(connection, "select is_current from asset_health where asset_id = 1") == [(False,)]


def test_finding_about_a_device_counts_for_what_it_is_placed_on(connection: Connection) -> None:
    connection.execute("insert into devices (territory_id, external_id, name) select territory_id, 'd', 'd'"
                       " from territories where slug = 'town'")  # fmt: skip
    connection.execute("insert into placements (device_id, asset_id) select device_id, 2 from devices")
    connection.execute("update findings set ended_at = started_at where asset_id <> 1")
    connection.execute("update findings set asset_id = null, device_id = (select device_id from devices)"
                       " where finding_id = 1")  # fmt: skip
    tell(connection)
    rows = fetch(connection, "select asset_id, finding_id from asset_health where basis = 'signals'")
    assert rows == [(2, 1)]


def test_lamp_installed_since_is_not_blamed_for_the_one_before_it(connection: Connection) -> None:
    connection.execute("""update assets set attributes = '{"installed_on": "2026-05-02"}' where asset_id = 1""")
    connection.execute("""update assets set attributes = '{"installed_on": "nobody knows"}' where asset_id = 2""")
    connection.execute("""update assets set attributes = '{"installed_on": "2062-05-02"}' where asset_id = 3""")
    tell(connection)
    rows = fetch(connection, "select asset_id, basis from asset_health where asset_id <= 3 order by 1")
    assert rows == [(1, "prior"), (2, "signals"), (3, "signals")]


def test_territory_s_costs_are_taken(connection: Connection) -> None:
    cost = FailureCost("street_light", 1, 2, 7, 0.5, "factures 2025", date(2026, 1, 1), failures_per_year=0.5)
    for _ in range(2):
        enter_reference(connection, Reference("town", failure_costs=(cost,)))
    tell(connection)
    rows = fetch(connection, "select distinct people_eur, safety_eur, repair_eur from asset_health")
    assert rows == [(1.0, 2.0, 7.0)]
    ((loss, within),) = fetch(connection, "select expected_loss_eur, within_30 from asset_health where asset_id = 1")
    assert loss == pytest.approx(10 * within, rel=0.01)


def test_what_came_is_counted_and_teaches_only_where_enough_failed(connection: Connection) -> None:
    """Eight lamps told to flicker: those that technicians confirmed had failed when it was told."""
    tell(connection)
    for number in (1, 2, 3):
        give_verdict(connection, number, Opinion("confirmed", "test"), "test")
    at = AT + timedelta(days=120)
    outcomes = read_outcomes(connection, None, at, [])
    assert {one.asset_type for one in outcomes} == {"street_light"}
    assert sum(one.n_failed for one in outcomes) * N_LAMPS == 3 * sum(one.n for one in outcomes)
    assert {one.place for one in outcomes} == {1, 2, 3}
    assert all(0.79 < one.told < 0.83 for one in outcomes)
    coming = read_outcomes(connection, None, at, ["flicker"])
    assert sum(one.n_failed for one in coming) == 0
    trained = train(connection, failure_probability.FAMILY, Order(None, "test", at))
    assert trained.model_id is None


def test_job_waits_once_in_each_civil_day(connection: Connection) -> None:
    first, same, later = (find_days(connection, datetime(2026, 5, 1, hour, 0, tzinfo=UTC)) for hour in (2, 3, 23))
    assert same == first
    assert [day for _, day in first] == [f"2026-05-01 {VERSION}"]
    assert later == first
    assert find_days(connection, datetime(2026, 5, 1, 0, 30, tzinfo=UTC)) != first
    assert find_kinds()["health"].rank > find_kinds()["incidents"].rank
