"""What a gateway has sent and nobody has receipted yet: plain bookkeeping, the time is passed in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sensors.receipt import Receipt

MAX_REFUSALS = 1000


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """An encoded message; `message_id` is the id inside the payload, `gateway` who carries it."""

    topic: str
    payload: bytes
    message_id: str
    gateway: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Values of one message that were refused for one reason; `detail` is the first case."""

    topic: str
    message_id: str
    reason: str
    n_values: int
    detail: str


@dataclass(slots=True)
class Counts:
    """What became of the messages of a run. Messages are counted, and values by their outcome.

    `refused` counts values by reason; a message that was sent again counts once in `published`. `refusals` keeps the
    first thousand refusals one by one, `examples` the first of each reason.
    """

    published: int = 0
    republished: int = 0
    receipted: int = 0
    stored: int = 0
    duplicate: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    refusals: list[Refused] = field(default_factory=list)

    def add(self, receipt: Receipt, message: OutgoingMessage) -> None:
        """Count one receipt."""
        self.receipted += 1
        self.stored += receipt.stored
        self.duplicate += receipt.duplicate
        for part in receipt.rejected:
            reason = str(part.reason.value)
            self.refused[reason] = self.refused.get(reason, 0) + part.n
            self.examples.setdefault(reason, part.detail)
            if len(self.refusals) < MAX_REFUSALS:
                self.refusals.append(Refused(message.topic, message.message_id, reason, part.n, part.detail))


@dataclass(slots=True)
class Waiting:
    """A message without a receipt. `is_in_hand` says whether the MQTT client still holds it and will send it itself."""

    message: OutgoingMessage
    due_s: float
    n_sent: int = 1
    is_in_hand: Callable[[], bool] = bool  # bool() is False


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
        self._waiting: dict[str, Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def names(self) -> list[str]:
        """Give the ids of the messages that wait, in the order of sending."""
        return list(self._waiting)

    def keep(self, message: OutgoingMessage, now_s: float) -> None:
        """Keep a message that is about to be sent for the first time."""
        self._waiting[message.message_id] = Waiting(message, now_s + self.patience_s)
        self.counts.published += 1

    def hand_over(self, message_id: str, is_in_hand: Callable[[], bool]) -> None:
        """Note that the MQTT client has the message; as long as it says so, nobody else sends it."""
        if (waiting := self._waiting.get(message_id)) is not None:
            waiting.is_in_hand = is_in_hand

    def settle(self, receipt: Receipt) -> None:
        """Let go of a message that Vigie holds for good; a second receipt for it changes nothing."""
        if receipt.id is not None and (waiting := self._waiting.pop(receipt.id, None)) is not None:
            self.counts.add(receipt, waiting.message)

    def overdue(self, now_s: float) -> Iterator[OutgoingMessage]:
        """Give the messages to send again now, oldest first, and give each more patience."""
        for waiting in list(self._waiting.values()):
            if waiting.due_s <= now_s and not waiting.is_in_hand():
                waiting.due_s = now_s + min(self.patience_s * 2**waiting.n_sent, self.longest_patience_s)
                waiting.n_sent += 1
                self.counts.republished += 1
                yield waiting.message

    def hurry(self) -> None:
        """Make everything overdue: the connection is new, and nobody knows what the old one lost."""
        for waiting in self._waiting.values():
            waiting.due_s = 0.0
