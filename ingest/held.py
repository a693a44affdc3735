"""Messages kept in the quarantine, each with all its open rejections, read a page at a time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import msgspec

from sensors.measurement import Uplink
from sensors.rejection import Reason
from store import quarantine
from store.intake import Connection
from store.quarantine import Choice, HeldRow

PAGE_N = 500  # rejections
# Refused for who sent it: only the rights of its own source can say whether that is mended.
WANT_THEIR_SOURCE = frozenset({Reason.TERRITORY_MISMATCH.value, Reason.NOT_ALLOWED.value})

Refused = Counter[tuple[str | None, str]]  # values by (device, reason)


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """A kept message with all its open rejections of one territory."""

    rows: Sequence[HeldRow]

    @property
    def head(self) -> HeldRow:
        """Give a row for what all of them share."""
        return self.rows[0]

    @property
    def is_whole(self) -> bool:
        """Say whether the message could not be read at all."""
        return any(row.n_settled is None for row in self.rows)

    @property
    def uplinks(self) -> tuple[Uplink, ...]:
        """Give what the message had said, as far as that was kept."""
        return tuple(msgspec.json.decode(row.uplink, type=Uplink) for row in self.rows if row.uplink is not None)

    @property
    def devices(self) -> set[str | None]:
        """Give the devices whose values are open."""
        return {row.device for row in self.rows}

    def count_refused(self) -> Refused:
        """Count what is open, but for conflicts, which show only against the store."""
        counts: Refused = Counter()
        for row in self.rows:
            if row.reason != Reason.CONFLICTING_VALUE.value:
                counts[row.device, row.reason] += row.n_values
        return counts

    def count_settled(self) -> dict[str | None, int]:
        """Give, by device, how many values of this message the account holds as stored or duplicate."""
        settled: dict[str | None, int] = {}
        for row in self.rows:
            settled[row.device] = max(settled.get(row.device, 0), row.n_settled or 0)
        return settled


def read_pages(connection: Connection, choice: Choice) -> Iterator[list[HeldMessage]]:
    """Give the messages to replay, each once, sorted so that those of one source and territory stand together."""
    newest, after = quarantine.newest_rejection(connection), 0
    seen: set[tuple[object, ...]] = set()
    while True:
        rows, after = quarantine.read_held(connection, choice, after=after, to=newest, n=PAGE_N)
        connection.rollback()
        if not after:
            return
        held = [HeldMessage(list(group)) for _, group in groupby(rows, message_key)]
        fresh = [message for message in held if message_key(message.head) not in seen]
        seen |= {message_key(message.head) for message in fresh}
        yield sorted(fresh, key=source_key)


def source_key(message: HeldMessage) -> tuple[str, ...]:
    """Give what decides as whose a message is read."""
    head = message.head
    return head.source, head.speaks_for or "", head.territory or "", head.format or ""


def message_key(row: HeldRow) -> tuple[object, ...]:
    """Give what makes rows those of one message: a worker stamps no two messages with the same instant."""
    return row.received_at_us, row.source, row.topic, row.territory_id
