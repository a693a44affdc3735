"""Lamps' lives in the store: counted by their counters, ended by what technicians said, taught, kept, told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from analytics.health.job import tell_health
from analytics.remaining_life import registry
from analytics.remaining_life.comparison import score_of
from analytics.remaining_life.families.lamp_life import FAMILY
from analytics.remaining_life.lamp import LampLife, read_lamp_lives
from store.catalogue import refresh
from store.connect import connect
from store.inputs import Connection
from store.models import list_models
from tests.support.failures import fail_by_order, fail_by_verdict

pytestmark = pytest.mark.services
NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)
ENTERED, COUNTED = NOW - 4000 * DAY, NOW - 40 * DAY
BAD, GOOD = "2015-01-10", "2014-02-01"  # before they were entered
BURNS = 11.0  # hours a day
N_BATCH = 40
ORDER = registry.Order(None, "anna", NOW)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test", autocommit=True) as opened:
        refresh(opened)
        opened.execute("insert into territories (slug, name, kind) values ('a', 'A', 'commune')")
        yield opened


def add_lamp(connection: Connection, slug: str, model: str | None, installed_on: str | None) -> int:
    """Add a lamp of a model to the inventory."""
    row = connection.execute(
        "insert into assets (territory_id, slug, name, type, attributes, created_at)"
        " select territory_id, %(slug)s, %(slug)s, 'street_light', jsonb_strip_nulls(jsonb_build_object("
        " 'luminaire_model', %(model)s::text, 'installed_on', %(installed_on)s::text)), %(at)s"
        " from territories returning asset_id",
        {"slug": slug, "model": model, "installed_on": installed_on, "at": ENTERED},
    ).fetchone()
    assert row is not None
    return int(row[0])


def count_hours(connection: Connection, asset_id: int, reads_h: float) -> None:
    """Count a lamp's hours for thirty-nine days, up to a reading."""
    row = connection.execute(
        "with d as (insert into devices (territory_id, external_id, name) select territory_id, slug, slug"
        " from assets where asset_id = %(asset_id)s returning device_id, territory_id), p as ("
        " insert into placements (device_id, channel, asset_id, period)"
        " select device_id, '*', %(asset_id)s, tstzrange(%(at)s, null) from d)"
        " insert into series (territory_id, device_id, channel, quantity, unit)"
        " select territory_id, device_id, '', 'operating_hours', 'h' from d returning series_id",
        {"asset_id": asset_id, "at": COUNTED},
    ).fetchone()
    assert row is not None
    connection.execute(
        "insert into counters_daily (series_id, bucket, increase, n_resets, n_rollovers, span_s)"
        " select %s, day, %s, 0, 0, 86400 from generate_series(%s, %s, interval '1 day') as day",
        (row[0], BURNS, (COUNTED + DAY).replace(hour=0), NOW.replace(hour=0) - DAY),
    )
    connection.execute(
        "insert into last_values (series_id, observed_at, value, batch_id) values (%s, %s, %s, 1)",
        (row[0], NOW - DAY, reads_h),
    )


def lives(connection: Connection) -> list[LampLife]:
    return read_lamp_lives(connection, None, NOW)


def furnish(connection: Connection) -> tuple[int, int]:
    """Add two batches of one model: half of the younger one failed over the years, of the older one none; give a lamp
    of each that still burns."""
    bad = [add_lamp(connection, f"lamp-a-{n}", "alpha", BAD) for n in range(N_BATCH)]
    good = [add_lamp(connection, f"lamp-b-{n}", "alpha", GOOD) for n in range(N_BATCH)]
    for n, asset_id in enumerate(bad[::2]):
        fail_by_verdict(connection, asset_id, NOW - (100 + 100 * n) * DAY, "dead_lamp")
    for asset_id in (*bad[1::2], *good):
        count_hours(connection, asset_id, 46_000.0)
    return bad[-1], good[-1]


def test_hours_are_what_the_counter_reads_of_the_lamp_it_began_with(connection: Connection) -> None:
    count_hours(connection, add_lamp(connection, "lamp", "alpha", BAD), 46_000.0)
    (life,) = lives(connection)
    # one day is not counted yet
    assert life.hours == pytest.approx(46_000, abs=24)
    assert (life.batch, life.is_ended, life.is_assumed) == ("1 alpha 2015", False, False)


def test_counter_below_another_lamp_tells_only_the_days_since(connection: Connection) -> None:
    count_hours(connection, add_lamp(connection, "lamp", "alpha", "2026-05-12"), 46_000.0)
    before, life = lives(connection)
    assert (before.is_ended, life.is_ended, life.batch) == (True, False, "1 alpha 2026")
    assert life.hours == pytest.approx(20 * BURNS, abs=24)


