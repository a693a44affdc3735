"""Buildings and water out of a real store: a school with a project, weather, a zone, a district with two pipes."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from analytics.kpi import domains
from analytics.kpi.figure import Figure
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.inputs import Window
from store.reference import Factor, Project, Reference, Schedule, Tariff, enter_reference
from store.registry import DeviceEntry, TerritoryEntry, register

Connection = psycopg.Connection[tuple[Any, ...]]
PARIS = ZoneInfo("Europe/Paris")
FIRST, START, END = date(2025, 1, 1), date(2026, 1, 1), date(2026, 3, 1)
N_HOURS = (END - FIRST).days * 24
ASSETS = {  # type, quantity, parent
    "school": ("building", None, None),
    "power": ("electricity_meter", "active_energy", "school"),
    "gas": ("gas_meter", "gas_volume", "school"),
    "room": ("building_zone", "temperature", "school"),
    "station": ("weather_station", "temperature", None),
    "inlet": ("water_pipe", "flow", None),
    "branch": ("water_pipe", "flow", "inlet"),
}
REFERENCE = Reference(
    territory="a",
    schedules=(Schedule("school", "opening", "08:00", "18:00", 1.0, FIRST, weekdays=(0, 1, 2, 3, 4)),),
    tariffs=(
        Tariff("electricity", "building", "kW.h", 0.2, FIRST, None, 0.1, "22:00", "06:00"),
        Tariff("gas", "building", "m3", 1.1, FIRST),
        Tariff("water", "network", "m3", 2.0, FIRST),
    ),
    factors=(Factor("gas_heating_value", 11.0, "kW.h/m3", "bill", FIRST),),
    projects=(Project("works", "Works", "building", ("school",), START, FIRST, START, 1e5),),
)
# Degrees of each hour and what is used in it, by the hours since the first; a fifth less gas from 2026 on.
DEGREES = "(10 - 9 * cos(n / 8766.0 * 2 * pi()) + 3 * sin(n / 50.0))"
SERIES = {
    "station": f"insert into measurements_hourly select %(id)s, at, 1, 0, {DEGREES}, {DEGREES}, 0, 0, at, at,"
    f" {DEGREES}, 3600 from hours",
    "room": "insert into measurements_hourly select %(id)s, at, 1, 0, 16, 16, 0, 0, at, at, 16, 3600 from hours",
    "inlet": "insert into measurements_hourly select %(id)s, at, 1, 0, 4, 6, 0, 0, at, at, 5, 3600 from hours",
    "branch": "insert into measurements_hourly select %(id)s, at, 1, 0, 3, 5, 0, 0, at, at, 4, 3600 from hours",
    "power": "insert into counters_hourly select %(id)s, at, 5 + n %% 7, 0, 3600 from hours",
    "gas": f"insert into counters_hourly select %(id)s, at, (0.3 + 0.1 * greatest(0, 16 - {DEGREES}))"
    " * case when n < 8760 then 1 else 0.8 end, 0, 3600 from hours",
}


@pytest.fixture
def connection(database_url: str) -> Any:
    with connect(database_url, program="test", autocommit=True) as opened:
        metered = {slug: quantity for slug, (_, quantity, _) in ASSETS.items() if quantity}
        attributes: dict[str, dict[str, object]] = {"school": {"floor_area_m2": 2000}, "inlet": {"n_connections": 500}}
        register(
            opened,
            [TerritoryEntry("a", "A")],
            [
                AssetEntry("a", slug, slug, kind, parent=parent, attributes=attributes.get(slug, {}))
                for slug, (kind, _, parent) in ASSETS.items()
            ],
            [DeviceEntry("a", f"dev-{slug}", interval_s=3600, placements={"*": slug}) for slug in metered],
        )
        fill(opened, metered)
        enter_reference(opened, REFERENCE)
        yield opened


def fill(connection: Connection, metered: dict[str, str]) -> None:
    """Write rollups as the job would: hours, and civil days out of them."""
    begin = datetime.combine(FIRST, time(), PARIS).astimezone(UTC)
    connection.execute(
        "create temp table hours as select n, %(begin)s + n * interval '1 hour' as at"
        " from generate_series(0, %(last)s) n",
        {"begin": begin, "last": N_HOURS - 1},
    )
    for slug, quantity in metered.items():
        row = connection.execute(
            "insert into series (territory_id, device_id, quantity, unit)"
            " select d.territory_id, d.device_id, q.quantity, q.unit from devices d, quantities q"
            " where d.external_id = %s and q.quantity = %s returning series_id",
            (f"dev-{slug}", quantity),
        ).fetchone()
        assert row is not None
        connection.execute(SERIES[slug], {"id": row[0]})
    connection.execute(
        "insert into counters_daily select series_id, date_trunc('day', bucket, 'Europe/Paris'), sum(increase), 0,"
        " sum(span_s) from counters_hourly group by 1, 2"
    )
    connection.execute(
        "insert into measurements_daily select series_id, date_trunc('day', bucket, 'Europe/Paris'), sum(n), 0,"
        " min(min), max(max), 0, 0, min(bucket), max(bucket), avg(time_weighted_mean), sum(covered_s)"
        " from measurements_hourly group by 1, 2"
    )


def told(connection: Connection, first: date, end: date) -> dict[tuple[str, str | None], Figure]:
    """What the domains of buildings and water say of a month, by KPI and asset."""
    names = {row[0]: str(row[1]) for row in connection.execute("select asset_id, slug from assets")}
    begins, ends = (datetime.combine(day, time(), PARIS).astimezone(UTC) for day in (first, end))
    mine = [domain for domain in domains() if domain.name.startswith("building_") or domain.name == "water"]
    figures = [
        figure
        for domain in mine
        for figure in domain.tell(domain.read(connection, Window(1, domain.asset_types, begins, ends)))
    ]
    return {(one.kpi, names.get(one.asset_id) if one.asset_id else None): one for one in figures}


@pytest.mark.services
def test_month_of_a_school_and_a_district(connection: Connection) -> None:
    """February: electricity as before, gas a fifth less, a cold room, a base load, a district that loses a fifth."""
    figures = told(connection, date(2026, 2, 1), END)
    saving = figures["building_energy_saved", "school"]
    models = {meter["energy"]: meter["model"]["kind"] for meter in saving.proof["meters"]}
    assert models["electricity"] == "hours of the week and temperature"
    assert models["gas"] == "heating"
    gas_kwh = gas_of(connection)
    assert saving.value == pytest.approx(0.25 * gas_kwh, rel=0.15)
    assert figures["building_emissions_avoided", "school"].value == pytest.approx(0.215 * (saving.value or 0), rel=0.3)
    assert figures["building_bill_reduction", "school"].value is not None
    used = figures["building_energy_per_area", "school"]
    assert used.value == pytest.approx((28 * 24 * 8 + gas_kwh) / 2000, rel=0.01)
    assert figures["building_base_load", "power"].value == pytest.approx(8000, rel=0.2)
    assert figures["comfort_temperature_hours", "room"].value == pytest.approx(20 * 10)
    assert figures["heating_degree_days", None].completeness == 1.0
    assert figures["water_night_flow", "inlet"].value == pytest.approx(5)
    assert figures["water_leak_volume", None].value == pytest.approx((5 - 0.85) * 21 * 28)
    assert figures["water_leak_cost", None].value == pytest.approx(2 * (5 - 0.85) * 21 * 28)
    assert figures["water_balance", "inlet"].value == pytest.approx(28 * 24)


def gas_of(connection: Connection) -> float:
    """The gas of February [kW.h]."""
    row = connection.execute(
        "select sum(increase) * 11 from counters_hourly join series using (series_id)"
        " where quantity = 'gas_volume' and bucket >= '2026-01-31 23:00Z'"
    ).fetchone()
    assert row is not None
    return float(row[0])


@pytest.mark.services
def test_meter_swapped_for_another_device_goes_on(connection: Connection) -> None:
    """From June on another device counts the school's gas; the baseline holds both."""
    connection.execute(
        "update placements set period = tstzrange(null, '2025-06-10 10:00Z') where device_id ="
        " (select device_id from devices where external_id = 'dev-gas')"
    )
    register(connection, [], [], [DeviceEntry("a", "dev-gas-2", interval_s=3600)])
    connection.execute(
        "insert into placements (device_id, asset_id, period) select d.device_id, a.asset_id,"
        " tstzrange('2025-06-10 10:00Z', null) from devices d, assets a"
        " where d.external_id = 'dev-gas-2' and a.slug = 'gas'"
    )
    connection.execute(
        "with other as (insert into series (territory_id, device_id, quantity, unit)"
        " select 1, device_id, 'gas_volume', 'm3' from devices where external_id = 'dev-gas-2' returning series_id)"
        " insert into counters_daily select other.series_id, c.bucket, c.increase, 0, c.span_s"
        " from other, counters_daily c join series s using (series_id)"
        " where s.quantity = 'gas_volume' and s.series_id <> other.series_id"
    )
    figure = told(connection, date(2026, 2, 1), END)["building_energy_saved", "school"]
    gas = next(meter for meter in figure.proof["meters"] if meter["energy"] == "gas")
    assert gas["replaced_on"] == ["2025-06-11"]
    assert gas["n_baseline"] >= 360
    assert figure.value == pytest.approx(0.25 * gas_of(connection), rel=0.15)


@pytest.mark.services
def test_month_before_the_works_tells_no_saving(connection: Connection) -> None:
    figures = told(connection, date(2025, 11, 1), date(2025, 12, 1))
    assert not [kpi for kpi, _ in figures if kpi == "building_energy_saved"]
    assert figures["building_energy_per_area", "school"].value is not None
