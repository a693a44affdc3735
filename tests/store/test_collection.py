"""What collection KPIs read: levels through placements, hours out of place, plans with their amounts; figures told."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from typer.testing import CliRunner

from analytics.forecast.job import tell_forecasts
from analytics.kpi import domains
from deploy.cli import app
from sensors.asset_entry import AssetEntry
from store.collection import (
    read_container_levels,
    read_displaced_hours,
    read_lifts_done,
    read_plan_amounts,
    read_watched_containers,
)
from store.connect import connect
from store.errors import ReferenceDataError
from store.inputs import Connection, Window
from store.reference import CollectionPlan, Reference, RoundDone, enter_reference
from store.registry import DeviceEntry, TerritoryEntry, register
from store.territory import find_territory
from tests.support.telling import tell_read

pytestmark = pytest.mark.services

BEGIN, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOVED_AT = BEGIN + 15 * DAY
PLAN = CollectionPlan(
    "nord", "glass", (1,), 1, date(2026, 1, 1), "06:00", None, 38.0, 46.0, 4.0, 5.0, tonnage_t=6.0
)  # Tuesdays: 3, 10, 17, 24 and 31 March
KEPT = {"sector": "nord", "waste_stream": "glass"}


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A town with two containers; the sensor of the first is carried to the second in mid-month."""
    assets = [AssetEntry("town", slug, slug, "waste_container", 5.1, 47.5, attributes=KEPT) for slug in ("b-1", "b-2")]
    devices = [DeviceEntry("town", "sensor", "sensor", placements={"*": "b-1"})]
    with connect(database_url, program="test", autocommit=True) as opened:
        register(opened, [TerritoryEntry("town", "Town")], assets, devices)
        opened.execute("update placements set period = tstzrange(null, %s)", [MOVED_AT])
        opened.execute(
            "insert into placements (device_id, asset_id, period) select device_id, asset_id, tstzrange(%s, null)"
            " from devices, assets where slug = 'b-2'",
            [MOVED_AT],
        )
        enter_reference(opened, Reference("town", collection_plans=(PLAN,)))
        yield opened


def window(connection: Connection, begins_at: datetime = BEGIN, ends_at: datetime = END) -> Window:
    found = find_territory(connection, "town")
    assert found is not None
    return Window(found[0], ("waste_container",), begins_at, ends_at)


def a_series(connection: Connection, quantity: str, unit: str) -> int:
    row = connection.execute(
        "insert into series (territory_id, device_id, quantity, unit)"
        " select territory_id, device_id, %s, %s from devices returning series_id",
        [quantity, unit],
    ).fetchone()
    assert row is not None
    return int(row[0])


def put_levels(connection: Connection, levels: Sequence[tuple[datetime, float]]) -> None:
    """Write the hours of a level as the rollup leaves them."""
    series_id = a_series(connection, "fill_level", "%")
    connection.cursor().executemany(
        "insert into measurements_hourly"
        " (series_id, bucket, n, sum, min, max, first, last, first_at, last_at, covered_s)"
        " select %(s)s, date_trunc('hour', %(at)s::timestamptz), 1, v, v, v, v, v, %(at)s, %(at)s, 3600"
        " from (select %(v)s::float8 as v) as one",
        [{"s": series_id, "at": at, "v": value} for at, value in levels],
    )


def hourly(level: float, first: datetime = BEGIN - 5 * DAY, end: datetime = END) -> list[tuple[datetime, float]]:
    n_hours = (end - first) // HOUR
    return [(first + n * HOUR + timedelta(minutes=7), level) for n in range(n_hours)]


def test_levels_of_a_carried_sensor_belong_to_each_container_in_its_time(connection: Connection) -> None:
    put_levels(connection, hourly(50.0))
    first, second = read_container_levels(connection, window(connection))
    assert (first.name, second.name) == ("b-1", "b-2")
    assert (len(first.levels), len(second.levels)) == (15 * 24, 16 * 24)
    assert first.at_s[0] == int((BEGIN + timedelta(minutes=7)).timestamp())
    assert (first.sector, first.waste_stream, first.full_at_percent) == ("nord", "glass", None)
    since = {one.asset_id: one.since for one in read_watched_containers(connection, window(connection))}
    assert since == {first.asset_id: BEGIN - 5 * DAY, second.asset_id: MOVED_AT}


def test_container_without_its_sensor_is_not_known_from_then_on(connection: Connection) -> None:
    """Two lifts of the first container are seen to be skipped, the three after the move are not known, so withheld."""
    put_levels(connection, hourly(50.0))
    (domain,) = (one for one in domains() if one.name == "collection")
    figures = {(one.kpi, one.asset_id): one for one in tell_read(connection, domain, window(connection))}
    first, second = (row.asset_id for row in read_watched_containers(connection, window(connection)))
    assert figures["lifts_avoided", first].value is None
    assert "40% of the time is known" in str(figures["lifts_avoided", first].withheld)
    assert (figures["lifts_avoided", second].value, figures["lifts_avoided", second].baseline) == (3, 3)
    json.dumps(dict(figures["lifts_avoided", None].proof))


