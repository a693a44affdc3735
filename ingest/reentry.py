"""Reentry: what a replay settles leaves the account where it stood as rejected and is entered anew."""

from collections.abc import Iterable, Mapping

import numpy as np

from ingest.account import Outcome
from ingest.held import WANT_THEIR_SOURCE, HeldMessage
from ingest.writer import enter_account
from sensors.measurement import RejectedPart
from sensors.rejection import Reason
from store import quarantine
from store.intake import Connection
from store.quarantine import Withdrawal

# Of these the whole uplink was refused before the store saw any of it.
WHOLE_UPLINK = frozenset({Reason.UNKNOWN_DEVICE.value, Reason.UNKNOWN_TERRITORY.value, *WANT_THEIR_SOURCE})


def enter_anew(connection: Connection, outcome: Outcome, held: Mapping[int, HeldMessage]) -> Outcome:
    """Take what was open out of the account, mark it as replayed, and enter what became of it."""
    outcome = leave_out_settled(outcome, held)
    quarantine.withdraw(connection, outcome.batch_id, list_withdrawals(outcome, held))
    ids = [row.rejection_id for message in held.values() for row in message.rows]
    quarantine.resolve(connection, outcome.batch_id, ids)
    return enter_account(connection, outcome)


def leave_out_settled(outcome: Outcome, held: Mapping[int, HeldMessage]) -> Outcome:
    """Take out of the counts those values that the account holds already from the message's first coming.

    They show as duplicates of themselves, or, where a revision has replaced them, as conflicts.
    """
    duplicate, conflicting, known = outcome.duplicate.copy(), outcome.conflicting.copy(), np.zeros_like(outcome.stored)
    conflicts = dict(outcome.conflicts)
    left = {index: message.count_settled() for index, message in held.items()}
    for index, part in enumerate(outcome.batch.parts):
        settled = left[part.arrival.mid]
        for counts in (duplicate, conflicting):
            taken = min(settled.get(part.uplink.device, 0), int(counts[index]))
            if taken:
                settled[part.uplink.device] -= taken
                counts[index] -= taken
                known[index] += taken
        if index in conflicts:
            conflicts[index] = shrink(conflicts[index], int(conflicting[index]))
            if not conflicting[index]:
                del conflicts[index]
    return outcome._replace(duplicate=duplicate, conflicting=conflicting, conflicts=conflicts, known=known)


def shrink(part: RejectedPart, n_values: int) -> RejectedPart:
    """Give the same refusal of fewer values."""
    return RejectedPart(part.reason, part.detail, part.channel, part.quantity, n_values)


def list_withdrawals(outcome: Outcome, held: Mapping[int, HeldMessage]) -> Iterable[Withdrawal]:
    """Give what leaves the account: every open row's values, and each message where it was counted before."""
    for message in held.values():
        for row in message.rows:
            n_messages = int(row.n_settled is None or row.reason in WHOLE_UPLINK)
            yield Withdrawal(row.territory_id, row.device_id, row.received_at_us, n_messages, row.n_values)
    for part in outcome.batch.parts:
        rows = [row for row in held[part.arrival.mid].rows if row.device == part.uplink.device]
        if any(row.n_settled is not None and row.reason not in WHOLE_UPLINK for row in rows):
            yield Withdrawal(part.territory_id, part.device_id, part.arrival.received_at_us, 1, 0)
