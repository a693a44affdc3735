"""What people enter is checked field by field: each fault names its field and says in two languages what is wanted."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.reference.check import find_faults
from sensors.reference.fault import is_unit
from sensors.reference.field import Field
from sensors.reference.resources import RESOURCES
from store.project import Invoice, Subsidy, Worth
from store.reference import TYPES, CollectionPlan, Factor, Project, RoundDone, Schedule, SendingInterval, Tariff

DAY, LATER = date(2026, 1, 1), date(2026, 7, 1)
AT = datetime(2026, 3, 6, 4, 30, tzinfo=UTC)
TARIFF = Tariff("electricity", "lighting", "kW.h", 0.2, DAY)
PLAN = CollectionPlan("nord", "glass", (1, 4), 2, DAY, "05:30")
FACTOR = Factor("gas_heating_value", 11.2, "kW.h/m3", "gas bill", DAY)
SCHEDULE = Schedule("c-1", "switch_off", "23:30", "05:00", 0.0, DAY)
ROUND = RoundDone("nord", "glass", AT, AT + timedelta(hours=4))
INVOICE = Invoice("F1", DAY, 31_000.0)
PROJECT = Project("works", "Works", "lighting", ("c-1",), LATER, date(2025, 1, 1), DAY, 9000.0)


def faulty_fields(name: str, *entries: object) -> list[str]:
    found = list(find_faults({name: entries}))
    for _, _, fault in found:
        assert fault.sentence_fr != fault.sentence_en
        assert fault.sentence_fr.endswith(".")
    return [fault.field for _, _, fault in found]


@pytest.mark.parametrize("name", RESOURCES)
def test_every_field_of_an_entry_is_described_once(name: str) -> None:
    check_described(RESOURCES[name].fields, TYPES[name])


def check_described(described: Sequence[Field], type_: type) -> None:
    assert sorted(field.name for field in described) == sorted(field.name for field in fields(type_))
    hints = get_type_hints(type_)
    for field in described:
        found = (hints[field.name], *get_args(hints[field.name]))
        inner = [hint for hint in found if isinstance(hint, type) and is_dataclass(hint)]
        if inner:
            check_described(field.parts, inner[0])


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("tariffs", TARIFF),
        ("collection_plans", PLAN),
        ("factors", FACTOR),
        ("schedules", SCHEDULE),
        ("rounds_done", ROUND),
        ("projects", PROJECT),
    ],
)
def test_what_is_right_has_no_fault(name: str, entry: object) -> None:
    assert faulty_fields(name, entry) == []


@pytest.mark.parametrize(
    ("name", "entry", "field"),
    [
        ("tariffs", replace(TARIFF, price_eur=-0.1), "price_eur"),
        ("tariffs", replace(TARIFF, price_eur=float("nan")), "price_eur"),
        ("tariffs", replace(TARIFF, unit="MW.h"), "unit"),
        ("tariffs", replace(TARIFF, unit="kilowatt"), "unit"),
        ("tariffs", replace(TARIFF, energy="water"), "unit"),
        ("tariffs", replace(TARIFF, energy="Électricité"), "energy"),
        ("tariffs", replace(TARIFF, use=""), "use"),
        ("tariffs", replace(TARIFF, valid_to=DAY), "valid_to"),
        ("tariffs", replace(TARIFF, valid_from=date(20, 1, 1)), "valid_from"),
        ("tariffs", replace(TARIFF, off_peak_price_eur=0.1), "off_peak_from_hour"),
        ("collection_plans", replace(PLAN, weekdays=()), "weekdays"),
        ("collection_plans", replace(PLAN, weekdays=(7,)), "weekdays"),
        ("collection_plans", replace(PLAN, weekdays=(1, 1)), "weekdays"),
        ("collection_plans", replace(PLAN, every_weeks=0), "every_weeks"),
        ("collection_plans", replace(PLAN, start_hour="5h30"), "start_hour"),
        ("collection_plans", replace(PLAN, sector="nord\nest"), "sector"),
        ("factors", replace(FACTOR, unit="kg/L"), "unit"),
        ("schedules", replace(SCHEDULE, kind="off"), "kind"),
        ("schedules", replace(SCHEDULE, level=1.5), "level"),
        ("schedules", replace(SCHEDULE, to_hour="24:30"), "to_hour"),
        ("rounds_done", replace(ROUND, ended_at=AT), "ended_at"),
        ("rounds_done", replace(ROUND, ended_at=AT + timedelta(days=2)), "ended_at"),
        ("rounds_done", replace(ROUND, source="seen"), "source"),
        ("projects", replace(PROJECT, baseline_to=date(2024, 1, 1)), "baseline_to"),
        ("projects", replace(PROJECT, started_on=date(2025, 6, 1)), "started_on"),
        ("projects", replace(PROJECT, assets=()), "assets"),
        ("projects", replace(PROJECT, slug="LED 2025"), "slug"),
        ("projects", replace(PROJECT, subsidy=Subsidy(DAY, share=1.4)), "subsidy.share"),
        ("projects", replace(PROJECT, subsidy=Subsidy(DAY, ceiling_eur=-1.0)), "subsidy.ceiling_eur"),
        ("projects", replace(PROJECT, invoices=(INVOICE, replace(INVOICE, number=""))), "invoices.1.number"),
        ("projects", replace(PROJECT, invoices=(INVOICE, INVOICE)), "invoices.1"),
        ("projects", replace(PROJECT, worths=(Worth("rounds_avoided", "contract"),)), "worths.0.eur"),
        ("collection_plans", replace(PLAN, distance_low_km=20.0), "distance_high_km"),
        ("collection_plans", replace(PLAN, cost_low_eur=20.0, cost_high_eur=10.0), "cost_high_eur"),
        ("schedules", replace(SCHEDULE, weekdays=()), "weekdays"),
        ("intervals", SendingInterval(60, AT), "device"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(name: str, entry: object, field: str) -> None:
    assert faulty_fields(name, entry) == [field]


def test_two_that_hold_at_the_same_time_are_told_with_the_days_of_the_other() -> None:
    ((name, index, fault),) = find_faults({"tariffs": [replace(TARIFF, valid_from=LATER), TARIFF]})
    assert (name, index, fault.field) == ("tariffs", 0, "valid_from")
    assert fault.sentence_en == "Another entry (electricity, lighting) holds from 2026-01-01 without end."
    assert fault.sentence_fr == "Une autre entrée (electricity, lighting) vaut à partir du 2026-01-01, sans fin."


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10), st.sampled_from("ab")), max_size=8))
def test_overlaps_are_those_a_day_by_day_look_finds(spans: list[tuple[int, int, str]]) -> None:
    """For any set of spans there is a fault where, and only where, some day has two entries of one sector."""
    plans: list[Any] = [
        replace(PLAN, sector=sector, first_on=DAY + timedelta(begin), valid_to=DAY + timedelta(begin + length))
        for begin, length, sector in spans
    ]
    days = [(sector, day) for begin, length, sector in spans for day in range(begin, begin + length)]
    assert bool(faulty_fields("collection_plans", *plans)) == (len(set(days)) < len(days))


@pytest.mark.parametrize(
    "unit", ["kW.h", "kg/(kW.h)", "L/km", "kW.h/m3", "kg/L", "1", "[ppm]", "Cel", "km/h", "m3", "W/TB"]
)
def test_units_in_use_are_known(unit: str) -> None:
    assert is_unit(unit)


@pytest.mark.parametrize("unit", ["", "/", "()", "euro", "kwh", "kg/", "L per km"])
def test_other_units_are_not(unit: str) -> None:
    assert not is_unit(unit)