def test_plan_carries_what_a_round_takes_and_amounts_follow(connection: Connection) -> None:
    put_levels(connection, hourly(50.0))
    (plan,) = read_plan_amounts(connection, window(connection))
    assert (plan.distance_low_km, plan.distance_high_km, plan.tonnage_t) == (38.0, 46.0, 6.0)
    enter_reference(
        connection,
        Reference(
            "town",
            collection_plans=(PLAN,),
            rounds_done=tuple(
                RoundDone("nord", "glass", BEGIN + n * DAY + 6 * HOUR, BEGIN + n * DAY + 9 * HOUR)
                for n in (2, 9, 16, 23, 30)
            ),
        ),
    )
    (domain,) = (one for one in domains() if one.name == "round_amounts")
    figures = {one.kpi: one for one in tell_read(connection, domain, window(connection))}
    assert (figures["rounds_distance_avoided"].value, figures["rounds_time_avoided"].completeness) == (0, 1.0)
    assert "factors collection_fuel_low" in str(figures["rounds_fuel_avoided"].withheld)


def test_months_of_a_plan_are_told_again_a_year_back(connection: Connection) -> None:
    connection.execute("delete from changed_days")
    connection.execute("update rollup_watermarks set computed_to = %s, closed_to = %s", [END, END])
    enter_reference(connection, Reference("town", collection_plans=(replace(PLAN, tonnage_t=7.0),)))
    marked = connection.execute("select (day at time zone 'Europe/Paris')::date from changed_days order by day")
    assert [row[0] for row in marked] == [date(2026, month, 2) for month in (1, 2, 3, 4)]
    enter_reference(connection, Reference("town", collection_plans=(replace(PLAN, first_on=date(1990, 1, 1)),)))
    row = connection.execute("select (min(day) at time zone 'Europe/Paris')::date from changed_days").fetchone()
    assert row == (date(2025, 4, 2),)


def test_half_a_range_is_refused(connection: Connection) -> None:
    half = CollectionPlan("sud", "glass", (1,), 1, date(2026, 1, 1), "06:00", None, 38.0)
    with pytest.raises(ReferenceDataError, match="distance_high_km: Both ends of the range"):
        enter_reference(connection, Reference("town", collection_plans=(half,)))


def test_displaced_hours_and_told_lifts_are_read(connection: Connection) -> None:
    series_id = a_series(connection, "out_of_location", "1")
    connection.execute(
        "insert into states_hourly (series_id, bucket, state, seconds, n_entries)"
        " values (%s, %s, 1, 600, 1), (%s, %s, 0, 3600, 0)",
        [series_id, BEGIN + 5 * HOUR, series_id, BEGIN + 6 * HOUR],
    )
    connection.execute(
        "insert into lifts_done (territory_id, asset_id, lifted_at, stay_s, vehicle, source)"
        " select territory_id, asset_id, %s, 40, 'BOM 7', 'telematics' from assets where slug = 'b-2'",
        [BEGIN + DAY],
    )
    (hour,) = read_displaced_hours(connection, window(connection))
    (lift,) = read_lifts_done(connection, window(connection))
    assert (hour.hour, lift.lifted_at, lift.source) == (BEGIN + 5 * HOUR, BEGIN + DAY, "telematics")


def test_forecasts_are_made_for_containers_that_speak(connection: Connection) -> None:
    now = BEGIN + 10 * DAY
    rising = [(at, float(n % 96)) for n, (at, _) in enumerate(hourly(0.0, first=BEGIN - 5 * DAY, end=now))]
    put_levels(connection, rising)
    assert tell_forecasts(connection, now).n_written >= 2
    rows = connection.execute(
        "select lead_s, value, low, high, detail from forecasts where quantity = 'fill_level' order by lead_s"
    ).fetchall()
    assert [row[0] for row in rows] == [86_400, 172_800]
    assert all(low <= value <= high for _, value, low, high, _ in rows)
    assert rows[0][4]["threshold_percent"] == 80


def test_what_if_is_told_on_the_command_line(
    connection: Connection, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_levels(connection, hourly(50.0))
    monkeypatch.setenv("VIGIE_DATABASE_URL", database_url)
    monkeypatch.setenv("VIGIE_MQTT_URL", "mqtt://127.0.0.1:1")  # never spoken to
    asked = ["--territory", "town", "--month", "2026-03", "--full-at", "40", "--full-at", "90", "--json"]
    answer = CliRunner().invoke(app, ["kpi", "what-if", *asked])
    runs = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [(run["full_at_percent"], run["n_planned_rounds"]) for run in runs] == [(40.0, 5), (90.0, 5)]
    assert runs[0]["n_lifts"] >= 1
