"""Work beside the requests ends with the application, also where it lost the word that it should."""

import asyncio

import pytest

from api.background import in_background


@pytest.mark.parametrize("n_lost", [0, 1, 2])
def test_work_that_loses_cancellations_ends_all_the_same(n_lost: int) -> None:
    lost = 0

    async def work() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                if lost == n_lost:
                    raise
                lost += 1

    async def story() -> None:
        async with asyncio.timeout(30), in_background(work(), "test"):
            await asyncio.sleep(0)

    asyncio.run(story())
    assert lost == n_lost


def test_an_error_of_the_work_is_raised_at_its_end() -> None:
    async def work() -> None:
        raise LookupError("gone")

    async def story() -> None:
        async with in_background(work(), "test"):
            await asyncio.sleep(0)

    with pytest.raises(LookupError, match="gone"):
        asyncio.run(story())
