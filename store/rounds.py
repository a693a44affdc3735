"""Rounds and lifts done, as telematics or people tell them; added, never taken away; the same again changes nothing."""

from collections.abc import Sequence
from typing import Any, Literal

import psycopg

from sensors.telematics.lifts import Container, Lift
from sensors.telematics.rounds import DrivenRound
from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]
Source = Literal["telematics", "declared"]


def read_containers(connection: Connection, territory: str) -> tuple[list[Container], list[str]]:
    """Read the containers of a territory that stand somewhere, and the slugs of those of which nobody said where."""
    rows = connection.execute(QUERIES["read_containers"], {"territory": territory}).fetchall()
    placed = [Container(*row) for row in rows if row[2] is not None and row[3] is not None]
    return placed, [row[1] for row in rows if row[2] is None or row[3] is None]


def insert_lifts(
    connection: Connection, territory: str, source: Source, lifts: Sequence[Lift], same_lift_s: float
) -> int:
    """Add the lifts that were not told yet, and count them; within `same_lift_s` [s] it is the same."""
    parameters = {
        "territory": territory,
        "source": source,
        "asset_ids": [lift.container.asset_id for lift in lifts],
        "lifted_at": [lift.lifted_at for lift in lifts],
        "stays_s": [lift.stay_s for lift in lifts],
        "vehicles": [lift.vehicle for lift in lifts],
        "same_lift_s": same_lift_s,
    }
    return count(connection, "insert_lifts", parameters)


def insert_rounds(connection: Connection, territory: str, source: Source, rounds: Sequence[DrivenRound]) -> int:
    """Add the rounds of which none of the same source overlaps, and count them; their days are told again."""
    parameters = {
        "territory": territory,
        "source": source,
        "sectors": [found.sector for found in rounds],
        "waste_streams": [found.waste_stream for found in rounds],
        "started_at": [found.started_at for found in rounds],
        "ended_at": [found.ended_at for found in rounds],
        "distances_km": [found.distance_km for found in rounds],
        "n_lifts": [found.n_lifts for found in rounds],
    }
    return count(connection, "insert_rounds", parameters)


def count(connection: Connection, name: str, parameters: dict[str, Any]) -> int:
    """Run a query that counts what it added."""
    row = connection.execute(QUERIES[name], parameters).fetchone()
    return 0 if row is None else int(row[0])
