"""Rollups against their naive twin, whatever comes late, and the race with writers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import rollup
from store.connect import connect
from tests.support.rollup_oracle import ask_oracle
from tests.support.rollup_twin import Row, Twin, by_day, roll_up

pytestmark = pytest.mark.services

Connection = psycopg.Connection[tuple[Any, ...]]
HOUR = timedelta(hours=1)
ZONE = "Europe/Paris"
# (quantity, kind, longest hold [s], rolls over at): short and long holds, so that values are dropped and carried
SERIES = (
    ("rise", "gauge", 5400, None),
    ("slow", "gauge", 100_000, None),
    ("count", "counter", 3600, None),
    ("mode", "state", 20_000, None),
    ("wrap", "counter", 3600, 4.05),  # from 4 to 0 it rolls over, from 3 to 0 it is reset
)
SPRING = datetime(2025, 3, 29, 12, tzinfo=UTC)  # 30 March 2025 has 23 hours in Paris
AUTUMN = datetime(2025, 10, 25, 12, tzinfo=UTC)  # 26 October 2025 has 25
# Sums run in another order than the twin's, so floats differ in their last digits only.
EQUAL = {"rel": 1e-9, "abs": 1e-6}

# One write: series, minutes from the begin, value (whole numbers, so that states and resets happen), or None: removed
write = st.tuples(
    st.integers(1, len(SERIES)), st.integers(0, 3 * 24 * 60), st.one_of(st.none(), st.integers(0, 4).map(float))
)
phase = st.tuples(st.lists(write, max_size=30), st.integers(1, 30))


@pytest.fixture
def connection(database_url: str) -> Any:
    with connect(database_url, program="test", autocommit=True) as opened:
        opened.execute(
            "insert into territories (slug, name, kind, time_zone) values ('a', 'A', 'commune', %s)", (ZONE,)
        )
        opened.execute("insert into devices (territory_id, external_id, name) values (1, 'd', 'D')")
        for quantity, kind, hold_s, rolls_over_at in SERIES:
            opened.execute(
                "insert into quantities values (%s, '1', %s, null, null, %s, 'x', 'x')", (quantity, kind, hold_s)
            )
            opened.execute(
                "insert into series (territory_id, device_id, quantity, unit) values (1, 1, %s, '1')", (quantity,)
            )
            if rolls_over_at:
                opened.execute("insert into counter_ranges values (1, '', %s, %s)", (quantity, rolls_over_at))
        yield opened


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(begin=st.sampled_from([SPRING, AUTUMN]), phases=st.lists(phase, min_size=1, max_size=4))
def test_rollup_equals_naive_twin_after_late_data_and_removals(
    connection: Connection, begin: datetime, phases: list[tuple[list[tuple[int, int, float | None]], int]]
) -> None:
    """However values arrive, late, changed or removed, every rollup row equals what all raw rows say at once."""
    clear(connection)
    now = begin
    for writes, n_hours in phases:
        now += n_hours * HOUR
        apply_writes(connection, begin, writes)
        report = rollup.refresh(connection, now, grace_s=0, settle_s=0)
    assert report.computed_to == now
    for series_id in range(1, len(SERIES) + 1):
        assert_equals_twin(connection, series_id, now)


def test_rollup_of_a_year_of_sparse_values_equals_twin(connection: Connection) -> None:
    """Steps of a day do not lose what is carried from one to the next."""
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    writes = [(1 + i % len(SERIES), i * 977, float(i % 5)) for i in range(400)]
    apply_writes(connection, begin, writes)
    now = begin + timedelta(days=300)
    rollup.refresh(connection, now, grace_s=0, settle_s=0)
    for series_id in range(1, len(SERIES) + 1):
        assert_equals_twin(connection, series_id, now)


def test_refresh_twice_computes_nothing(connection: Connection) -> None:
    apply_writes(connection, SPRING, [(1, 0, 1.0), (2, 70, 2.0)])
    first = rollup.refresh(connection, SPRING + 5 * HOUR, settle_s=0)
    second = rollup.refresh(connection, SPRING + 5 * HOUR, settle_s=0)
    assert first.n_closed > 0
    assert (second.n_closed, second.n_changed) == (0, 0)


def test_hour_is_computed_only_after_older_writers_have_ended(connection: Connection, database_url: str) -> None:
    """A writer that began before the announcement may hold rows it did not note: they are waited for."""
    apply_writes(connection, SPRING, [(1, 0, 1.0)])
    with connect(database_url, program="writer") as writer:
        writer.execute("insert into measurements values (1, 1, %s, 7)", (SPRING + timedelta(minutes=30),))
        waiting = rollup.refresh(connection, SPRING + HOUR, grace_s=0, settle_s=0)
        assert waiting.closed_to == SPRING + HOUR
        assert waiting.computed_to < SPRING + HOUR
        writer.commit()
    done = rollup.refresh(connection, SPRING + HOUR, grace_s=0, settle_s=0)
    assert done.computed_to == SPRING + HOUR
    assert_equals_twin(connection, 1, SPRING + HOUR)


def test_hour_is_not_computed_before_writers_know_it_closed(connection: Connection) -> None:
    apply_writes(connection, SPRING, [(1, 0, 1.0)])
    report = rollup.refresh(connection, SPRING + HOUR, grace_s=0, settle_s=3600)
    assert report.closed_to == SPRING + HOUR
    assert report.computed_to < report.closed_to


def clear(connection: Connection) -> None:
    """Bring the tables back to before the first value."""
    connection.execute(
        "truncate measurements, changed_hours, measurements_hourly, measurements_daily, counters_hourly,"
        " counters_daily, states_hourly, states_daily"
    )
    connection.execute("update rollup_watermarks set closed_to = '1970-01-01', computed_to = '1970-01-01'")


def apply_writes(connection: Connection, begin: datetime, writes: list[tuple[int, int, float | None]]) -> None:
    """Write as ingest does: what is older than the announced watermark is noted in the same transaction."""
    with connection.transaction():
        for series_id, minutes, value in writes:
            at = begin + timedelta(minutes=minutes)
            if value is None:
                connection.execute(
                    "delete from measurements where series_id = %s and observed_at = %s", (series_id, at)
                )
            else:
                connection.execute(
                    "insert into measurements values (%s, 1, %s, %s)"
                    " on conflict (series_id, observed_at) do update set value = excluded.value",
                    (series_id, at, value),
                )
            connection.execute(
                "insert into changed_hours (series_id, hour) select %s, %s from rollup_watermarks where %s < closed_to",
                (series_id, at.replace(minute=0), at),
            )


def assert_equals_twin(connection: Connection, series_id: int, until: datetime) -> None:
    """Compare the six tables of one series with the twin's."""
    _, kind, hold_s, rolls_over_at = SERIES[series_id - 1]
    raw = connection.execute("select observed_at, value from measurements where series_id = %s", (series_id,))
    hourly = roll_up(dict(raw.fetchall()), kind, timedelta(seconds=hold_s), until, rolls_over_at)
    for suffix, twin in (("hourly", hourly), ("daily", by_day(hourly, ZONE))):
        stored = read_stored(connection, series_id, suffix)
        assert_equals_oracle(connection, series_id, stored, suffix, until)
        assert_same_rows(stored.measurements, twin.measurements)
        assert_same_rows(stored.counters, twin.counters)
        assert_same_rows(stored.states, twin.states)


