"""Lists of what a reader may see, one page at a time; each function needs a connection from `store.reader.limited`."""

from collections.abc import Mapping
from datetime import datetime

from psycopg.types.json import Jsonb

from store.reader import Connection, Row, fetch
from store.sql import load_queries

QUERIES = load_queries(__file__)

Filter = str | int | float | None


async def list_territories(connection: Connection, *, after: int, n: int) -> list[Row]:
    """List territories by id."""
    return await fetch(connection, QUERIES["list_territories"], {"after": after, "n": n})


async def list_assets(
    connection: Connection, filters: Mapping[str, Filter], tags: Mapping[str, str], *, after: int, n: int
) -> list[Row]:
    """List assets with their open findings and newest value, those whose attributes are as `tags` says.

    Filters: territory, type, west, south, east, north, near_longitude, near_latitude, within_m [m], polygon.
    """
    parameters = {**filters, "tags": Jsonb(dict(tags)), "after": after, "n": n}
    return await fetch(connection, QUERIES["list_assets"], parameters)


async def list_devices(connection: Connection, filters: Mapping[str, Filter], *, after: int, n: int) -> list[Row]:
    """List devices; filters: territory, state."""
    return await fetch(connection, QUERIES["list_devices"], {**filters, "after": after, "n": n})


async def list_series(connection: Connection, filters: Mapping[str, Filter], *, after: int, n: int) -> list[Row]:
    """List series with their newest value; filters: territory, asset_id (at present), device_id, quantity."""
    return await fetch(connection, QUERIES["list_series"], {**filters, "after": after, "n": n})


async def list_findings(connection: Connection, filters: Mapping[str, Filter], *, after: int, n: int) -> list[Row]:
    """List findings, newest first, below the id `after` (0: from the top).

    Filters: territory, asset_id, incident_id, state.
    """
    return await fetch(connection, QUERIES["list_findings"], {**filters, "after": after, "n": n})


async def list_incidents(connection: Connection, filters: Mapping[str, Filter], *, after: int, n: int) -> list[Row]:
    """List incidents, newest first, below the id `after`; filters: territory, asset_id, cause, state."""
    return await fetch(connection, QUERIES["list_incidents"], {**filters, "after": after, "n": n})


async def find_incident(connection: Connection, incident_id: int) -> Row | None:
    """Give an incident, or the one that it was merged into; None where there is none to be seen."""
    rows = await fetch(connection, QUERIES["find_incident"], {"incident_id": incident_id})
    return rows[0] if rows else None


async def list_kpis(connection: Connection, filters: Mapping[str, Filter], *, after: int, n: int) -> list[Row]:
    """List KPI values, newest first; filters: territory, asset_id, kpi, scope (territory or asset), history (bool)."""
    return await fetch(connection, QUERIES["list_kpis"], {**filters, "after": after, "n": n})


async def list_public_kpis(
    connection: Connection, territory: str | None, *, after: tuple[str, str, datetime, datetime], n: int
) -> list[Row]:
    """List the newest values of the KPIs that are published, behind (territory, kpi, from, to)."""
    names = ("after_territory", "after_kpi", "after_from", "after_to")
    parameters = {"territory": territory, "n": n, **dict(zip(names, after, strict=True))}
    return await fetch(connection, QUERIES["list_public_kpis"], parameters)


async def list_rejections(connection: Connection, filters: Mapping[str, Filter], *, after: int, n: int) -> list[Row]:
    """List rejections, newest first; filters: territory, reason, state (open, resolved or all)."""
    return await fetch(connection, QUERIES["list_rejections"], {**filters, "after": after, "n": n})


async def list_causes(connection: Connection, filters: Mapping[str, Filter]) -> list[Row]:
    """Group open rejections by cause, the most frequent first; filters: territory, reason, device, format."""
    return await fetch(connection, QUERIES["list_causes"], filters)


async def list_replays(connection: Connection, filters: Mapping[str, Filter], *, after: int, n: int) -> list[Row]:
    """List replays that were asked for, newest first; filters: territory."""
    return await fetch(connection, QUERIES["list_replays"], {**filters, "after": after, "n": n})


async def list_deliveries(
    connection: Connection, territory: str | None, *, hours: int, after: tuple[datetime, str, int | None], n: int
) -> list[Row]:
    """List the ledger of the last hours, newest first, behind (arrival hour, territory, device id if any)."""
    names = ("after_hour", "after_territory", "after_device")
    parameters = {"territory": territory, "hours": hours, "n": n, **dict(zip(names, after, strict=True))}
    return await fetch(connection, QUERIES["list_deliveries"], parameters)


async def list_gaps(connection: Connection, filters: Mapping[str, Filter], *, after: int, n: int) -> list[Row]:
    """List gaps, those found last first; filters: territory, device_id, cause, state (open, closed or all)."""
    return await fetch(connection, QUERIES["list_gaps"], {**filters, "after": after, "n": n})


async def list_completeness(
    connection: Connection, filters: Mapping[str, Filter], span: tuple[datetime, datetime], *, after: int, n: int
) -> list[Row]:
    """List how complete series are in a span of whole hours; filters: territory, device_id, asset_id."""
    parameters = {**filters, "from": span[0], "to": span[1], "after": after, "n": n}
    return await fetch(connection, QUERIES["list_completeness"], parameters)
