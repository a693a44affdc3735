"""Work beside the requests ends with them."""

import asyncio

import psycopg
import pytest

from api.background import in_background


def test_work_that_takes_its_end_for_an_error_is_ended_all_the_same() -> None:
    """As where the database answers to a cancelled query with an error, and the work tries again."""
    tried = []

    async def work() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if tried:
                    raise
                tried.append("cancelled")

    async def story() -> None:
        async with in_background(work(), "work"):
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(story(), 20))
    assert tried == ["cancelled"]


def test_work_that_failed_says_so_at_the_end() -> None:
    async def work() -> None:
        raise psycopg.OperationalError("away")

    async def story() -> None:
        async with in_background(work(), "work"):
            await asyncio.sleep(0)

    with pytest.raises(psycopg.OperationalError):
        asyncio.run(story())
