"""The account of what ought to have come, on a real store: hours, gaps, KPIs, the API."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.asset_day import tell_asset_day
from analytics.delivery.account import DeliveryReport, keep_account
from analytics.program import Settings, run_once
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.intake import log_counts
from store.keys import create_key
from store.reference import Reference, SendingInterval, enter_reference
from store.registry import DeviceEntry, TerritoryEntry, find_asset, register
from tests.support.api import api_client, read_all

pytestmark = pytest.mark.services

Connection = psycopg.Connection[tuple[Any, ...]]
START = datetime(2026, 5, 3, 22, tzinfo=UTC)  # 4 May in Paris
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AT_ONCE = Settings("", grace_s=0, settle_s=0)
DEVICES = ("bin", "lora", "plain", "other")


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A town whose device `bin` declares 10 minutes; nothing is declared for the others."""
    with connect(database_url, program="test", autocommit=True) as opened:
        register(
            opened,
            [TerritoryEntry("town", "Town")],
            [AssetEntry("town", "bin-1", "Bin 1", "waste_container")],
            [
                DeviceEntry(
                    "town",
                    name,
                    model="probe" if name == "other" else None,
                    interval_s=600 if name == "bin" else None,
                    placements={"*": "bin-1"} if name == "bin" else {},
                )
                for name in DEVICES
            ],
        )
        opened.execute(
            "insert into series (territory_id, device_id, quantity, unit)"
            " select territory_id, device_id, 'fill_level', '%' from devices"
        )
        yield opened


def measure(connection: Connection, device: str, minutes: Iterable[float]) -> None:
    """Write a measurement at each of these minutes, as ingest does, each in a batch of its own; mark what is late."""
    for minute in minutes:
        connection.execute(
            "with s as (select series_id from series join devices using (device_id) where external_id = %(device)s),"
            " late as (insert into changed_hours (series_id, hour)"
            "  select series_id, date_trunc('hour', %(at)s::timestamptz) from s, rollup_watermarks"
            "  where %(at)s < closed_to), newest as (insert into last_values select series_id, %(at)s, 50, 1 from s"
            "  on conflict (series_id) do update set observed_at = greatest(last_values.observed_at, %(at)s)),"
            " batch as (insert into batches (worker, received_at, n_messages, n_measurements, decoder_version)"
            "  values ('test', %(at)s, 1, 1, '1') returning batch_id)"
            " insert into measurements (series_id, batch_id, observed_at, value)"
            " select series_id, batch_id, %(at)s, 50 from s, batch",
            {"device": device, "at": START + minute * MINUTE},
        )


def count(connection: Connection, device: str, numbers: Iterable[int], session: str = "s") -> None:
    """Have messages of these numbers come, each sent as many minutes after the start."""
    row = connection.execute("select device_id from devices where external_id = %s", (device,)).fetchone()
    assert row is not None
    rows = [(row[0], "frame_counter", session, number, at_us(START + number * MINUTE)) for number in numbers]
    with connection.transaction():
        log_counts(connection, rows)


def at_us(at: datetime) -> int:
    return int((at - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))


def hours(connection: Connection, device: str) -> dict[int, tuple[str, int, int]]:
    """Basis, heard and missing by hour after the start, hours of which nothing is left to say left out."""
    rows = connection.execute(
        "select e.hour, e.basis, e.n_heard, e.n_missing from expectations e join devices using (device_id)"
        " where external_id = %s and (n_heard, n_missing) <> (0, 0) order by e.hour",
        (device,),
    ).fetchall()
    return {int((hour - START) / HOUR): (basis, heard, missing) for hour, basis, heard, missing in rows}


def gaps(connection: Connection, device: str) -> list[tuple[float, float | None, int, bool]]:
    """From and to in minutes, how many are missing, whether it is closed."""
    rows = connection.execute(
        "select began_at, case when not lasts then ended_at end, n_missing, closed_at is not null"
        " from gaps join devices using (device_id) where external_id = %s order by began_at, gap_id",
        (device,),
    ).fetchall()
    return [
        ((began - START) / MINUTE, None if ended is None else (ended - START) / MINUTE, n, is_closed)
        for began, ended, n, is_closed in rows
    ]


def keep(connection: Connection, hour: float) -> DeliveryReport:
    """Do the whole round at an hour after the start."""
    return run_once(connection, START + hour * HOUR, AT_ONCE).delivery


