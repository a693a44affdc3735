"""A small region with some weeks of values and nothing computed, workers for it, and what comes out of their work."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from analytics.jobs import find_kinds
from analytics.jobs.planning import find_due
from analytics.jobs.running import look
from analytics.jobs.settings import Settings
from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.jobs import count_waiting
from store.registry import DeviceEntry, TerritoryEntry, register
from store.sql import load_queries
from tests.support.shared import REPOSITORY

QUERIES = load_queries(__file__)
TERRITORIES = ("north", "south")
QUANTITY_BY_TYPE = {
    "parking_bay": "occupancy",
    "waste_container": "fill_level",
    "building": "active_power",
    "building_zone": "temperature",
}
TIMED = {
    "delivery",
    "silence",
    "clocks",
    "forecasts",
    "platform",
    "alerts",
    "retention",
}  # due again each minute, hour or day
SETTLE_S = 1.0


def fill(database_url: str) -> None:
    """Register two territories with an asset of each type, and store their values."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with connect(database_url, program="test", autocommit=True) as connection:
        register(
            connection,
            [TerritoryEntry(slug, slug.title()) for slug in TERRITORIES],
            [AssetEntry(slug, f"{slug}-{kind}", kind, kind) for slug in TERRITORIES for kind in QUANTITY_BY_TYPE],
            [
                DeviceEntry(slug, f"{slug}-{kind}", interval_s=1800, placements={"*": f"{slug}-{kind}"})
                for slug in TERRITORIES
                for kind in QUANTITY_BY_TYPE
            ],
        )
        for kind, quantity in QUANTITY_BY_TYPE.items():
            connection.execute(
                "insert into series (territory_id, device_id, quantity, unit)"
                " select d.territory_id, d.device_id, q.quantity, q.unit from devices d, quantities q"
                " where d.external_id like %s and q.quantity = %s order by 2",
                (f"%-{kind}", quantity),
            )
        connection.execute(QUERIES["fill"], {"begin": today - timedelta(days=55)})


def read_outcome(database_url: str) -> Counter[tuple[str, str]]:
    """Give all findings, KPIs, rollups and states, each as often as it is there."""
    with psycopg.connect(database_url) as connection:
        connection.execute("set timezone = 'UTC'")
        return Counter((row[0], row[1]) for row in connection.execute(QUERIES["read_outcome"]))


def is_all_done(connection: psycopg.Connection[Any]) -> bool:
    """Say whether no job waits or runs, those left out that look at the time of the day."""
    moment = look(connection, datetime.now(UTC), Settings("", settle_s=SETTLE_S))
    kinds = [kind for kind in find_kinds().values() if kind.name not in TIMED]
    return not any(count_waiting(connection).keys() - TIMED) and not any(
        list(find_due(connection, kind, moment)) for kind in kinds
    )


@contextmanager
def worker(database_url: str, log: Path, *arguments: str, **more: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run `vigie analyse` in a process of its own; it is killed where the test has not ended it."""
    environment = {
        **os.environ,
        "VIGIE_DATABASE_URL": database_url,
        "VIGIE_ANALYSE_ROUND_S": "1",
        "VIGIE_ANALYSE_SETTLE_S": str(SETTLE_S),
        **more,
    }
    command = [sys.executable, "-m", "deploy.cli", "analyse", *arguments]
    with log.open("wb") as output, subprocess.Popen(command, cwd=REPOSITORY, env=environment, stderr=output) as process:
        try:
            yield process
        finally:
            process.kill()
