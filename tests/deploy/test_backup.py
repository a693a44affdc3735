"""Backups of a real store: restored, drilled, spoilt, cut and done again."""

import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from deploy.backup.drill import LOCK as DRILL_LOCK
from deploy.backup.drill import PREFIX, drill
from deploy.backup.due import drill_newest
from deploy.backup.errors import BackupError, DifferenceError, OldBackupError
from deploy.backup.manifest import FILE, read_manifest
from deploy.backup.restore import name_of, restore_backup, with_database
from deploy.backup.write import LOCK, write_backup
from deploy.cli import app
from deploy.local.lock import hold
from deploy.local.place import place_of
from deploy.local.services import Services
from store import backup as store
from store.connect import connect
from store.errors import MissingExtensionError, MissingRightError
from store.migrate import migrate
from tests.support.kept_town import seed_quickly
from tests.support.services import fresh_database
from tests.support.town import seed_small_region

pytestmark = pytest.mark.services

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
MARCH = "select count(*), sum(value) from measurements"


@pytest.fixture(scope="module")
def town_url(services: Services, database_template: str) -> Iterator[str]:
    """Give the URL of a small region's database; tests leave it as it is."""
    with fresh_database(services, database_template) as url:
        seed_small_region(url)
        with psycopg.connect(url) as connection:  # a second chunk
            connection.execute("insert into measurements select 1, 1, '2026-05-20', 7")
        yield url


