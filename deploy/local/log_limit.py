"""Logs of what `make demo` and `vigie local` start, kept to a size: nobody rotates them, and a full disk stops all.

What is too large is copied beside and emptied in place, since its writer keeps it open. All our writers append: their
next line begins at the new end. A line that is written between the two is lost.
"""

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from deploy.local.errors import LocalError

DEFAULT_MB = 20.0
VARIABLE = "VIGIE_LOG_LIMIT_MB"
OLD = ".1"


class LogLimitError(LocalError):
    """VIGIE_LOG_LIMIT_MB must be a number of megabytes above 0."""

    exit_code = 11


def read_limit() -> int:
    """Read how large a log may become [bytes] from the environment. Raises LogLimitError."""
    text = os.environ.get(VARIABLE, "")
    try:
        limit = float(text) * 1e6 if text else DEFAULT_MB * 1e6
    except ValueError as error:
        raise LogLimitError(f"{VARIABLE} must be a number of megabytes, not {text!r}") from error
    if not 0 < limit < float("inf"):
        raise LogLimitError(f"{VARIABLE} must be a number of megabytes above 0, not {text!r}")
    return int(limit)


def keep_small(logs: Iterable[Path], limit_bytes: int) -> None:
    """Empty those that are larger, and keep what they held beside in place of what was kept before.

    On a full disk nothing is kept. One that is gone meanwhile is left out.
    """
    for log in logs:
        with contextlib.suppress(FileNotFoundError):
            if log.stat().st_size > limit_bytes:
                empty(log)


def empty(log: Path) -> None:
    """Copy a log beside and empty it."""
    beside = kept_beside(log)
    try:
        shutil.copy(log, beside)
        shutil.chown(beside, log.stat().st_uid, log.stat().st_gid)
    except OSError:
        beside.unlink(missing_ok=True)
    os.truncate(log, 0)


def kept_beside(log: Path) -> Path:
    """Say where the part of a log before the present one is kept."""
    return log.with_name(log.name + OLD)
