"""A territory goes to another server whole: every table and column is compared, whatever numbers rows have there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg
import pytest
from psycopg import sql

from deploy.errors import SettingError
from deploy.local.services import Services
from deploy.moving.exporting import export_territory
from deploy.moving.importing import import_territory
from deploy.moving.manifest import Manifest, UnreadableExportError
from store.connect import connect
from store.moved_tables import LEFT_OUT, MOVED
from store.moving_in import LaggingRollupsError, OtherSchemaError, TakenSlugError
from store.readers import UnknownTerritoryError
from store.registry import TerritoryEntry, register
from tests.support.every_row import SEED
from tests.support.services import fresh_database

pytestmark = pytest.mark.services

Connection = psycopg.Connection[tuple[Any, ...]]
MORE = (Path(__file__).parent / "seed_moving.sql").read_text(encoding="utf-8")
REGION = [
    TerritoryEntry("region", "Region", "region"),
    TerritoryEntry("north", "North", parent="region", time_zone="Indian/Reunion"),
    TerritoryEntry("elsewhere", "Elsewhere"),
]
COMPUTED_TO = "2026-05-01 11:00+00"
# Which table a column refers to, by its name: known here without asking the code under test.
REFERENCES = {
    "territory_id": "territories",
    "asset_id": "assets",
    "device_id": "devices",
    "gateway_id": "devices",
    "series_id": "series",
    "batch_id": "batches",
    "resolved_batch_id": "batches",
    "project_id": "projects",
    "source_id": "sources",
    "replaces_id": "kpi_values",
}
# How a row is known wherever it is.
NATURAL: dict[str, LiteralString] = {
    "territories": "select territory_id, slug from territories",
    "assets": "select asset_id, t.slug || '/asset/' || a.slug from assets a join territories t using (territory_id)",
    "devices": "select device_id, t.slug || '/' || external_id from devices join territories t using (territory_id)",
    "series": "select series_id, concat_ws(' ', t.slug, 'series', d.external_id, a.slug, channel, quantity)"
    " from series s join territories t using (territory_id) left join devices d using (device_id)"
    " left join assets a on a.asset_id = s.asset_id",
    "batches": "select batch_id, concat_ws(' ', worker, committed_at) from batches",
    "projects": "select project_id, t.slug || ' ' || p.slug from projects p join territories t using (territory_id)",
    "sources": "select source_id, name from sources",
    "kpi_values": "select kpi_value_id, concat_ws(' ', t.slug, asset_id is null, kpi, period, computed_at)"
    " from kpi_values join territories t using (territory_id)",
    "acceptance_rules": "select rule_id, t.slug || ' rule ' || prefix"
    " from acceptance_rules join territories t using (territory_id)",
    "clock_rules": "select rule_id, t.slug || ' clock ' || d.external_id from clock_rules join devices d"
    " using (device_id) join territories t using (territory_id)",
    "replay_requests": "select request_id, t.slug || ' replay' from replay_requests"
    " join territories t using (territory_id)",
}
KEYS = {table.name: table.key for table in MOVED}


@pytest.fixture
def elsewhere(services: Services, database_template: str) -> Iterator[str]:
    """Another database, where a resident territory has taken the first numbers."""
    with fresh_database(services, database_template) as url:
        fill(url, [TerritoryEntry("resident", "Resident")])
        yield url


@pytest.fixture
def home(database_url: str) -> str:
    """A database with a region, and a territory beside it that must stay."""
    fill(database_url, REGION)
    return database_url


def fill(url: str, territories: list[TerritoryEntry]) -> None:
    """A row of everything for each territory."""
    with connect(url, program="test") as connection:
        register(connection, territories)
        for text in (SEED, MORE):
            connection.execute(cast(LiteralString, text))
        connection.execute("update batches set worker = 'worker of resident' where worker = 'seed'")
        connection.execute("update rollup_watermarks set closed_to = %s, computed_to = %s", (COMPUTED_TO, COMPUTED_TO))


def export(url: str, folder: Path, slug: str = "region") -> Manifest:
    """As the command does it."""
    with connect(url, program="test", autocommit=True) as connection:
        return export_territory(connection, slug, folder, lambda table, n_rows: None)


def import_(url: str, folder: Path, parent: str | None = None) -> list[str]:
    """As the command does it."""
    with connect(url, program="test", autocommit=True) as connection:
        return import_territory(connection, folder, parent, lambda table, n_rows: None).known_sources


def rows_of(connection: Connection, names: dict[str, dict[int, str]], table: str) -> list[str]:
    """All rows of a table, with names in place of numbers."""
    rows = connection.execute(sql.SQL("select row_to_json(t) from {} as t").format(sql.Identifier(table))).fetchall()
    return sorted(json.dumps(named(table, row[0], names), sort_keys=True) for row in rows)


def named(table: str, row: dict[str, Any], names: dict[str, dict[int, str]]) -> dict[str, Any]:
    """Put names in place of numbers."""
    row.pop(str(KEYS[table]), None)
    for column, value in row.items():
        referred = table if column == "parent_id" else REFERENCES.get(column)
        if referred and value is not None and column != KEYS[table]:
            row[column] = names[referred].get(value, f"nobody {value}")
    for column, prefix, referred in (
        ("accepted_by", "rule", "acceptance_rules"),
        ("detail", "rule", "clock_rules"),
        ("subject", "device", "devices"),
        ("subject", "replay", "replay_requests"),
    ):
        found = re.fullmatch(rf"{prefix} (\d+)", str(row.get(column)))
        if found:
            row[column] = f"{prefix} {names[referred][int(found[1])]}"
    return row


def read_all(url: str) -> dict[str, list[str]]:
    """All rows of all tables that move."""
    with connect(url, program="test") as connection:
        names = {table: dict(connection.execute(query).fetchall()) for table, query in NATURAL.items()}
        return {table.name: rows_of(connection, names, table.name) for table in MOVED}


def test_every_table_and_column_is_decided(database_url: str) -> None:
    """A new column fails here until somebody says whether it goes along, and what numbers it holds."""
    with connect(database_url, program="test") as connection:
        found = connection.execute(
            "select c.relname, array_agg(a.attname::text) from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
            " and a.attnum > 0 and not a.attisdropped group by 1"
        ).fetchall()
    columns = {table: set(names) for table, names in found}
    assert {table: names for table, names in columns.items() if table not in LEFT_OUT} == {
        table.name: {*table.columns, *table.left_out} for table in MOVED
    }
    assert set(LEFT_OUT) <= set(columns)


def test_every_foreign_key_is_translated(database_url: str) -> None:
    with connect(database_url, program="test") as connection:
        keys = connection.execute(
            "select k.conrelid::regclass::text, a.attname::text, k.confrelid::regclass::text from pg_constraint k"
            " join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1] where k.contype = 'f'"
        ).fetchall()
    translated = {
        (table.name, column, other) for table in MOVED for column, other in {**table.within, **table.outside}.items()
    }
    moved = {table.name for table in MOVED}
    assert {key for key in keys if key[0] in moved and key[2] in moved} <= translated


def test_all_that_goes_arrives_and_nothing_else_changes(home: str, elsewhere: str, tmp_path: Path) -> None:
    before = read_all(elsewhere)
    manifest = export(home, tmp_path / "region")
    assert import_(elsewhere, tmp_path / "region") == []
    expected = {table: [row for row in rows if "elsewhere" not in row] for table, rows in read_all(home).items()}
    assert [table for table, rows in expected.items() if not rows] == []
    arrived = read_all(elsewhere)
    for table, rows in expected.items():
        new = list(arrived[table])
        for row in before[table]:
            new.remove(row)
        if table == "audit_log":
            new = [row for row in new if "import_territory" not in row]
        if table == "changed_hours":
            new = [row for row in new if '"marked_at": "2026-05-01T' in row or row in rows]
        assert new == rows, table
    assert {entry.name: entry.n_rows for entry in manifest.files} == {
        table.file_name: len(expected[table.name]) for table in MOVED
    }
