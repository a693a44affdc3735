"""Reader roles are made once, renewed at will, and never out of somebody else's role."""

import secrets

import psycopg
import pytest
from psycopg import sql

from store.connect import connect
from store.readers import N_CONNECTIONS, TakenRoleError, UnknownTerritoryError, create_reader
from store.registry import TerritoryEntry, register
from tests.support.readers import MakeReader, as_role, drop_roles

pytestmark = pytest.mark.services

TERRITORIES = [TerritoryEntry("north", "North"), TerritoryEntry("south", "South")]


@pytest.fixture
def role_name(database_url: str) -> object:
    """A free name, dropped afterwards; the database holds two territories."""
    name = f"vigie_test_reader_{secrets.token_hex(6)}"
    with connect(database_url, program="test") as connection:
        register(connection, TERRITORIES)
    yield name
    drop_roles(database_url, [name])


def test_create_reader_again_changes_the_password(database_url: str, role_name: str) -> None:
    for password in ("first", 'it\'s "second"'):
        with connect(database_url, program="test") as connection:
            create_reader(connection, role_name, password, "north")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(as_role(database_url, role_name, "first"))
    with psycopg.connect(database_url, user=role_name, password='it\'s "second"') as session:
        assert session.execute("select slug from territories").fetchall() == [("north",)]


def test_create_reader_for_a_second_territory_adds_it(database_url: str, role_name: str) -> None:
    with connect(database_url, program="test") as connection:
        create_reader(connection, role_name, "password", "north")
        create_reader(connection, role_name, "password", "south")
    with psycopg.connect(as_role(database_url, role_name, "password")) as session:
        assert session.execute("select slug from territories order by 1").fetchall() == [("north",), ("south",)]


def test_create_reader_refuses_an_unknown_territory_and_leaves_no_role(database_url: str, role_name: str) -> None:
    with connect(database_url, program="test") as connection:
        with pytest.raises(UnknownTerritoryError, match="nowhere"):
            create_reader(connection, role_name, "password", "nowhere")
        assert connection.execute("select from pg_roles where rolname = %s", (role_name,)).fetchone() is None


def test_create_reader_leaves_other_roles_alone(database_url: str, role_name: str) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} login password 'own'").format(sql.Identifier(role_name)))
        with pytest.raises(TakenRoleError, match=role_name):
            create_reader(connection, role_name, "password", "north")
    with psycopg.connect(as_role(database_url, role_name, "own")) as session:
        assert session.execute("select current_user").fetchone() == (role_name,)


def test_create_reader_never_takes_over_the_owner(database_url: str, role_name: str) -> None:
    with connect(database_url, program="test") as connection, pytest.raises(TakenRoleError):
        create_reader(connection, "vigie", "password", "north")


def test_a_reader_holds_few_connections(database_url: str, role_name: str, make_reader: MakeReader) -> None:
    address = make_reader("north")
    sessions = [psycopg.connect(address) for _ in range(N_CONNECTIONS)]
    try:
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            psycopg.connect(address)
    finally:
        for session in sessions:
            session.close()


def test_a_new_role_of_an_old_name_sees_only_its_own_territory(database_url: str, role_name: str) -> None:
    """Dropping a role leaves its rows: whoever gets the name later must not get what they granted."""
    for territory in ("north", "south"):
        drop_roles(database_url, [role_name])
        with connect(database_url, program="test") as connection:
            create_reader(connection, role_name, "password", territory)
    with psycopg.connect(as_role(database_url, role_name, "password")) as session:
        assert session.execute("select slug from territories").fetchall() == [("south",)]
