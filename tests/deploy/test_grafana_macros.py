"""The macro expander does what Grafana's data source does, so that a panel's SQL can be run without Grafana."""

import json
from datetime import UTC, datetime

import pytest

from tests.support.grafana_macros import MacroError, Range, expand, interval_text
from tests.support.shared import shared_data

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = Range(NOON, NOON.replace(hour=13))


@pytest.mark.shared_data
def test_expand_gives_what_grafana_gives() -> None:
    vectors = json.loads((shared_data("payloads") / "grafana" / "macro-vectors.json").read_text())["vectors"]
    assert len(vectors) >= 24
    for vector in vectors:
        span = Range(
            datetime.fromisoformat(vector["from"]),
            datetime.fromisoformat(vector["to"]),
            vector.get("interval_ms", 60_000),
            vector["timescaledb"],
        )
        if "error" in vector:
            with pytest.raises(MacroError, match=vector["error"].removeprefix("macro ")):
                expand(vector["sql"], span)
        else:
            assert expand(vector["sql"], span) == vector["expanded"]


@pytest.mark.parametrize(
    ("sql", "expanded"),
    [
        ("$__timeFilter(lower(t))", "lower(t BETWEEN '2026-03-01T12:00:00Z' AND '2026-03-01T13:00:00Z')"),
        ('$__timeGroup( t , "1h30m" )', "time_bucket('5400.000s',t)"),
        ("$__timeGroupAlias(t,1w)", "time_bucket('604800.000s',t) AS \"time\""),
        ("$__timeGroupAlias(t,1M,previous)", "time_bucket('2678400.000s',t) AS \"time\""),
        ("$__timeGroup(t,1y)", "time_bucket('31536000.000s',t)"),
        ("$__unixEpochTo() - $__unixEpochFrom()", "1772370000 - 1772366400"),
    ],
)
def test_expand_macros(sql: str, expanded: str) -> None:
    assert expand(sql, HOUR) == expanded


def test_expand_writes_a_fraction_only_where_there_is_one() -> None:
    span = Range(NOON.replace(microsecond=120_000), NOON.replace(hour=13))
    assert expand("$__timeFrom() $__timeTo()", span) == "'2026-03-01T12:00:00.12Z' '2026-03-01T13:00:00Z'"


@pytest.mark.parametrize("sql", ["$__timeFilter()", "$__nope()", "$__timeGroup(t,'soon')", "$__timeGroup(t)", "$nope"])
def test_expand_refuses(sql: str) -> None:
    with pytest.raises(MacroError):
        expand(sql, HOUR)


def test_variables_are_quoted_when_there_are_several() -> None:
    sql = "in ($type) = $asset ${asset} ${type:sqlstring}"
    variables = {"type": ["lamp", "l'eau"], "asset": "5"}
    assert expand(sql, HOUR, variables) == "in ('lamp','l''eau') = 5 5 'lamp','l''eau'"


def test_a_variable_is_no_macro_argument_until_replaced() -> None:
    assert expand("$__timeGroup(t,$step)", HOUR, {"step": "10m"}) == "time_bucket('600.000s',t)"


@pytest.mark.parametrize(
    ("interval_ms", "text"),
    [(90_000, "1m"), (1, "1ms"), (999, "999ms"), (86_400_000, "1d"), (31_536_000_000, "1y"), (7_200_000, "2h")],
)
def test_interval_text_cuts_off(interval_ms: int, text: str) -> None:
    assert interval_text(interval_ms) == text
