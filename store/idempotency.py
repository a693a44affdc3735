"""Writes that come with an Idempotency-Key: done once, and answered the same again, for 30 days."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import psycopg
from psycopg.types.json import Jsonb

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
        actor, idempotency_key = sender
        if idempotency_key is None:
            return act()
        request_hash = hashlib.sha256(msgspec.json.encode(request, order="sorted")).digest()
        parameters: dict[str, Any] = {
            "actor": actor,
            "idempotency_key": idempotency_key,
            "request_hash": request_hash,
        }
        # Waits for a transaction that holds the same key.
        if connection.execute(QUERIES["take_key"], parameters).rowcount == 0:
            return read_answer(connection, parameters)
        answer = act()
        noted = {"work_order_id": answer.get("work_order_id"), "answer": Jsonb(msgspec.to_builtins(answer))}
        connection.execute(QUERIES["note_answer"], parameters | noted)
        return answer


def read_answer(connection: Connection, parameters: Mapping[str, Any]) -> Row:
    """Give what the same request was answered. Raises KeyTakenError where it was another."""
    row = connection.execute(QUERIES["read_answer"], parameters).fetchone()
    if row is None or bytes(row[0]) != parameters["request_hash"]:
        raise KeyTakenError("this Idempotency-Key was used for another request; take a new one")
    answer: Row = row[1]
    return answer
