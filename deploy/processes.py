"""Programs started together and ended together: each in a session of its own, none left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Program:
    """A running `vigie` command and where it writes its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self) -> str:
        """Give the last line of the log, or an empty text."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else ""


def start_program(name: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Program:
    """Start `vigie ARGUMENTS` in a session of its own, so that only we receive the Ctrl-C of the terminal."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = start(arguments, environment, output)
    return Program(name, process, log)


def start(arguments: Sequence[str], environment: Mapping[str, str], output: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start one process that ends with its parent, even when the parent is killed."""
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True)

    def end_with_parent() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

    return subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=end_with_parent,  # one call of prctl, before any thread of ours exists
    )


def first_ended(programs: Sequence[Program]) -> Program | None:
    """Give a program that has ended, or None while all run."""
    return next((program for program in programs if program.process.poll() is not None), None)


def stop_programs(programs: Sequence[Program], timeout_s: float = 4.0) -> list[str]:
    """Ask all to end, wait, and kill what is left after the time-out. Gives one line per program."""
    for program in programs:
        if program.process.poll() is None:
            program.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + timeout_s
    return [stop_line(program, max(0.0, deadline - time.monotonic())) for program in programs]


def stop_line(program: Program, timeout_s: float) -> str:
    """Wait for one program and say how it ended."""
    try:
        code = program.process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        program.process.kill()
        program.process.wait()
        return f"{program.name}: killed after {timeout_s:.0f} s"
    return f"{program.name}: stopped" if code in (0, -signal.SIGTERM) else f"{program.name}: ended with code {code}"


def stop_on_signal() -> threading.Event:
    """Give an event that Ctrl-C and SIGTERM set; a second Ctrl-C changes nothing."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    return stop
