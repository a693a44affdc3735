"""A territory goes to another server whole: every table and column is compared, whatever numbers rows have there."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString, cast

import psycopg
import pytest
from psycopg import sql

from deploy.errors import SettingError
from deploy.local.services import Services
from deploy.moving.exporting import Progress, export_territory
from deploy.moving.importing import import_territory
from deploy.moving.manifest import Manifest, UnreadableExportError
from store import rollup
from store.connect import connect
from store.keys import create_key
from store.left_tables import LEFT_OUT
from store.moved_tables import MOVED
from store.moving_in import LaggingRollupsError, OtherSchemaError, TakenSlugError
from store.readers import UnknownTerritoryError
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.chain import make_chain, working
from tests.support.every_row import SEED
from tests.support.publisher import Message, publish
from tests.support.services import fresh_database
from tests.support.waiting import wait_until

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
    "publication_id": "publications",
    "source_id": "sources",
    "replaces_id": "kpi_values",
    "finding_id": "findings",
    "acceptance_id": "acceptances",
    "incident_id": "incidents",
    "alert_id": "alerts",
    "work_order_id": "work_orders",
    "thing_id": "st_things",
    "feature_id": "st_features",
    "location_id": "st_locations",
    "history_id": "st_histories",
    "sensor_id": "st_sensors",
    "property_id": "st_properties",
    "datastream_id": "st_datastreams",
    "entity_id": "ngsi_entities",
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
    "publications": "select publication_id, t.slug || ' ' || p.slug from publications p"
    " join territories t using (territory_id)",
    "projects": "select project_id, t.slug || ' ' || p.slug from projects p join territories t using (territory_id)",
    "sources": "select source_id, name from sources",
    "kpi_values": "select kpi_value_id, concat_ws(' ', t.slug, asset_id is null, kpi, period, computed_at)"
    " from kpi_values join territories t using (territory_id)",
    "findings": "select finding_id, concat_ws(' ', t.slug, f.kind, f.model, d.external_id, f.series_id is null)"
    " from findings f join territories t using (territory_id) left join devices d using (device_id)",
    "incidents": "select incident_id, t.slug || ' ' || cause from incidents join territories t using (territory_id)",
    "alerts": "select alert_id, t.slug || ' alert ' || a.kind from alerts a join territories t using (territory_id)",
    "work_orders": "select work_order_id, o.title from work_orders o",
    "acceptances": "select acceptance_id, c.name from acceptances c",
    "st_things": "select thing_id, 'thing ' || name from st_things",
    "st_features": "select feature_id, 'feature ' || name from st_features",
    "st_locations": "select location_id, 'location ' || name from st_locations",
    "st_histories": "select history_id, 'history ' || x.name from st_histories join st_things x using (thing_id)",
    "st_sensors": "select sensor_id, 'sensor ' || name from st_sensors",
    "st_properties": "select property_id, 'property ' || name from st_properties",
    "st_datastreams": "select datastream_id, 'datastream ' || name from st_datastreams",
    "ngsi_entities": "select entity_id, 'entity ' || urn from ngsi_entities",
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
    row.pop("change_id", None)  # counts what this server told live
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


def what_goes(url: str) -> dict[str, list[str]]:
    """All rows of all tables but those of the territory that stays, and the classes that every server has."""
    rows_by_table = read_all(url)
    rows_by_table["retention_classes"] = [row for row in rows_by_table["retention_classes"] if "kept-by" in row]
    return {table: [row for row in rows if "elsewhere" not in row] for table, rows in rows_by_table.items()}


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
    numbered = {table for table, key in KEYS.items() if key is not None}
    assert {key for key in keys if key[0] in KEYS and key[2] in numbered} <= translated


def test_all_that_goes_arrives_and_nothing_else_changes(home: str, elsewhere: str, tmp_path: Path) -> None:
    before = read_all(elsewhere)
    manifest = export(home, tmp_path / "region")
    assert import_(elsewhere, tmp_path / "region") == []
    expected = what_goes(home)
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


def test_a_second_import_is_refused_and_changes_nothing(home: str, elsewhere: str, tmp_path: Path) -> None:
    export(home, tmp_path / "region")
    import_(elsewhere, tmp_path / "region")
    before = read_all(elsewhere)
    with pytest.raises(TakenSlugError, match=r"already here: district-of-north, .*region"):
        import_(elsewhere, tmp_path / "region")
    assert read_all(elsewhere) == before


@pytest.mark.parametrize("table", ["territories", "measurements", "audit_log"])
def test_an_interrupted_import_leaves_nothing(home: str, elsewhere: str, tmp_path: Path, table: str) -> None:
    export(home, tmp_path / "region")
    before = read_all(elsewhere)
    with connect(elsewhere, program="test", autocommit=True) as connection, pytest.raises(KeyboardInterrupt):
        import_territory(connection, tmp_path / "region", None, interrupted_at(table))
    assert read_all(elsewhere) == before


@pytest.mark.parametrize("table", ["territories", "measurements", "audit_log"])
def test_an_interrupted_export_leaves_no_folder(home: str, tmp_path: Path, table: str) -> None:
    with connect(home, program="test", autocommit=True) as connection, pytest.raises(KeyboardInterrupt):
        export_territory(connection, "region", tmp_path / "region", interrupted_at(table))
    assert list(tmp_path.iterdir()) == []


def interrupted_at(table: str) -> Progress:
    """As if somebody had stopped the command when a table was done."""

    def stop(done: str, n_rows: int) -> None:
        if done == table:
            raise KeyboardInterrupt

    return stop


def test_an_export_is_of_one_instant_whatever_is_written_meanwhile(home: str, elsewhere: str, tmp_path: Path) -> None:
    expected = what_goes(home)

    def write_more(table: str, n_rows: int) -> None:
        if table == "territories":
            with connect(home, program="test") as other:
                other.execute(
                    "insert into devices (territory_id, external_id, name) select territory_id, 'new', 'new'"
                    " from territories"
                )
                other.execute(
                    "insert into series (territory_id, device_id, quantity, unit)"
                    " select territory_id, device_id, 'air_temperature', 'Cel' from devices"
                    " where external_id = 'new'"
                )
                other.execute(
                    "insert into measurements (series_id, batch_id, observed_at, value)"
                    " select series_id, 1, now(), 1 from series"
                )
                other.execute("update assets set name = 'changed'")

    with connect(home, program="test", autocommit=True) as connection:
        manifest = export_territory(connection, "region", tmp_path / "region", write_more)
    assert {entry.name: entry.n_rows for entry in manifest.files} == {
        table.file_name: len(expected[table.name]) for table in MOVED
    }
    import_(elsewhere, tmp_path / "region")
    assert set(expected["assets"]) <= set(read_all(elsewhere)["assets"])


def test_an_export_holds_up_no_rollups(home: str, tmp_path: Path) -> None:
    """Rollups wait for older transactions that write; an export of hours must not be one of them."""
    numbers = []

    def look(table: str, n_rows: int) -> None:
        with connect(home, program="test") as other:
            numbers.extend(
                other.execute("select backend_xid from pg_stat_activity where application_name = 'vigie export'")
            )

    with connect(home, program="export", autocommit=True) as connection:
        export_territory(connection, "region", tmp_path / "region", look)
    assert len(numbers) == len(MOVED)
    assert set(numbers) == {(None,)}


def test_a_part_of_the_tree_is_hung_under_another_territory(home: str, elsewhere: str, tmp_path: Path) -> None:
    manifest = export(home, tmp_path / "north", "north")
    assert (manifest.parent, manifest.slugs) == ("region", ["district-of-north", "north"])
    import_(elsewhere, tmp_path / "north", parent="resident")
    with connect(elsewhere, program="test") as connection:
        tree = connection.execute(
            "select t.slug, p.slug from territories t join territories p on p.territory_id = t.parent_id order by 1"
        ).fetchall()
        seen = connection.execute(
            "select count(*) from territory_subtrees tree join territories t on t.territory_id = tree.ancestor_id"
            " where t.slug = 'resident'"
        ).fetchone()
    assert tree == [("district-of-north", "north"), ("district-of-resident", "resident"), ("north", "resident")]
    assert seen == (4,)


def test_no_secret_is_exported(home: str, tmp_path: Path) -> None:
    with connect(home, program="test") as connection:
        connection.execute("update sources set password_from = 'env:SECRET_PLACE'")
        create_key(connection, "secret key", ["region"])
        connection.execute("insert into reader_roles select 'secret_role', territory_id from territories")
    export(home, tmp_path / "region")
    text = b"".join(path.read_bytes() for path in (tmp_path / "region").iterdir())
    for secret in (b"SECRET_PLACE", b"secret key", b"secret_role", b"password_from", b"key_hash"):
        assert secret not in text


def test_a_source_of_the_same_name_is_left_as_it_is(home: str, elsewhere: str, tmp_path: Path) -> None:
    with connect(elsewhere, program="test") as connection:
        connection.execute("insert into sources (name, url) values ('north-broker', 'mqtt://mine.example.org:1883')")
    export(home, tmp_path / "region")
    assert import_(elsewhere, tmp_path / "region") == ["north-broker"]
    with connect(elsewhere, program="test") as connection:
        rows = connection.execute(
            "select name, url, territory_id is null,"
            " (select count(*) from source_rules r where r.source_id = s.source_id)"
            " from sources s where name <> 'resident-broker' order by 1"
        ).fetchall()
    assert rows == [
        ("north-broker", "mqtt://mine.example.org:1883", True, 0),
        ("region-broker", "mqtt://region.example.org:1883", False, 2),
    ]


def test_a_shared_source_speaks_elsewhere_for_what_came_only(home: str, elsewhere: str, tmp_path: Path) -> None:
    with connect(home, program="test") as connection:
        connection.execute("insert into sources (name, url) values ('shared', 'mqtt://shared.example.org:1883')")
        connection.execute(
            "insert into source_rules (source_id, place, topic_filter, format, territory_id)"
            " select source_id, t.territory_id, t.slug || '/#', 'native', t.territory_id from sources s, territories t"
            " where s.name = 'shared' and t.slug in ('north', 'elsewhere')"
        )
    export(home, tmp_path / "region")
    import_(elsewhere, tmp_path / "region")
    with connect(elsewhere, program="test") as connection:
        rows = connection.execute(
            "select t.slug, r.topic_filter from sources s join territories t using (territory_id)"
            " join source_rules r using (source_id) where s.name = 'shared'"
        ).fetchall()
    assert rows == [("region", "north/#")]


@pytest.mark.parametrize("name", ["measurements.parquet", "assets.jsonl", "README.md"])
def test_a_changed_file_is_refused(home: str, elsewhere: str, tmp_path: Path, name: str) -> None:
    export(home, tmp_path / "region")
    path = tmp_path / "region" / name
    path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))
    if name == "README.md":  # it says, and decides nothing
        import_(elsewhere, tmp_path / "region")
    else:
        with pytest.raises(UnreadableExportError, match=f"{name} is not as it was written"):
            import_(elsewhere, tmp_path / "region")


def test_a_folder_without_all_files_is_refused(home: str, elsewhere: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableExportError, match="there is no manifest"):
        import_(elsewhere, tmp_path)
    export(home, tmp_path / "region")
    (tmp_path / "region" / "gaps.jsonl").unlink()
    with pytest.raises(UnreadableExportError, match=r"gaps\.jsonl is not there"):
        import_(elsewhere, tmp_path / "region")


def test_an_export_of_another_schema_is_refused(home: str, elsewhere: str, tmp_path: Path) -> None:
    export(home, tmp_path / "region")
    with connect(elsewhere, program="test") as connection:
        connection.execute("insert into migrations (number, name, digest) values (9999, 'later', '')")
    with pytest.raises(OtherSchemaError, match="this database up to 9999"):
        import_(elsewhere, tmp_path / "region")


def test_export_refuses_what_is_there_and_what_is_not(home: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="exists"):
        export(home, tmp_path)
    with pytest.raises(UnknownTerritoryError, match="nowhere"):
        export(home, tmp_path / "nowhere", "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_rollups_of_a_server_that_is_ahead_are_completed(home: str, elsewhere: str, tmp_path: Path) -> None:
    """Hours closed here and open there when the export was made: as if they had been computed where they came from."""
    now = datetime(2026, 5, 4, tzinfo=UTC)
    for url in (home, elsewhere):
        with connect(url, program="test") as connection:
            connection.execute(
                "delete from measurements where value = 'nan' or abs(value) > 1e100 or observed_at < '2026-05-01'"
            )
            connection.execute(
                "truncate changed_hours, measurements_hourly, measurements_daily, counters_hourly,"
                " counters_daily, states_hourly, states_daily"
            )
            connection.execute("update rollup_watermarks set computed_to = '1970-01-01', closed_to = '1970-01-01'")
    refresh_rollups(home, datetime(2026, 5, 1, 11, tzinfo=UTC))
    export(home, tmp_path / "region")
    refresh_rollups(elsewhere, now)
    import_(elsewhere, tmp_path / "region")
    refresh_rollups(elsewhere, now)
    refresh_rollups(home, now)
    expected, arrived = read_all(home), read_all(elsewhere)
    for table in ("measurements_hourly", "measurements_daily", "counters_hourly", "states_hourly"):
        rows = [row for row in expected[table] if "elsewhere" not in row]
        assert [row for row in arrived[table] if "resident" not in row] == rows
    assert any("2026-05-01T13:00" in row for row in arrived["measurements_hourly"])


def refresh_rollups(url: str, now: datetime) -> None:
    """Close all hours before an instant, without waiting for writers that are not there."""
    with connect(url, program="test", autocommit=True) as connection:
        rollup.refresh(connection, now, grace_s=0, settle_s=0)


def test_rollups_of_a_server_that_is_behind_refuse(home: str, elsewhere: str, tmp_path: Path) -> None:
    export(home, tmp_path / "region")
    with connect(elsewhere, program="test") as connection:
        connection.execute("update rollup_watermarks set computed_to = '2026-04-01', closed_to = '2026-04-01'")
    with pytest.raises(LaggingRollupsError, match="2026-04-01 00:00 here, up to 2026-05-01 11:00"):
        import_(elsewhere, tmp_path / "region")


def test_an_empty_server_takes_over_and_ingest_goes_on(
    home: str, services: Services, database_template: str, mqtt_url: str, tmp_path: Path, territory_slug: str
) -> None:
    """Devices of the territory publish to the new server: their series go on, and what was stored is a duplicate."""
    with connect(home, program="test") as connection:
        connection.execute("update territories set slug = %s where slug = 'region'", (territory_slug,))
    at_s = 1_780_000_000
    value = b'{"at":%d,"values":{"air_temperature":%d}}'
    with fresh_database(services, database_template) as url:
        old = make_chain(home, mqtt_url, territory_slug, [DeviceEntry(territory_slug, "device")])
        with working(old):
            publish(mqtt_url, [Message(old.topic("device"), value % (at_s, 20))])
            wait_until(lambda: old.number("select count(*) from measurements where value = 20") == 1, "the value")
        export(home, tmp_path / "region", territory_slug)
        import_(url, tmp_path / "region")
        with connect(url, program="test") as connection:
            watermark = connection.execute("select computed_to from rollup_watermarks").fetchone()
        assert watermark == (datetime(2026, 5, 1, 11, tzinfo=UTC),)
        new = make_chain(url, mqtt_url, territory_slug, [DeviceEntry(territory_slug, "device")])
        n_series = new.number("select count(*) from series")
        with working(new):
            publish(mqtt_url, [Message(new.topic("device"), value % (at_s + n, 20 + n)) for n in range(2)])
            wait_until(lambda: new.number("select count(*) from measurements where value = 21") == 1, "the next value")
        assert new.number("select count(*) from measurements where value = 20") == 1
        assert new.number("select count(*) from series") == n_series
