"""Reference data: entered whole and again at will, refused with a reason, days to be told again marked."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from deploy.reference import enter_file, read_reference
from sensors.asset_entry import AssetEntry
from store import rollup
from store.baseline import read_factor, read_plans, read_prices, read_projects, read_rounds, read_schedules
from store.connect import connect
from store.errors import ReferenceDataError
from store.inputs import Window
from store.reference import (
    CollectionPlan,
    CounterRange,
    Factor,
    Notice,
    Project,
    Reference,
    RoundDone,
    Schedule,
    Tariff,
    enter_reference,
)
from store.registry import DeviceEntry, TerritoryEntry, register

pytestmark = pytest.mark.services

AT = datetime(2026, 3, 6, 4, 30, tzinfo=UTC)
REFERENCE = Reference(
    territory="town",
    schedules=(Schedule("c-1", "switch_off", "23:30", "05:00", 0.0, date(2026, 1, 1), None, (0, 4)),),
    tariffs=(
        Tariff("electricity", "lighting", "kW.h", 0.2, date(2025, 1, 1), date(2026, 1, 1), 0.1, "22:30", "06:30"),
        Tariff("electricity", "lighting", "kW.h", 0.3, date(2026, 1, 1)),
    ),
    factors=(Factor("gas_heating_value", 11.2, "kW.h/m3", "gas bill", date(2025, 1, 1)),),
    collection_plans=(CollectionPlan("nord", "glass", (1, 4), 2, date(2026, 3, 4), "05:30"),),
    rounds_done=(RoundDone("nord", "glass", AT, AT + timedelta(hours=4)),),
    projects=(
        Project("works", "Works", "lighting", ("c-1",), date(2026, 1, 1), date(2025, 1, 1), date(2026, 1, 1), 9000.0),
    ),
    notices=(Notice("fair", None, AT, AT + timedelta(hours=9)), Notice("meter_swap", "c-1", AT, AT + timedelta(1))),
)
WINDOW = Window(1, ("light_cabinet",), datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))


@pytest.fixture
def town_url(database_url: str) -> str:
    """A town with one cabinet and one bin."""
    with connect(database_url, program="test") as connection:
        assets = [AssetEntry("town", "c-1", "C 1", "light_cabinet", 5.1, 47.5), AssetEntry("town", "b", "B", "other")]
        register(connection, [TerritoryEntry("town", "Town")], assets)
    return database_url


def enter(url: str, reference: Reference) -> dict[str, int]:
    with connect(url, program="test") as connection:
        return dict(enter_reference(connection, reference).changed)


def test_what_was_entered_is_read(town_url: str) -> None:
    enter(town_url, REFERENCE)
    with connect(town_url, program="test") as connection:
        prices = read_prices(connection, 1, "electricity", "lighting")
        assert [(price.price_eur, price.off_peak_price_eur) for price in prices] == [(0.2, 0.1), (0.3, None)]
        assert prices[0].off_peak_from is not None
        (project,) = read_projects(connection, WINDOW, "lighting")
        assert (project.project, project.longitude, project.baseline_to) == ("works", 5.1, date(2026, 1, 1))
        (plan,) = read_plans(connection, WINDOW)
        assert (plan.weekdays, plan.every_weeks, plan.valid_to) == ((1, 4), 2, None)
        assert [entry.started_at for entry in read_rounds(connection, WINDOW)] == [AT]
        assert [(entry.level, entry.weekdays) for entry in read_schedules(connection, WINDOW)] == [(0.0, (0, 4))]
        assert read_factor(connection, 1, "gas_heating_value", date(2026, 1, 1)) == 11.2
        assert read_factor(connection, 1, "gas_heating_value", date(2024, 1, 1)) is None


def test_entering_again_changes_nothing(town_url: str) -> None:
    first = enter(town_url, REFERENCE)
    assert first == {
        "tariffs": 2,
        "factors": 1,
        "schedules": 1,
        "calendars": 2,
        "collection_plans": 1,
        "projects": 1,
        "project_assets": 1,
        "rounds_done": 1,
    }
    assert enter(town_url, REFERENCE) == {}


def test_a_changed_price_takes_the_place_of_the_old_one(town_url: str) -> None:
    enter(town_url, REFERENCE)
    dearer = replace(REFERENCE, tariffs=(REFERENCE.tariffs[0], replace(REFERENCE.tariffs[1], price_eur=0.4)))
    assert enter(town_url, dearer) == {"tariffs": 2}
    with connect(town_url, program="test") as connection:
        assert [price.price_eur for price in read_prices(connection, 1, "electricity", "lighting")] == [0.2, 0.4]


def test_rounds_are_only_added(town_url: str) -> None:
    enter(town_url, REFERENCE)
    later = RoundDone("nord", "glass", AT + timedelta(days=11), AT + timedelta(days=11, hours=4))
    assert enter(town_url, replace(REFERENCE, rounds_done=(later,))) == {"rounds_done": 1}
    with connect(town_url, program="test") as connection:
        assert len(read_rounds(connection, WINDOW)) == 2


def test_the_day_of_a_new_round_and_the_months_of_a_project_are_told_again(town_url: str) -> None:
    with connect(town_url, program="test") as connection:
        connection.execute("update rollup_watermarks set computed_to = '2026-04-10'")
    enter(town_url, REFERENCE)
    with connect(town_url, program="test") as connection:
        days = connection.execute(
            "select to_char(day at time zone 'Europe/Paris', 'YYYY-MM-DD HH24') from changed_days order by day"
        ).fetchall()
    assert [day for (day,) in days] == [
        "2026-01-02 00",
        "2026-02-02 00",
        "2026-03-02 00",
        "2026-03-06 00",
        "2026-04-02 00",
    ]


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        (replace(REFERENCE, territory="nowhere"), "no territory 'nowhere'"),
        (replace(REFERENCE, notices=(Notice("fair", "c-9", AT, AT + timedelta(1)),)), "no asset 'c-9'"),
        (
            replace(REFERENCE, tariffs=(*REFERENCE.tariffs, replace(REFERENCE.tariffs[1]))),
            "Another entry .electricity, lighting. holds from 2026-01-01 without end",
        ),
        (
            replace(REFERENCE, tariffs=(replace(REFERENCE.tariffs[1], price_eur=-1.0),)),
            "price_eur: Expected: between 0 and 10000",
        ),
        (replace(REFERENCE, schedules=(replace(REFERENCE.schedules[0], from_hour="25:00"),)), "25:00"),
        (replace(REFERENCE, projects=(replace(REFERENCE.projects[0], started_on=date(2025, 6, 1)),)), "started_on"),
        (replace(REFERENCE, rounds_done=(RoundDone("n", "g", AT, AT - timedelta(1)),)), "ended_at: Must come after"),
    ],
)
def test_contradictions_are_refused_whole(town_url: str, reference: Reference, reason: str) -> None:
    with pytest.raises(ReferenceDataError, match=reason):
        enter(town_url, reference)
    with connect(town_url, program="test") as connection:
        assert connection.execute("select count(*) from tariffs").fetchone() == (0,)


def test_a_file_that_holds_no_reference_data(tmp_path: Path) -> None:
    path = tmp_path / "reference.json"
    with pytest.raises(ReferenceDataError, match="no reference data"):
        read_reference(path)
    path.write_text('{"territory": 3}')
    with pytest.raises(ReferenceDataError, match="Expected `str`"):
        read_reference(path)


def test_a_file_with_school_holidays(town_url: str, tmp_path: Path) -> None:
    path = tmp_path / "reference.json"
    path.write_text('{"territory": "town", "school_holidays": [["2026-02-14", "2026-03-01"]]}')
    assert enter_file(town_url, path).changed == {"calendars": 1}
    with connect(town_url, program="test") as connection:
        row = connection.execute("select kind, upper(period) from calendars").fetchone()
    assert row == ("school_holiday", datetime(2026, 3, 1, 23, tzinfo=UTC))


def test_range_entered_later_makes_a_reset_a_roll_over(town_url: str) -> None:
    """Hours in which the counter fell are computed again, with the range and again without it."""
    with connect(town_url, program="test", autocommit=True) as connection:
        register(connection, devices=[DeviceEntry("town", "meter")])
        connection.execute(
            "insert into series (territory_id, device_id, quantity, unit) values (1, 1, 'pulse_count', '{pulse}')"
        )
        for minutes, value in ((0, 65_000.0), (10, 65_500.0), (20, 64.0)):
            connection.execute(
                "insert into measurements values (1, 1, %s, %s)", (AT + timedelta(minutes=minutes), value)
            )
        increases = []
        for ranges in ((), (CounterRange("meter", "pulse_count", 65_536.0),), ()):
            enter(town_url, replace(REFERENCE, counter_ranges=ranges))
            rollup.refresh(connection, AT + timedelta(hours=2), settle_s=0)
            found = connection.execute("select increase, n_resets, n_rollovers from counters_daily").fetchall()
            increases.append(found)
    assert increases == [[(564.0, 1, 0)], [(600.0, 0, 1)], [(564.0, 1, 0)]]


def test_range_of_an_unknown_device_is_refused(town_url: str) -> None:
    with pytest.raises(ReferenceDataError, match="no device 'lost' is registered in 'town'"):
        enter(town_url, replace(REFERENCE, counter_ranges=(CounterRange("lost", "pulse_count", 65_536.0),)))
