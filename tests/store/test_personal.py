"""Whoever writes something is named in columns that are listed, and from all of them the name can be erased."""

import asyncio
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from deploy.cli import app
from store.connect import connect
from store.keys import SCOPES, NewKey, insert_key
from store.personal import PERSONAL, erase_person
from tests.support.api import api_client
from tests.support.asks import ROUTES, ids_of, send
from tests.support.every_row import OF_KEYS, seed_every_row

NAME, OTHER, LONGER = "Jeanne d'Arc-Zut", "Paul d'Arc-Zut", "Jeanne d'Arc-Zuttel"
DOCS = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "personal-data.md").read_text(encoding="utf-8")
COLUMNS = """
select c.relname, a.attname
from pg_class c
join pg_attribute a on a.attrelid = c.oid
join pg_type t on t.oid = a.atttypid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
  and t.typname in ('text', 'varchar', 'name', 'jsonb', 'json', '_text')
order by 1, 2
"""
# What sounds like a person's and is none.
SOUNDS_LIKE = "_by|^who|^actor$|technician|person|user|e?mail|phone|author|^note$|contact|owner|^subject$|operator"
NO_PERSON = {
    ("models", "trained_by"): "`analyse` or `command`",
    ("sources", "user_name"): "a program's, at a broker",
}


def text_columns(database_url: str) -> list[tuple[str, str]]:
    with connect(database_url, program="test") as connection:
        return connection.execute(COLUMNS).fetchall()


def holding(database_url: str, name: str) -> set[tuple[str, str]]:
    """Look into every text of every table."""
    found = set()
    with connect(database_url, program="test") as connection:
        for table, column in text_columns(database_url):
            query = sql.SQL("select exists (select from {} where {}::text like {})").format(
                sql.Identifier(table), sql.Identifier(column), sql.Literal(f"%{name}%")
            )
            if connection.execute(query).fetchone() == (True,):
                found.add((table, column))
    return found


def ask_all(database_url: str, key: str, name: str) -> list[int]:
    """Ask every writing route once, and write the name wherever a person is asked for."""
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/v1/work-orders", {"territory": "north", "title": f"Ask {name}", "technician": name, "who": name}),
        ("POST", "/v1/calendars", {"territory": "north", "technician": name}),
    ]

    async def story() -> list[int]:
        statuses = []
        async with api_client(database_url, key) as client:
            ids = ids_of(database_url, "north")
            said = {"verdict": "known", "who": name, "note": f"({name}: seen)"}
            bodies.append(("POST", f"/v1/findings/{ids['finding_id']}/verdict", said))
            bodies.append(("POST", f"/v1/alerts/{ids['alert_id']}/acknowledge", {"who": name}))
            bodies.append(("POST", "/v1/citizen-reports/north", {"kind": "leak", "place": name, "note": f"ask {name}"}))
            noted = {"urn:note": {"type": "Property", "value": f"said {name}"}}
            bodies.append(("PATCH", f"/ngsi-ld/v1/entities/{ids['urn']}/attrs", noted))
            for method, path, body in bodies:
                headers = {"Idempotency-Key": "once"} if "work-orders" in path else {}
                statuses.append((await client.request(method, path, json=body, headers=headers)).status_code)
            for route in ROUTES:
                if not route.startswith("GET") and route != "POST /v1/messages":
                    statuses.append((await send(client, route, ids_of(database_url, "north"))).status_code)
        return statuses

    return asyncio.run(story())


@pytest.fixture
def peopled(database_url: str) -> tuple[str, str]:
    """A database in which two people have used every writing route; the key of the first."""
    seed_every_row(database_url)
    keys = []
    for name in (OTHER, NAME):
        with connect(database_url, program="test") as connection:
            keys.append(insert_key(connection, NewKey(name, ["north"], "administrator", SCOPES))[1])
            connection.execute("delete from exports")
            connection.execute(OF_KEYS)
        statuses = ask_all(database_url, keys[-1], name)
        assert len([status for status in statuses if status < 300]) >= 15, statuses
        with connect(database_url, program="test") as connection:
            connection.execute("update devices set state = 'pending' where external_id like 'stranger of %'")
            if name == OTHER:
                connection.execute("update alerts set acknowledged_at = null, acknowledged_by = null")
    return database_url, keys[-1]


