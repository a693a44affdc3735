"""A worker's memory through an hour's worth of messages and an outage of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from bench.ingest.chain import Chain
from bench.ingest.loading import load
from bench.ingest.messages import Clock, single_messages
from deploy.local.services import Services

ROUND_N = 100_000  # queued at once: far below what the broker may keep
N_WARM = 3
KIB = 1024


def measure_memory(services: Services, chain: Chain, clock: Clock, n: int) -> tuple[float, float, float]:
    """Give a worker's memory [B] after it has warmed up, after so many messages more, and after an outage then."""
    held: list[int] = []
    with chain.workers() as programs:
        chain.wait_for_sessions(1)
        for _ in range(N_WARM + max(1, n // ROUND_N)):
            send_round(chain, clock)
            held.append(resident(programs[0].process.pid))
        with database_away(services, chain.database_url):
            load(chain.mqtt_url, single_messages(clock.next_s(), ROUND_N))
        chain.wait_for(chain.count_settled() + ROUND_N)
        return held[N_WARM - 1], held[-1], resident(programs[0].process.pid)


def send_round(chain: Chain, clock: Clock) -> None:
    """Send some messages and wait until all are committed."""
    before = chain.count_settled()
    chain.wait_for(before + load(chain.mqtt_url, single_messages(clock.next_s(), ROUND_N)))


@contextmanager
def database_away(services: Services, database_url: str) -> Iterator[None]:
    """Close the database to everybody and end all its sessions, as long as the block lasts."""
    name = urlsplit(database_url).path.lstrip("/")
    statement = sql.SQL("alter database {} allow_connections {}")
    with psycopg.connect(services.admin_database_url, autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Literal(False)))
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
        try:
            yield
        finally:
            connection.execute(statement.format(sql.Identifier(name), sql.Literal(True)))


def resident(pid: int) -> int:
    """Give the memory a process holds [B], its children's included."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    return own * KIB + sum(resident(int(child)) for child in children)
