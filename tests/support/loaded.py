"""Files to load, and what the store holds afterwards."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.backfill.load import Report, load_file
from ingest.backfill.reader import Reading
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register

TOWN = "town"
IN_TOWN = Reading(constants={"territory": TOWN})
Stored = tuple[str, str, str, datetime, float]


def seed_town(database_url: str, *devices: str, revisable: Iterable[str] = ()) -> None:
    """Register a town in Paris's time with devices."""
    entries = [DeviceEntry(TOWN, device, is_revisable=device in set(revisable)) for device in devices]
    with connect(database_url, program="test") as connection:
        register(connection, [TerritoryEntry(TOWN, "Town")], devices=entries)


def write_csv(path: Path, *lines: str) -> Path:
    """Write a file."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def load(database_url: str, path: Path, reading: Reading = IN_TOWN, **how: Any) -> Report:
    """Load a file over a connection of its own."""
    with connect(database_url, program="test load") as connection:
        return load_file(connection, path, reading, **how)


def counts(report: Report) -> dict[str, int]:
    """Give what became of the values, what did not happen left out."""
    load = report.load
    found = {"stored": load.n_stored, "duplicate": load.n_duplicate, "revised": load.n_revised, **report.refused}
    assert load.n_values == load.n_stored + load.n_duplicate + sum(report.refused.values())
    return {name: n for name, n in found.items() if n}


def stored(database_url: str) -> list[Stored]:
    """Give all measurements: device, channel, quantity, instant, value."""
    return [
        (device, channel, quantity, at.astimezone(UTC), value)
        for device, channel, quantity, at, value in ask(
            database_url,
            "select d.external_id, s.channel, s.quantity, m.observed_at, m.value from measurements m"
            " join series s using (series_id) join devices d using (device_id)"
            " order by d.external_id, s.channel, s.quantity, m.observed_at",
        )
    ]


def ask(database_url: str, query: str) -> list[tuple[Any, ...]]:
    """Ask the store."""
    with connect(database_url, program="test") as connection:
        return connection.execute(query).fetchall()
