"""Planning ends when it is told to, whatever comes at the same instant."""

import asyncio

import pytest

from analytics.jobs.worker import keep_planning

PATIENCE_S = 5.0


@pytest.mark.parametrize("n_turns", range(6))
def test_planning_that_is_woken_and_cancelled_at_once_ends(n_turns: int) -> None:
    """The wake-up is under way by so many turns of the loop when the cancellation comes."""

    async def story() -> None:
        planned, changed = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def plan() -> None:
            loop.call_soon_threadsafe(planned.set)

        task = asyncio.create_task(keep_planning(plan, changed, 60.0))
        await planned.wait()
        await asyncio.sleep(0.1)  # it waits for a change now
        changed.set()
        for _ in range(n_turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE_S)
        assert task.cancelled()

    asyncio.run(story())