def test_declared_interval_tells_what_is_missing_in_which_hour(connection: Connection) -> None:
    measure(connection, "bin", [0, 10, 20, 30, 80, 90, 100, 110])
    keep(connection, 2)
    assert gaps(connection, "bin") == [(30, 80, 4, False)]
    assert hours(connection, "bin") == {0: ("interval", 4, 2), 1: ("interval", 4, 2)}


def test_nothing_declared_and_no_count_is_not_known(connection: Connection) -> None:
    measure(connection, "plain", [0, 10, 70])
    keep(connection, 2)
    assert (gaps(connection, "plain"), hours(connection, "plain")) == ([], {})


def test_lasting_silence_grows_and_ends(connection: Connection) -> None:
    measure(connection, "bin", [0, 10])
    keep(connection, 1)
    assert gaps(connection, "bin") == [(10, None, 4, False)]
    keep(connection, 2)
    assert gaps(connection, "bin") == [(10, None, 10, False)]
    measure(connection, "bin", [120, 130, 140, 150, 160, 170])
    keep(connection, 3)
    assert gaps(connection, "bin") == [(10, 120, 10, False)]
    assert hours(connection, "bin") == {0: ("interval", 2, 4), 1: ("interval", 0, 6), 2: ("interval", 6, 0)}


def test_late_data_fill_and_close_a_silence(connection: Connection) -> None:
    measure(connection, "bin", [0, 10, 20, 60, 70, 80, 90, 100, 110])
    keep(connection, 2)
    assert gaps(connection, "bin") == [(20, 60, 3, False)]
    measure(connection, "bin", [40])
    keep(connection, 2)
    assert gaps(connection, "bin") == [(20, 40, 1, False), (40, 60, 1, False)]
    measure(connection, "bin", [30, 50])
    keep(connection, 2)
    assert [(n, is_closed) for _, _, n, is_closed in gaps(connection, "bin")] == [(0, True), (0, True)]
    assert hours(connection, "bin") == {0: ("interval", 6, 0), 1: ("interval", 6, 0)}


def test_second_round_changes_nothing(connection: Connection) -> None:
    measure(connection, "bin", [0, 10, 60])
    count(connection, "lora", [1, 2, 5])
    keep(connection, 2)
    before = (gaps(connection, "bin"), hours(connection, "bin"), gaps(connection, "lora"), hours(connection, "lora"))
    again = keep(connection, 2)
    assert (again.n_counts, again.n_listened) == (0, 0)
    after = (gaps(connection, "bin"), hours(connection, "bin"), gaps(connection, "lora"), hours(connection, "lora"))
    assert before == after


def test_count_goes_before_a_declared_interval(connection: Connection) -> None:
    """The interval tells only that the device is silent now; its next count tells what was really sent."""
    connection.execute("update devices set interval_s = 600 where external_id = 'lora'")
    measure(connection, "lora", [0, 1])
    count(connection, "lora", [0, 1])
    keep(connection, 2)
    assert gaps(connection, "lora") == [(1, None, 11, False)]
    measure(connection, "lora", [150])
    count(connection, "lora", [3])
    with connection.transaction():
        connection.execute("update message_counts set sent_at = %s", (START + 150 * MINUTE,))
    keep(connection, 3)
    assert gaps(connection, "lora") == [(1, 150, 1, False), (150, None, 2, False)]
    assert hours(connection, "lora") == {
        0: ("frame_counter", 2, 0),
        1: ("frame_counter", 0, 1),
        2: ("frame_counter", 1, 2),
    }


def test_interval_of_a_profile_holds_from_a_day_on(connection: Connection) -> None:
    own = SendingInterval(600, START + 2 * HOUR, device="other", valid_to=START + 3 * HOUR)
    profile = SendingInterval(1200, START + HOUR, profile="probe")
    reference = Reference("town", intervals=(own, profile))
    assert enter_reference(connection, reference).changed == {"intervals": 2}
    assert enter_reference(connection, reference).changed == {}
    measure(connection, "other", [0, 59, 60, 120, 160, 200])
    keep(connection, 4)
    assert gaps(connection, "other") == [(60, 120, 2, False), (120, 160, 3, False), (200, None, 1, False)]
    assert hours(connection, "other") == {1: ("interval", 1, 2), 2: ("interval", 2, 3), 3: ("interval", 1, 1)}


