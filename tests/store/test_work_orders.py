"""Work orders written by two at once: one opens, one key is done once, nobody's change is lost."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from store.connect import connect
from store.reader import Row
from store.work_orders import (
    Asked,
    Connection,
    NewOrder,
    OpenAlreadyError,
    OrderChange,
    StaleError,
    change_order,
    open_order,
)
from tests.support.judged_town import seed_judged_town
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services
WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"


def at_once(database_url: str, first: Callable[[Connection], Row], second: Callable[[Connection], Row]) -> list[Any]:
    """Let the second begin while the first is not committed yet; give what both came to."""
    told: list[Any] = []

    def run() -> None:
        with connect(database_url, program="test", autocommit=True) as other:
            try:
                told.append(second(other))
            except ValueError as error:
                told.append(error)

    thread = threading.Thread(target=run)
    with connect(database_url, program="test", autocommit=True) as connection:
        with connection.transaction():
            answer = first(connection)
            thread.start()
            with connect(database_url, program="watch", autocommit=True) as watch:
                wait_until(lambda: watch.execute(WAITING).fetchone() == (1,), "the second waits", 30)
        thread.join(30)
    return [answer, *told]


def test_of_two_who_open_the_same_one_does(database_url: str) -> None:
    seed_judged_town(database_url)

    def open_it(connection: Connection) -> Row:
        return open_order(connection, NewOrder(finding_id=1), Asked("key 1", "A"))

    opened, refused = at_once(database_url, open_it, open_it)
    assert isinstance(refused, OpenAlreadyError)
    assert refused.work_order_id == opened["work_order_id"]


def test_the_same_key_at_once_is_done_once(database_url: str) -> None:
    seed_judged_town(database_url)

    def open_it(connection: Connection) -> Row:
        asked = Asked("key 1", "A", idempotency_key="same")
        return open_order(connection, NewOrder(territory="town", title="regarder"), asked)

    first, second = at_once(database_url, open_it, open_it)
    assert first["work_order_id"] == second["work_order_id"]
    with connect(database_url, program="test") as connection:
        assert connection.execute("select count(*) from work_orders").fetchone() == (1,)


def test_of_two_who_change_the_same_version_one_does(database_url: str) -> None:
    seed_judged_town(database_url)
    with connect(database_url, program="test", autocommit=True) as connection:
        number = open_order(connection, NewOrder(finding_id=1), Asked("key 1", "A"))["work_order_id"]

    def give_to(technician: str) -> Callable[[Connection], Row]:
        asked = Asked("key 1", technician, version=1)
        return lambda connection: change_order(connection, number, OrderChange({"technician": technician}), asked)

    changed, refused = at_once(database_url, give_to("A"), give_to("B"))
    assert (changed["technician"], changed["version"]) == ("A", 2)
    assert isinstance(refused, StaleError)
