"""A town with open findings of several kinds about its lamps, for tests of what is said of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from sensors.asset_entry import AssetEntry
from store.connect import connect
from store.registry import TerritoryEntry, register
from store.results import Finding, open_finding

STARTED_AT = datetime(2026, 5, 1, 10, tzinfo=UTC)
N_LAMPS = 8


def seed_judged_town(database_url: str, kinds: tuple[str, ...] = ("unusual_value",)) -> list[int]:
    """Register `town` with lamps and `beside`, open a finding of each kind about each lamp, and give their numbers."""
    with connect(database_url, program="test") as connection:
        register(
            connection,
            [TerritoryEntry("town", "Town"), TerritoryEntry("beside", "Beside")],
            [AssetEntry("town", f"lamp-{n}", f"Lamp {n}", "street_light") for n in range(N_LAMPS)],
        )
        for kind in kinds:
            open_findings(connection, kind)
        return [row[0] for row in connection.execute("select finding_id from findings order by finding_id")]


def open_findings(connection: psycopg.Connection[tuple[Any, ...]], kind: str) -> None:
    """Open a finding of this kind about each lamp."""
    rows = connection.execute("select asset_id, territory_id from assets order by asset_id").fetchall()
    for n, (asset_id, territory_id) in enumerate(rows):
        finding = Finding(
            territory_id=territory_id,
            kind=kind,
            model=kind,
            model_version="1",
            started_at=STARTED_AT + timedelta(hours=n),
            score=9.0,
            severity="warning",
            sentence_en=f"Lamp {n}: odd.",
            sentence_fr=f"Lampe {n} : étrange.",
            evidence={},
            asset_id=asset_id,
        )
        assert open_finding(connection, finding)
