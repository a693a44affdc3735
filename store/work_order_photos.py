"""Photos of work orders: added, taken away, listed, read. What is stored was written anew by `sensors.photo`."""

from dataclasses import asdict
from typing import Any

from psycopg.rows import dict_row

from sensors.photo import Photo
from sensors.work_order import ImpossibleError
from store.audit import Line, write_line
from store.idempotency import once
from store.reader import Connection as Reader
from store.reader import Row, fetch
from store.sql import load_queries
from store.technician import NotThereError
from store.work_orders import Asked, Connection, hold

QUERIES = load_queries(__file__)
MOST_PHOTOS = 12


class TooManyPhotosError(ImpossibleError):
    """The work order has as many photos as it may have."""


def add_photo(connection: Connection, number: int, photo: Photo, asked: Asked) -> Row:
    """Add a photo to a work order, in whatever state that is, and tell of it; the order's version stays.

    Raises
    ------
    NotThereError
        The order is not there for this key.
    TooManyPhotosError
        It has `MOST_PHOTOS`.
    KeyTakenError
        The idempotency key was used for something else.
    """

    def act() -> Row:
        order = hold(connection, number, asked)
        if count_photos(connection, number) >= MOST_PHOTOS:
            raise TooManyPhotosError(f"work order {number} has {MOST_PHOTOS} photos already: take one away first")
        row = insert(connection, number, photo, asked)
        note(connection, order, row["photo_id"], "add_work_order_photo", asked)
        return row

    sender = (asked.actor, asked.idempotency_key)
    return once(connection, sender, ("photo", number, photo.sent_sha256, asked.who), act)


def remove_photo(connection: Connection, number: int, photo_id: int, asked: Asked) -> None:
    """Take a photo away for good. Raises NotThereError where order or photo are not there for this key."""
    with connection.transaction():
        order = hold(connection, number, asked)
        parameters = {"work_order_id": number, "photo_id": photo_id}
        if connection.execute(QUERIES["delete_photo"], parameters).rowcount == 0:
            raise NotThereError(f"work order {number} has no photo {photo_id}")
        note(connection, order, photo_id, "remove_work_order_photo", asked)


def count_photos(connection: Connection, number: int) -> int:
    """Count the photos of an order."""
    row = connection.execute(QUERIES["count_photos"], {"work_order_id": number}).fetchone()
    return 0 if row is None else int(row[0])


def insert(connection: Connection, number: int, photo: Photo, asked: Asked) -> Row:
    """Write a photo and tell of it, without its content."""
    parameters: dict[str, Any] = {
        **asdict(photo),
        "work_order_id": number,
        "who": asked.who,
        "given_by": asked.actor,
    }
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(QUERIES["insert_photo"], parameters).fetchone()
    if row is None:
        raise LookupError("the photo was not inserted")
    return row


def note(connection: Connection, order: Row, photo_id: int, action: str, asked: Asked) -> None:
    """Write the line of the audit log."""
    detail = {"territory": order["territory"], "photo_id": photo_id, "who": asked.who}
    subject = f"work order {order['work_order_id']}"
    write_line(connection, Line(asked.actor, action, subject, detail, order["territory_id"]))


async def list_photos(connection: Reader, number: int, *, after: int, n: int) -> list[Row]:
    """List what is known of the photos of an order, the first first, behind the number `after`."""
    return await fetch(connection, QUERIES["list_photos"], {"work_order_id": number, "after": after, "n": n})


async def find_photo(connection: Reader, number: int, photo_id: int) -> bytes | None:
    """Give a photo's JPEG; None where there is none to be seen."""
    rows = await fetch(connection, QUERIES["find_photo"], {"work_order_id": number, "photo_id": photo_id})
    return bytes(rows[0]["content"]) if rows else None
