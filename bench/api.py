"""The API as its users meet it: `python -m bench.api [--rows N] [--clients N --rate N --seconds N]`. JSON lines.

One program `vigie api` on an embedded database with N rows of one-minute values (two series of a year, by default).
References, in the same run: the same rows by a bare SQL client; `psql \\copy` to nowhere for exports. Clients, server
and database share the machine; `api.load` says how busy it was.
"""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from analytics.evaluate.row import Row
from bench.api_client import opened
from bench.api_events import measure_events
from bench.database import CHECKOUT, drop_leftovers, fresh_database
from bench.year_of_series import FIRST, TERRITORY
from deploy.backup.programs import find_program
from deploy.local.services import running
from store import rollup
from store.connect import connect
from store.keys import create_key
from store.registry import DeviceEntry, TerritoryEntry, register

MINUTES = 365 * 1440
N_DEVICES = 10
N_TIMED = 25
N_AT_ONCE = 8
SECONDS = 3.0
PATIENCE_S = 600.0  # a busy machine starts slowly
GOALS = {"csv": 0.7, "parquet": 0.5}
GOAL_MEMORY = 200 * 2**20
SERIES = """
insert into series (territory_id, device_id, quantity, unit)
select territory_id, device_id, quantity, unit from devices
join quantities on quantity in ('temperature', 'co2', 'voltage', 'relative_humidity', 'active_power', 'illuminance',
                                'active_energy', 'water_volume', 'gas_volume', 'occupancy')
"""
FILL = """
insert into measurements
select s, 1, %(first)s::timestamptz + n * interval '1 minute', round((20 + 8 * sin(n / 229.0) + s)::numeric, 2)::float8
from generate_series(0, %(minutes)s - 1) n, unnest(%(ids)s::int[]) s
"""
NEWEST = "insert into last_values select s, now(), 20, 1 from unnest(%s::int[]) s"
SAME_LAST = "select series_id, observed_at, value from last_values where series_id = %s"
SAME_ROWS = (
    "select series_id, observed_at, value from measurements where series_id = %s order by observed_at limit 10000"
)
SAME_POINTS = """
select date_bin(%(width)s, observed_at, %(from)s), count(*), min(value), max(value), avg(value)
from measurements where series_id = %(id)s group by 1 order by 1
"""
COPY = "\\copy (select series_id, observed_at, value from measurements) to '/dev/null' csv"
Connection = psycopg.Connection[tuple[Any, ...]]


def main() -> None:
    """Fill a database, start the program, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--rate", type=int, default=1000, help="measurements stored a second")
    parser.add_argument("--seconds", type=int, default=30)
    asked = parser.parse_args()
    with running(CHECKOUT) as services:
        drop_leftovers(services.admin_database_url)
        with (
            fresh_database(services) as database_url,
            connect(database_url, program="bench", autocommit=True, statement_timeout_s=3600) as connection,
        ):
            ids = fill(connection, asked.rows)
            key = create_key(connection, "bench", [TERRITORY])
            tell_load()
            with served(database_url) as (address, process):
                asyncio.run(measure_reads(connection, address, key, ids))
                for extension in GOALS:
                    measure_export(database_url, address, key, extension, process.pid)
            with served(database_url) as (address, _):
                asyncio.run(measure_events(database_url, address, key, asked.clients, asked.rate, asked.seconds))
            tell_load()


def fill(connection: Connection, n_rows: int) -> list[int]:
    """Make the series and their rows, and roll them up; give the series that have rows."""
    devices = [DeviceEntry(TERRITORY, f"device-{number}") for number in range(N_DEVICES)]
    register(connection, [TerritoryEntry(TERRITORY, "Bench")], [], devices)
    connection.execute(SERIES)
    connection.execute(
        "insert into batches (worker, received_at, n_messages, n_measurements, decoder_version)"
        " values ('bench', now(), 1, 1, 'bench/1')"
    )
    every = [row[0] for row in connection.execute("select series_id from series order by 1")]
    ids = every[: max(2, n_rows // MINUTES)]
    minutes = min(MINUTES, n_rows // len(ids))
    connection.execute(FILL, {"first": FIRST, "minutes": minutes, "ids": ids})
    connection.execute(NEWEST, (every,))
    connection.execute("vacuum (analyze) measurements")
    row = connection.execute("select max(observed_at) from measurements").fetchone()
    rollup.refresh(connection, row[0] if row else FIRST, grace_s=0, settle_s=0)
    connection.execute("vacuum (analyze)")
    return ids


@contextmanager
def served(database_url: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve the API by its own command, and give its address and process."""
    with socket.create_server(("127.0.0.1", 0)) as taken, tempfile.TemporaryDirectory() as folder:
        port = taken.getsockname()[1]
        taken.close()
        environment = {"VIGIE_DATABASE_URL": database_url, "VIGIE_API_PORT": str(port), "VIGIE_API_EXPORT_DIR": folder}
        environment |= {"VIGIE_API_REQUESTS_PER_S": "0", "VIGIE_API_REQUESTS_PER_DAY": "0"}
        command = [sys.executable, "-m", "deploy.cli", "api"]
        process = subprocess.Popen(command, env={**os.environ, **environment})
        try:
            wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.terminate()
            process.wait(30)


