"""Ways round the boundary between territories that need some knowledge of PostgreSQL. Each must fail."""

import re
from collections.abc import Iterator
from typing import Any, LiteralString, cast

import psycopg
import pytest
from psycopg import sql

from deploy.local.services import Services
from store.connect import connect
from store.registry import TerritoryEntry, register
from tests.support.every_row import SEED
from tests.support.readers import readers_of
from tests.support.services import fresh_database
from tests.support.shared import REPOSITORY

pytestmark = pytest.mark.services

Session = psycopg.Connection[tuple[Any, ...]]
CLOSE_DATABASE = (REPOSITORY / "deploy" / "local" / "close-database.sql").read_text(encoding="utf-8")
TERRITORIES = [
    TerritoryEntry("region", "Region", "region"),
    TerritoryEntry("north", "North", parent="region"),
    TerritoryEntry("south", "South", parent="region"),
]
# All that a reader reaches. Whoever adds a view adds it here, a row of it to seed_one_row_each.sql, and thinks of both.
FOR_ALL = {"codes", "quantities", "rollup_state"}
LIMITED = {
    "acceptance_devices",
    "acceptance_results",
    "acceptances",
    "alarm_loads",
    "alert_messages",
    "alert_pauses",
    "alert_rotas",
    "alerts",
    "asset_health",
    "asset_series",
    "asset_values",
    "assets",
    "calendar_feeds",
    "citizen_desks",
    "citizen_reports",
    "clock_rules",
    "counters_daily",
    "counters_hourly",
    "current_kpis",
    "delivery_ledger",
    "device_clocks",
    "device_presences",
    "device_standings",
    "devices",
    "evidence",
    "expectations",
    "finding_precisions",
    "findings",
    "forecasts",
    "gaps",
    "incidents",
    "kpi_values",
    "last_values",
    "measurements",
    "measurements_by_day",
    "measurements_by_hour",
    "measurements_daily",
    "measurements_hourly",
    "models",
    "ngsi_contexts",
    "ngsi_entities",
    "ngsi_instances",
    "placements",
    "planned_rounds",
    "publication_releases",
    "publications",
    "readable_territories",
    "rejections",
    "replay_requests",
    "reports",
    "series",
    "series_assets",
    "series_catalogue",
    "source_deliveries",
    "source_states",
    "sources",
    "st_datastream_properties",
    "st_datastreams",
    "st_features",
    "st_histories",
    "st_history_locations",
    "st_locations",
    "st_observations",
    "st_properties",
    "st_sensors",
    "st_thing_locations",
    "st_things",
    "states_daily",
    "states_hourly",
    "territories",
    "thresholds",
    "verdicts",
    "work_order_changes",
    "work_order_photos",
    "work_orders",
}
# Trigger functions cannot be called, veil gives its argument, wilson_bound reckons with its own.
FUNCTIONS = {
    "keep_audit_log",
    "keep_release",
    "number_finding_change",
    "rebuild_territory_subtrees",
    "veil",
    "wilson_bound",
}
# It belongs to TimescaleDB, and notes how far a continuous aggregate is; Vigie has none.
SECURITY_DEFINERS = {"cagg_migrate_update_watermark"}
# Texts and numbers on which a search may look at foreign rows, so that EXPLAIN ANALYZE counts them: words out of closed
# lists, and what indexes are needed for. All others are veiled.
BARE = {
    ("asset_health", "basis"),
    ("asset_health", "calibration"),
    ("asset_health", "model_version"),
    ("asset_series", "channel"),
    ("asset_series", "quantity"),
    ("asset_series", "unit"),
    ("asset_values", "channel"),
    ("asset_values", "quantity"),
    ("asset_values", "unit"),
    ("assets", "type"),
    ("citizen_reports", "language"),
    ("clock_rules", "shift_s"),
    ("clock_rules", "state"),
    ("clock_rules", "time_zone"),
    ("current_kpis", "asset_type"),
    ("current_kpis", "kpi"),
    ("current_kpis", "method"),
    ("current_kpis", "method_version"),
    ("current_kpis", "unit"),
    ("device_clocks", "drift_s_per_day"),
    ("device_clocks", "offset_s"),
    ("device_clocks", "spread_s"),
    ("device_clocks", "verdict"),
    ("device_presences", "presence"),
    ("device_presences", "through"),
    ("device_standings", "presence"),
    ("device_standings", "presence_basis"),
    ("device_standings", "presence_through"),
    ("devices", "model"),
    ("devices", "state"),
    ("expectations", "basis"),
    ("finding_precisions", "asset_type"),
    ("finding_precisions", "kind"),
    ("finding_precisions", "model"),
    ("findings", "kind"),
    ("findings", "model"),
    ("findings", "model_version"),
    ("findings", "severity"),
    ("findings", "verdict"),
    ("forecasts", "method"),
    ("forecasts", "method_version"),
    ("forecasts", "quantity"),
    ("gaps", "basis"),
    ("gaps", "cause"),
    ("gaps", "reason"),
    ("incidents", "cause"),
    ("incidents", "severity"),
    ("kpi_values", "inputs_hash"),
    ("kpi_values", "kpi"),
    ("kpi_values", "method"),
    ("kpi_values", "method_version"),
    ("kpi_values", "unit"),
    ("models", "family"),
    ("placements", "channel"),
    ("rejections", "decoder_version"),
    ("rejections", "device"),
    ("rejections", "format"),
    ("rejections", "reason"),
    ("rejections", "resolution"),
    ("rejections", "source"),
    ("replay_requests", "device"),
    ("replay_requests", "format"),
    ("replay_requests", "reason"),
    ("reports", "language"),
    ("series", "channel"),
    ("series", "quantity"),
    ("series", "retention_class"),
    ("series", "unit"),
    ("series_catalogue", "asset_type"),
    ("series_catalogue", "channel"),
    ("series_catalogue", "kind"),
    ("series_catalogue", "name_en"),
    ("series_catalogue", "name_fr"),
    ("series_catalogue", "quantity"),
    ("series_catalogue", "unit"),
    ("source_deliveries", "source"),
    ("source_states", "error"),
    ("source_states", "session"),
    ("source_states", "source"),
    ("sources", "mqtt_version"),
    ("sources", "name"),
    ("sources", "url"),
    ("territories", "kind"),
    ("territories", "time_zone"),
    ("thresholds", "asset_type"),
    ("thresholds", "kind"),
    ("thresholds", "reason"),
}


