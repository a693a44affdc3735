"""The application ends in order, whatever happens while it runs."""

import asyncio

import pytest

from api.app import create_app

pytestmark = pytest.mark.services


def test_a_failure_while_it_runs_closes_the_pool_all_the_same(database_url: str) -> None:
    """A pool left open keeps threads of its own: the program that failed would never end."""
    app = create_app(database_url)

    async def fail_inside() -> None:
        async with app.router.lifespan_context(app):
            await app.state.pool.wait(timeout=30)
            raise ArithmeticError("of somebody else")

    with pytest.raises(ArithmeticError, match="of somebody else"):
        asyncio.run(fail_inside())
    assert app.state.pool.closed
