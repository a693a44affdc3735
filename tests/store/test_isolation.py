"""A reader of one territory tries to get at another's rows. Each test is one way round, and each must fail."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from store.connect import connect
from store.registry import TerritoryEntry, register
from tests.support.readers import MakeReader

pytestmark = pytest.mark.services

SEED = (Path(__file__).parent / "seed_one_row_each.sql").read_text(encoding="utf-8")
TERRITORIES = [
    TerritoryEntry("region", "Region", "region"),
    TerritoryEntry("north", "North", parent="region"),
    TerritoryEntry("south", "South", parent="region"),
]
FOR_ALL = {"quantities", "codes", "rollup_state"}  # the registry of quantities and how far jobs are: no territory's
NOT_FOR_READERS = {
    "plain_measurements",
    "public_kpi_values",
    "public_publications",
    "public_releases",
    "public_files",
}
Session = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def seeded(database_url: str) -> str:
    """A region with two communes, each with one row of everything."""
    with connect(database_url, program="test") as connection:
        register(connection, TERRITORIES)
        connection.execute(SEED)
    return database_url


@pytest.fixture
def north(seeded: str, make_reader: MakeReader) -> Iterator[Session]:
    """A session of the reader of the commune north, as an attacker would use it: able to write if it may."""
    with psycopg.connect(make_reader("north"), autocommit=True) as connection:
        connection.execute("set default_transaction_read_only = off")
        yield connection


def refused(session: Session, statement: str, *kinds: type[psycopg.Error]) -> None:
    """Expect the server to refuse a statement for want of a right."""
    with pytest.raises(kinds or (psycopg.errors.InsufficientPrivilege,)):
        session.execute(statement)


def views(session: Session) -> list[str]:
    """Names of all views of the readers' schema."""
    rows = session.execute("select viewname from pg_views where schemaname = 'reader' order by 1").fetchall()
    return [str(row[0]) for row in rows]


def count(session: Session, view: str) -> int:
    """Rows that a session sees in a view."""
    row = session.execute(sql.SQL("select count(*) from reader.{}").format(sql.Identifier(view))).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(("territory", "n"), [("north", 1), ("region", 3)])
def test_each_view_shows_exactly_the_subtree(seeded: str, make_reader: MakeReader, territory: str, n: int) -> None:
    with psycopg.connect(make_reader(territory)) as session:
        seen = {view: count(session, view) for view in views(session) if view not in FOR_ALL | NOT_FOR_READERS}
    assert len(seen) > 15
    assert seen == dict.fromkeys(seen, n)


def test_the_rows_are_ours(north: Session) -> None:
    assert north.execute("select slug from territories").fetchall() == [("north",)]
    assert north.execute("select name from assets").fetchall() == [("secret of north",)]


def test_a_commune_that_changes_region_is_followed(seeded: str, make_reader: MakeReader) -> None:
    with connect(seeded, program="test") as connection:
        register(connection, [TerritoryEntry("other", "Other", "region")])
    old, new = make_reader("region"), make_reader("other")
    with connect(seeded, program="test") as connection:
        register(connection, [TerritoryEntry("south", "South", parent="other")])
    with psycopg.connect(old) as session:
        assert session.execute("select slug from territories order by 1").fetchall() == [("north",), ("region",)]
        assert count(session, "measurements") == 2
    with psycopg.connect(new) as session:
        assert session.execute("select slug from territories order by 1").fetchall() == [("other",), ("south",)]
        assert count(session, "measurements") == 1


def test_nothing_outside_the_reader_schema_can_be_selected(north: Session) -> None:
    readable = north.execute(
        "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and n.nspname !~ '^(reader|pg_|information_schema)'"
        " and has_any_column_privilege(c.oid, 'select')"
    ).fetchall()
    # TimescaleDB lets everybody read its own catalogue, which holds names and time limits of chunks, no values.
    assert {schema.lstrip("_").split("_")[0] for schema, _ in readable} == {"timescaledb"}
    assert not [relation for _, relation in readable if relation.startswith(("_hyper", "compress_hyper"))]


def test_chunks_cannot_be_read_directly(north: Session) -> None:
    names = north.execute(
        "select chunk_schema, chunk_name from timescaledb_information.chunks where hypertable_name = 'measurements'"
    ).fetchall()
    assert names
    for schema, name in names:
        refused(north, f'select * from "{schema}"."{name}"')


