"""What the store holds against what was sent: each message once, or in quarantine, and accounts that add up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.faults.chain import Chain
from tests.faults.stream import PASSING, STEP_S

VALUES = """
    select d.external_id, extract(epoch from m.observed_at)::float8, m.value
    from measurements m join series s using (series_id) join devices d using (device_id)
    where d.external_id <> %(passing)s and m.observed_at >= %(begin)s and m.observed_at < %(end)s
"""
QUARANTINE = "select topic, payload from rejections where reason = 'unknown_quantity'"
LEDGER = """
    select coalesce(sum(n_received), 0)::bigint, coalesce(sum(n_stored), 0)::bigint,
           coalesce(sum(n_duplicate), 0)::bigint, coalesce(sum(n_rejected), 0)::bigint
    from delivery_ledger
"""
N_PASSING = """
    select count(*) from measurements join series s using (series_id) join devices d using (device_id)
    where d.external_id = %(passing)s
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Numbers of messages. `lost` were sent and are neither stored nor in quarantine; `wrong` have another value."""

    sent: int
    stored: int
    quarantined: int
    lost: int
    twice: int
    wrong: int

    @property
    def is_good(self) -> bool:
        """Say whether every message is there exactly once."""
        return (self.lost, self.twice, self.wrong) == (0, 0, 0) and self.sent == self.stored + self.quarantined


def judge(chain: Chain, numbers: Iterable[int]) -> Verdict:
    """Look for these messages in the store; what else is there of the same instants is not counted as lost or sent."""
    asked = set(numbers)
    if not asked:
        return Verdict(0, 0, 0, 0, 0, 0)
    held: Counter[int] = Counter()
    n_wrong = 0
    for device, at_s, value in chain.fetch(VALUES, passing=PASSING, **span(chain, asked)):
        number = chain.stream.index(device, at_s)
        held[number] += 1
        n_wrong += number in asked and value != chain.stream.value(number)
    in_quarantine = read_quarantine(chain) & asked
    stored = held.keys() & asked
    return Verdict(
        sent=len(asked),
        stored=len(stored),
        quarantined=len(in_quarantine),
        lost=len(asked - stored - in_quarantine),
        twice=sum(held[number] > 1 for number in stored) + len(stored & in_quarantine),
        wrong=n_wrong,
    )


def span(chain: Chain, numbers: set[int]) -> dict[str, datetime]:
    """Give the instants between which these messages lie; `end` is not among them."""
    stream = chain.stream
    first, last = (stream.at_s(number) - stream.begin_at.timestamp() for number in (min(numbers), max(numbers)))
    return {
        "begin": stream.begin_at + timedelta(seconds=first),
        "end": stream.begin_at + timedelta(seconds=last + STEP_S),
    }


def read_quarantine(chain: Chain) -> set[int]:
    """Give the numbers of the messages in quarantine; one that was delivered twice may lie there twice."""
    found = set()
    for topic, payload in chain.fetch(QUARANTINE):
        number = int(bytes(payload).partition(b'"id":"')[2].partition(b'"')[0].rpartition(b"-")[2])
        message = chain.stream.message(number)
        if (message.topic, message.payload) == (topic, bytes(payload)):
            found.add(number)
    return found


@dataclass(frozen=True, slots=True)
class Account:
    """What the ledger says, in values, and how many values there are."""

    received: int
    stored: int
    duplicate: int
    rejected: int
    n_measurements: int

    @property
    def adds_up(self) -> bool:
        """Say whether each arrival has one outcome, and whatever is counted as stored is there."""
        is_whole = self.received == self.stored + self.duplicate + self.rejected
        return is_whole and self.stored == self.n_measurements


def read_account(chain: Chain) -> Account:
    """Read the ledger beside the measurements."""
    row = chain.fetch(LEDGER)[0]
    return Account(*map(int, row), int(chain.fetch("select count(*) from measurements")[0][0]))


def count_passing(chain: Chain) -> int:
    """Give how many messages of the gateway that keeps nothing are stored."""
    return int(chain.fetch(N_PASSING, passing=PASSING)[0][0])
