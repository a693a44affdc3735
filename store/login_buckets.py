"""How often somebody may try to log in: buckets that all processes of the API share, by hash of a name or an address.

The generic cell rate algorithm (ITU-T I.371, annex A): each try moves the instant at which the bucket is empty on.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import psycopg

from store.keys import digest
from store.sql import load_queries

QUERIES = load_queries(__file__)
AsyncConnection = psycopg.AsyncConnection[tuple[Any, ...]]


class Bucket(NamedTuple):
    """What is counted, under which name: `n_at_once` tries, then one each `every_s` seconds."""

    kind: str
    name: str
    n_at_once: int
    every_s: float

    def parameters(self) -> dict[str, Any]:
        """Name the fields as the queries do."""
        hashed = digest(f"login\n{self.kind}\n{self.name}")
        return {"bucket": hashed, "cost_s": self.every_s, "burst_s": self.n_at_once * self.every_s}


class Wait(NamedTuple):
    """For how long [s] nothing is tried; `is_first`: nobody was told so since the bucket was empty."""

    wait_s: float
    is_first: bool


async def take_try(connection: AsyncConnection, buckets: Iterable[Bucket]) -> Wait | None:
    """Take a try out of each bucket; else say how long to wait for the first that has none left."""
    for bucket in buckets:
        parameters = bucket.parameters()
        if await (await connection.execute(QUERIES["take_try"], parameters)).fetchone():
            continue
        row = await (await connection.execute(QUERIES["note_told"], parameters)).fetchone()
        return Wait(max(float(row[0]), 1.0), bool(row[1])) if row else Wait(bucket.every_s, True)
    await connection.execute(QUERIES["forget_buckets"])  # last: whoever waits for a bucket holds none of them
    return None


async def give_back(connection: AsyncConnection, buckets: Iterable[Bucket]) -> None:
    """Empty buckets: who tried has shown who he is."""
    hashed = [bucket.parameters()["bucket"] for bucket in buckets]
    await connection.execute(QUERIES["empty_buckets"], {"buckets": hashed})
