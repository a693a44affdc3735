"""What stateful formats remember, who may read their topics, and which devices are there.

Nothing here commits, except `try_own`, whose lock belongs to the session and ends with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from store.intake import Connection, instant
from store.sql import load_queries

QUERIES = load_queries(__file__)


class PresenceRow(NamedTuple):
    """That a device came or went; `through` is the gateway with which it did."""

    territory: str
    device: str
    presence: str
    at_us: int
    through: str | None


def try_own(connection: Connection, name: str) -> bool:
    """Become the owner of this name, as long as the connection lives; false while another is."""
    notice_dead_owners(connection)
    row = connection.execute(QUERIES["try_own"], {"name": name}).fetchone()
    connection.commit()
    return bool(row and row[0])


def notice_dead_owners(connection: Connection) -> None:
    """Have the server end this session, and its locks, about 10 s after our host has lost its power."""
    connection.execute(QUERIES["notice_dead_owners"])


def claim_client_id(connection: Connection, name: str, suggested: str) -> str:
    """Give the client id under which this name's session is kept at the broker; the first suggestion stands."""
    row = connection.execute(QUERIES["claim_client_id"], {"name": name, "client_id": suggested}).fetchone()
    connection.commit()
    if row is None:
        raise LookupError("the session was not noted")
    return str(row[0])


def read_records(connection: Connection, source: str, format_name: str) -> Iterator[tuple[str, bytes]]:
    """Give key and document of every record."""
    for key, document in connection.execute(QUERIES["read_records"], {"source": source, "format": format_name}):
        yield str(key), bytes(document)


def write_records(connection: Connection, source: str, records: Mapping[tuple[str, str], bytes | None]) -> None:
    """Write records by (format, key); None forgets one."""
    kept = [(name, key, document) for (name, key), document in records.items() if document is not None]
    gone = [key for key, document in records.items() if document is None]
    if gone:
        parameters = {"source": source, "formats": [name for name, _ in gone], "keys": [key for _, key in gone]}
        connection.execute(QUERIES["forget_records"], parameters)
    if kept:
        formats, keys, documents = (list(column) for column in zip(*kept, strict=True))
        parameters = {"source": source, "formats": formats, "keys": keys}
        connection.execute(QUERIES["write_records"], {**parameters, "documents": documents})


def write_presences(connection: Connection, facts: Sequence[PresenceRow]) -> None:
    """Note who came and who went, the last fact of each registered device; others are left out."""
    parameters = {
        "territories": [fact.territory for fact in facts],
        "devices": [fact.device for fact in facts],
        "presences": [fact.presence for fact in facts],
        "changed_at": [instant(fact.at_us) for fact in facts],
        "through": [fact.through for fact in facts],
    }
    connection.execute(QUERIES["write_presences"], parameters)