def test_kpi_on_held_values_is_no_more_complete_than_its_messages(connection: Connection) -> None:
    """A container whose every fourth message is lost: its level is held over the loss, and yet was not known."""
    measure(connection, "bin", [10.0 * index for index in range(26 * 6) if index % 4 != 3])
    keep(connection, 26)
    query = (
        "select completeness, withheld is null, proof -> 'n_messages_missing' from kpi_values"
        " where kpi = 'fill_level_median' and is_current"
    )
    (found,) = connection.execute(query).fetchall()
    assert found == (0.75, True, 36)
    asset_id = find_asset(connection, "town", "bin-1")
    assert asset_id is not None
    (own,) = (
        one.figure
        for one in tell_asset_day(connection, (1, "Europe/Paris"), asset_id, date(2026, 5, 4))
        if one.figure.kpi == "fill_level_median"
    )
    assert (own.completeness, own.withheld, own.proof["n_messages_missing"]) == (0.75, None, 36)
    measure(connection, "bin", [10.0 * index for index in range(3, 26 * 6, 4)])
    keep(connection, 26)
    assert [row[0] for row in connection.execute(query).fetchall()] == [1.0]


def test_api_tells_expected_gaps_and_completeness(connection: Connection, database_url: str) -> None:
    measure(connection, "bin", [0, 10, 20, 30, 80, 90, 100, 110])
    count(connection, "lora", [3, 4, 8])
    keep(connection, 2)
    key = create_key(connection, "test", ["town"])

    async def ask() -> tuple[list[dict[str, Any]], ...]:
        span = {"from": START.isoformat(), "to": (START + 2 * HOUR).isoformat()}
        async with api_client(database_url, key) as client:
            return (
                await read_all(client, "/v1/gaps", territory="town"),
                await read_all(client, "/v1/gaps", state="closed"),
                await read_all(client, "/v1/completeness", **span),
                await read_all(client, "/v1/deliveries", hours=744),
            )

    open_gaps, closed, complete, _ = asyncio.run(ask())
    assert {(gap["device"], gap["basis"], gap["n_missing"], gap["cause"]) for gap in open_gaps} == {
        ("bin", "interval", 4, "unknown"),
        ("lora", "frame_counter", 3, "unknown"),
    }
    assert all(gap["reason"] == "no_gateway_known" and gap["evidence"]["outages"] == [] for gap in open_gaps)
    assert closed == []
    by_device = {item["device"]: item for item in complete}
    assert (by_device["bin"]["n_received"], by_device["bin"]["n_expected"]) == (8, 12.0)
    assert by_device["bin"]["completeness"] == pytest.approx(8 / 12)
    assert (by_device["plain"]["completeness"], by_device["plain"]["n_expected"]) == (None, None)


def test_ledger_shows_hours_in_which_only_something_was_expected(connection: Connection, database_url: str) -> None:
    now = datetime.now(UTC)
    connection.execute(
        "insert into expectations (device_id, hour, basis, n_heard, n_missing)"
        " select device_id, date_trunc('hour', %s::timestamptz), 'interval', 2, 4"
        " from devices where external_id = 'bin'",
        (now,),
    )
    key = create_key(connection, "test", ["town"])

    async def ask() -> list[dict[str, Any]]:
        async with api_client(database_url, key) as client:
            return await read_all(client, "/v1/deliveries", hours=1)

    (line,) = asyncio.run(ask())
    assert (line["device"], line["n_received"], line["basis"]) == ("bin", 0, "interval")
    assert (line["n_expected"], line["n_heard"], line["n_missing"]) == (6, 2, 4)


LOSSES = st.lists(st.booleans(), min_size=2, max_size=60)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(is_lost=LOSSES, data=st.data())
def test_hours_and_gaps_add_up_however_messages_come(
    connection: Connection, is_lost: list[bool], data: st.DataObject
) -> None:
    """Promise: after any batches, repeated and late, the hours hold what a set of all frames sent says.

    The naive twin counts frames by the hour they were sent in: evenly spaced, as missing ones are taken to be.
    """
    connection.execute("truncate gaps, expectations, counters, message_counts")
    is_lost[0] = is_lost[-1] = False
    heard = [number for number, lost in enumerate(is_lost) if not lost]
    arriving = [heard[0], *data.draw(st.permutations(heard[1:])), *data.draw(st.lists(st.sampled_from(heard)))]
    while arriving:
        n = data.draw(st.integers(1, len(arriving)))
        count(connection, "lora", arriving[:n])
        keep_account(connection, START, START)
        arriving = arriving[n:]
    naive = Counter((number // 60, lost) for number, lost in enumerate(is_lost))
    found = {hour: (heard, missing) for hour, (_, heard, missing) in hours(connection, "lora").items()}
    assert found == {hour: (naive[hour, False], naive[hour, True]) for hour in {key[0] for key in naive}}
    (missing,) = connection.execute("select coalesce(sum(n_missing), 0)::int from gaps where closed_at is null")
    assert missing == (sum(is_lost),)
