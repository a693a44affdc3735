"""KPI values are restated openly, findings are episodes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from store.connect import connect
from store.results import Finding, KpiReport, KpiValue, close_finding, open_finding, write_kpis

pytestmark = pytest.mark.services
Connection = psycopg.Connection[tuple[Any, ...]]
DAY = datetime(2025, 6, 1, tzinfo=UTC)
KPI = KpiValue(
    territory_id=1,
    asset_id=None,
    kpi="bay_occupancy",
    begins_at=DAY,
    ends_at=DAY + timedelta(days=1),
    value=0.5,
    unit="1",
    low=0.4,
    high=0.6,
    completeness=0.8,
    method="time-weighted",
    method_version="1",
    inputs_hash="aa",
)
FINDING = Finding(
    territory_id=1,
    kind="unusual_value",
    model="robust_level",
    model_version="1",
    started_at=DAY,
    score=9.0,
    severity="info",
    sentence_en="High.",
    sentence_fr="Haut.",
    evidence={"value": 3.0},
)


@pytest.fixture
def connection(database_url: str) -> Any:
    with connect(database_url, program="test", autocommit=True) as opened:
        opened.execute("insert into territories (slug, name, kind) values ('a', 'A', 'commune')")
        yield opened


def test_kpi_with_same_inputs_changes_nothing(connection: Connection) -> None:
    assert write_kpis(connection, [KPI]) == KpiReport(1, 0, 0)
    assert write_kpis(connection, [KPI]) == KpiReport(0, 0, 1)
    assert connection.execute("select count(*) from kpi_values").fetchone() == (1,)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"inputs_hash": "bb", "value": 0.55}, "late data"),
        ({"method_version": "2", "inputs_hash": "bb"}, "method version"),
        ({"inputs_hash": "bb", "value": None, "low": None, "high": None, "withheld": "too little data"}, "late data"),
    ],
)
def test_kpi_with_other_inputs_is_restated(connection: Connection, change: dict[str, Any], cause: str) -> None:
    write_kpis(connection, [KPI])
    newer = replace(KPI, **change)
    assert write_kpis(connection, [newer, replace(KPI, kpi="bay_turnover")]) == KpiReport(1, 1, 0)
    rows = connection.execute(
        "select value, is_current, replaces_id, cause from kpi_values where kpi = 'bay_occupancy' order by kpi_value_id"
    ).fetchall()
    assert rows == [(0.5, False, None, None), (newer.value, True, 1, cause)]


def test_day_and_month_with_the_same_begin_stand_beside_one_another(connection: Connection) -> None:
    month = replace(KPI, ends_at=DAY + timedelta(days=30))
    assert write_kpis(connection, [KPI, month]) == KpiReport(2, 0, 0)
    assert write_kpis(connection, [KPI, month]) == KpiReport(0, 0, 2)


def test_kpi_that_is_no_number_is_refused(connection: Connection) -> None:
    with pytest.raises(ValueError, match="no numbers to be stored"):
        write_kpis(connection, [replace(KPI, value=float("nan"))])


def test_episode_is_one_finding_with_its_highest_score(connection: Connection) -> None:
    assert open_finding(connection, FINDING)
    assert not open_finding(connection, replace(FINDING, score=8.0, started_at=DAY + timedelta(hours=1)))
    assert open_finding(connection, replace(FINDING, score=20.0, sentence_en="Higher.", started_at=DAY))
    rows = connection.execute("select started_at, score, sentence_en, ended_at from findings").fetchall()
    assert rows == [(DAY, 20.0, "Higher.", None)]


def test_episode_that_becomes_urgent_says_so_whatever_its_score(connection: Connection) -> None:
    open_finding(connection, replace(FINDING, severity="warning", score=5.0, sentence_en="Will be full."))
    assert open_finding(connection, replace(FINDING, severity="urgent", score=2.0, sentence_en="Is full."))
    assert not open_finding(connection, replace(FINDING, severity="warning", score=4.0, sentence_en="Will be full."))
    rows = connection.execute("select score, severity, sentence_en from findings").fetchall()
    assert rows == [(5.0, "urgent", "Is full.")]


def test_episode_keeps_what_was_usual_when_it_began(connection: Connection) -> None:
    def told(now: float, usual: float, score: float) -> Finding:
        return replace(FINDING, evidence={"level": {"now": now, "usual": usual}}, score=score)

    assert open_finding(connection, told(1.5, 1.0, 2.0))
    assert open_finding(connection, told(1.9, 1.2, 3.0))
    assert not open_finding(connection, told(1.1, 2.0, 9.0))  # mended: only its reference is off
    rows = connection.execute("select score, evidence -> 'level' from findings").fetchall()
    assert rows == [(3.0, {"now": 1.9, "usual": 1.0})]


def test_closed_episode_is_followed_by_another(connection: Connection) -> None:
    open_finding(connection, FINDING)
    ended_at = DAY + timedelta(hours=2)
    assert close_finding(connection, kind="unusual_value", model="robust_level", ended_at=ended_at) == 1
    assert close_finding(connection, kind="unusual_value", model="robust_level", ended_at=ended_at) == 0
    open_finding(connection, replace(FINDING, started_at=DAY + timedelta(days=1)))
    rows = connection.execute("select ended_at from findings order by finding_id").fetchall()
    assert rows == [(ended_at,), (None,)]
