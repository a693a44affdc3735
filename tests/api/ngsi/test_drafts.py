"""Entities as clients write them: what is no entity is refused as such, whatever stands in its members."""

from typing import Any

import pytest

from api.errors import ProblemError
from api.ngsi.context import CORE_ONLY
from api.ngsi.drafts import read_entity

HALL: dict[str, Any] = {"id": "urn:ngsi-ld:Building:hall", "type": "Building"}


@pytest.mark.parametrize(
    "attribute",
    [
        {"type": ["Property"], "value": 1},
        {"type": {"a": 1}, "value": 1},
        {"type": "GeoProperty", "value": {"type": ["Point"], "coordinates": [5, 47]}},
        [{"type": ["Property"], "object": 1}],
    ],
)
def test_a_type_that_is_no_text_is_refused(attribute: object) -> None:
    with pytest.raises(ProblemError) as caught:
        read_entity({**HALL, "t": attribute}, CORE_ONLY)
    assert caught.value.status == 400


def test_a_value_whose_type_is_no_text_is_a_value_like_any_other() -> None:
    value = {"type": ["Point"], "coordinates": [5, 47]}
    (instance,) = next(iter(read_entity({**HALL, "t": {"value": value}}, CORE_ONLY).attributes.values()))
    assert instance == {"type": "Property", "value": value}