@pytest.mark.services
def test_every_column_that_sounds_like_a_person_is_listed(database_url: str) -> None:
    """A new table with `..._by`, `who`, `technician` and the like needs a line in store/personal.py."""
    with connect(database_url, program="test") as connection:
        listed = {(table, column) for table, columns in PERSONAL.items() for column in columns}
        columns = text_columns(database_url)
        assert listed <= set(columns)
        unlisted = [
            column
            for column in columns
            if column not in listed and column not in NO_PERSON and not column[0].startswith("procrastinate_")
            if connection.execute("select %s ~ %s", (column[1], SOUNDS_LIKE)).fetchone() == (True,)
        ]
    assert unlisted == []


@pytest.mark.services
def test_a_name_is_found_only_where_it_is_listed_and_erased_everywhere(peopled: tuple[str, str]) -> None:
    """The whole database is searched, not what the list names; somebody whose name begins alike is left alone."""
    database_url, key = peopled
    listed = {(table, column) for table, columns in PERSONAL.items() for column in columns}
    found, of_other = holding(database_url, NAME), holding(database_url, OTHER)
    assert found <= listed
    assert len(found) > 15
    with connect(database_url, program="test", autocommit=True) as connection:
        insert_key(connection, NewKey(LONGER, ["north"]))
        before = connection.execute("select count(*), count(distinct action) from audit_log").fetchone()
        preview = erase_person(connection, NAME, "test", preview=True)
        erasure = erase_person(connection, NAME, "test")
        assert preview.pseudonym == erasure.pseudonym
        assert erasure.n_by_column == preview.n_by_column
        assert {f"{table}.{column}" for table, column in found} == set(erasure.n_by_column)
        left = connection.execute("select count(*) - 1, count(distinct action) - 1 from audit_log").fetchone()
    assert left == before
    assert holding(database_url, NAME) == holding(database_url, LONGER) == {("api_keys", "name")}
    assert holding(database_url, OTHER) == of_other
    assert holding(database_url, erasure.pseudonym) >= found

    async def status() -> int:
        async with api_client(database_url, key) as client:
            return (await client.get("/v1/key")).status_code

    assert asyncio.run(status()) == 401


@pytest.mark.services
def test_a_name_that_comes_back_gets_the_same_pseudonym_and_elsewhere_another(
    peopled: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database_url, _ = peopled
    monkeypatch.setenv("VIGIE_DATABASE_URL", database_url)

    def erase(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["account", "erase", *arguments], catch_exceptions=False)
        return str(result.stdout.rpartition(": ")[2].strip())

    shown = erase(OTHER)
    assert holding(database_url, OTHER)
    assert erase(OTHER, "--yes") == shown
    assert not holding(database_url, OTHER)
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute("update work_orders set technician = %s where work_order_id = 1", (OTHER,))
        assert erase_person(connection, OTHER, "test").pseudonym == shown
        connection.execute("delete from erasure_secrets")
        assert erase_person(connection, OTHER, "test", preview=True).pseudonym != shown


@pytest.mark.services
@pytest.mark.parametrize("name", ["", "x", 'a"b', "a\\b", " ab", "a\x00b"])
def test_a_name_that_cannot_be_found_safely_is_refused(database_url: str, name: str) -> None:
    with (
        connect(database_url, program="test", autocommit=True) as connection,
        pytest.raises(ValueError, match="cannot be erased"),
    ):
        erase_person(connection, name, "test")


@pytest.mark.services
def test_members_of_documents_keep_their_names(peopled: tuple[str, str]) -> None:
    """Somebody who is called as a member of a document is: `territory`."""
    with connect(peopled[0], program="test", autocommit=True) as connection:
        erase_person(connection, "territory", "test")
        row = connection.execute("select count(*) from audit_log where detail ? 'territory'").fetchone()
    assert row is not None
    assert row[0] > 0


@pytest.mark.services
def test_who_made_a_release_is_erased_and_nothing_else_of_it_changes(peopled: tuple[str, str]) -> None:
    with connect(peopled[0], program="test", autocommit=True) as connection:
        pseudonym = erase_person(connection, "seed", "test").pseudonym
        makers = connection.execute("select distinct published_by from publication_releases").fetchall()
        assert makers == [(pseudonym,)]
        for erasing in ("on", "off"):
            connection.execute("select set_config('vigie.erasing', %s, false)", (erasing,))
            with pytest.raises(psycopg.errors.RaiseException, match="releases are a record"):
                connection.execute("update publication_releases set n_rows = 0")


@pytest.mark.services
def test_the_secret_is_not_for_readers(database_url: str) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute("set role vigie_api")
        for query in ("select secret from erasure_secrets", "select pseudonym from erasures"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(query.encode())


@pytest.mark.parametrize("table", sorted(PERSONAL))
def test_the_inventory_names_it(table: str) -> None:
    for column in PERSONAL[table]:
        assert f"`{table}.{column}`" in DOCS