@pytest.fixture(scope="module")
def backup(services: Services, town_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of its backup, which tests only read."""
    return write_backup(admin_of(services, town_url), tmp_path_factory.mktemp("backups"), NOW)


@pytest.fixture
def own_url(services: Services, town_url: str) -> Iterator[str]:
    """Give the URL of a copy of the region that a test may replace; what is kept aside is dropped too."""
    with fresh_database(services, name_of(town_url)) as url:
        yield url
        with psycopg.connect(services.admin_database_url, autocommit=True) as admin:
            for (name,) in admin.execute("select datname from pg_database").fetchall():
                if str(name).startswith(f"{name_of(url)}_before"):
                    admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def admin_of(services: Services, url: str) -> str:
    """Give the superuser's URL of a database."""
    return with_database(services.admin_database_url, name_of(url))


def ask(url: str, query: str) -> tuple[object, ...] | None:
    """Ask one question."""
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchone()


def databases(services: Services) -> set[str]:
    """Give the names of all databases that a restore made."""
    with psycopg.connect(services.admin_database_url) as connection:
        rows = connection.execute("select datname from pg_database where datname like %s", (f"{store.RESTORING}%",))
        return {str(row[0]) for row in rows}


def test_backup_counts_every_table_and_chunk_of_the_moment(backup: Path, town_url: str) -> None:
    manifest = read_manifest(backup)
    counted = {digest.group.table for digest in manifest.digests}
    assert {"territories", "series", "measurements", "migrations", "api_keys"} <= counted
    n_rows = sum(digest.n_rows for digest in manifest.digests if digest.group.table == "measurements")
    assert (n_rows,) == ask(town_url, "select count(*) from measurements")
    assert sum(digest.group.table == "measurements" for digest in manifest.digests) > 1


def test_restore_brings_back_what_was_deleted_and_keeps_the_old_database(
    services: Services, backup: Path, own_url: str
) -> None:
    wanted = ask(own_url, MARCH)
    with psycopg.connect(own_url) as connection:
        connection.execute("delete from measurements where observed_at < '2026-03-02'")
        connection.execute("update territories set name = 'spoilt'")
    still_there = psycopg.connect(own_url)  # a program that does not let go
    restored = restore_backup(backup, own_url, services.admin_database_url, NOW)
    still_there.close()
    assert ask(own_url, MARCH) == wanted
    assert ask(own_url, "select count(*) from territories where name = 'spoilt'") == (0,)
    assert ask(own_url, "select count(*) from reader.territories") == (0,)
    assert restored.aside is not None
    assert ask(with_database(own_url, restored.aside), MARCH) != wanted
    assert databases(services) == set()


def test_restored_database_takes_new_measurements_and_chunks(services: Services, backup: Path, own_url: str) -> None:
    restore_backup(backup, own_url, services.admin_database_url, NOW)
    with psycopg.connect(own_url) as connection:
        connection.execute("insert into measurements values (1, 1, '2027-01-01', 1), (1, 1, '2026-03-01 00:00:01', 1)")
        connection.execute("insert into territories (slug, name, kind) values ('later', 'Later', 'commune')")


def test_drill_finds_nothing_different_and_leaves_nothing(backup: Path) -> None:
    leftover = place_of().data / f"{PREFIX}killed"
    leftover.mkdir(parents=True)
    comparisons = drill(backup, NOW)
    assert len(comparisons) == len(read_manifest(backup).digests)
    assert all(one.is_equal for one in comparisons)
    with hold(place_of().data / DRILL_LOCK):  # no other drill is at work
        assert list(place_of().data.glob(f"{PREFIX}*")) == []


def test_difference_is_found_and_the_old_database_stays(
    services: Services, backup: Path, own_url: str, tmp_path: Path
) -> None:
    """A manifest that says one value otherwise stands for a dump that lost it."""
    copy = shutil.copytree(backup, tmp_path / "copy")
    manifest = read_manifest(copy)
    text = (copy / FILE).read_text()
    chunk = next(one for one in manifest.digests if one.group.table == "measurements" and one.n_rows)
    (copy / FILE).write_text(text.replace(chunk.checksum, str(int(chunk.checksum) + 1)))
    with pytest.raises(DifferenceError, match="measurements is not what was backed up"):
        restore_backup(copy, own_url, services.admin_database_url, NOW)
    assert ask(own_url, MARCH) is not None
    assert databases(services) == set()


def test_damaged_dump_is_refused_and_the_old_database_stays(
    services: Services, backup: Path, own_url: str, tmp_path: Path
) -> None:
    copy = shutil.copytree(backup, tmp_path / "copy")
    largest = max((copy / "database").iterdir(), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[: largest.stat().st_size // 2])
    wanted = ask(own_url, MARCH)
    with pytest.raises(BackupError, match="pg_restore failed"):
        restore_backup(copy, own_url, services.admin_database_url, NOW)
    assert ask(own_url, MARCH) == wanted
    assert databases(services) == set()


def test_restore_after_one_that_was_killed_drops_what_it_left(services: Services, backup: Path, own_url: str) -> None:
    with psycopg.connect(services.admin_database_url, autocommit=True) as admin:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(f"{store.RESTORING}killed")))
    restore_backup(backup, own_url, services.admin_database_url, NOW)
    assert databases(services) == set()


def test_backup_that_was_killed_leaves_no_backup_and_the_next_clears_it(
    services: Services, town_url: str, tmp_path: Path
) -> None:
    (tmp_path / "vigie-20260101T000000Z.partial" / "database").mkdir(parents=True)
    written = write_backup(admin_of(services, town_url), tmp_path, NOW)
    assert [path.name for path in tmp_path.glob("vigie-*")] == [written.name]


def test_second_backup_at_once_is_refused_and_one_afterwards_is_not(
    services: Services, town_url: str, tmp_path: Path
) -> None:
    with hold(tmp_path / LOCK), pytest.raises(BackupError, match="another backup is being written"):
        write_backup(admin_of(services, town_url), tmp_path, NOW)
    first = write_backup(admin_of(services, town_url), tmp_path, NOW)
    second = write_backup(admin_of(services, town_url), tmp_path, NOW + timedelta(seconds=1))
    assert read_manifest(first).digests == read_manifest(second).digests


def test_newest_backup_is_restored_on_trial_and_its_age_told(services: Services, backup: Path, tmp_path: Path) -> None:
    """An older one beside it that cannot be restored is not looked at; too old a one is restored all the same."""
    shutil.copytree(backup, tmp_path / backup.name)
    (tmp_path / "vigie-20260401T120000Z").mkdir()
    (tmp_path / "vigie-20260601T120000Z.partial").mkdir()
    young, old = (
        drill_newest(tmp_path, NOW + timedelta(hours=hours), timedelta(hours=26), services.admin_database_url)
        for hours in (1, 27)
    )
    assert (young.folder, young.fault, young.n_different) == (tmp_path / backup.name, None, 0)
    assert young.n_compared == len(read_manifest(backup).digests)
    assert f"vigie_backup_made_timestamp_seconds {NOW.timestamp():.0f}\n" in young.metrics()
    assert "vigie_backup_drill_ok 1\n" in young.metrics()
    assert isinstance(old.fault, OldBackupError)
    assert old.n_compared == young.n_compared
    assert "vigie_backup_drill_ok 0\n" in old.metrics()
    assert databases(services) == set()


def test_damaged_or_missing_backup_is_told_by_the_drill(
    services: Services, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its exit code and in the file of metrics, also where nothing was ever backed up."""
    kept, metrics = tmp_path / "kept", tmp_path / "drill.prom"
    kept.mkdir()
    words = ["drill", str(kept), "--metrics", str(metrics), "--scratch-url", services.admin_database_url]
    monkeypatch.setenv("VIGIE_DATABASE_URL", services.database_url)
    missing = CliRunner().invoke(app, words)
    assert (str(missing.exception), metrics.read_text().count("_ok 0\n")) == (f"{kept} holds no backup", 1)
    copy = shutil.copytree(backup, kept / backup.name)
    largest = max((copy / "database").iterdir(), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[: largest.stat().st_size // 2])
    metrics.unlink()
    damaged = CliRunner().invoke(app, words)
    assert "pg_restore failed" in str(damaged.exception)
    assert "vigie_backup_drill_ok 0\n" in metrics.read_text()
    assert databases(services) == set()


@pytest.mark.skipif(
    "VIGIE_TEST_COMMUNITY_URL" not in os.environ, reason="no server with the Community edition is given"
)
def test_compressed_chunks_are_restored_on_a_community_server(community_url: str, tmp_path: Path) -> None:
    migrate(community_url)
    with connect(community_url, program="test", autocommit=True) as connection:
        seed_quickly(connection)
        connection.execute("select compress_chunk(chunk) from show_chunks('measurements') as chunk")
    written = write_backup(community_url, tmp_path, NOW)
    assert read_manifest(written).server.n_compressed > 0
    comparisons = drill(written, NOW, os.environ["VIGIE_TEST_COMMUNITY_URL"])
    assert all(one.is_equal for one in comparisons)


def test_restore_is_refused_while_programs_work(services: Services, backup: Path, own_url: str) -> None:
    with connect(own_url, program="ingest"), pytest.raises(BackupError, match="before a restore: vigie ingest"):
        restore_backup(backup, own_url, services.admin_database_url, NOW)


def test_restore_says_that_it_needs_a_superuser(backup: Path, own_url: str) -> None:
    with pytest.raises(MissingRightError, match="needs a superuser"):
        restore_backup(backup, own_url, own_url, NOW)


def test_restore_says_which_timescaledb_is_missing(
    services: Services, backup: Path, own_url: str, tmp_path: Path
) -> None:
    copy = shutil.copytree(backup, tmp_path / "copy")
    version = read_manifest(copy).server.timescaledb
    (copy / FILE).write_text((copy / FILE).read_text().replace(version, "1.7.5"))
    with pytest.raises(MissingExtensionError, match=r"made with TimescaleDB 1\.7\.5, this server offers"):
        restore_backup(copy, own_url, services.admin_database_url, NOW)


def test_folder_without_a_backup_is_named(services: Services, own_url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="holds no backup"):
        restore_backup(tmp_path, own_url, services.admin_database_url, NOW)


def test_commands_back_up_and_drill(
    services: Services, town_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIGIE_DATABASE_URL", town_url)
    monkeypatch.setenv("VIGIE_MQTT_URL", services.mqtt_url)
    monkeypatch.setenv("VIGIE_ADMIN_DATABASE_URL", services.admin_database_url)
    runner = CliRunner()
    written = runner.invoke(app, ["backup", str(tmp_path)], catch_exceptions=False).stdout.strip()
    drilled = runner.invoke(app, ["restore", written, "--drill"], catch_exceptions=False)
    assert drilled.exit_code == 0
    assert re.search(r"measurements +2026-05-07 +1 +1 +same", drilled.stdout)
    manifest = Path(written) / FILE
    manifest.write_text(re.sub(r'"n_rows": 1,', '"n_rows": 2,', manifest.read_text()))
    spoilt = runner.invoke(app, ["restore", written, "--scratch-url", services.admin_database_url])
    assert isinstance(spoilt.exception, DifferenceError)
    assert re.search(r"measurements +2026-05-07 +2 +1 +DIFFERENT", spoilt.stdout)
