"""Reads of a store with a year of values: what they take through the API's role, and the naive SQL on raw rows."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg

from analytics.evaluate.row import Row
from bench.year_of_series import FIRST, LAST, TERRITORY, Year
from store.connect import open_async_pool
from store.count import count_measurements
from store.curve import read_curves
from store.listing import list_kpis
from store.reader import Connection, Pool, limited
from store.resolution import Question
from store.window import read_last

TERRITORIES = (1,)
N_WARM, N_TIMED = 5, 200
N_NAIVE = 5
LONGEST_READ_S = 20.0  # of one kind, whatever was timed by then
LONGEST_NAIVE_S = 120
DAY = timedelta(days=1)
NAIVE_LAST = """
select distinct on (series_id) series_id, observed_at, value
from measurements where series_id = any (%(ids)s) order by series_id, observed_at desc
"""
NAIVE_POINTS = """
select series_id, date_bin(%(width)s, observed_at, %(from)s) as bucket, count(*), min(value), max(value), avg(value)
from measurements where series_id = any (%(ids)s) and observed_at >= %(from)s and observed_at < %(to)s
group by 1, 2 order by 1, 2
"""
NAIVE_COUNT = """
select series_id, count(*) from measurements
where series_id = any (%(ids)s) and observed_at >= %(from)s and observed_at < %(to)s group by 1
"""
NAIVE_TILE = """
select date_trunc('month', at, 'Europe/Paris') as month, sum(greatest(value - previous, 0))
from (select m.observed_at as at, m.value, lag(m.value) over (partition by series_id order by observed_at) as previous
      from measurements m join series using (series_id)
      where quantity = 'active_energy' and observed_at >= %(from)s and observed_at < %(to)s) as steps
group by 1 order by 1
"""


@dataclass(frozen=True, slots=True)
class Read:
    """One kind of read: its name, how many milliseconds it may take, how it is asked, and the naive SQL."""

    name: str
    goal_ms: float | None
    ask: Callable[[Pool], Awaitable[object]]
    naive: str
    parameters: Mapping[str, object]


def within(ask: Callable[[Connection], Awaitable[object]]) -> Callable[[Pool], Awaitable[object]]:
    """Ask in a transaction of the API's role, as its routes do."""

    async def ask_limited(pool: Pool) -> object:
        async with limited(pool, TERRITORIES) as reader:
            return await ask(reader)

    return ask_limited


def reads_of(year: Year) -> list[Read]:
    """Give the reads that count."""
    every = [*year.whole_ids.tolist(), *year.brief_ids.tolist()]
    one, many = every[:1], every[:200]
    whole, day = (FIRST, LAST), (LAST - DAY, LAST)
    tile = {"territory": TERRITORY, "asset_id": None, "kpi": "electricity_meter_energy", "scope": "territory"}
    month = timedelta(days=31)
    return [
        Read("last_1000", 20, lambda pool: read_last(pool, TERRITORIES, every, None), NAIVE_LAST, {"ids": every}),
        Read(
            "year_1000_points",
            50,
            within(lambda c: read_curves(c, one, Question(whole, 1000), "none", LAST)),
            NAIVE_POINTS,
            {"ids": one, "width": (LAST - FIRST) / 1000, "from": FIRST, "to": LAST},
        ),
        Read(
            "day_200_series",
            100,
            within(lambda c: read_curves(c, many, Question(day, 24), "none", LAST)),
            NAIVE_POINTS,
            {"ids": many, "width": timedelta(hours=1), "from": day[0], "to": LAST},
        ),
        Read(
            "kpi_tile",
            30,
            within(lambda c: list_kpis(c, {**tile, "history": False}, after=0, n=31)),
            NAIVE_TILE,
            {"from": LAST - month, "to": LAST},
        ),
        Read(
            "count_year_200",
            None,
            within(lambda c: count_measurements(c, many, whole)),
            NAIVE_COUNT,
            {"ids": many, "from": FIRST, "to": LAST},
        ),
    ]


async def measure_reads(database_url: str, year: Year) -> None:
    """Time each read, print the 95th percentile beside the naive one."""
    pool: Pool = open_async_pool(database_url, program="bench", n_connections=1)
    async with pool:
        for read in reads_of(year):
            value_ms = await time_read(pool, read)
            naive_ms = time_naive(database_url, read)
            print(Row(f"store.{read.name}", value_ms, "ms", "lower", naive_ms, read.goal_ms).line(), flush=True)


async def time_read(pool: Pool, read: Read) -> float:
    """Give the 95th percentile [ms] of many, or of as many as the time allows, after some that warm up."""
    taken = []
    deadline = time.monotonic() + LONGEST_READ_S
    for index in range(N_WARM + N_TIMED):
        began = time.perf_counter()
        await read.ask(pool)
        if index >= N_WARM:
            taken.append((time.perf_counter() - began) * 1000)
            if time.monotonic() > deadline:
                break
    return percentile_95(taken)


def time_naive(database_url: str, read: Read) -> float:
    """Give the same of the naive SQL, a few times; the time-out where it takes longer."""
    taken = []
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"set statement_timeout = '{LONGEST_NAIVE_S}s'".encode())
        deadline = time.monotonic() + LONGEST_NAIVE_S
        for _ in range(N_NAIVE):
            began = time.perf_counter()
            try:
                connection.execute(read.naive.encode(), dict[str, Any](read.parameters)).fetchall()
            except psycopg.errors.QueryCanceled:
                return LONGEST_NAIVE_S * 1000.0
            taken.append((time.perf_counter() - began) * 1000)
            if time.monotonic() > deadline:
                break
    return percentile_95(taken)


def percentile_95(taken: list[float]) -> float:
    """Give the value that 95 of 100 do not exceed."""
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * 0.95))]