def wait_for(address: str) -> None:
    """Wait until it answers."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            httpx.get(f"{address}/v1/health", timeout=PATIENCE_S).raise_for_status()
            return
        except httpx.HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


async def measure_reads(connection: Connection, address: str, key: str, ids: list[int]) -> None:
    """Measure last values, raw rows and points of a whole series, each beside bare SQL."""
    row = connection.execute("select min(observed_at), max(observed_at) from measurements").fetchone()
    assert row is not None
    first, last = row
    span = f"from={first:%Y-%m-%dT%H:%M:%SZ}&to={last:%Y-%m-%dT%H:%M:%SZ}"
    width = (last - first) / 1000
    points = {"id": ids[0], "from": first, "width": width}
    reads: list[tuple[str, str, float, Callable[[], object]]] = [
        (
            "last_value",
            f"/v1/measurements/last?series_id={ids[0]}",
            2,
            lambda: connection.execute(SAME_LAST, (ids[0],)).fetchall(),
        ),
        (
            "raw_10000",
            f"/v1/measurements?series_id={ids[0]}&{span}&limit=10000",
            25,
            lambda: connection.execute(SAME_ROWS, (ids[0],)).fetchall(),
        ),
        (
            "year_1000_points",
            f"/v1/curves?series_id={ids[0]}&{span}&points=1000",
            60,
            lambda: connection.execute(SAME_POINTS, points).fetchall(),
        ),
    ]
    for name, path, goal_ms, bare in reads:
        async with opened(address, key) as line:  # the server closes those that are silent for 5 s
            value_ms = await median_ms(lambda path=path, line=line: line.get(path))  # type: ignore[misc]
        reference_ms = await median_ms(lambda bare=bare: asyncio.to_thread(bare))  # type: ignore[misc]
        print(Row(f"api.{name}", value_ms, "ms", "lower", reference_ms, goal_ms).line(), flush=True)
    rate = await count_per_s(address, key, reads[0][1])
    print(Row("api.last_value_rate", rate, "1/s", goal=2000.0).line(), flush=True)


async def median_ms(ask: Callable[[], Awaitable[object]]) -> float:
    """Give the median of many, after some that warm up."""
    taken = []
    for _ in range(N_TIMED):
        began = time.perf_counter()
        await ask()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken[5:])[(N_TIMED - 5) // 2]


async def count_per_s(address: str, key: str, path: str) -> float:
    """Give how many requests a second are answered, over eight connections."""
    until = time.monotonic() + SECONDS

    async def ask() -> int:
        n = 0
        async with opened(address, key) as line:
            while time.monotonic() < until:
                await line.get(path)
                n += 1
        return n

    return sum(await asyncio.gather(*(ask() for _ in range(N_AT_ONCE)))) / SECONDS


def measure_export(database_url: str, address: str, key: str, extension: str, pid: int) -> None:
    """Fetch all rows as one file, beside `psql \\copy`; the best of two each, in turn."""
    rates: list[float] = []
    references: list[float] = []
    for _ in range(2):
        references.append(copy_rate(database_url))
        rates.append(asyncio.run(export_rate(database_url, address, key, extension)))
    row = Row(
        f"api.export_{extension}", max(rates), "rows/s", reference=max(references), goal=GOALS[extension],
        is_goal_of_ratio=True,
    )  # fmt: skip
    print(row.line(), flush=True)
    print(Row(f"api.export_{extension}_memory", peak(pid), "B", "lower", goal=GOAL_MEMORY).line(), flush=True)


def copy_rate(database_url: str) -> float:
    """Give rows a second of `psql \\copy`."""
    command = [str(find_program("psql", 17)), "-X", "-q", "-d", database_url, "-c", COPY]
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    elapsed_s = time.monotonic() - began
    return count_rows(database_url) / elapsed_s


async def export_rate(database_url: str, address: str, key: str, extension: str) -> float:
    """Give rows a second of a file fetched."""
    began, n_bytes = time.monotonic(), 0
    async with opened(address, key) as line:
        async for part in line.parts(f"/v1/measurements.{extension}?from=2020-01-01T00:00:00Z"):
            n_bytes += len(part)
    elapsed_s = time.monotonic() - began
    assert n_bytes > 0
    return count_rows(database_url) / elapsed_s


def count_rows(database_url: str) -> int:
    """Count all rows."""
    with connect(database_url, program="bench") as connection:
        row = connection.execute("select count(*) from measurements").fetchone()
    return int(row[0]) if row else 0


def peak(pid: int) -> float:
    """Give the most memory that a process ever held [B]."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return float(line.split()[1]) * 1024
    return float("nan")


def tell_load() -> None:
    """Say how busy the machine is."""
    print(Row("api.load", os.getloadavg()[0], "1", "lower").line(), flush=True)


if __name__ == "__main__":
    main()