def test_lamp_that_was_replaced_in_the_swap_of_its_device_ends_in_its_batch(connection: Connection) -> None:
    add_lamp(connection, "lamp", "alpha", "2025-06-01")
    connection.execute(
        "update assets set past_lives = array[tstzrange(%s::timestamptz, '2025-06-01 10:00+00')]", (BAD,)
    )
    before, new = lives(connection)
    assert (before.batch, before.is_ended) == ("1 alpha 2015", True)
    assert (new.batch, new.is_ended) == ("1 alpha 2025", False)


@pytest.mark.parametrize(
    ("kind", "is_dated", "ends"),
    [
        ("dead_lamp", True, True),
        ("dead_lamp", False, True),
        ("driver_ageing", True, True),
        ("driver_ageing", False, False),
        ("day_burner", True, False),
        ("battery_low", True, False),
    ],
)
def test_life_ends_with_a_confirmed_failure_of_the_lamp(
    connection: Connection, kind: str, is_dated: bool, ends: bool
) -> None:
    asset_id = add_lamp(connection, "lamp", "alpha", BAD)
    fail_by_verdict(connection, asset_id, NOW - 365 * DAY, kind, is_dated=is_dated)
    found = lives(connection)
    assert [life.is_ended for life in found] == ([True, False] if ends else [False])
    assert found[-1].hours == pytest.approx(358 * 4100 / 365.25 if ends else 4160 * 4100 / 365.25, rel=0.01)


def test_life_ends_with_a_work_order_that_found_the_lamp_failed(connection: Connection) -> None:
    fail_by_order(connection, add_lamp(connection, "lamp", "alpha", BAD), NOW - 365 * DAY)
    assert [life.is_ended for life in lives(connection)] == [True, False]


def test_what_was_not_known_yet_does_not_teach(connection: Connection) -> None:
    fail_by_order(connection, add_lamp(connection, "lamp", "alpha", BAD), NOW - 365 * DAY)
    (life,) = read_lamp_lives(connection, None, NOW - 366 * DAY)
    assert not life.is_ended


def health_of(connection: Connection, asset_id: int) -> tuple[str, float, float, float, str]:
    """Give basis, probability within 30 days, days left, their lower end, and the reason, as told."""
    row = connection.execute(
        "select basis, within_30, left_d, left_low_d, reason_en from asset_health where asset_id = %s and is_current",
        (asset_id,),
    ).fetchone()
    assert row is not None
    return row


def test_lamps_of_a_bad_batch_have_less_life_left_and_a_new_one_among_them_more(connection: Connection) -> None:
    """The good batch is older; one bad lamp was replaced a year ago; of another model nothing is known."""
    of_bad, of_good = furnish(connection)
    replaced = add_lamp(connection, "replaced", "alpha", "2025-06-01")
    other = add_lamp(connection, "other", "beta", None)
    trained = registry.train(connection, FAMILY, ORDER)
    assert trained.is_promoted
    tell_health(connection, 1, NOW)
    bad, good, new, unknown = (health_of(connection, one) for one in (of_bad, of_good, replaced, other))
    assert [one[0] for one in (bad, good, new, unknown)] == ["life", "life", "life", "prior"]
    assert bad[1] > 2 * good[1]
    assert bad[2] < good[2] / 2
    assert new[1] < bad[1]
    assert new[2] > bad[2]
    assert "46000 hours it has burned (counted) and the lives of its batch" in bad[4]
    assert "(partly assumed) and the lives of its model" in new[4]
    assert "rate assumed of its family" in unknown[4]


def test_model_is_kept_with_its_card_and_the_same_again_waits(connection: Connection) -> None:
    furnish(connection)
    first, second = registry.train(connection, FAMILY, ORDER), registry.train(connection, FAMILY, ORDER)
    assert (first.is_promoted, second.is_promoted) == (True, False)
    assert second.score is not None
    assert second.score == second.champion_score
    card = list_models(connection, FAMILY.name)[1].card
    assert card["n_units"] == 2 * N_BATCH + N_BATCH // 2
    assert card["drift_since_champion"]["hours"] == pytest.approx(0.0)
    kept = registry.champion_of(connection, FAMILY.name, 1)
    assert kept is not None
    judged = FAMILY.judge(kept, FAMILY.read(connection, None, NOW))
    assert judged is not None
    assert score_of(judged) == pytest.approx(first.score)
