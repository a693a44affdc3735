"""What Vigie itself uses: each process notes its CPU time and bytes about once a minute; months are read by territory.

The CPU time of the database is the time in which its sessions executed statements (`pg_stat_database.active_time`), an
upper bound: waiting for disks and locks is in it, background work of the server is not.
"""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import psycopg

from store.sql import load_queries

if TYPE_CHECKING:  # the API reads this module, and starts without NumPy
    from store.inputs import Window

QUERIES = load_queries(__file__)
PERIOD_S = 60.0
Connection = psycopg.Connection[tuple[Any, ...]]
AsyncConnection = psycopg.AsyncConnection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process used since it said so last: CPU [s] and bytes of messages taken in."""

    program: str
    process: str
    cpu_s: float
    n_bytes: int


class Meter:
    """Measures this process for a program; `count_bytes` gives all bytes that it has taken in so far.

    What was taken from the meter and could not be written is lost: a minute of CPU time at most.
    """

    def __init__(self, program: str, count_bytes: Callable[[], int] = lambda: 0) -> None:
        self._program = program
        self._process = f"{socket.gethostname()}:{os.getpid()}"
        self._count_bytes = count_bytes
        self._cpu_s = 0.0
        self._n_bytes = 0
        self._noted_at = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether a minute has passed since usage was taken."""
        return time.monotonic() - self._noted_at >= PERIOD_S

    def take(self) -> Usage:
        """Give what was used since the last time."""
        cpu_s, n_bytes = sum(os.times()[:4]), self._count_bytes()  # of ended children too: codecs run in them
        used = Usage(self._program, self._process, cpu_s - self._cpu_s, n_bytes - self._n_bytes)
        self._cpu_s, self._n_bytes, self._noted_at = cpu_s, n_bytes, time.monotonic()
        return used


def note_usage(connection: Connection, usage: Usage) -> None:
    """Add to the hour's row of a process."""
    connection.execute(QUERIES["note_usage"], parameters_of(usage))


async def note_usage_async(connection: AsyncConnection, usage: Usage) -> None:
    """Do the same for the API."""
    await connection.execute(QUERIES["note_usage"], parameters_of(usage))


def parameters_of(usage: Usage) -> dict[str, Any]:
    """Name the fields as the query does."""
    return {
        "program": usage.program,
        "process": usage.process,
        "cpu_s": usage.cpu_s,
        "n_bytes": usage.n_bytes,
    }


def note_database(connection: Connection) -> None:
    """Note what the database used since the last time, whoever looked, and once a day how large it is."""
    with connection.transaction():
        connection.execute(QUERIES["note_database"])
        connection.execute(QUERIES["mark_database"])
        connection.execute(QUERIES["note_size"])


@dataclass(frozen=True, slots=True)
class PlatformMonth:
    """What all of Vigie used in a period, and the part of messages and values that were a territory's.

    `n_hours` of the period are noted; CPU [s] of programs and of the database apart; `stored_bytes` is the mean of the
    days that were noted, None without any; `n_kept` are values stored since the beginning, until the period's end.
    """

    n_hours: int
    n_hours_expected: int
    programs_cpu_s: float
    database_cpu_s: float
    received_bytes: int
    stored_bytes: float | None
    n_messages: int
    n_messages_all: int
    n_stored: int
    n_stored_all: int
    n_kept: int
    n_kept_all: int


@dataclass(frozen=True, slots=True)
class SavedFigure:
    """What a KPI says that the territory saved in the period, as it stands."""

    kpi: str
    unit: str
    value: float
    low: float | None
    high: float | None


def read_platform(connection: Connection, window: "Window") -> PlatformMonth:
    """Read what Vigie used in a window."""
    row = connection.execute(QUERIES["read_platform"], window_parameters(window)).fetchone()
    if row is None:
        raise LookupError(f"territory {window.territory_id}")
    return PlatformMonth(*row)


def read_saved(connection: Connection, window: "Window") -> list[SavedFigure]:
    """Read what KPIs of energy saved and emissions avoided say of a territory's month, in order of their names."""
    return [SavedFigure(*row) for row in connection.execute(QUERIES["read_saved"], window_parameters(window))]


def window_parameters(window: "Window") -> dict[str, datetime | int]:
    """Name the fields as the queries do."""
    return {"territory_id": window.territory_id, "from": window.begins_at, "to": window.ends_at}
