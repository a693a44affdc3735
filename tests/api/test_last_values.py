"""The newest value of a series, asked most often: one statement by request, whatever is checked."""

import asyncio
import tempfile
from typing import IO

import httpx
import pytest

from api.app import create_app
from tests.support.town import seed_small_region

pytestmark = pytest.mark.services

N_ASKED = 30
N_OTHERS = 5  # round trips of what runs beside the requests


def count_round_trips(log: IO[str]) -> int:
    """Count how often the server said that it is ready for the next one."""
    log.seek(0)
    return sum("\tReadyForQuery\t" in line for line in log)


def test_last_value_costs_one_round_trip(database_url: str) -> None:
    """Key, limits and rights are known for some seconds; role, territories and value are one statement."""
    region = seed_small_region(database_url)
    path = f"/v1/measurements/last?series_id={region.west_series}"

    async def asked() -> int:
        app = create_app(database_url, n_connections=1)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {region.west_key}"}
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://vigie.test", headers=headers) as client,
        ):
            assert len((await client.get(path)).json()["items"]) == 1
            with tempfile.TemporaryFile("w+") as log:
                async with app.state.pool.connection() as connection:
                    connection.pgconn.trace(log.fileno())
                answers = [(await client.get(path)).status_code for _ in range(N_ASKED)]
                async with app.state.pool.connection() as connection:
                    connection.pgconn.untrace()
                assert answers == [200] * N_ASKED
                return count_round_trips(log)

    assert N_ASKED <= asyncio.run(asked()) <= N_ASKED + N_OTHERS
