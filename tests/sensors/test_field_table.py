"""A codec's mapping as people write it: read where it fits, refused with the place where it does not."""

import pytest

from sensors.decoded import Item, read_decoded
from sensors.field_table import FieldTableError, read_field_table

TABLE = """{"fields": {
    "Temp_In": {"quantity": "temperature", "unit": "[degF]", "channel": "inside"},
    "sonde.niveau": {"quantity": "fill_level", "unit": "%"},
    "etat": {"quantity": "door", "codes": {"ouvert": "open", "ferme": "closed"}},
    "humidity": null}, "variables": {"k": "2"}}"""


def test_fields_are_found_by_path_and_go_before_common_names() -> None:
    table = read_field_table(TABLE)
    document = {"temp_in": 68, "sonde": {"niveau": 40}, "etat": "ouvert", "humidity": 55, "co2": 412}
    assert sorted(read_decoded(document, table.targets())) == [
        Item("", "co2", "[ppm]", 412),
        Item("", "door", None, "open"),
        Item("", "fill_level", "%", 40),
        Item("inside", "temperature", "[degF]", 68),
    ]
    assert table.variables == {"k": "2"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "cannot be read"),
        ("[]", "cannot be read"),
        ("{" * 100_000, "cannot be read"),
        ('{"feilds": {}}', "feilds"),
        ('{"fields": {"t": {"quantity": "warmth"}}}', "field 't': 'warmth' is no quantity"),
        ('{"fields": {"t": {"quantity": "temperature", "unit": "V"}}}', "field 't'.*Cel"),
        ('{"fields": {"t": {"quantity": "temperature", "unit": "grad"}}}', "not a known unit"),
        ('{"fields": {"t": {"quantity": "temperature", "channel": "a b"}}}', "cannot be a channel"),
        ('{"fields": {"t": {"quantity": "temperature", "codes": {"a": "b"}}}}', "it is no state"),
        ('{"fields": {"t": {"quantity": "door", "codes": {"a": "ajar"}}}}', "ajar: door has the codes"),
        ('{"fields": {"t": {"quantity": "temperature", "factor": 10}}}', "factor"),
        ('{"variables": {"k": 2}}', "cannot be read"),
    ],
)
def test_mistake_is_told_where_it_stands(text: str, expected: str) -> None:
    with pytest.raises(FieldTableError, match=expected):
        read_field_table(text)
