"""Life told by what assets say on their way: taught by days, verdicts and work orders of the store, used in health."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analytics.health.job import tell_health
from analytics.remaining_life import registry
from analytics.remaining_life.course import read_courses, runs_by_type
from analytics.remaining_life.families.asset_course import FAMILY, TAUGHT
from store.asset_courses import AssetRun, read_runs
from store.catalogue import refresh
from store.connect import connect
from store.inputs import Connection
from tests.support.failures import fail_by_order, fail_by_verdict

pytestmark = pytest.mark.services
NOW = datetime(2026, 6, 1, 3, tzinfo=UTC)
DAY = timedelta(days=1)
BEGIN = NOW - 300 * DAY
N_FAILED, N_SOUND = 26, 20
ORDER = registry.Order(None, "anna", NOW)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test", autocommit=True) as opened:
        refresh(opened)
        opened.execute("insert into territories (slug, name, kind) values ('a', 'A', 'commune')")
        yield opened


def add_pump(connection: Connection, number: int, failed_days_ago: int | None, near_end: bool = False) -> int:
    """Add a pump with its vibration by day: it climbs over the forty days before its failure, else it wavers."""
    row = connection.execute(
        "with a as (insert into assets (territory_id, slug, name, type, created_at)"
        " select territory_id, %(slug)s, %(slug)s, 'pump', %(begin)s from territories"
        " returning asset_id, territory_id), d as (insert into devices (territory_id, external_id, name)"
        " select territory_id, %(slug)s, %(slug)s from a returning device_id),"
        " p as (insert into placements (device_id, channel, asset_id, period)"
        "       select device_id, '*', asset_id, tstzrange(%(begin)s, null) from a, d),"
        " s as (insert into series (territory_id, device_id, channel, quantity, unit)"
        "       select a.territory_id, d.device_id, '', 'vibration_velocity', 'mm/s' from a, d returning series_id)"
        " select a.asset_id, s.series_id from a, s",
        {"slug": f"pump-{number}", "begin": BEGIN},
    ).fetchone()
    assert row is not None
    asset_id, series_id = row
    end_day = 300 - failed_days_ago if failed_days_ago is not None else 310 if near_end else 10_000
    days = np.arange(299)
    draws = np.random.default_rng(number)
    level = 1.5 + draws.normal(0, 0.05, days.size) + 4 * np.clip(1 - (end_day - days) / 40, 0, 1) * (days < end_day)
    with connection.cursor().copy(
        "copy measurements_daily (series_id, bucket, n, sum, min, max, time_weighted_mean, covered_s) from stdin"
    ) as copy:
        for day, value in zip(days.tolist(), level.tolist(), strict=True):
            at = (BEGIN + day * DAY).replace(hour=0)
            copy.write_row((series_id, at, 96, 96 * value, value - 0.1, value + 0.1, value, 86_400))
    return int(asset_id)


def fail(connection: Connection, asset_id: int, days_ago: int, by_order: bool, kind: str = "pump_wear") -> None:
    """Let a technician date a failure."""
    at = NOW - days_ago * DAY
    if by_order:
        fail_by_order(connection, asset_id, at)
    else:
        fail_by_verdict(connection, asset_id, at, kind)


def furnish(connection: Connection, n_failed: int = N_FAILED) -> tuple[list[int], int]:
    """Add pumps that failed, sound ones, and one ten days from its end; give the sound ones and that one."""
    for number in range(n_failed):
        days_ago = 20 + 4 * number
        fail(connection, add_pump(connection, number, days_ago), days_ago, by_order=number % 2 == 0)
    sound = [add_pump(connection, 500 + number, None) for number in range(N_SOUND)]
    return sound, add_pump(connection, 900, None, near_end=True)


def test_runs_end_with_dated_failures_and_go_on_a_week_later(connection: Connection) -> None:
    asset_id = add_pump(connection, 1, 60)
    fail(connection, asset_id, 60, by_order=True)
    fail(connection, asset_id, 58, by_order=False)  # the same failure, seen twice
    runs = read_runs(connection, None, NOW)
    assert [(run.begins_at, run.ends_at, run.is_ended) for run in runs] == [
        (BEGIN, NOW - 60 * DAY, True),
        (NOW - 51 * DAY, NOW, False),
    ]
    assert read_runs(connection, None, NOW - 65 * DAY) == [
        AssetRun(asset_id, "pump-1", "pump", BEGIN, NOW - 65 * DAY, False)
    ]


def test_asset_outlives_the_battery_of_its_sensor(connection: Connection) -> None:
    asset_id = add_pump(connection, 1, 60)
    fail(connection, asset_id, 60, by_order=False, kind="battery_low")
    assert [(run.is_ended, run.ends_at) for run in runs_by_type(connection, None, NOW)["pump"]] == [(False, NOW)]


def test_days_of_a_run_end_before_its_failure_and_hold_what_was_found(connection: Connection) -> None:
    asset_id = add_pump(connection, 1, 60)
    fail(connection, asset_id, 60, by_order=False)
    ended, running = read_courses(connection, read_runs(connection, None, NOW), NOW, TAUGHT)
    assert ended.sensors == [("vibration_velocity", "", "mean"), ("vibration_velocity", "", "range")]
    assert ended.rows.shape == (240, 2)
    assert ended.rows[-1, 0] > 4.5  # the climb, and not the day on which it failed
    assert ended.n_known == 239  # on the first day it was placed at three
    assert ended.findings[:, 1].tolist() == [0.0] * 237 + [0.5] * 3
    assert (running.n_known, len(running.rows)) == (52, 53)


def test_nothing_is_learnt_of_fewer_than_ten_ends_and_health_stays_as_assumed(connection: Connection) -> None:
    _, worn = furnish(connection, n_failed=8)
    done = registry.train(connection, FAMILY, ORDER)
    assert (done.model_id, done.reason) == (None, "too little is known to learn from")
    tell_health(connection, 1, NOW)
    assert health_of(connection, worn)[0] == "prior"


def health_of(connection: Connection, asset_id: int) -> tuple[str, float, float, float, float, str]:
    """Give basis, probability within 30 days, days left with their interval, and the reason, as told."""
    row = connection.execute(
        "select basis, within_30, left_low_d, left_d, left_high_d, reason_en from asset_health"
        " where asset_id = %s and is_current",
        (asset_id,),
    ).fetchone()
    assert row is not None
    return row


def test_trained_model_tells_a_worn_asset_from_sound_ones_in_the_daily_health(connection: Connection) -> None:
    """Pumps climb for forty days before they fail: one that has climbed for thirty has ten left, sound ones keep their
    assumed rate."""
    sound, worn = furnish(connection)
    done = registry.train(connection, FAMILY, ORDER)
    assert done.is_promoted
    assert done.score is not None
    assert done.score < 20
    tell_health(connection, 1, NOW)
    basis, within_30, low, left, high, reason = health_of(connection, worn)
    assert basis == "life"
    assert within_30 > 0.5
    assert low <= 10 <= high
    assert abs(left - 10) < 10
    assert "others before their end" in reason
    told = [health_of(connection, asset_id) for asset_id in sound]
    assert sum(one[0] == "prior" for one in told) >= N_SOUND - 1
    assert np.median([one[1] for one in told]) < 0.05


def test_the_model_comes_back_from_its_file_as_it_was(connection: Connection) -> None:
    furnish(connection)
    data = FAMILY.read(connection, None, NOW)
    model = FAMILY.train(data)
    assert model is not None
    registry.train(connection, FAMILY, ORDER)
    kept = registry.champion_of(connection, FAMILY.name, 1)
    assert kept is not None
    of_kept, of_new = FAMILY.judge(kept, data), FAMILY.judge(model, data)
    assert of_kept is not None
    assert of_new is not None
    assert of_kept["pump"].losses.tolist() == of_new["pump"].losses.tolist()


def test_drift_of_each_quantity_is_watched_for_itself(connection: Connection) -> None:
    """Findings and millimetres a second are not put together."""
    furnish(connection)
    assert sorted(FAMILY.read(connection, None, NOW).inputs) == [
        "pump findings",
        "pump vibration_velocity mean",
        "pump vibration_velocity range",
        "pump worst finding",
    ]
