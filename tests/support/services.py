"""The real services as fixtures: one embedded TimescaleDB and Mosquitto per run, a fresh database per test.

VIGIE_TEST_DATABASE_URL (a role that may create databases and roles) and VIGIE_TEST_MQTT_URL replace the embedded ones.
"""

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg import conninfo, sql

from deploy.local.services import Services, running
from store.migrate import migrate
from tests.support.shared import REPOSITORY

TEMPLATE_LOCK = 7_449_343


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    """Running services; several test processes share them, the last one out stops them."""
    database_url, mqtt_url = os.environ.get("VIGIE_TEST_DATABASE_URL"), os.environ.get("VIGIE_TEST_MQTT_URL")
    if database_url and mqtt_url:
        yield Services(database_url, database_url, mqtt_url)
        return
    with running(REPOSITORY) as embedded:
        yield replace(
            embedded, database_url=database_url or embedded.database_url, mqtt_url=mqtt_url or embedded.mqtt_url
        )


@pytest.fixture(scope="session")
def admin_database_url(services: Services) -> str:
    """The server as its superuser, for tests that make trouble from above."""
    return services.admin_database_url


@pytest.fixture(scope="session")
def mqtt_url(services: Services) -> str:
    """The broker; tests keep apart by `territory_slug`."""
    return services.mqtt_url


@pytest.fixture
def territory_slug() -> str:
    """A territory of this test alone, so that tests may share the broker."""
    return f"t-{secrets.token_hex(6)}"


@pytest.fixture(scope="session")
def template_database(services: Services) -> str:
    """Name of a migrated database to clone, made once per state of the schema."""
    name = f"vigie_template_{schema_digest()}"
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (TEMPLATE_LOCK,))
        if connection.execute("select from pg_database where datname = %s", (name,)).fetchone() is None:
            draft = f"{name}_draft"
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(draft)))
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(draft)))
            migrate(with_database(services.database_url, draft))
            connection.execute(
                sql.SQL("alter database {} rename to {}").format(sql.Identifier(draft), sql.Identifier(name))
            )
    return name


@pytest.fixture
def database_url(services: Services, template_database: str) -> Iterator[str]:
    """A fresh, migrated database, dropped afterwards."""
    name = f"vigie_test_{secrets.token_hex(6)}"
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", (TEMPLATE_LOCK,))  # one clone of the template at a time
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template_database))
        )
        connection.execute("select pg_advisory_unlock(%s)", (TEMPLATE_LOCK,))
        yield with_database(services.database_url, name)
        with contextlib.suppress(psycopg.OperationalError):  # a test may have killed the server's sessions
            connection.execute("select 1")
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def with_database(url: str, name: str) -> str:
    """Give the same address with another database, still as a URL."""
    fields = conninfo.conninfo_to_dict(url)
    return f"postgresql://{fields['user']}:{fields.get('password', '')}@{fields['host']}:{fields['port']}/{name}"


def schema_digest() -> str:
    """Digest of everything `migrate` writes, so that a changed schema makes a new template."""
    digest = hashlib.sha256()
    for folder, pattern in (("store/migrations", "*.sql"), ("store/views", "*.sql"), ("sensors/quantities", "*.py")):
        for path in sorted((REPOSITORY / folder).glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
