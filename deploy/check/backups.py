"""Could this database be put back? Only a backup that came back whole on trial says so."""

from datetime import datetime, timedelta

from deploy.check.finding import Finding, Level
from store.backup_runs import LONGEST, BackupStanding

SUBJECT = "database"
CHECK = "backup"
LOST = "if the disk of the database is lost, all is"


def judge_backups(backups: BackupStanding | None, now: datetime, longest: timedelta = LONGEST) -> Finding:
    """Judge what came of backups and drills; `longest` is how long the last drill that found nothing may be ago."""
    if backups is None:
        return Finding(SUBJECT, CHECK, Level.UNSEEN, "the database does not tell")
    if backups.first_at is None:
        mend = "`vigie backup` and `vigie drill` every night: docs/how-to/backup.md"
        return Finding(SUBJECT, CHECK, Level.WARNING, "none by `vigie backup`", LOST, mend)
    found = "none has come back whole on trial"
    if backups.drilled_at is not None:
        found = f"one came back whole on trial {(now - backups.drilled_at) / timedelta(hours=1):.0f} h ago"
    if backups.failing_since is not None:
        found = f"{backups.action} fails since {backups.failing_since:%Y-%m-%d %H:%MZ}: {backups.detail}; {found}"
        return Finding(SUBJECT, CHECK, Level.LOSS, found, LOST, "docs/runbooks/backup_failed.md")
    if backups.is_overdue(now, longest):
        mend = "`vigie drill`; is the backup's timer at work? VIGIE_BACKUP_OLDEST_H says how long it may be"
        return Finding(SUBJECT, CHECK, Level.WARNING, found, LOST, mend)
    return Finding(SUBJECT, CHECK, Level.OK, found)
