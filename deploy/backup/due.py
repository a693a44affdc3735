"""Is there a backup that can be restored, and is it young enough? Asked by a timer, told as metrics."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from deploy.backup.drill import drill
from deploy.backup.errors import BackupError, DifferenceError, OldBackupError
from deploy.backup.manifest import read_manifest
from deploy.backup.noting import FAILURES, fault_of
from store.backup_runs import BackupRun

PATTERN = "vigie-*Z"
METRICS = (
    ("vigie_backup_made_timestamp_seconds", "when the newest backup was made"),
    ("vigie_backup_drilled_timestamp_seconds", "when it was last restored on trial"),
    ("vigie_backup_drill_ok", "1: all tables and chunks came back as they were, 0: not"),
    ("vigie_backup_compared", "tables and chunks compared"),
    ("vigie_backup_different", "tables and chunks that came back otherwise"),
)


@dataclass(frozen=True, slots=True)
class Drilled:
    """What a drill of the newest backup found; `fault` is None where it can be restored whole."""

    folder: Path | None
    made_at: datetime | None
    at: datetime
    n_compared: int = 0
    n_different: int = 0
    fault: Exception | None = None

    def run(self, ended_at: datetime) -> BackupRun:
        """Give it as the store notes it."""
        return BackupRun(
            action="drill",
            ended_at=ended_at,
            backup=self.folder.name if self.folder else None,
            made_at=self.made_at,
            n_compared=self.n_compared,
            n_different=self.n_different,
            fault=fault_of(self.fault) if self.fault else None,
            detail=str(self.fault or ""),
        )

    def metrics(self) -> str:
        """Write it as Prometheus' text format, for the textfile collector of its node exporter."""
        numbers = (
            self.made_at.timestamp() if self.made_at else 0,
            self.at.timestamp(),
            int(self.fault is None),
            self.n_compared,
            self.n_different,
        )
        lines = (
            f"# HELP {name} {text}\n# TYPE {name} gauge\n{name} {number:.0f}\n"
            for (name, text), number in zip(METRICS, numbers, strict=True)
        )
        return "".join(lines)


def drill_newest(kept_in: Path, now: datetime, longest: timedelta, scratch_url: str | None = None) -> Drilled:
    """Restore the newest backup of a folder on trial; what is wrong with it is told, not raised.

    An old backup is restored all the same: one that can be restored is better than none.
    """
    folder = newest(kept_in)
    if folder is None:
        return Drilled(None, None, now, fault=BackupError(f"{kept_in} holds no backup"))
    made_at = None
    try:
        made_at = read_manifest(folder).made_at
        comparisons = drill(folder, now, scratch_url)
    except FAILURES as error:
        return Drilled(folder, made_at, now, fault=error)
    n_different = sum(not one.is_equal for one in comparisons)
    fault: BackupError | None = None
    if n_different:
        fault = DifferenceError(f"{folder.name}: {n_different} tables or chunks are not what was backed up")
    elif now - made_at > longest:
        fault = OldBackupError(f"{folder.name} is older than {longest}: is the backup's timer at work?")
    return Drilled(folder, made_at, now, len(comparisons), n_different, fault)


def newest(kept_in: Path) -> Path | None:
    """Give the newest backup of a folder by its name, which tells its moment; None where there is none."""
    return max(kept_in.glob(PATTERN), default=None, key=lambda path: path.name)


def save_metrics(drilled: Drilled, path: Path) -> None:
    """Write the metrics into a file, whole or not at all, for other programs to read."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(drilled.metrics(), encoding="utf-8")
    partial.chmod(0o644)
    partial.replace(path)
