"""What lighting KPIs read out of a store, against what was put in; and their figures told out of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from psycopg.types.json import Jsonb

from analytics.kpi import domains
from deploy.local.services import Services
from deploy.reference import enter_file
from simulators.reference import write_reference
from simulators.town import Town
from store import rollup
from store.connect import connect
from store.inputs import Connection, Window
from store.lighting import (
    read_cabinet_facts,
    read_counted_spells,
    read_lamp_outages,
    read_power_hours,
    read_year_counts,
)
from store.results import KpiValue, write_kpis
from tests.support.filled_town import fill_town
from tests.support.services import fresh_database
from tests.support.telling import tell_read

pytestmark = pytest.mark.services

START = datetime(2025, 11, 10, tzinfo=UTC)
BEGIN, END = START + timedelta(hours=11), START + timedelta(days=3, hours=11)
LAMPS = Window(1, ("street_light",), BEGIN, END)
CABINETS = Window(1, ("light_cabinet",), BEGIN, END)


@pytest.fixture(scope="module")
def town_url(services: Services, database_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Four days of a small town's lighting, hours computed, reference data entered."""
    with fresh_database(services, database_template) as url:
        town = Town(3, "town", START, scale=0.1, lamps=20, history_days=0)
        end = fill_town(url, town, 4, frozenset({"active_power", "active_energy"}))
        with connect(url, program="test", autocommit=True) as connection:
            while rollup.refresh(connection, end, grace_s=0, settle_s=0).computed_to < end:
                pass
        path: Path = tmp_path_factory.mktemp("town") / "reference.json"
        write_reference(path, town, end)
        enter_file(url, path)
        yield url


@pytest.fixture
def connection(town_url: str) -> Iterator[Connection]:
    with connect(town_url, program="test") as opened, opened.transaction(force_rollback=True):
        yield opened


def test_power_by_hour_is_the_rollups(connection: Connection) -> None:
    """Each known hour stands at its place; hours known by less than half are not there."""
    read = read_power_hours(connection, LAMPS)
    assert len(read) == 20
    assert {len(one.watts) for one in read} == {72}
    for one in read[:3]:
        rows = connection.execute(
            "select bucket, time_weighted_mean from measurements_hourly where series_id = %s and covered_s >= 1800"
            " and bucket >= %s and bucket < %s",
            (one.series_id, BEGIN, END),
        ).fetchall()
        known = {n: watts for n, watts in enumerate(one.watts) if watts is not None}
        assert known == {round((at - BEGIN) / timedelta(hours=1)): mean for at, mean in rows}
        assert one.parent_id is not None
        assert one.nominal_w
        assert one.latitude


def test_spells_are_what_the_meter_counted(connection: Connection) -> None:
    spells = read_counted_spells(connection, CABINETS)
    assert spells
    for one in spells:
        (increase,) = connection.execute(
            "select sum(increase) from counters_hourly where series_id = %s and bucket >= %s and bucket < %s",
            (one.series_id, BEGIN, END),
        ).fetchone() or (None,)
        assert sum(one.kwh) == pytest.approx(increase)
        gaps = [end - lasted for end, lasted in zip(one.ended_s[1:], one.lasted_s[1:], strict=True)]
        assert gaps == pytest.approx(list(one.ended_s[:-1]))


def test_facts_come_from_the_cabinet_or_from_its_lamps(connection: Connection) -> None:
    facts = {one.asset_id: one for one in read_cabinet_facts(connection, CABINETS)}
    first = min(facts)
    (watts, n_lamps) = connection.execute(
        "select sum((attributes ->> 'power_before_w')::float8), count(*) from assets where parent_id = %s", (first,)
    ).fetchone() or (0, 0)
    assert (facts[first].old_watts, facts[first].n_listed, facts[first].n_old_watts) == (watts, n_lamps, n_lamps)
    connection.execute(
        "update assets set attributes = attributes || %s where asset_id = %s",
        (Jsonb({"power_before_w": 1234, "lit_area_m2": 50}), first),
    )
    connection.execute("update assets set attributes = attributes - 'power_before_w' where parent_id = %s", (first,))
    (own,) = [one for one in read_cabinet_facts(connection, CABINETS) if one.asset_id == first]
    assert (own.old_watts, own.n_old_watts, own.n_listed, own.lit_area_m2) == (1234, n_lamps, n_lamps, 50)


def test_year_counts_add_days_up(connection: Connection) -> None:
    counts = read_year_counts(connection, CABINETS, END - timedelta(days=365))
    assert {one.asset_id for one in counts} == {one.asset_id for one in read_counted_spells(connection, CABINETS)}
    assert all(one.kwh > 0 and one.counted_s > 2 * 86_400 for one in counts)


def test_outages_are_read_as_they_were_told_of_this_very_period(connection: Connection) -> None:
    (cabinet,) = connection.execute("select min(parent_id) from assets where type = 'street_light'").fetchone() or (0,)
    value = KpiValue(
        1, cabinet, "street_light_outage_energy", BEGIN, END, 3.0, "kW.h", 2.0, 5.0, 0.9, "m", "1", "a" * 64
    )
    write_kpis(connection, [value])
    (told,) = read_lamp_outages(connection, CABINETS, "street_light_outage_energy")
    assert (told.asset_id, told.kwh, told.low_kwh, told.high_kwh) == (cabinet, 3.0, 2.0, 5.0)
    other = Window(1, ("light_cabinet",), BEGIN, END + timedelta(days=1))
    assert read_lamp_outages(connection, other, "street_light_outage_energy") == []


def test_a_saving_without_metered_past_rests_on_the_inventory(connection: Connection) -> None:
    """The town has no metered year: the cabinets' savings are stipulated, split, priced, and told as emissions."""
    (domain,) = [one for one in domains() if one.name == "lighting_saving"]
    figures = {one.kpi: one for one in tell_read(connection, domain, CABINETS) if one.asset_id is None}
    assert figures["lighting_energy_saved"].proof["n_meters_stipulated"] > 0
    parts = [figures[f"lighting_saved_by_{part}"].value for part in ("relamping", "dimming", "switch_off")]
    assert sum(part or 0 for part in parts) == pytest.approx(figures["lighting_energy_saved"].value)
    assert (figures["lighting_cost_saved"].value or 0) > 0
    assert (figures["lighting_emissions_avoided"].value or 0) > 0
    assert figures["lighting_bill_reduction"].value is None


@pytest.mark.parametrize("name", ["lamp_hours", "cabinet_hours", "lighting_density"])
def test_figures_are_told_out_of_the_store(connection: Connection, name: str) -> None:
    (domain,) = [one for one in domains() if one.name == name]
    figures = tell_read(connection, domain, Window(1, domain.asset_types, BEGIN, END))
    assert {figure.kpi for figure in figures} == set(domain.kpis)
    told = [figure for figure in figures if figure.value is not None]
    assert told or name == "lighting_density"  # twelve months are not there, and areas are not entered
    for figure in told:
        assert figure.low is None or figure.low <= (figure.value or 0) + 1e-9
