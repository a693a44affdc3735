"""Several workers of ingest or of analytics on this host: the same command in processes kept running."""

import random
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from subprocess import Popen, TimeoutExpired
from threading import Event

import structlog

from deploy.errors import SettingError
from deploy.processes import start, stop_on_signal
from ingest.backoff import Backoff

LOG = structlog.get_logger()
LOOK_S = 0.2
STEADY_S = 30.0
END_S = 10.0  # a worker needs less than 5 s
OURS = frozenset({10, 11, 12})  # the database, a setting or the broker is of no use: so it is for every worker
LAST_PORT = 65_535


@dataclass(slots=True)
class Seat:
    """One worker's seat: its process, and how often that ended by itself."""

    environment: dict[str, str]
    process: "Popen[bytes] | None" = None
    started_at: float = 0.0
    backoff: Backoff = field(default_factory=Backoff)


def run_crew(n_workers: int, arguments: Sequence[str], port_name: str, metrics_port: int) -> int:
    """Keep so many `vigie ARGUMENTS` running until SIGTERM or SIGINT, and give the worst of their exit codes.

    Each serves its counters on a port of its own, told by the variable `port_name`, from `metrics_port` on; 0 serves
    none. One that dies is started again; one that ends because it can be of no use ends all.
    """
    stop = stop_on_signal()
    seats = [Seat(make_environment(port_name, metrics_port, index)) for index in range(n_workers)]
    try:
        code = keep_running(seats, arguments, stop)
    finally:
        ended = end(seats)
    return max(code, ended)


def make_environment(port_name: str, metrics_port: int, index: int) -> dict[str, str]:
    """Give what differs from worker to worker."""
    if metrics_port + index > LAST_PORT:
        raise SettingError(f"{port_name} leaves no port for worker {index + 1}")
    return {port_name: str(metrics_port + index if metrics_port else 0)}


def keep_running(seats: Sequence[Seat], arguments: Sequence[str], stop: Event) -> int:
    """Start and restart until told to stop; else give the exit code for which all must end."""
    chance = random.Random()
    while not stop.is_set():
        now = time.monotonic()
        for seat in seats:
            code = None if seat.process is None else seat.process.poll()
            if code in OURS:
                return code
            if code is not None:
                note_death(seat, code, now, chance)
            if seat.process is None and not seat.backoff.remaining_s(now):
                seat.process = start(arguments, seat.environment, sys.stderr.buffer)
                seat.started_at = now
        stop.wait(LOOK_S)
    return 0


def note_death(seat: Seat, code: int, now: float, chance: random.Random) -> None:
    """Have a worker that died started again: at once after a long life, later after each short one."""
    LOG.error("worker_died", pid=seat.process and seat.process.pid, code=code)
    if now - seat.started_at > STEADY_S:
        seat.backoff = seat.backoff.succeeded()
    seat.backoff = seat.backoff.failed(now, chance)
    seat.process = None


def end(seats: Sequence[Seat]) -> int:
    """Ask all to end, kill what does not, and give the worst exit code; who died before was not asked."""
    running = [seat.process for seat in seats if seat.process is not None and not has_died(seat.process)]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + END_S
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except TimeoutExpired:
            LOG.error("worker_killed", pid=process.pid)  # noqa: TRY400  # the trace would tell nothing
            process.kill()
            process.wait()
    return max((shell_code(process.returncode) for process in running), default=0)


def has_died(process: "Popen[bytes]") -> bool:
    """Say whether a signal ended it that nobody here sent: it would have been started again."""
    code = process.poll()
    return code is not None and code < 0


def shell_code(code: int) -> int:
    """Give an exit code as a shell counts it; one that SIGTERM met before it listened has done nothing yet."""
    if code == -signal.SIGTERM:
        return 0
    return code if code >= 0 else 128 - code
