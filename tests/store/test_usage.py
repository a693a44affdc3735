"""What Vigie used is noted by hour and shared out by the ledger."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from store import ledger
from store.connect import connect
from store.inputs import Connection, Window
from store.registry import TerritoryEntry, register
from store.usage import Meter, Usage, note_database, note_usage, read_platform, read_saved

pytestmark = pytest.mark.services

HOUR = timedelta(hours=1)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test", autocommit=True) as opened:
        register(opened, [TerritoryEntry("town", "Town"), TerritoryEntry("other", "Other")])
        yield opened


def around_now() -> Window:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return Window(1, (), now - 24 * HOUR, now + 24 * HOUR)


def test_meter_gives_what_was_used_since() -> None:
    taken = [0]
    meter = Meter("test", lambda: taken[0])
    assert meter.take().cpu_s > 0  # of the process so far
    taken[0] = 70
    first, second = meter.take(), meter.take()
    assert (first.n_bytes, second.n_bytes) == (70, 0)
    assert not meter.is_due


def test_notes_of_an_hour_add_up(connection: Connection) -> None:
    for _ in range(2):
        note_usage(connection, Usage("ingest", "host:1", 1.5, 100))
    note_usage(connection, Usage("api", "host:2", 0.5, 7))
    used = read_platform(connection, around_now())
    assert (used.programs_cpu_s, used.received_bytes) == (3.5, 207)


def test_the_database_counts_from_the_first_look_on(connection: Connection) -> None:
    note_database(connection)
    assert read_platform(connection, around_now()).n_hours == 0
    connection.execute("update usage_marks set total_s = total_s - 5")
    note_database(connection)
    used = read_platform(connection, around_now())
    assert used.n_hours >= 1
    assert used.database_cpu_s >= 5
    assert used.n_hours_expected == 48


def test_statistics_that_were_begun_anew_count_whole(connection: Connection) -> None:
    note_database(connection)
    connection.execute("update usage_marks set total_s = total_s + 1000000")
    note_database(connection)
    assert 0 <= read_platform(connection, around_now()).database_cpu_s < 1_000_000


def test_size_is_noted_once_a_day(connection: Connection) -> None:
    note_database(connection)
    note_database(connection)
    sizes = connection.execute("select n_bytes from stored_sizes").fetchall()
    assert len(sizes) == 1
    assert sizes[0][0] > 1_000_000


def test_folding_sums_up_by_territory(connection: Connection) -> None:
    for territory_id, n_messages, n_stored in ((1, 2, 5), (1, 3, 5), (2, 5, 30), (None, 9, 0)):
        connection.execute(
            "insert into deliveries_log values (1, %s, null, date_trunc('hour', now()), %s, 40, %s, 0, 0, 0)",
            (territory_id, n_messages, n_stored),
        )
    ledger.fold(connection)
    used = read_platform(connection, around_now())
    assert (used.n_messages, used.n_messages_all, used.n_stored, used.n_stored_all) == (5, 10, 10, 40)
    assert (used.n_kept, used.n_kept_all) == (10, 40)


def test_savings_of_the_month_are_read(connection: Connection) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for kpi, days in (("lighting_energy_saved", 31), ("lighting_energy_saved", 1), ("bay_occupancy", 31)):
        connection.execute(
            "insert into kpi_values (territory_id, kpi, period, value, unit, method, method_version, inputs_hash)"
            " values (1, %s, tstzrange(%s, %s), 5, 'kW.h', 'm', '1', 'h')",
            (kpi, noon, noon + days * 24 * HOUR),
        )
    january = Window(1, (), datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    assert [(one.kpi, one.value) for one in read_saved(connection, january)] == [("lighting_energy_saved", 5.0)]
