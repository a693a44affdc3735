"""The sessions under which workers share the own broker's messages, and who serves which.

A slot is held by a lock of the caller's database session: it ends with the session, however that ends. The connection
must be in autocommit; one connection holds a slot at most once.
"""

from collections.abc import Sequence
from typing import NamedTuple

from store.intake import Connection
from store.memory import notice_dead_owners
from store.sql import load_queries

QUERIES = load_queries(__file__)


class Slot(NamedTuple):
    """A session by its client id, and the filters it is subscribed to."""

    slot_id: int
    client_id: str
    pool: str
    topic_filters: tuple[str, ...]


class SlotState(NamedTuple):
    """A slot, and whether anybody holds it."""

    slot: Slot
    is_held: bool


def claim_share(connection: Connection, pool: str, suggested: str) -> str:
    """Give the name under which the workers of this pool share; the first suggestion stands."""
    row = connection.execute(QUERIES["claim_share"], {"pool": pool, "share": suggested}).fetchone()
    if row is None:
        raise LookupError("the pool was not noted")
    return str(row[0])


def read_slots(connection: Connection, pool: str) -> list[SlotState]:
    """Give the slots of a pool, the oldest first."""
    return [
        SlotState(Slot(slot_id, client_id, pool, tuple(topic_filters)), is_held)
        for slot_id, client_id, pool, topic_filters, is_held in connection.execute(
            QUERIES["read_slots"], {"pool": pool}
        )
    ]


def make_slot(connection: Connection, pool: str, client_id: str, topic_filters: Sequence[str]) -> Slot:
    """Note a new session. The broker may be told of it from now on."""
    parameters = {"pool": pool, "client_id": client_id, "topic_filters": list(topic_filters)}
    row = connection.execute(QUERIES["make_slot"], parameters).fetchone()
    if row is None:
        raise LookupError("the slot was not noted")
    return Slot(row[0], client_id, pool, tuple(topic_filters))


def hold_slot(connection: Connection, slot: Slot) -> bool:
    """Hold a slot as long as the connection lives, and see to it that it is noted; false while another holds it."""
    notice_dead_owners(connection)
    row = connection.execute(QUERIES["lock_slot"], {"slot_id": slot.slot_id}).fetchone()
    if not row or not row[0]:
        return False
    connection.execute(QUERIES["note_slot"], {**slot._asdict(), "topic_filters": list(slot.topic_filters)})
    return True


def let_go_of_slot(connection: Connection, slot: Slot) -> None:
    """Hold a slot no more; its session stays."""
    connection.execute(QUERIES["unlock_slot"], {"slot_id": slot.slot_id})


def forget_slot(connection: Connection, slot: Slot) -> None:
    """Forget a slot that we hold and whose session the broker has forgotten."""
    connection.execute(QUERIES["forget_slot"], {"slot_id": slot.slot_id})
    let_go_of_slot(connection, slot)
