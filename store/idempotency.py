"""Writes that come with an Idempotency-Key: done once, and answered the same again, for 30 days."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from store.reader import Connection as AsyncConnection
from store.reader import Row
from store.sql import load_queries

QUERIES = load_queries(__file__)
Connection = psycopg.Connection[tuple[Any, ...]]


class KeyTakenError(ValueError):
    """The idempotency key was used for another request."""


def once(connection: Connection, sender: tuple[str, str | None], request: object, act: Callable[[], Row]) -> Row:
    """Do what is asked in one transaction, or give the answer that the same request got before.

    Parameters
    ----------
    sender
        Who asks, and under which key; without a key it is done each time.
    request
        All that is asked, to tell it from another request under the same key.
    act
        Does it and gives the answer; of a work order with its `work_order_id`.

    Raises
    ------
    KeyTakenError
        The key was used for another request.
    """
    with connection.transaction():
        asked = parameters_of(sender, request)
        if asked is None:
            return act()
        # Waits for a transaction that holds the same key.
        if connection.execute(QUERIES["take_key"], asked).rowcount == 0:
            return answer_of(connection.execute(QUERIES["read_answer"], asked).fetchone(), asked)
        answer = act()
        connection.execute(QUERIES["note_answer"], noted(asked, answer))
        return answer


async def once_async(
    connection: AsyncConnection, sender: tuple[str, str | None], request: object, act: Callable[[], Awaitable[Row]]
) -> Row:
    """Do the same as `once` where the connection and `act` are asynchronous."""
    async with connection.transaction():
        asked = parameters_of(sender, request)
        if asked is None:
            return await act()
        if (await connection.execute(QUERIES["take_key"], asked)).rowcount == 0:
            found = await connection.execute(QUERIES["read_answer"], asked)
            return answer_of(await found.fetchone(), asked)
        answer = await act()
        await connection.execute(QUERIES["note_answer"], noted(asked, answer))
        return answer


def parameters_of(sender: tuple[str, str | None], request: object) -> dict[str, Any] | None:
    """Give what names a request; None where it came without a key."""
    actor, idempotency_key = sender
    if idempotency_key is None:
        return None
    request_hash = hashlib.sha256(msgspec.json.encode(request, order="sorted")).digest()
    return {"actor": actor, "idempotency_key": idempotency_key, "request_hash": request_hash}


def noted(asked: Mapping[str, Any], answer: Row) -> dict[str, Any]:
    """Give what is kept of an answer."""
    kept = {"work_order_id": answer.get("work_order_id"), "answer": Jsonb(msgspec.to_builtins(answer))}
    return {**asked, **kept}


def answer_of(row: tuple[Any, ...] | None, asked: Mapping[str, Any]) -> Row:
    """Give what the same request was answered. Raises KeyTakenError where it was another."""
    if row is None or bytes(row[0]) != asked["request_hash"]:
        raise KeyTakenError("this Idempotency-Key was used for another request; take a new one")
    answer: Row = row[1]
    return answer
