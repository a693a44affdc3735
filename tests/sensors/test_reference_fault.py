"""What is wrong with an entry is said in plain words of both languages."""

import pytest

from sensors.reference.fault import Fault, field_faults, type_fault
from sensors.reference.resources import RESOURCES


@pytest.mark.parametrize(
    ("kind", "name", "value", "fr", "en"),
    [
        ("projects", "cost_eur", -5.0, "Attendu : entre 0 et 10000000000.", "Expected: between 0 and 10000000000."),
        ("alarm_budgets", "alarms_per_technician", 0.0, "entre 0,1 et 10000", "between 0.1 and 10000"),
        ("tariffs", "price_eur", float("inf"), "Un nombre fini est attendu.", "A finite number is expected."),
    ],
)
def test_bounds_are_written_without_exponents_and_with_the_language_s_comma(
    kind: str, name: str, value: float, fr: str, en: str
) -> None:
    field = next(field for field in RESOURCES[kind].fields if field.name == name)
    (fault,) = field_faults(field, value)
    assert fr in fault.sentence_fr
    assert en in fault.sentence_en


@pytest.mark.parametrize(
    ("kind", "place", "fr", "en"),
    [
        ("tariffs", "valid_from", "Une date qui existe est attendue", "A date that exists is expected"),
        ("tariffs", "price_eur", "Un nombre est attendu.", "A number is expected."),
        ("collection_plans", "weekdays.0", "de 0 (lundi) à 6 (dimanche)", "from 0 (Monday) to 6 (Sunday)"),
        ("projects", "invoices.0.invoiced_on", "Une date qui existe", "A date that exists"),
        ("rounds_done", "started_at", "avec leur décalage", "with their offset"),
    ],
)
def test_a_value_of_another_type_is_told_what_is_expected(kind: str, place: str, fr: str, en: str) -> None:
    fault = type_fault(RESOURCES[kind].fields, place, "Invalid RFC3339 encoded date")
    assert fault.field == place
    assert fr in fault.sentence_fr
    assert en in fault.sentence_en
    assert "RFC" not in fault.sentence_fr + fault.sentence_en


def test_where_no_field_is_known_what_the_reader_found_is_said() -> None:
    assert type_fault(RESOURCES["tariffs"].fields, "", "Expected `object`") == Fault(
        "", "Cette valeur ne convient pas (Expected `object`).", "Expected `object`."
    )