@pytest.mark.parametrize("table", ["measurements", "assets", "territories", "reader_roles", "api_keys", "rejections"])
def test_base_tables_are_refused(north: Session, table: str) -> None:
    refused(north, f"select * from public.{table}")
    refused(north, f"copy public.{table} to stdout")
    refused(north, f"table public.{table}")


@pytest.mark.parametrize("role", ["vigie_api", "vigie", "postgres"])
def test_other_roles_cannot_be_taken(north: Session, role: str) -> None:
    refused(north, f"set role {role}")
    refused(north, f"set session authorization {role}")


def test_another_reader_cannot_be_taken(north: Session, make_reader: MakeReader) -> None:
    other = psycopg.conninfo.conninfo_to_dict(make_reader("south"))["user"]
    refused(north, f"set role {other}")
    refused(north, f"grant {other} to current_user")


def test_the_group_of_readers_sees_nothing(north: Session) -> None:
    north.execute("set role vigie_reader")
    assert count(north, "territories") == 0
    assert count(north, "measurements") == 0


def test_the_setting_of_the_api_means_nothing_to_readers(north: Session) -> None:
    ids = north.execute("select string_agg(n::text, ',') from generate_series(1, 100) n").fetchone()
    assert ids is not None
    north.execute("select set_config('vigie.territories', %s, false)", (ids[0],))
    assert north.execute("select slug from territories").fetchall() == [("north",)]
    assert count(north, "measurements") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "insert into reader_roles values (current_user, 1)",
        "insert into reader.readable_territories values (1)",
        "update reader.assets set name = 'x'",
        "delete from reader.findings",
        "insert into reader.measurements values (1, 1, now(), 1)",
        "truncate public.measurements",
        "create table reader.mine (x int)",
        "create table public.mine (x int)",
        "create schema mine",
        "create temporary table mine (x int)",
        "create view reader.mine as select 1",
        "create function public.leak(t text) returns bool language sql as 'select true'",
        "create function pg_temp.leak(t text) returns bool language sql as 'select true'",
        "create extension dblink",
        "create role mine",
        "alter view reader.assets set (security_barrier = false)",
        "create or replace view reader.territories as select * from public.territories",
        "drop view reader.assets",
        "begin; lock table reader.assets in access exclusive mode",
        "copy (select 1) to program 'true'",
        "copy (select 1) to '/tmp/mine'",
        "select pg_read_file('/etc/hostname')",
        "select lo_import('/etc/hostname')",
        "select drop_chunks('public.measurements', now())",
        "alter role vigie_reader superuser",
        "grant vigie_api to current_user",
        "alter system set log_statement = 'all'",
    ],
)
def test_writing_and_building_are_refused(north: Session, statement: str) -> None:
    kinds = psycopg.errors.ObjectNotInPrerequisiteState, psycopg.errors.FeatureNotSupported  # no column to write to
    refused(north, statement, psycopg.errors.InsufficientPrivilege, *kinds)


@pytest.mark.parametrize(
    ("view", "condition"),
    [
        ("assets", "name::int > 0"),
        ("rejections", "detail::int > 0"),
        ("findings", "sentence_en::int > 0"),
        ("devices", "name::int > 0"),
    ],
)
def test_an_error_message_betrays_only_what_may_be_seen(north: Session, view: str, condition: str) -> None:
    """A cast that fails names the value it failed on; it must never meet a foreign row."""
    foreign = sql.SQL("select * from reader.{} where territory_id <> (select territory_id from territories) and ")
    statement = foreign.format(sql.Identifier(view)) + sql.SQL(condition)
    assert north.execute(statement).fetchall() == []
    with pytest.raises(psycopg.errors.InvalidTextRepresentation, match="secret of north"):
        north.execute(sql.SQL("select * from reader.{} where ").format(sql.Identifier(view)) + sql.SQL(condition))


def test_a_division_meets_only_own_measurements(seeded: str, north: Session) -> None:
    with connect(seeded, program="test") as connection:
        foreign = connection.execute(
            "select value from measurements join series using (series_id) join territories using (territory_id)"
            " where slug = 'south'"
        ).fetchone()
    assert foreign is not None
    for view in ("measurements", "last_values"):
        assert len(north.execute(f"select * from reader.{view} where 1 / (value - %s) <> 0", foreign).fetchall()) == 1