def assert_equals_oracle(connection: Connection, series_id: int, stored: Twin, suffix: str, until: datetime) -> None:
    """Compare with what SQL over the raw rows says, days not by way of their hours."""
    _, kind, hold_s, rolls_over_at = SERIES[series_id - 1]
    series = (series_id, kind, timedelta(seconds=hold_s), rolls_over_at)
    told = ask_oracle(connection, series, "hour" if suffix == "hourly" else "day", ZONE, until)
    assert_same_rows(stored.measurements, told.measurements)
    assert_same_rows({key: row[:3] for key, row in stored.counters.items()}, told.counters)
    assert_same_rows(stored.states, told.states)


def read_stored(connection: Connection, series_id: int, suffix: str) -> Twin:
    """Read what the store holds, in the twin's shape."""
    measured = connection.execute(
        "select bucket, n, sum, min, max, first, last, first_at, last_at, time_weighted_mean, covered_s"
        f" from measurements_{suffix} where series_id = {series_id}"
    )
    counted = connection.execute(
        f"select bucket, increase, n_resets, n_rollovers, span_s from counters_{suffix} where series_id = {series_id}"
    )
    stated = connection.execute(
        f"select bucket, state, seconds, n_entries from states_{suffix} where series_id = {series_id}"
    )
    return Twin(
        {row[0]: row[1:] for row in measured},
        {row[0]: row[1:] for row in counted},
        {(row[0], row[1]): row[2:] for row in stated},
    )


def assert_same_rows(stored: dict[Any, Row], twin: dict[Any, Row]) -> None:
    """Compare rows: times exactly, numbers within the rounding of sums in another order."""
    assert stored.keys() == twin.keys()
    for key, row in twin.items():
        for mine, theirs in zip(stored[key], row, strict=True):
            if isinstance(theirs, datetime) or theirs is None:
                assert mine == theirs, key
            else:
                assert mine == pytest.approx(theirs, **EQUAL), key
