"""What parking KPIs and forecasts read, out of a store with a street of three bays and a car park."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest

from analytics.forecast.job import tell_forecasts
from analytics.forecast.parking import FORECASTER, Memory
from analytics.tell import tell_changed
from sensors.asset_entry import AssetEntry
from sensors.quantity import QUANTITIES
from store import rollup
from store.connect import connect
from store.forecasts import DueTerritory
from store.inputs import Window
from store.parking import read_bay_days, read_limited_stays, read_park_floors, read_park_values, read_zone_hours
from store.registry import DeviceEntry, TerritoryEntry, register

pytestmark = pytest.mark.services
Connection = psycopg.Connection[tuple[Any, ...]]
BEGIN = datetime(2025, 2, 28, 23, tzinfo=UTC)  # 1 March in Paris
END = datetime(2025, 3, 31, 22, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MARCH = Window(1, ("parking_bay",), BEGIN, END)
STREET = [
    AssetEntry("a", "street", "Grande Rue", "building_zone"),
    AssetEntry("a", "bay-1", "Bay 1", "parking_bay", parent="street", attributes={"longest_stay_min": 60}),
    AssetEntry("a", "bay-2", "Bay 2", "parking_bay", parent="street"),
    AssetEntry("a", "bay-3", "Bay 3", "parking_bay", attributes={"zone": "gare", "longest_stay_min": 60}),
    AssetEntry("a", "park", "Park", "car_park", attributes={"n_places": 100}),
]
OF = {"bay-1": "occupancy", "bay-2": "occupancy", "bay-3": "occupancy", "park": "free_places"}


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    devices = [DeviceEntry("a", f"dev-{slug}", placements={"*": slug}) for slug in OF]
    with connect(database_url, program="test", autocommit=True) as opened:
        register(opened, [TerritoryEntry("a", "A")], STREET, devices)
        for slug, quantity in OF.items():
            opened.execute(
                "insert into series (territory_id, device_id, quantity, unit)"
                " select territory_id, device_id, %s, %s from devices where external_id = %s",
                (quantity, QUANTITIES[quantity].unit, f"dev-{slug}"),
            )
        yield opened


def store_values(connection: Connection, slug: str, rows: Iterable[tuple[datetime, float]]) -> None:
    """Write values before any rollup is made."""
    series_id = list(OF).index(slug) + 1
    with connection.cursor().copy("copy measurements (series_id, batch_id, observed_at, value) from stdin") as copy:
        for at, value in rows:
            copy.write_row((series_id, 1, at, value))


def roll_up(connection: Connection, to: datetime) -> None:
    rollup.refresh(connection, to, grace_s=0, settle_s=0)


def hourly(day: datetime, n_days: int) -> list[tuple[datetime, float]]:
    """Occupied for the first half of every second hour."""
    hours = [(day + hour * HOUR) for hour in range(n_days * 24)]
    return [
        (hour + half * 30 * MINUTE, float(index % 2 == 0 and half == 0))
        for index, hour in enumerate(hours)
        for half in (0, 1)
    ]


def test_days_and_hours_of_bays_carry_their_zone(connection: Connection) -> None:
    for slug in ("bay-1", "bay-2", "bay-3"):
        store_values(connection, slug, hourly(BEGIN, 3))
    roll_up(connection, BEGIN + 3 * DAY)
    days = read_bay_days(connection, MARCH, date(2025, 2, 27))
    assert [(bay.zone, bay.zone_asset_id) for bay in days] == [("Grande Rue", 1), ("Grande Rue", 1), ("gare", None)]
    assert days[0].days[:3] == (2, 3, 4)
    assert days[0].occupied_s[1] == pytest.approx(12 * 1800)
    assert days[0].free_s[1] == pytest.approx(86_400 - 12 * 1800)
    assert (days[0].n_arrivals[1], days[0].n_changes[1]) == (12, 24)
    hours = read_zone_hours(connection, MARCH, [2])
    street = [hour for hour in hours if hour.zone == "Grande Rue"]
    assert street[0].hour == BEGIN
    assert (street[0].occupied_s, street[0].free_s, street[0].n_arrivals) == (1800, 1800, 1)  # without bay 1


def test_stays_end_in_the_month_and_have_both_their_ends(connection: Connection) -> None:
    """Begun before the month, cut by "unknown", begun with the first value: who has no length is counted apart."""
    store_values(
        connection, "bay-2", [(BEGIN, 0.0), (BEGIN + HOUR, 1.0), (BEGIN + 9 * HOUR, 0.0)]
    )  # no limit: not read
    changes = [
        (BEGIN - 2 * HOUR, 0.0),
        (BEGIN - HOUR, 1.0),
        (BEGIN + HOUR, 0.0),  # 2 h, ended in March
        (BEGIN + 2 * HOUR, 1.0),
        (BEGIN + 2 * HOUR + 10 * MINUTE, 1.0),
        (BEGIN + 2 * HOUR + 30 * MINUTE, 0.0),  # half an hour
        (BEGIN + 5 * HOUR, 1.0),
        (BEGIN + 6 * HOUR, 3.0),  # nobody knows how long
        (BEGIN + 7 * HOUR, 0.0),
        (END - HOUR, 1.0),
        (END + HOUR, 0.0),  # ends in April
    ]
    store_values(connection, "bay-1", changes)
    first, third = read_limited_stays(connection, MARCH, 7 * 86_400)
    assert (first.asset_id, first.zone, first.longest_stay_min) == (2, "Grande Rue", 60)
    assert first.lasted_s == (7200, 1800)
    assert first.began_s[0] == (BEGIN - HOUR).timestamp()
    assert first.n_unknown == 1
    assert (third.lasted_s, third.n_unknown) == ((), 0)


def test_car_parks_give_quarters_of_an_hour_and_floors_of_days(connection: Connection) -> None:
    store_values(connection, "park", [(BEGIN + n * 5 * MINUTE, float(90 - n % 288 // 12)) for n in range(2 * 288)])
    roll_up(connection, BEGIN + 2 * DAY)
    window = Window(1, ("car_park",), BEGIN, END)
    (curve,) = read_park_values(connection, window, ["occupancy_ratio", "free_places"])
    assert (curve.asset_id, curve.quantity, curve.n_places, len(curve.values)) == (5, "free_places", 100, 2 * 96)
    assert curve.at_s[0] == (BEGIN + 10 * MINUTE).timestamp()  # the newest of its quarter
    (days,) = read_park_floors(connection, window, ["free_places"], date(2025, 3, 1))
    assert (days.days[:2], days.lowest[1], days.highest[1]) == ((0, 1), pytest.approx(67), pytest.approx(90, abs=1))


def test_months_of_bays_are_told_with_zones_search_and_overstay(connection: Connection) -> None:
    """From the rollups of a month to its figures, the stuck sensor of one bay left out."""
    for slug in ("bay-1", "bay-2"):
        store_values(connection, slug, hourly(BEGIN - 30 * DAY, 61))
    sound = [row for row in hourly(BEGIN - 30 * DAY, 61) if row[0] < BEGIN + 10 * DAY]
    stuck = [(BEGIN + 10 * DAY + n * HOUR, 1.0) for n in range(21 * 24)]
    store_values(connection, "bay-3", [*sound, *stuck])
    roll_up(connection, END)
    tell_changed(connection, END, n_days=100)
    rows = connection.execute(
        "select kpi, asset_id, value, proof, withheld from kpi_values where is_current and lower(period) = %s"
        " and upper(period) = %s and kpi like any ('{bay%%,parking%%}')",
        (BEGIN, END),
    ).fetchall()
    told = {(kpi, asset_id): (value, proof, withheld) for kpi, asset_id, value, proof, withheld in rows}
    assert told["bay_occupancy", 2][0] == pytest.approx(0.25, abs=0.01)
    assert told["bay_occupancy", 1][0] == pytest.approx(0.25, abs=0.01)  # the street
    assert told["bay_occupancy", 4][0] is None
    assert [one["kind"] for one in told["bay_occupancy", None][1]["left_out"]] == ["stuck"]
    assert told["bay_stay_duration", 2][0] == pytest.approx(30, abs=1)
    assert told["bay_overstay_ratio", 2][0] == 0
    assert told["bay_overstay_ratio", 4][2] == "the sensor cannot be believed"
    assert set(told["bay_occupancy", None][1]["zones"]) == {"Grande Rue"}
    assert {"parking_search_distance", "parking_search_emissions"} <= {kpi for kpi, _ in told}


def test_forecasts_are_made_and_take_the_place_of_those_before(connection: Connection) -> None:
    """A car park of three weeks is foretold for each lead; a quarter of an hour later anew, not before."""
    now = BEGIN + 21 * DAY + 10 * HOUR
    curve = [(BEGIN + n * 15 * MINUTE, 90.0 - abs(n % 96 - 48)) for n in range(21 * 96 + 42)]
    store_values(connection, "park", [row for row in curve if row[0] <= now])
    assert tell_forecasts(connection, now).n_written == 3
    assert tell_forecasts(connection, now + MINUTE).n_written == 0
    query = "select lead_s, value, low, high, made_at, for_at, detail from forecasts order by lead_s"
    rows = connection.execute(query).fetchall()
    assert [row[0] for row in rows] == [1800, 3600, 86_400]
    for lead_s, value, low, high, made_at, for_at, detail in rows:
        assert (made_at, for_at) == (now, now + timedelta(seconds=lead_s))
        step = round((for_at - BEGIN) / (15 * MINUTE))
        assert low <= value <= high
        assert value == pytest.approx((10 + abs(step % 96 - 48)) / 100, abs=0.02)  # every day is like the others
        assert detail["free_places"] == round(100 * (1 - value))
    store_values(connection, "park", [(now + 15 * MINUTE, 50.0)])
    assert tell_forecasts(connection, now + 16 * MINUTE).n_written == 3
    assert connection.execute(query).fetchall()[0][4] == now + 15 * MINUTE
    assert FORECASTER.asset_types == ("car_park",)


def test_a_car_park_that_fell_silent_is_not_foretold(connection: Connection) -> None:
    store_values(connection, "park", [(BEGIN + n * 15 * MINUTE, 50.0) for n in range(21 * 96)])
    assert tell_forecasts(connection, BEGIN + 21 * DAY + 3 * HOUR).n_written == 0


def test_trees_are_fitted_now_and_then_and_errors_learnt_each_day(connection: Connection) -> None:
    """Ten weeks have trees, which stay until a tenth more days are known; errors follow the days just gone."""
    level = 90.0 - 80 * np.abs(np.sin(np.arange(85 * 96) * np.pi / 96)) * np.random.default_rng(7).uniform(
        0.6, 1, 85 * 96
    )
    store_values(connection, "park", [(BEGIN + n * 15 * MINUTE, float(value)) for n, value in enumerate(level)])
    memory, due = Memory(), DueTerritory(1, "Europe/Paris")
    fitted = {}
    for day in (75, 76, 82, 83):
        assert len(memory.tell(connection, due, BEGIN + day * DAY + 10 * HOUR)) == 3
        (fitted[day],) = memory.trained.values()
    first, second, last, anew = fitted.values()
    assert first.fitted_on == second.fitted_on == last.fitted_on == first.day
    assert anew.fitted_on == anew.day
    for lead, model in first.models.items():
        assert second.models[lead].trees is model.trees is not None
        assert second.models[lead].errors.low != model.errors.low
        assert anew.models[lead].trees is not model.trees
