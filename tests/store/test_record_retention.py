"""What the platform notes of itself ends after ten years; what was the case then stays known."""

from datetime import UTC, datetime, timedelta

import pytest

from store import retention
from store.connect import connect

pytestmark = pytest.mark.services

NOW = datetime(2035, 6, 1, tzinfo=UTC)
CUT = NOW - timedelta(days=3653)
NOTED = """
insert into territories (slug, name, kind) values ('a', 'A', 'commune');
insert into devices (territory_id, external_id, name) values (1, 'd', 'D');
insert into assets (territory_id, slug, name, type) values (1, 'lamp', 'Lamp', 'lamp');
insert into gaps (device_id, basis, began_at, ended_at, lasts, first_number, last_number, missing, n_missing)
select 1, 'interval', at, at + interval '1 hour', lasts, 1, 1, '{[1,2)}', 1
from (values ('2024-01-01Z'::timestamptz, false), ('2024-02-01Z', true), ('2030-01-01Z', false)) v (at, lasts);
insert into expectations (device_id, hour, basis, n_heard, n_missing)
select 1, at, 'interval', 1, 0 from (values ('2024-01-01Z'::timestamptz), ('2030-01-01Z')) v (at);
insert into session_changes (source, session, changed_at, is_connected)
select '*', session, at, true
from (
    values ('one', '2024-01-01Z'::timestamptz), ('one', '2024-02-01Z'), ('one', '2030-01-01Z'), ('other', '2024-01-01Z')
) v (session, at);
insert into presence_changes (device_id, changed_at, presence)
select 1, at, 'online' from (values ('2024-01-01Z'::timestamptz), ('2024-02-01Z')) v (at);
insert into broker_drops (source, noted_at, since, total, n_dropped)
select 'own', at, at, 1, 1 from (values ('2024-01-01Z'::timestamptz), ('2024-02-01Z'), ('2030-01-01Z')) v (at);
insert into asset_health (
    asset_id, day, territory_id, scored_at, basis, calibration, reason_fr, reason_en, model_version, is_current
)
select 1, day, 1, day, 'prior', 'prior', 'x', 'x', '1', day = '2024-02-01'
from (values ('2024-01-01'::date), ('2024-02-01')) v (day);
"""
PHOTOS_CUT = NOW - timedelta(days=1096)
PHOTOS = """
insert into work_orders (territory_id, severity, title, opened_by, state, verdict, closed_at)
select 1, 'info', 'mend', 'x', case when at is null then 'open' else 'closed' end,
       case when at is null then null else 'known' end, at
from (values ('2030-01-01Z'::timestamptz), ('2035-01-01Z'), (null)) v (at);
insert into work_order_photos (work_order_id, added_at, who, given_by, width_px, height_px, content)
select work_order_id, at, 'x', 'x', 1, 1, 'x'
from work_orders, (values ('2030-01-01Z'::timestamptz), ('2035-01-01Z')) v (at);
"""
LEFT = {
    "asset_health": "select array_agg(day::text order by day) from asset_health",
    "gaps": "select array_agg(began_at::date::text order by began_at) from gaps",
    "expectations": "select array_agg(hour::date::text order by hour) from expectations",
    "session_changes": (
        "select array_agg(session || changed_at::date order by session, changed_at) from session_changes"
    ),
    "presence_changes": "select array_agg(changed_at::date::text order by changed_at) from presence_changes",
    "broker_drops": "select array_agg(noted_at::date::text order by noted_at) from broker_drops",
}


def test_what_is_older_than_ten_years_goes_but_what_still_held_then(database_url: str) -> None:
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute("set time zone 'UTC'")
        connection.execute(NOTED)
        before = {table: connection.execute(query).fetchone() for table, query in LEFT.items()}
        dry = retention.run(connection, NOW, is_dry=True)
        assert {table: connection.execute(query).fetchone() for table, query in LEFT.items()} == before
        endings = retention.run(connection, NOW)
        left = {table: row[0] for table, query in LEFT.items() if (row := connection.execute(query).fetchone())}
    assert dry == endings
    assert [(one.level, one.retention_class, one.ends_at, one.n_rows) for one in endings] == [
        ("record", table, CUT, 1) for table in LEFT
    ]
    assert left == {
        "asset_health": ["2024-02-01"],
        "gaps": ["2024-02-01", "2030-01-01"],
        "expectations": ["2030-01-01"],
        "session_changes": ["one2024-02-01", "one2030-01-01", "other2024-01-01"],
        "presence_changes": ["2024-02-01"],
        "broker_drops": ["2024-02-01", "2030-01-01"],
    }


def test_photos_go_three_years_after_their_order_was_closed(database_url: str) -> None:
    """Those of an order that waits, and those added to a closed one since, stay."""
    with connect(database_url, program="test", autocommit=True) as connection:
        connection.execute(NOTED)
        connection.execute(PHOTOS)
        endings = [one for one in retention.run(connection, NOW) if one.retention_class == "work_order_photos"]
        left = connection.execute("select work_order_id, date_part('year', added_at)::int from work_order_photos")
        assert sorted(left.fetchall()) == [(1, 2035), (2, 2030), (2, 2035), (3, 2030), (3, 2035)]
    assert [(one.level, one.ends_at, one.n_rows) for one in endings] == [("record", PHOTOS_CUT, 1)]
