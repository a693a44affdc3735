"""From errors that a person can meet to one sentence and an exit code.

An error family that a person can meet carries `exit_code`: 1 and 3 to 8 the embedded services, 10 the store,
11 a setting, 12 ingest, 13 and 14 backups, 15 models, 16 certificates, 30 to 35 reports. What carries none is a fault
of ours and shows its traceback.
"""

import errno

EXIT_DISK = 6


class SettingError(Exception):
    """An environment variable or an option cannot be used."""

    exit_code = 11


def sentence_of(error: Exception) -> tuple[str, int] | None:
    """Give the sentence and the exit code, or None for what nobody should meet (a fault of ours)."""
    code = getattr(error, "exit_code", None)
    if isinstance(code, int):
        return str(error), code
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"the disk is full: {error.filename or 'no more could be written'}", EXIT_DISK
    return None
