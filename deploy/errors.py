"""From errors that a person can meet to one sentence and an exit code."""

import errno

from deploy.local.errors import LocalError
from store.errors import StoreError

EXIT_STORE = 10
EXIT_SETTING = 11
EXIT_DISK = 6


class SettingError(Exception):
    """An environment variable or an option cannot be used."""


def sentence_of(error: Exception) -> tuple[str, int] | None:
    """Give the sentence and the exit code, or None for what nobody should meet (a fault of ours)."""
    if isinstance(error, LocalError):
        return str(error), error.exit_code
    if isinstance(error, StoreError):
        return str(error), EXIT_STORE
    if isinstance(error, SettingError):
        return str(error), EXIT_SETTING
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"the disk is full: {error.filename or 'no more could be written'}", EXIT_DISK
    return None
