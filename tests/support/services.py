"""Real services for tests: one TimescaleDB per run, one Mosquitto per process, a fresh database and territory per test.

The embedded servers are the tests' own, beside those of `vigie local start`. Where memory is free their files lie in
it: thousands of databases are made and dropped, which takes ten times as long on a disk. VIGIE_TEST_DATABASE_URL (a
role that may make databases and roles) and VIGIE_TEST_MQTT_URL, else VIGIE_DATABASE_URL and VIGIE_MQTT_URL, replace
them.
"""

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

from deploy.local.services import Services, running
from store.migrate import migrate
from store.sql import load_queries
from tests.support.process_broker import process_broker
from tests.support.shared import REPOSITORY

QUERIES = load_queries(__file__)
TEMPLATE_PREFIX = "vigie_template_"
TEST_NAME = re.compile(r"vigie_test_(?P<pid>\d+)_[0-9a-f]+")
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 4 << 30  # a run was seen to need a tenth of it

if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED:
    os.environ.setdefault("VIGIE_DATA_DIR", str(MEMORY / f"vigie-{os.geteuid()}"))  # for programs that tests start too


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """Give the running services; the last test process to end stops them."""
    database_url, mqtt_url = given("DATABASE_URL"), given("MQTT_URL")
    if database_url and mqtt_url:
        yield Services(database_url, database_url, mqtt_url)
        return
    with running(REPOSITORY / "tests") as embedded:
        found = replace(embedded, mqtt_url=mqtt_url or embedded.mqtt_url)
        yield replace(found, database_url=database_url, admin_database_url=database_url) if database_url else found


def given(name: str) -> str | None:
    """Read VIGIE_TEST_<name>, else VIGIE_<name>."""
    return os.environ.get(f"VIGIE_TEST_{name}") or os.environ.get(f"VIGIE_{name}")


@pytest.fixture(scope="session")
def mqtt_url() -> Iterator[str]:
    """Give the broker's URL. Tests of one process share it: leave no session and no retained message behind."""
    if url := given("MQTT_URL"):
        yield url
        return
    with process_broker() as url:
        yield url


@pytest.fixture(scope="session")
def admin_database_url(services: Services) -> str:
    """Give the URL of a role that may make databases and roles (a superuser on the embedded server)."""
    return services.admin_database_url


@pytest.fixture(scope="session")
def database_template(services: Services) -> str:
    """Give the name of a migrated database to clone; made once for each state of the schema."""
    name = f"{TEMPLATE_PREFIX}{schema_digest()}"
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute(QUERIES["lock_template"])  # let go of when the connection ends
        if connection.execute(QUERIES["has_database"], {"name": name}).fetchone() is None:
            drop_leftovers(connection)
            make_template(connection, services.database_url, name)
    return name


@pytest.fixture
def database_url(services: Services, database_template: str) -> Iterator[str]:
    """Give the URL of a fresh migrated database, dropped after the test."""
    with fresh_database(services, database_template) as url:
        yield url


@contextmanager
def fresh_database(services: Services, template: str) -> Iterator[str]:
    """Clone the template for a while; tests that only read may share one."""
    name = f"vigie_test_{os.getpid()}_{secrets.token_hex(6)}"
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        run(connection, QUERIES["clone_database"], name=name, template=template)
    yield with_database(services.database_url, name)
    # Only a superuser may end sessions of other roles, and a reader's that was closed lives on for a moment.
    with psycopg.connect(services.admin_database_url, autocommit=True) as connection:
        run(connection, QUERIES["drop_database"], name=name)


@pytest.fixture
def territory_slug() -> str:
    """Give a territory name that no other test uses, which keeps topics on the shared broker apart."""
    return f"test-{secrets.token_hex(6)}"


def schema_digest() -> str:
    """Digest all that decides what a migrated database holds."""
    files = [*(REPOSITORY / "store").rglob("*.sql"), *(REPOSITORY / "sensors").rglob("*.py")]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def make_template(connection: psycopg.Connection[tuple[object, ...]], database_url: str, name: str) -> None:
    """Migrate a new database beside and rename it when whole."""
    partial = f"{name}_partial"
    run(connection, QUERIES["drop_database"], name=partial)
    run(connection, QUERIES["create_database"], name=partial)
    migrate(with_database(database_url, partial))
    run(connection, QUERIES["rename_database"], old=partial, new=name)


def drop_leftovers(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Drop templates of other schema states, and databases of test processes that are gone."""
    for (name,) in connection.execute(QUERIES["list_test_databases"]).fetchall():
        found = TEST_NAME.fullmatch(str(name))
        is_gone = found is not None and not Path(f"/proc/{found['pid']}").exists()
        if is_gone or str(name).startswith(TEMPLATE_PREFIX):
            run(connection, QUERIES["drop_database"], name=str(name))


def run(connection: psycopg.Connection[tuple[object, ...]], query: LiteralString, **names: str) -> None:
    """Run a query whose placeholders are database names."""
    connection.execute(sql.SQL(query).format(**{key: sql.Identifier(name) for key, name in names.items()}))


def with_database(database_url: str, name: str) -> str:
    """Write the same URL for another database."""
    return urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))
