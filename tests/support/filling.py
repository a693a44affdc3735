"""Containers whose levels are known: one that fills in four days, one that hardly fills, one that is silent."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import psycopg

from sensors.asset_entry import AssetEntry
from store.reference import CollectionPlan, Reference, enter_reference
from store.registry import DeviceEntry, TerritoryEntry, register

HOURLY = """
insert into measurements_hourly (series_id, bucket, n, sum, min, max, first, last, first_at, last_at, covered_s)
select %(id)s, at, 1, level, level, level, level, level, at, at, 3600
from generate_series(%(at)s - interval '30 days', %(at)s - interval '1 hour', interval '1 hour') at
cross join lateral (
    select mod(extract(epoch from at - %(at)s)::numeric / 86400 + 100 * %(days)s + %(age)s::numeric, %(days)s)::float8
           * %(per_day)s as level
) as filled
"""


def add_filling(
    connection: psycopg.Connection[Any], territory: TerritoryEntry, at: datetime, weekdays: Sequence[int]
) -> dict[str, int]:
    """Register three containers, at 67 %, 42 % and nothing known; give the series of those that speak by slug.

    A vehicle comes on some weekdays (0: Monday) by the fixed plan, at five.
    """
    place = {"sector": "nord", "waste_stream": "glass", "capacity_l": 3000}
    slug = territory.slug
    assets = [
        AssetEntry(slug, name, f"Bac {name}", "waste_container", 5.0 + east, 47.3, attributes=place)
        for name, east in (("brimming", 0.03), ("calm", 0.09), ("silent", 0.02))
    ]
    devices = [DeviceEntry(slug, f"dev-{one.slug}", interval_s=3600, placements={"*": one.slug}) for one in assets]
    register(connection, [territory], assets, devices)
    plan = CollectionPlan("nord", "glass", tuple(weekdays), 1, date(2026, 1, 2), "05:00")
    enter_reference(connection, Reference(slug, collection_plans=(plan,)))
    return {
        name: add_levels(connection, name, {"at": at, "days": days, "age": age, "per_day": per_day})
        for name, days, age, per_day in (("brimming", 4, 8 / 3, 25.0), ("calm", 90, 254 / 3, 0.5))
    }


def add_levels(connection: psycopg.Connection[Any], name: str, curve: dict[str, object]) -> int:
    """Store a month of hourly levels of a container, and give the number of its series."""
    row = connection.execute(
        "insert into series (territory_id, device_id, quantity, unit)"
        " select territory_id, device_id, 'fill_level', '%%' from devices where external_id = %s"
        " returning series_id",
        (f"dev-{name}",),
    ).fetchone()
    assert row is not None
    connection.execute(HOURLY, {"id": row[0], **curve})
    return int(row[0])
