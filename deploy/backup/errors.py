"""What can go wrong with a backup: one family, one exit code."""


class BackupError(Exception):
    """The backup or restore failed."""

    exit_code = 13


class DifferenceError(BackupError):
    """What was restored is not what was backed up."""

    exit_code = 14


class OldBackupError(BackupError):
    """The newest backup is too old."""

    exit_code = 15
