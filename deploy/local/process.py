"""Server processes by their number: is it there, is it ours, end it."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

POLL_S = 0.02


def is_running(pid: int, name: str) -> bool:
    """Tell whether a live process of this program has this number (numbers are used again, dead ones may linger)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    program, _, rest = text.partition("(")[2].rpartition(")")
    return program == name and rest.split()[0] not in ("Z", "X")


def read_pid(path: Path, name: str) -> int | None:
    """Read a server's pid file; None if it is absent, or the number now belongs to a process of other data."""
    try:
        pid = int(path.read_text(encoding="utf-8").split("\n")[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None
    return pid if is_running(pid, name) and bytes(path.parent) in command else None


def end_process(pid: int, name: str, timeout_s: float) -> None:
    """Ask a process to end, and kill it after the time-out."""
    if is_running(pid, name):
        os.kill(pid, signal.SIGTERM)
    if not wait_until(lambda: not is_running(pid, name), timeout_s):
        os.kill(pid, signal.SIGKILL)


def wait_until(holds: Callable[[], bool], timeout_s: float) -> bool:
    """Wait for a condition; False if it does not come true in time."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def last_line(log: Path) -> str:
    """Give the last line of a log, or an empty text."""
    if not log.exists():
        return ""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
