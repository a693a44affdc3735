"""Topics and rules."""

import pytest

from ingest.source import is_match, narrow, own_source


@pytest.mark.parametrize(
    ("topic_filter", "topic", "matches"),
    [
        ("vigie/+/+/up", "vigie/dijon/lamp-1/up", True),
        ("vigie/+/+/up", "vigie/dijon/up", False),
        ("vigie/+/+/up", "vigie/dijon/lamp-1/up/more", False),
        ("vigie/#", "vigie", True),
        ("vigie/#", "vigie/a/b", True),
        ("#", "$SYS/broker", False),
        ("+/x", "$SYS/x", False),
        ("a/+/c", "a//c", True),
        ("a/b", "a/c", False),
    ],
)
def test_filter_matches_as_mqtt_says(topic_filter: str, topic: str, matches: bool) -> None:
    assert is_match(topic_filter, topic) is matches


def test_source_of_one_territory_subscribes_to_that_one_only() -> None:
    native = next(
        rule for rule in own_source("dijon").rules if rule.format is not None and rule.format.name == "native"
    )
    assert native.topic_filter == "vigie/dijon/+/up"
    assert narrow("application/+/device/+/event/up", "dijon") == "application/+/device/+/event/up"
