"""Whoever runs the platform is told when no backup can be restored, until one can: real backups, really damaged."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from analytics.alert.carrier import Carrier
from analytics.alert.raising import raise_alerts
from analytics.alert.sending import send_due
from analytics.incidents.job import keep_incidents
from analytics.jobs.settings import SettingError, backup_longest_from
from analytics.platform_watch import watch_platform
from deploy.backup.restore import name_of, with_database
from deploy.check.backups import judge_backups
from deploy.check.finding import Level
from deploy.cli import app
from deploy.local.services import Services
from deploy.local.state import free_port
from deploy.status.database import backup_line
from deploy.status.line import Standing
from store.backup_runs import BackupRun, BackupStanding, note_run, read_standing
from store.connect import connect
from store.inputs import Connection
from tests.analytics.alert.alerted_town import a_channel, a_rule, seed_alerted_town
from tests.support.hearing import Listener, hearing

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LAST_WEEK = NOW - timedelta(days=7)


@pytest.fixture
def town(database_url: str) -> Iterator[Connection]:
    with connect(database_url, program="test", autocommit=True) as connection:
        seed_alerted_town(connection)
        yield connection


def run(services: Services, database_url: str, *words: str) -> Result:
    """Run a command as the unit does: it knows the database, and no broker."""
    environment = {
        "VIGIE_DATABASE_URL": database_url,
        "VIGIE_MQTT_URL": "",
        "VIGIE_ADMIN_DATABASE_URL": with_database(services.admin_database_url, name_of(database_url)),
    }
    return CliRunner(env=environment).invoke(app, words)


def drill(services: Services, database_url: str, kept: Path) -> Result:
    """Restore the newest backup on trial, on the server of the tests."""
    return run(services, database_url, "drill", str(kept), "--scratch-url", services.admin_database_url)


def damage(kept: Path) -> None:
    """Cut the largest file of the newest dump in half."""
    largest = max((max(kept.iterdir()) / "database").iterdir(), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[: largest.stat().st_size // 2])


def hear(town: Connection, listener: Listener, channel: int) -> list[dict[str, object]]:
    """Do what `vigie analyse` does in time, and give what the webhook was told so far."""
    now = datetime.now(UTC)
    watch_platform(town, now)
    keep_incidents(town, now)
    raise_alerts(town, now)
    send_due(town, channel, now + timedelta(seconds=1), Carrier())
    return [json.loads(one.body) for one in listener.heard]


@pytest.mark.services
def test_damaged_backup_is_told_by_webhook_until_a_drill_finds_nothing(
    services: Services, database_url: str, town: Connection, tmp_path: Path
) -> None:
    with hearing() as listener:
        listener.answers[:] = [204]
        channel = a_channel(town, "Exploitant", "region", address=f"{listener.url}/hook")
        a_rule(town, "region", kinds=["backup_failed"], channel_id=channel)
        assert run(services, database_url, "backup", str(tmp_path)).exit_code == 0
        assert drill(services, database_url, tmp_path).exit_code == 0
        assert hear(town, listener, channel) == []
        damage(tmp_path)
        assert "pg_restore failed" in str(drill(services, database_url, tmp_path).exception)
        (told,) = hear(town, listener, channel)
        assert (told["kind"], told["territory"], told["severity"]) == ("backup_failed", "region", "urgent")
        assert "n’a pas pu être restaurée à l’essai" in str(told["sentence_fr"])
        assert "`vigie drill`" in str(told["runbook_fr"])
        assert read_standing(town).detail.startswith("pg_restore failed")
        shutil.rmtree(max(path for path in tmp_path.iterdir() if path.is_dir()))
        assert run(services, database_url, "backup", str(tmp_path)).exit_code == 0
        assert len(hear(town, listener, channel)) == 1  # a new backup alone proves nothing
        assert open_alerts(town) == 1
        assert drill(services, database_url, tmp_path).exit_code == 0
        assert len(hear(town, listener, channel)) == 1
    assert open_alerts(town) == 0
    assert town.execute("select count(*) from findings where ended_at is null").fetchone() == (0,)


def open_alerts(town: Connection) -> int:
    """Give how many alerts go on."""
    row = town.execute(
        "select count(*) from alerts a join incidents i using (incident_id) where i.ended_at is null"
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.services
def test_backup_that_cannot_be_written_is_noted(services: Services, database_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with connect(database_url, program="test", autocommit=True) as connection:
        assert run(services, database_url, "backup", str(tmp_path / "file")).exit_code == 1
        standing = read_standing(connection)
        assert (standing.action, standing.fault) == ("backup", "failed")
        assert "file" in standing.detail
        run(services, database_url, "backup", str(tmp_path / "kept"))
        standing = read_standing(connection)
        assert (standing.failing_since, standing.drilled_at) == (None, None)
        assert standing.backed_up_at is not None


@pytest.mark.services
def test_drill_is_done_also_where_the_store_is_away(services: Services, database_url: str, tmp_path: Path) -> None:
    """Backups are restored on trial on another machine too; that nothing was noted is said on the error output."""
    run(services, database_url, "backup", str(tmp_path))
    away = f"postgresql://vigie:secret@127.0.0.1:{free_port()}/vigie"
    done = drill(services, away, tmp_path)
    assert done.exit_code == 0
    assert "tables and chunks as they were backed up" in done.stdout
    assert "backup_not_noted" in done.stderr


def note(town: Connection, *runs: BackupRun) -> None:
    for one in runs:
        note_run(town, one)


@pytest.mark.services
@pytest.mark.parametrize(
    ("runs", "severity", "said"),
    [
        ([], None, ""),  # nobody ever backed up: `vigie check` says so, no alert does
        ([BackupRun("drill", NOW - 25 * HOUR, made_at=NOW - 26 * HOUR)], None, ""),
        ([BackupRun("drill", NOW - 27 * HOUR)], "warning", "restaurée à l’essai depuis le"),
        ([BackupRun("backup", NOW - 25 * HOUR)], None, ""),
        ([BackupRun("backup", LAST_WEEK), BackupRun("backup", NOW)], "warning", "aucune n’a été restaurée à l’essai"),
        ([BackupRun("drill", NOW - HOUR), BackupRun("backup", NOW, fault="failed")], "urgent", "pas pu être écrite"),
        ([BackupRun("backup", NOW - HOUR, fault="failed"), BackupRun("backup", NOW)], None, ""),
        ([BackupRun("drill", NOW - HOUR, fault="different"), BackupRun("backup", NOW)], "urgent", "diffère de ce"),
        ([BackupRun("drill", NOW, fault="too_old"), BackupRun("drill", LAST_WEEK)], "urgent", "trop ancienne"),
        ([BackupRun("drill", NOW - HOUR, fault="failed"), BackupRun("drill", NOW)], None, ""),
    ],
)
def test_what_failed_or_is_overdue_is_told_to_those_at_the_top(
    town: Connection, runs: list[BackupRun], severity: str | None, said: str
) -> None:
    note(town, *runs)
    watch_platform(town, NOW)
    found = town.execute(
        "select t.slug, f.kind, f.severity, f.sentence_fr from findings f join territories t using (territory_id)"
        " where f.ended_at is null order by 1"
    ).fetchall()
    tops = [] if severity is None else ["beside", "region"]
    assert [row[:3] for row in found] == [(slug, "backup_failed", severity) for slug in tops]
    assert all(said in row[3] for row in found)


@pytest.mark.services
def test_overdue_drill_that_then_fails_becomes_urgent_and_ends_with_the_next(town: Connection) -> None:
    note(town, BackupRun("drill", LAST_WEEK))
    watch_platform(town, NOW, timedelta(days=8))
    assert severities(town) == []
    watch_platform(town, NOW)
    assert severities(town) == ["warning", "warning"]
    note(town, BackupRun("drill", NOW, fault="failed"))
    watch_platform(town, NOW + HOUR)
    assert severities(town) == ["urgent", "urgent"]
    note(town, BackupRun("drill", NOW + HOUR))
    watch_platform(town, NOW + 2 * HOUR)
    assert severities(town) == []


def severities(town: Connection) -> list[str]:
    rows = town.execute("select severity from findings where kind = 'backup_failed' and ended_at is null")
    return [str(row[0]) for row in rows]


@pytest.mark.services
def test_only_a_drill_can_find_a_backup_different(town: Connection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        note_run(town, BackupRun("backup", NOW, fault="different"))


@pytest.mark.parametrize(
    ("backups", "standing", "level"),
    [
        (BackupStanding(), Standing.LOOK, Level.WARNING),
        (BackupStanding(LAST_WEEK, NOW, NOW - HOUR, NOW - 2 * HOUR), Standing.OK, Level.OK),
        (BackupStanding(LAST_WEEK, NOW, NOW - 27 * HOUR, NOW - 28 * HOUR), Standing.LOOK, Level.WARNING),
        (BackupStanding(LAST_WEEK, NOW), Standing.LOOK, Level.WARNING),
        (
            BackupStanding(LAST_WEEK, NOW, LAST_WEEK, LAST_WEEK, NOW, "drill", "failed", "pg_restore failed: …"),
            Standing.DOWN,
            Level.LOSS,
        ),
    ],
)
def test_status_and_check_say_when_one_last_came_back_and_what_fails(
    backups: BackupStanding, standing: Standing, level: Level
) -> None:
    line, finding = backup_line(backups, NOW), judge_backups(backups, NOW)
    assert (line.standing, finding.level) == (standing, level)
    assert backups.detail in line.text
    assert backups.detail in finding.found
    if backups.made_at:
        assert f"{backups.made_at:%Y-%m-%d %H:%MZ} came back whole" in line.text


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "a day"])
def test_hours_that_say_nothing_are_refused(text: str) -> None:
    with pytest.raises(SettingError, match="VIGIE_BACKUP_OLDEST_H must be"):
        backup_longest_from({"VIGIE_BACKUP_OLDEST_H": text})
    assert backup_longest_from({"VIGIE_BACKUP_OLDEST_H": "1.5"}) == timedelta(minutes=90)
