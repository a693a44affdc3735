"""What a territory holds, read back over the API as a stranger would."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import psycopg

from store.keys import create_key
from tests.support.api import api_client, read_all

Series = tuple[str, str, str]  # device, channel, quantity
Values = dict[Series, dict[datetime, float]]
LONGEST_SPAN = timedelta(days=400)  # of one request for raw values


def read_values(database_url: str, territory: str, begin: datetime, end: datetime) -> Values:
    """Read every measurement of a territory between two instants, through the real application."""
    with psycopg.connect(database_url) as connection:
        key = create_key(connection, "read back", [territory])
    return asyncio.run(ask_for_values(database_url, key, territory, (begin, end)))


async def ask_for_values(database_url: str, key: str, territory: str, span: tuple[datetime, datetime]) -> Values:
    """Ask for the series, then for each one's measurements, page by page."""
    async with api_client(database_url, key) as client:
        series = await read_all(client, "/v1/series", territory=territory)
        return {
            (str(item["device"]), str(item["channel"]), str(item["quantity"])): await ask_for_series(
                client, item["series_id"], span
            )
            for item in series
        }


async def ask_for_series(
    client: httpx.AsyncClient, series_id: object, span: tuple[datetime, datetime]
) -> dict[datetime, float]:
    """Ask for the measurements of one series, in spans that one request may have; none may come twice."""
    values: dict[datetime, float] = {}
    begin, end = span
    while begin < end:
        until = min(begin + LONGEST_SPAN, end)
        parameters = {"from": begin.isoformat(), "to": until.isoformat(), "limit": 10_000}
        items = await read_all(client, "/v1/measurements", series_id=series_id, **parameters)
        found = {datetime.fromisoformat(str(item["observed_at"])): float(str(item["value"])) for item in items}
        assert len(found) == len(items)
        assert not found.keys() & values.keys()
        values |= found
        begin = until
    return values


def utc(text: str) -> datetime:
    """Read an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
