"""What a gateway has sent and nobody has receipted yet: plain bookkeeping, the time is passed in."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sensors.receipt import Receipt


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """An encoded message; `message_id` is the id inside the payload, `gateway` who carries it."""

    topic: str
    payload: bytes
    message_id: str
    gateway: str


@dataclass(slots=True)
class Counts:
    """What became of the messages of a run. Messages are counted, and values by their outcome.

    `refused` counts values by reason; a message that was sent again counts once in `published`.
    """

    published: int = 0
    republished: int = 0
    receipted: int = 0
    stored: int = 0
    duplicate: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, receipt: Receipt) -> None:
        """Count one receipt."""
        self.receipted += 1
        self.stored += receipt.stored
        self.duplicate += receipt.duplicate
        for part in receipt.rejected:
            reason = str(part.reason.value)
            self.refused[reason] = self.refused.get(reason, 0) + part.n
            self.examples.setdefault(reason, part.detail)


class Outbox:
    """Messages without a receipt, in the order of sending; a receipt takes its message out.

    Parameters
    ----------
    patience_s
        How long to wait for a receipt before sending again [s]; doubles with each attempt, up to a minute.
    """

    longest_patience_s = 60.0

    def __init__(self, patience_s: float = 10.0) -> None:
        self.patience_s = patience_s
        self.counts = Counts()
        self._waiting: dict[str, tuple[OutgoingMessage, float, int]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def keep(self, message: OutgoingMessage, now_s: float) -> None:
        """Keep a message that is about to be sent for the first time."""
        self._waiting[message.message_id] = (message, now_s + self.patience_s, 1)
        self.counts.published += 1

    def settle(self, receipt: Receipt) -> None:
        """Let go of a message that Vigie holds for good; a second receipt for it changes nothing."""
        if receipt.id is not None and self._waiting.pop(receipt.id, None) is not None:
            self.counts.add(receipt)

    def overdue(self, now_s: float) -> Iterator[OutgoingMessage]:
        """Give the messages to send again now, oldest first, and give each more patience."""
        for message_id, (message, due_s, n_sent) in list(self._waiting.items()):
            if due_s <= now_s:
                patience_s = min(self.patience_s * 2**n_sent, self.longest_patience_s)
                self._waiting[message_id] = (message, now_s + patience_s, n_sent + 1)
                self.counts.republished += 1
                yield message

    def hurry(self) -> None:
        """Make everything overdue: the connection is new, and nobody knows what the old one lost."""
        self._waiting = {key: (message, 0.0, n_sent) for key, (message, _, n_sent) in self._waiting.items()}
