"""Changed days given out to groups of KPIs: each group tells each day, the last one last, no change is lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from store.connect import connect
from store.days import count_ended_days, find_waiting_groups, give_out_days, take_group_days
from store.registry import TerritoryEntry, register

pytestmark = pytest.mark.services
DAY = datetime(2026, 3, 1, 23, tzinfo=UTC)  # 2 March in Paris
END = DAY + timedelta(days=2, hours=12)
GROUPS = ("energy", "parking", "resting")


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(database_url, program="test", autocommit=True) as opened:
        register(opened, [TerritoryEntry("a", "A")])
        mark(opened, DAY)
        yield opened


def mark(connection: psycopg.Connection[Any], *days: datetime) -> None:
    """Note days as changed, as rollups do."""
    for day in days:
        connection.execute("insert into changed_days (territory_id, day) values (1, %s) on conflict do nothing", (day,))


def take(connection: psycopg.Connection[Any], group: str) -> list[datetime]:
    """Take a group's days."""
    return [day.begins_at for day in take_group_days(connection, 1, group, "resting", 10).days]


def test_days_are_given_out_when_they_have_ended(connection: psycopg.Connection[Any]) -> None:
    mark(connection, DAY + timedelta(days=2))
    assert count_ended_days(connection, END) == 1
    assert [day.begins_at for day in give_out_days(connection, END, GROUPS, 10)] == [DAY]
    assert count_ended_days(connection, END) == 0
    assert count_ended_days(connection, END + timedelta(days=2)) == 1


def test_last_group_waits_for_all_others(connection: psycopg.Connection[Any]) -> None:
    give_out_days(connection, END, GROUPS, 10)
    assert find_waiting_groups(connection, "resting") == [(1, "energy"), (1, "parking")]
    assert take(connection, "resting") == []
    assert (take(connection, "energy"), take(connection, "energy")) == ([DAY], [])
    assert take(connection, "resting") == []
    assert take(connection, "parking") == [DAY]
    assert find_waiting_groups(connection, "resting") == [(1, "resting")]
    assert take(connection, "resting") == [DAY]


def test_day_that_changes_again_is_told_again_by_those_who_told_it(connection: psycopg.Connection[Any]) -> None:
    give_out_days(connection, END, GROUPS, 10)
    assert take(connection, "energy") == [DAY]
    mark(connection, DAY)
    give_out_days(connection, END, GROUPS, 10)
    assert (take(connection, "energy"), take(connection, "parking"), take(connection, "resting")) == ([DAY],) * 3


def test_days_of_a_job_that_was_cut_are_still_there(connection: psycopg.Connection[Any], database_url: str) -> None:
    give_out_days(connection, END, GROUPS, 10)
    with connect(database_url, program="cut") as cut, cut.transaction(force_rollback=True):
        assert take(cut, "energy") == [DAY]
    assert take(connection, "energy") == [DAY]
