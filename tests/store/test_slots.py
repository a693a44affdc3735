"""Who serves which session of the own broker: one holder at a time, none after its connection has ended."""

import psycopg
import pytest

from store.connect import connect
from store.intake import Connection
from store.migrate import read_migrations
from store.slots import Slot, claim_share, forget_slot, hold_slot, let_go_of_slot, make_slot, read_slots
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services

FILTERS = ("$share/s/vigie/+/+/up", "plain/#")


def open_connection(database_url: str) -> Connection:
    """Connect as a worker does."""
    return connect(database_url, program="test", autocommit=True)


def a_slot(connection: Connection, client_id: str = "c-1") -> Slot:
    """Note a slot."""
    claim_share(connection, "own:", "s")
    return make_slot(connection, "own:", client_id, FILTERS)


def held(connection: Connection) -> list[tuple[str, bool]]:
    """Give client id and whether it is held of each slot."""
    return [(state.slot.client_id, state.is_held) for state in read_slots(connection, "own:")]


def test_share_of_a_pool_is_the_one_that_was_suggested_first(database_url: str) -> None:
    with open_connection(database_url) as connection:
        assert [claim_share(connection, "own:a", name) for name in ("one", "two")] == ["one", "one"]
        assert claim_share(connection, "own:b", "three") == "three"


def test_slot_is_read_as_it_was_made_and_held_by_one(database_url: str) -> None:
    with open_connection(database_url) as first, open_connection(database_url) as second:
        slot = a_slot(first)
        assert read_slots(second, "own:") == [(slot, False)]
        assert read_slots(second, "other") == []
        assert hold_slot(first, slot)
        assert not hold_slot(second, slot)
        assert held(second) == [("c-1", True)]
        let_go_of_slot(first, slot)
        assert hold_slot(second, slot)


def test_slot_is_free_when_its_holder_has_gone(database_url: str) -> None:
    with open_connection(database_url) as watching:
        with open_connection(database_url) as holding:
            assert hold_slot(holding, a_slot(holding))
            assert held(watching) == [("c-1", True)]
        wait_until(lambda: held(watching) == [("c-1", False)], "the lock's end")


def test_other_databases_of_the_server_do_not_count(database_url: str, admin_database_url: str) -> None:
    with open_connection(database_url) as here, psycopg.connect(admin_database_url) as elsewhere:
        slot = a_slot(here)
        elsewhere.execute("select pg_advisory_lock(7449346, %s)", (slot.slot_id,))
        assert held(here) == [("c-1", False)]


def test_forgotten_slot_is_gone_with_the_state_of_its_session(database_url: str) -> None:
    with open_connection(database_url) as connection:
        slot, other = a_slot(connection), a_slot(connection, "c-2")
        assert hold_slot(connection, slot)
        connection.execute(
            "insert into source_states (source, session, is_connected, changed_at)"
            " select 'own', client_id, true, now() from ingest_slots"
        )
        forget_slot(connection, slot)
        assert held(connection) == [("c-2", False)]
        assert connection.execute("select session from source_states").fetchall() == [(other.client_id,)]


def test_who_comes_back_to_a_slot_that_was_forgotten_notes_it_again(database_url: str) -> None:
    """Its session may live again at the broker: it must not be left alone."""
    with open_connection(database_url) as connection:
        slot = a_slot(connection)
        assert hold_slot(connection, slot)
        forget_slot(connection, slot)
        assert hold_slot(connection, slot)
        assert read_slots(connection, "own:") == [(slot, True)]


def test_session_of_the_time_before_slots_is_there_to_be_emptied(database_url: str) -> None:
    """Its worker is gone with the update, and the broker would keep messages for it for ever."""
    (migration,) = (one for one in read_migrations() if one.number == 14)
    with open_connection(database_url) as connection:
        connection.execute("drop table ingest_slots, ingest_pools")
        connection.execute(
            "insert into batches (worker, received_at, n_messages, n_measurements, decoder_version)"
            " values ('vigie-ingest-1', now(), 1, 1, 'native/1')"
        )
        connection.execute(migration.text)
        (state,) = read_slots(connection, "own:")
    assert (state.slot.client_id, state.is_held) == ("vigie-ingest-1", False)
    assert set(state.slot.topic_filters) >= {"vigie/+/+/up", "application/+/device/+/event/+", "zigbee2mqtt/#"}
