"""Work that waits for the database on a connection of its own, beside the loop: people do it rarely."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from api.errors import ProblemError
from store.errors import UnreachableError

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Do what waits for the database beside the loop. Raises ProblemError where the database is away."""
    try:
        return await asyncio.to_thread(work, *arguments, **named)
    except UnreachableError as error:
        raise ProblemError(503, "the database does not answer; try again", {"Retry-After": "5"}) from error
