"""Several periods read at once give what each gives by itself, and what a plain loop over the hours gives."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.gauges import read_gauges, read_gauges_of
from store.inputs import (
    Connection,
    CounterAmount,
    GaugeAmount,
    Window,
    apart,
    read_counters,
    read_counters_of,
    read_states,
    read_states_of,
)
from store.registry import DeviceEntry, TerritoryEntry, register

HOUR = timedelta(hours=1)
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
MOVED = FIRST + timedelta(days=2, hours=5)  # device 2 goes from asset 2 to asset 3, and comes back a day later
N_HOURS = 120
QUANTITIES = {"temperature": 1, "active_energy": 2, "occupancy": 3}
SPANS = {1: [(1, None, None)], 2: [(2, None, MOVED), (3, MOVED, MOVED + 24 * HOUR), (2, MOVED + 24 * HOUR, None)]}


def window(first_h: int, last_h: int) -> Window:
    return Window(1, ("building",), FIRST + first_h * HOUR, FIRST + last_h * HOUR)


WINDOWS = [window(0, 24), window(24, 48), window(48, 72), window(0, N_HOURS), window(80, 96), window(72, 90)]


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """Two devices with three series each, hours missing here and there, the second one moved for a day."""
    with connect(database_url, program="test") as opened:
        assets = [AssetEntry("town", f"b-{n}", f"B {n}", "building") for n in (1, 2, 3)]
        devices = [DeviceEntry("town", f"d-{n}") for n in (1, 2)]
        register(opened, [TerritoryEntry("town", "Town")], assets, devices)
        for device_id, spans in SPANS.items():
            for asset_id, begin, end in spans:
                opened.execute(
                    "insert into placements (device_id, asset_id, channel, period)"
                    " values (%s, %s, '*', tstzrange(%s, %s))",
                    (device_id, asset_id, begin, end),
                )
            for quantity in QUANTITIES:
                opened.execute(
                    "insert into series (territory_id, device_id, quantity, unit)"
                    " select 1, %s, quantity, unit from quantities where quantity = %s",
                    (device_id, quantity),
                )
        fill(opened)
        yield opened


def hours_of(device_id: int) -> list[tuple[datetime, float]]:
    draw = random.Random(device_id)
    return [(FIRST + n * HOUR, float(draw.randrange(1, 100))) for n in range(N_HOURS) if draw.random() < 0.8]


def fill(opened: Connection) -> None:
    for device_id in SPANS:
        for bucket, value in hours_of(device_id):
            parameters = {"device": device_id, "bucket": bucket, "value": value}
            opened.execute(
                "insert into measurements_hourly (series_id, bucket, n, sum, min, max, time_weighted_mean, covered_s)"
                " select series_id, %(bucket)s, 1, %(value)s, %(value)s - 1, %(value)s + 1, %(value)s, 1800"
                " from series where device_id = %(device)s",
                parameters,
            )
            opened.execute(
                "insert into counters_hourly (series_id, bucket, increase, n_resets, n_rollovers, span_s)"
                " select series_id, %(bucket)s, %(value)s, 1, 0, 3600 from series"
                " where device_id = %(device)s and quantity = 'active_energy'",
                parameters,
            )
            opened.execute(
                "insert into states_hourly (series_id, bucket, state, seconds, n_entries)"
                " select series_id, %(bucket)s, %(value)s::int %% 2, %(value)s, 1 from series"
                " where device_id = %(device)s and quantity = 'occupancy'",
                parameters,
            )

    opened.execute(
        "insert into measurements_daily (series_id, bucket, n, sum, min, max, time_weighted_mean, covered_s)"
        " select series_id, date_trunc('day', bucket, 'Europe/Paris') as day, sum(n), sum(sum), min(min), max(max),"
        " sum(time_weighted_mean * covered_s) / sum(covered_s), sum(covered_s)"
        " from measurements_hourly group by series_id, day"
    )
    opened.execute(
        "insert into states_daily (series_id, bucket, state, seconds, n_entries)"
        " select series_id, date_trunc('day', bucket, 'Europe/Paris') as day, state, sum(seconds), sum(n_entries)"
        " from states_hourly group by series_id, day, state"
    )


def expected_gauges(asked: Window) -> list[tuple[int, float, float, float | None, float | None]]:
    """Asset, seconds expected and covered, mean and lowest, of each placement in the window."""
    found = []
    for device_id, spans in SPANS.items():
        hours = hours_of(device_id)
        for asset_id, begin, end in spans:
            low = max(asked.begins_at, begin or FIRST, hours[0][0])
            high = min(asked.ends_at, end or asked.ends_at)
            if low >= high:
                continue
            values = [value for bucket, value in hours if low <= bucket < high]
            mean = sum(values) / len(values) if values else None
            lowest = min(values) - 1 if values else None
            found.append((asset_id, (high - low).total_seconds(), 1800.0 * len(values), mean, lowest))
    return sorted(found, key=str)


def plain(amount: GaugeAmount) -> tuple[int, float, float, float | None, float | None]:
    mean = None if amount.mean is None else pytest.approx(amount.mean)
    return amount.asset_id, amount.expected_s, amount.covered_s, mean, amount.lowest


def test_windows_are_shared_out_so_that_none_overlaps() -> None:
    assert apart(WINDOWS) == [[0, 1, 2, 5], [3], [4]]
    assert apart([]) == []


@pytest.mark.services
def test_gauges_are_those_of_a_plain_loop(connection: Connection) -> None:
    together = read_gauges_of(connection, WINDOWS, ["temperature"])
    for asked, amounts in zip(WINDOWS, together, strict=True):
        assert sorted(map(plain, amounts), key=lambda row: str(row[:3])) == sorted(
            expected_gauges(asked), key=lambda row: str(row[:3])
        )
        assert amounts == read_gauges(connection, asked, ["temperature"])


@pytest.mark.services
def test_counters_add_up_by_window(connection: Connection) -> None:
    together = read_counters_of(connection, WINDOWS, "active_energy")
    for asked, amounts in zip(WINDOWS, together, strict=True):
        assert amounts == read_counters(connection, asked, "active_energy")
        assert sum(map(increase_of, amounts)) == sum(
            value for device_id in SPANS for at, value in hours_of(device_id) if asked.begins_at <= at < asked.ends_at
        )


def increase_of(amount: CounterAmount) -> float:
    return amount.increase


@pytest.mark.services
def test_states_add_up_by_window(connection: Connection) -> None:
    together = read_states_of(connection, WINDOWS, "occupancy")
    for asked, amounts in zip(WINDOWS, together, strict=True):
        assert amounts == read_states(connection, asked, "occupancy")
        told = [dict(amount.seconds_by_state) for amount in amounts]
        for state in (0, 1):
            assert sum(seconds.get(state, 0.0) for seconds in told) == sum(
                value
                for device_id in SPANS
                for at, value in hours_of(device_id)
                if asked.begins_at <= at < asked.ends_at and int(value) % 2 == state
            )
