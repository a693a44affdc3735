"""What the formats with state remember of one source: a copy of the store's records, ahead of it by the present batch.

Only the owner of these topics has one. It is read from the store when the ownership begins and thrown away when it
ends, so that it is never older than the store.
"""

from collections.abc import Iterable

import structlog

from sensors.rejection import DecodeError
from sensors.stateful import Decoded, Received, Record, StatefulFormat, apply_changes, save, start
from store.intake import Connection
from store.memory import read_records

LOG = structlog.get_logger()


class Memory:
    """The records of each format, by their key."""

    def __init__(self) -> None:
        self._records: dict[str, dict[str, Record]] = {}

    def load(self, connection: Connection, source: str, formats: Iterable[StatefulFormat]) -> None:
        """Read what the last owner left; a record that cannot be read is forgotten."""
        for format_ in formats:
            records = self._records[format_.name] = start()
            for key, document in read_records(connection, source, format_.name):
                try:
                    records[key] = format_.load(key, document)
                except DecodeError as error:
                    LOG.warning("record_unreadable", source=source, format=format_.name, key=key, error=str(error))

    def decode(self, format_: StatefulFormat, received: Received) -> Decoded:
        """Decode a message and remember what it changed. Raises DecodeError; then nothing is changed."""
        records = self._records.setdefault(format_.name, start())
        decoded = format_.decode(records, received)
        apply_changes(records, decoded.changes)
        return decoded


def write_out(changes: dict[tuple[str, str], Record | None]) -> dict[tuple[str, str], bytes | None]:
    """Write records as the store keeps them."""
    return {key: None if record is None else save(record) for key, record in changes.items()}