@pytest.fixture(scope="module")
def seeded(services: Services, database_template: str) -> Iterator[str]:
    """A region with two communes, each with one row of everything; the tests share it, for they change nothing."""
    with fresh_database(services, database_template) as url:
        with connect(url, program="test") as connection:
            register(connection, TERRITORIES)
            connection.execute(cast(LiteralString, SEED))
        yield url


@pytest.fixture(scope="module")
def addresses(seeded: str) -> Iterator[dict[str, str]]:
    """Addresses of the database as readers of one commune each."""
    with readers_of(seeded) as make:
        yield {territory: make(territory) for territory in ("north", "south")}


@pytest.fixture
def north(addresses: dict[str, str]) -> Iterator[Session]:
    """A session of the reader of the commune north, as an attacker would use it: able to write if it may."""
    with psycopg.connect(addresses["north"], autocommit=True) as connection:
        connection.execute("set default_transaction_read_only = off")
        yield connection


def names(session: Session, query: LiteralString) -> set[str]:
    """First column of a query."""
    return {str(row[0]) for row in session.execute(query)}


def test_every_relation_in_reach_is_listed(north: Session) -> None:
    reach = names(
        north,
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname !~ '^(pg_|information_schema|_?timescaledb)' and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')"
        " and (has_any_column_privilege(c.oid, 'select, insert, update, references')"
        "      or has_table_privilege(c.oid, 'delete, truncate, trigger'))",
    )
    assert reach == FOR_ALL | LIMITED


def test_every_limited_view_is_a_barrier(north: Session) -> None:
    barriers = names(
        north,
        "select relname from pg_class where relnamespace = 'reader'::regnamespace and relkind = 'v'"
        " and reloptions @> array['security_barrier=true']",
    )
    assert barriers - {"public_kpi_values", "public_publications", "public_releases", "public_files"} == LIMITED


def test_every_function_in_reach_is_listed(north: Session) -> None:
    own = names(
        north,
        "select p.proname from pg_proc p"
        " where p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
        " and has_function_privilege(p.oid, 'execute')"
        " and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')",
    )
    definers = names(north, "select proname from pg_proc where prosecdef and has_function_privilege(oid, 'execute')")
    assert own == FUNCTIONS
    assert definers <= SECURITY_DEFINERS


def test_a_plan_is_the_same_whether_or_not_a_foreign_row_meets_the_condition(
    seeded: str, north: Session, addresses: dict[str, str]
) -> None:
    """EXPLAIN ANALYZE counts rows in every step, and estimates come from statistics: neither may know foreign rows."""
    with connect(seeded, program="test", autocommit=True) as connection:
        connection.execute("analyze")
    columns = north.execute(
        "select table_name, column_name, data_type from information_schema.columns where table_schema = 'reader'"
        " and data_type in ('text', 'double precision', 'bytea') and table_name <> all (%s)",
        (sorted(FOR_ALL | {"public_kpi_values"}),),
    ).fetchall()
    assert {(view, column) for view, column, _ in columns} > BARE
    n_compared = 0
    with psycopg.connect(addresses["south"], autocommit=True) as south:
        for view, column, kind in columns:
            if (view, column) not in BARE:
                n_compared += compare_plans(north, south, (view, column, kind))
    assert n_compared > 20


