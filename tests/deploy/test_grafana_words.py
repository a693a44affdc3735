"""The words of columns and codes: none is missing for what the store may hold, and none is left over."""

import re

import psycopg
import pytest

from deploy.grafana.coded import CODES
from deploy.grafana.column import COLUMNS
from tests.support.grafana_panels import dashboards, named_columns

# Which constraints say what codes a column of ours may hold; `to_judge` stands for no verdict.
CONSTRAINTS = {
    "severity": {"findings_severity_check", "incidents_severity_check", "work_orders_severity_check"},
    "verdict": {"findings_verdict_check", "work_orders_verdict_check"},
    "work_state": {"work_orders_state_check"},
    "basis": {"asset_health_basis_check"},
    "gap_cause": {"gaps_cause_check"},
    "moved_because": {"thresholds_reason_check"},
    "presence": {"device_presences_presence_check"},
    "device_state": {"devices_state_check"},
}
# Said by views, told by analytics, or booleans.
BESIDE = {"verdict": {"to_judge"}, "presence": {"unknown"}}


def test_every_column_is_shown_somewhere() -> None:
    shown = {name for built in dashboards() for panel in built.model["panels"] for name in named_columns(panel)}
    assert set(COLUMNS) <= shown
    assert set(CODES) == {column.codes for column in COLUMNS.values() if column.codes}


def test_french_and_english_are_both_there() -> None:
    words = [column.title for column in COLUMNS.values() if not column.is_hidden]
    words += [pair for code in CODES.values() for pair, _ in code.values()]
    assert all(fr.strip() and en.strip() for fr, en in words)


@pytest.mark.services
@pytest.mark.parametrize("codes", CONSTRAINTS)
def test_every_code_of_the_store_has_its_word(database_url: str, codes: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "select conname, pg_get_constraintdef(oid) from pg_constraint where conname = any (%s)",
            (list(CONSTRAINTS[codes]),),
        ).fetchall()
    assert {row[0] for row in rows} == CONSTRAINTS[codes]
    allowed = {word for row in rows for word in re.findall(r"'(\w+)'", row[1])}
    assert set(CODES[codes]) - BESIDE.get(codes, set()) == allowed
