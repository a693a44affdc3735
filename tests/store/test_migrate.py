"""`migrate` on empty, migrated, foreign and unfit databases."""

import re
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

import store.migrate
from deploy.local import postgres
from deploy.local.place import place_of
from deploy.local.services import Services
from deploy.local.tree import SERVICES, ensure_tree
from store.connect import connect
from store.errors import MissingExtensionError, MissingRightError, OutdatedSchemaError
from store.migrate import migrate, read_migrations
from tests.support.scratch_server import ScratchServer, scratch_server
from tests.support.services import with_database
from tests.support.shared import REPOSITORY

pytestmark = pytest.mark.services


@pytest.fixture
def empty_database_url(services: Services) -> Iterator[str]:
    """A database that nothing has touched."""
    name = f"vigie_empty_{secrets.token_hex(6)}"
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        yield with_database(services.database_url, name)
    with psycopg.connect(services.admin_database_url, autocommit=True) as admin:  # may end the server's own vacuuming
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def test_migrate_applies_all_files_once_in_order(empty_database_url: str) -> None:
    assert migrate(empty_database_url) == [migration.name for migration in read_migrations()]
    assert migrate(empty_database_url) == []


def test_migrate_at_once_applies_each_file_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        applied = list(pool.map(migrate, [empty_database_url] * 3))
    assert sorted(map(len, applied)) == [0, 0, len(read_migrations())]


def test_migrate_again_leaves_the_same_schema(empty_database_url: str) -> None:
    migrate(empty_database_url)
    first = schema_of(empty_database_url)
    migrate(empty_database_url)
    assert "CREATE VIEW reader.measurements" in first
    assert schema_of(empty_database_url) == first


def test_migrate_refuses_a_history_it_does_not_know(database_url: str) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute("insert into migrations (number, name, digest) values (9999, 'later', 'x')")
    with pytest.raises(OutdatedSchemaError, match=r"9999.*use a newer Vigie"):
        migrate(database_url)


def test_migrate_refuses_a_history_written_otherwise(database_url: str) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute("update migrations set digest = 'x' where number = 3")
    with pytest.raises(OutdatedSchemaError, match="0003 in the database differs"):
        migrate(database_url)


def test_migrate_keeps_what_was_stored(database_url: str) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute("insert into territories (slug, name, kind) values ('town', 'Town', 'commune')")
    migrate(database_url)
    with connect(database_url, program="test") as connection:
        assert connection.execute("select slug from territories").fetchall() == [("town",)]


def test_the_migrating_role_may_act_as_the_api(database_url: str) -> None:
    with connect(database_url, program="test") as connection:
        connection.execute("set role vigie_api")
        assert connection.execute("select count(*) from reader.territories").fetchone() == (0,)


def test_migrate_says_which_right_is_missing(services: Services, admin_database_url: str) -> None:
    role = f"vigie_weak_{secrets.token_hex(6)}"
    with psycopg.connect(admin_database_url, autocommit=True) as admin:
        admin.execute(sql.SQL("create role {} login password 'weak'").format(sql.Identifier(role)))
        admin.execute(sql.SQL("create database {0} owner {0} template template0").format(sql.Identifier(role)))
        host = admin.info
        try:
            with pytest.raises(MissingRightError, match="may not do this: permission denied to grant role"):
                migrate(f"postgresql://{role}:weak@{host.host}:{host.port}/{role}")
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(role)))
            admin.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


def schema_of(database_url: str) -> str:
    """Give pg_dump's text of the schema; only the random key of newer versions' guard lines is left out."""
    place = place_of(REPOSITORY)
    tree = ensure_tree(SERVICES, place.cache)
    done = postgres.run(tree, place, "pg_dump", "--schema-only", "--no-comments", database_url)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    return "\n".join(line for line in lines if not line.startswith(("\\restrict", "\\unrestrict")))


@pytest.fixture(scope="module")
def bare_server() -> Iterator[ScratchServer]:
    """A server that does not load TimescaleDB."""
    with scratch_server() as server:
        yield server


def test_migrate_says_that_timescaledb_is_not_loaded(bare_server: ScratchServer) -> None:
    with pytest.raises(MissingExtensionError, match="shared_preload_libraries"):
        migrate(bare_server.database_url)


@pytest.mark.parametrize(("line", "message"), [("2.18.2", "2.19 or later is needed.*2.18.2"), (None, "has no Times")])
def test_migrate_says_what_timescaledb_is_missing(bare_server: ScratchServer, line: str | None, message: str) -> None:
    control = bare_server.extensions / "timescaledb.control"
    original = control.read_text()
    try:
        if line is None:
            control.unlink()
        else:
            control.write_text(re.sub(r"default_version = '[^']+'", f"default_version = '{line}'", original))
        with pytest.raises(MissingExtensionError, match=message):
            migrate(bare_server.database_url)
    finally:
        control.write_text(original)


ONLINE = """-- An index more.
-- Online
-- Locks: nothing that readers or writers wait for.
create index concurrently if not exists batches_worker_idx on batches (worker);

create index if not exists measurements_batch_id_idx on measurements (batch_id)
    with (timescaledb.transaction_per_chunk);
"""


def test_online_migration_runs_by_itself_and_again_where_it_was_cut(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(store.migrate.HERE / "migrations", tmp_path / "migrations")
    shutil.copytree(store.migrate.HERE / "views", tmp_path / "views")
    online = folder / "9001_online.sql"
    online.write_text(ONLINE + "\ncreate index if not exists x_idx on absent (x);\n")
    (folder / "9002_after.sql").write_text("-- After.\n-- Locks: nothing at all.\ncreate table later (x int);\n")
    monkeypatch.setattr(store.migrate, "HERE", tmp_path)
    with pytest.raises(psycopg.errors.UndefinedTable, match="absent"):
        migrate(empty_database_url)
    online.write_text(ONLINE)
    assert migrate(empty_database_url) == ["9001_online", "9002_after"]
    with connect(empty_database_url, program="test") as connection:
        found = connection.execute(
            "select indexname from pg_indexes where schemaname = 'public'"
            " and indexname in ('batches_worker_idx', 'measurements_batch_id_idx') order by 1"
        ).fetchall()
        assert found == [("batches_worker_idx",), ("measurements_batch_id_idx",)]
        assert connection.execute("select count(*) from later").fetchone() == (0,)
        assert connection.execute("select count(*) from reader.territories").fetchone() == (0,)
