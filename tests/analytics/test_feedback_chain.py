"""Feedback in the store: the day's rule run once, thresholds that detectors and hints then go by."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from analytics.detectors import detectors
from analytics.feedback.job import FeedbackReport, move_thresholds
from analytics.feedback.threshold import movable_kinds, moved, moved_for, without_quiet
from analytics.maintenance import Verdict, hints
from sensors.safety import SAFETY_KINDS
from store.connect import connect
from store.feedback import Opinion, give_verdict
from store.reference import AlarmBudget, Reference, enter_reference
from store.results import close_finding
from store.threshold import move_by_hand, read_factors, read_thresholds
from tests.support.judged_town import N_LAMPS, open_findings, seed_judged_town

pytestmark = pytest.mark.services
Connection = psycopg.Connection[tuple[Any, ...]]
PLACE = ("town", "unusual_value", "street_light")


@pytest.fixture
def connection(database_url: str) -> Any:
    seed_judged_town(database_url)
    with connect(database_url, program="test", autocommit=True) as opened:
        yield opened


def enter_budget(connection: Connection, per_technician: float, n: int = 1) -> None:
    enter_reference(connection, Reference("town", alarm_budgets=(AlarmBudget(per_technician, n),)))


def fetch(connection: Connection, query: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def soon(days: float = 0) -> datetime:
    return datetime.now(UTC) + timedelta(days=days, seconds=5)


def test_without_a_budget_nothing_is_moved(connection: Connection) -> None:
    assert move_thresholds(connection, soon()) == FeedbackReport(0, 0)
    assert fetch(connection, "select count(*) from alarm_loads") == [(0,)]


def test_over_budget_a_threshold_is_raised_once_a_day_and_written_down(connection: Connection) -> None:
    enter_budget(connection, 3, 2)
    assert move_thresholds(connection, soon()) == FeedbackReport(1, 1)
    assert move_thresholds(connection, soon()) == FeedbackReport(0, 0)
    (row,) = read_thresholds(connection, "town", history=False)
    assert (row["kind"], row["asset_type"], row["factor"], row["reason"], row["moved_by"]) == (
        "unusual_value",
        "street_light",
        1.2,
        "over_budget",
        "analyse",
    )
    assert row["detail"] == {"n_confirmed": 0, "n_false": 0, "n_week": N_LAMPS, "n_alarms": N_LAMPS, "budget": 6.0}
    assert fetch(connection, "select n_alarms, budget, n_moved from alarm_loads") == [(N_LAMPS, 6.0, 1)]
    assert move_thresholds(connection, soon(days=1)) == FeedbackReport(1, 0)  # one step in seven days


def test_within_the_budget_nothing_is_moved(connection: Connection) -> None:
    enter_budget(connection, N_LAMPS)
    assert move_thresholds(connection, soon()) == FeedbackReport(1, 0)


def test_false_alarms_raise_and_room_takes_it_back(connection: Connection) -> None:
    enter_budget(connection, 10)
    for number in range(1, 7):
        give_verdict(connection, number, Opinion("false_alarm", "test"), "test")
    assert move_thresholds(connection, soon()).n_moved == 1
    assert move_thresholds(connection, soon(days=8)).n_moved == 1
    moves = [(row["reason"], row["factor"]) for row in read_thresholds(connection, "town", history=True)]
    assert moves == [("room", 1.0), ("mostly_false", 1.2)]


def test_what_a_person_set_is_left_alone_until_given_back(connection: Connection) -> None:
    enter_budget(connection, 1)
    move_by_hand(connection, PLACE, 1.0, "test")
    assert move_thresholds(connection, soon()).n_moved == 0
    move_by_hand(connection, PLACE, None, "test")
    connection.execute("update thresholds set moved_at = moved_at - interval '8 days'")
    assert move_thresholds(connection, soon(days=1)).n_moved == 1


def test_factors_are_of_the_kind_territory_and_asset_type(connection: Connection) -> None:
    move_by_hand(connection, PLACE, 2.0, "test")
    connection.execute(
        "insert into series (territory_id, asset_id, quantity, unit)"
        " select territory_id, asset_id, 'air_temperature', 'Cel' from assets order by asset_id limit 1"
    )
    ((series_id, asset_id),) = fetch(connection, "select series_id, asset_id from series")
    assert read_factors(connection, "unusual_value", [(series_id, asset_id)]) == {series_id: 2.0}
    assert read_factors(connection, "unusual_value", [(series_id, None)]) == {}
    assert read_factors(connection, "silent", [(series_id, asset_id)]) == {}


def test_a_moved_detector_opens_later_and_scores_alike(connection: Connection) -> None:
    entry = detectors()["robust_level"]
    move_by_hand(connection, PLACE, 2.0, "test")
    ((territory_id, asset_id),) = fetch(connection, "select territory_id, asset_id from assets limit 1")
    entries = moved_for(connection, entry, territory_id, [asset_id, None, asset_id])
    own = entries[asset_id]
    assert (own.open_at, own.close_at, own.sure_at) == (2 * entry.open_at, 2 * entry.close_at, 2 * entry.sure_at)
    assert own.make is entry.make
    assert entries[None] is entry
    assert moved(detectors()["silence"], 1.5).open_at == 1.5 * detectors()["silence"].open_at


def test_a_moved_hint_opens_nothing_below_and_closes_nothing(connection: Connection) -> None:
    hint = hints()["fouled_filter"]
    ((territory_id, asset_id),) = fetch(connection, "select territory_id, asset_id from assets limit 1")
    move_by_hand(connection, ("town", hint.name, "street_light"), 2.0, "test")
    at = soon()
    low, high = (Verdict(asset_id, at, True, at, score=score) for score in (0.5, 0.7))
    gone = Verdict(asset_id, at, False, at)
    assert without_quiet(connection, hint, territory_id, [low, high, gone]) == [high, gone]
    other = hints()["overflow_to_come"]
    assert without_quiet(connection, other, territory_id, [low, high, gone]) == [low, high, gone]


def test_what_is_silenced_is_an_alarm_again_when_it_comes_back(connection: Connection) -> None:
    give_verdict(connection, 1, Opinion("known", "test"), "test")
    connection.execute("update findings set ended_at = started_at where finding_id = 1")
    assert close_finding(connection, kind="unusual_value", model="unusual_value", ended_at=soon()) == N_LAMPS - 1
    open_findings(connection, "unusual_value")
    assert fetch(connection, "select count(*) from findings where ended_at is null and not is_silenced") == [(N_LAMPS,)]
    assert fetch(connection, "select count(*) from findings where is_silenced") == [(1,)]


def test_an_open_episode_that_goes_on_stays_silenced(connection: Connection) -> None:
    give_verdict(connection, 1, Opinion("known", "test"), "test")
    connection.execute("update findings set score = 1")
    open_findings(connection, "unusual_value")
    assert fetch(connection, "select finding_id, score from findings where is_silenced") == [(1, 9.0)]


def test_no_kind_that_safety_hangs_on_may_move() -> None:
    assert not movable_kinds() & SAFETY_KINDS
    assert {"unusual_value", "silent", "fouled_filter"} <= movable_kinds()
    assert "overflow_to_come" not in movable_kinds()
