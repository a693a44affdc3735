"""Upgrade and roll-back as docs/how-to/upgrade.md tells them: a store of an older version with data, and back again."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

import store.migrate
from deploy.backup.restore import name_of, restore_backup, with_database
from deploy.backup.write import write_backup
from deploy.local.services import Services
from ingest.settings import Settings
from simulators.publisher import Publisher
from store.migrate import migrate, read_migrations
from tests.simulators.test_publisher import a_message
from tests.support.ingesting import ingesting
from tests.support.services import fresh_database
from tests.support.town import seed_small_region

pytestmark = pytest.mark.services

N_NEWER = 2  # migrations that the older version does not have
N_SENT = 20
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
COUNT = "select count(*), sum(value) from measurements"


def older_version(folder: Path) -> Path:
    """Lay out the store's files as they were before the newest migrations; its readers have a schema without views."""
    newer = {migration.name for migration in read_migrations()[-N_NEWER:]}
    kept = folder / "migrations"
    kept.mkdir()
    for path in sorted((store.migrate.HERE / "migrations").glob("*.sql")):
        if path.stem not in newer:
            shutil.copy(path, kept)
    (folder / "views").mkdir()
    (folder / "views" / "reader.sql").write_text("create schema if not exists reader;\n", encoding="utf-8")
    return folder


def ask(url: str, query: str) -> tuple[object, ...] | None:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchone()


@pytest.fixture
def empty_url(services: Services) -> Iterator[str]:
    """Give the URL of an empty database; what a restore keeps aside is dropped too."""
    with fresh_database(services, "template0") as url:
        yield url
        with psycopg.connect(services.admin_database_url, autocommit=True) as admin:
            for (name,) in admin.execute("select datname from pg_database").fetchall():
                if str(name).startswith(f"{name_of(url)}_before"):
                    admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def test_a_store_is_upgraded_with_its_data_and_rolled_back_by_its_backup(
    services: Services, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came after the upgrade is not in the backup: it is in the database that is kept aside."""
    url, names = empty_url, [migration.name for migration in read_migrations()]
    older = older_version(tmp_path)
    monkeypatch.setattr(store.migrate, "HERE", older)
    assert migrate(url) == names[:-N_NEWER]
    seed_small_region(url)
    before = ask(url, COUNT)
    backup = write_backup(with_database(services.admin_database_url, name_of(url)), tmp_path / "kept", NOW)

    monkeypatch.undo()
    assert migrate(url) == names[-N_NEWER:]
    assert ask(url, COUNT) == before
    with (
        ingesting(Settings(url, services.mqtt_url, territory="east")),
        Publisher(services.mqtt_url, "gate-upgrade", "east", patience_s=1) as publisher,
    ):
        for number in range(N_SENT):
            publisher.publish(a_message(number, "east", "dev-east"))
        assert publisher.drain(60).stored == N_SENT
    after = ask(url, COUNT)
    assert after != before

    monkeypatch.setattr(store.migrate, "HERE", older)
    restored = restore_backup(backup, url, services.admin_database_url, NOW)
    assert ask(url, COUNT) == before
    assert ask(url, "select count(*) from migrations") == (len(names) - N_NEWER,)
    assert restored.aside is not None
    assert ask(with_database(url, restored.aside), COUNT) == after