def test_a_leaky_function_sees_only_own_rows(seeded: str, make_reader: MakeReader) -> None:
    """Even a reader who may make functions (temporary objects allowed by hand) sees nothing pass the barrier."""
    url = make_reader("north")
    address = psycopg.conninfo.conninfo_to_dict(url)
    database = sql.Identifier(str(address["dbname"]))
    role = sql.Identifier(str(address["user"]))
    with psycopg.connect(seeded, autocommit=True) as connection:
        connection.execute(sql.SQL("grant temporary on database {} to {}").format(database, role))
    seen: list[str] = []
    with psycopg.connect(url, autocommit=True) as session:
        session.add_notice_handler(lambda notice: seen.append(notice.message_primary or ""))
        session.execute("set default_transaction_read_only = off")
        session.execute(
            "create function pg_temp.leak(t text) returns bool language plpgsql cost 0.0000001 as"
            " $$ begin raise notice '%', t; return true; end $$"
        )
        session.execute("select * from reader.assets where pg_temp.leak(name)")
        session.execute("select * from reader.measurements where pg_temp.leak(value::text)")
        session.execute("select * from reader.rejections r join reader.findings f on pg_temp.leak(r.detail)")
        session.execute("drop function pg_temp.leak(text)")
    with psycopg.connect(seeded, autocommit=True) as connection:
        connection.execute(sql.SQL("revoke temporary on database {} from {}").format(database, role))
    assert "secret of north" in seen
    assert not [text for text in seen if "south" in text or "region" in text]
    assert len(seen) == 3


def test_statistics_show_no_values(seeded: str, north: Session) -> None:
    with connect(seeded, program="test", autocommit=True) as connection:
        connection.execute("analyze assets")
        connection.execute("analyze measurements")
    assert (
        north.execute("select * from pg_stats where schemaname not in ('pg_catalog', 'information_schema')").fetchall()
        == []
    )
    refused(north, "select * from pg_statistic")


def test_an_execution_plan_counts_no_foreign_rows(north: Session) -> None:
    plan = north.execute("explain (analyze, format text) select * from reader.assets where name like 'secret%'")
    assert "secret of south" not in str(plan.fetchall())


def test_other_sessions_statements_are_hidden(seeded: str, north: Session) -> None:
    with connect(seeded, program="test") as connection:
        connection.execute("select 'hidden statement'")
        texts = north.execute("select query from pg_stat_activity where usename <> current_user").fetchall()
    assert texts
    assert not [text for (text,) in texts if text and "hidden" in text]


@pytest.mark.parametrize("view", sorted(NOT_FOR_READERS))
def test_views_of_the_api_are_not_for_readers(north: Session, view: str) -> None:
    refused(north, f"select * from reader.{view}")


def test_the_plain_view_of_the_api_is_limited_like_the_others(seeded: str) -> None:
    with connect(seeded, program="test") as connection:
        south = connection.execute("select territory_id::text from territories where slug = 'south'").fetchone()
        assert south is not None
        connection.execute("set local role vigie_api")
        assert count(connection, "plain_measurements") == 0
        connection.execute("select set_config('vigie.territories', %s, true)", south)
        assert connection.execute("select value from reader.plain_measurements").fetchall() == [(7000 + int(south[0]),)]


def test_a_reader_starts_read_only_and_limited(seeded: str, make_reader: MakeReader) -> None:
    with psycopg.connect(make_reader("north")) as session:
        names = ("statement_timeout", "default_transaction_read_only", "search_path", "TimeZone")
        shown = [session.execute("select current_setting(%s)", (name,)).fetchone() for name in names]
    assert shown == [("15s",), ("on",), ("reader, public",), ("UTC",)]


def test_a_statement_without_end_is_stopped(north: Session) -> None:
    """The default is 15 s; the same limit at 50 ms, so that the test need not wait."""
    north.execute("set statement_timeout = '50ms'")
    with pytest.raises(psycopg.errors.QueryCanceled):
        north.execute("select count(*) from generate_series(1, 1e12::bigint)")


def test_the_api_role_sees_the_territories_it_states(seeded: str) -> None:
    with connect(seeded, program="test") as connection:
        south = connection.execute("select territory_id::text from territories where slug = 'south'").fetchone()
        assert south is not None
        connection.execute("set local role vigie_api")
        assert count(connection, "territories") == 0
        connection.execute("select set_config('vigie.territories', %s, true)", south)
        assert connection.execute("select slug from reader.territories").fetchall() == [("south",)]