def compare_plans(north: Session, south: Session, column: tuple[str, str, str]) -> bool:
    """Search what only south has, and what nobody has: plans are equal and end above the barrier.

    Says whether south has something that could be found out.
    """
    view, name, _ = column
    query = sql.SQL("select {}::text from reader.{}").format(sql.Identifier(name), sql.Identifier(view))
    own, foreign = (
        {str(value) for (value,) in session.execute(query) if value is not None} for session in (north, south)
    )
    there = next(iter(foreign - own), "1")
    absent = there[:-1] + ("8" if there[-1] != "8" else "9")
    plans = [explain(north, column, literal) for literal in (there, absent)]
    assert plans[0] == plans[1], column
    assert plans[0].startswith(("Subquery Scan on ", "Append ")), column  # where a barrier ends
    return bool(foreign - own)


def explain(session: Session, column: tuple[str, str, str], literal: str) -> str:
    """Plan and row counts of a search, without its times and the literal."""
    view, name, kind = column
    statement = sql.SQL(
        "explain (analyze, timing off, summary off, buffers off) select * from reader.{} where {} = {}::{}"
    ).format(sql.Identifier(view), sql.Identifier(name), sql.Literal(literal), sql.SQL(cast(LiteralString, kind)))
    return re.sub(rf"'[^']*'::{kind}", "?", "\n".join(str(row[0]) for row in session.execute(statement)))


@pytest.mark.parametrize(
    "statement",
    [
        "select nextval('public.assets_asset_id_seq')",
        "select last_value from public.assets_asset_id_seq",
        "select pg_sequence_last_value('public.assets_asset_id_seq')",
        "select setval('public.assets_asset_id_seq', 1)",
        "select query_to_xml('select * from public.assets', true, false, '')",
        "select table_to_xml('public.assets', true, false, '')",
        "select currtid2('public.assets', '(0,1)')",
        "select * from reader.assets for update",
        "merge into reader.assets a using (select 1) x on true when matched then delete",
        "select * from pg_largeobject",
        "select * from pg_authid",
        "select pg_stat_file('base')",
        "select pg_ls_dir('.')",
        "select pg_reload_conf()",
        "select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user",
        "select pg_cancel_backend(pid) from pg_stat_activity where usename <> current_user",
        "select pg_create_logical_replication_slot('mine', 'pgoutput')",
        "select set_chunk_time_interval('public.measurements', interval '1 day')",
        "select timescaledb_pre_restore()",
        "select _timescaledb_functions.stop_background_workers()",
        "select set_config('role', 'vigie_api', false)",
        "create collation reader.mine (locale = 'C')",
        "create publication mine",
        "create event trigger mine on ddl_command_start execute function public.rebuild_territory_subtrees()",
        "comment on view reader.assets is 'mine'",
        "set session_preload_libraries = 'mine'",
        "load 'auto_explain'",
        "do $$ begin execute 'select * from public.assets'; end $$",
        "begin; declare mine cursor for select * from public.assets",
        "begin; lock table public.measurements in access share mode",
    ],
)
def test_known_tricks_are_refused(north: Session, statement: LiteralString) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        north.execute(statement)


@pytest.mark.parametrize("path", ["public", "pg_temp, public", "public, reader", "_timescaledb_internal, public"])
def test_a_search_path_shows_nothing_more(north: Session, path: str) -> None:
    north.execute("select set_config('search_path', %s, false)", (path,))
    assert north.execute("select slug from reader.territories").fetchall() == [("north",)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        north.execute("select * from public.territories")


def test_lifted_limits_show_nothing_more(north: Session) -> None:
    for name in ("statement_timeout", "idle_in_transaction_session_timeout", "row_security"):
        north.execute("select set_config(%s, '0', false)", (name,))
    assert north.execute("select count(*) from reader.measurements").fetchone() == (1,)


@pytest.mark.parametrize(
    "statement",
    [
        "select pg_advisory_lock(1)",
        "select pg_try_advisory_xact_lock(1, 1)",
        "select lo_create(0)",
        "select lo_from_bytea(0, 'x')",
        "select pg_logical_emit_message(false, 'x', 'x')",
    ],
)
def test_what_stands_in_the_way_of_others_is_closed(
    seeded: str, admin_database_url: str, north: Session, statement: LiteralString
) -> None:
    """The embedded server and compose run the script once per database, as the superuser that Vigie never is."""
    name = str(psycopg.conninfo.conninfo_to_dict(seeded)["dbname"])
    with psycopg.connect(admin_database_url, dbname=name, autocommit=True) as connection:
        connection.execute(cast(LiteralString, CLOSE_DATABASE))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        north.execute(statement)
    with connect(seeded, program="test") as connection:
        connection.execute("select pg_advisory_xact_lock(1)")


def test_a_shared_source_tells_no_formats_of_others(seeded: str, north: Session) -> None:
    with connect(seeded, program="test") as connection:
        connection.execute("insert into sources (name, url) values ('shared', 'mqtt://shared.example.org:1883')")
        connection.execute(
            "insert into source_rules (source_id, place, topic_filter, format, territory_id)"
            " select source_id, t.territory_id, t.slug || '/#', 'format of ' || t.slug, t.territory_id"
            " from sources s, territories t where s.name = 'shared'"
        )
    assert north.execute("select formats from reader.sources where name = 'shared'").fetchall() == [
        (["format of north"],)
    ]
