"""The account of a settled batch: counts per part, rows for the delivery log, rejections. One fate for each value."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from ingest.batch import Batch, Part, Refusal
from ingest.identity import Fate, Settlement
from sensors.instant import instant_text
from sensors.measurement import RejectedPart
from sensors.rejection import Reason, shown
from sensors.stateful import stateful_formats
from store.account import RejectionRow, UnknownDelivery
from store.intake import HOUR_US, PlainDelivery

Counts = npt.NDArray[np.int64]


class Outcome(NamedTuple):
    """What became of the values of each part, as counts by part. Revised ones are counted among the stored too."""

    batch: Batch
    stored: Counts
    duplicate: Counts
    conflicting: Counts
    revised: Counts
    conflicts: dict[int, RejectedPart]  # by part
    is_stored: npt.NDArray[np.bool_]  # by value
    batch_id: int = 0
    is_compared: bool = False
    known: Counts | None = None  # by part: values that the account holds already, in a replay; counted nowhere above

    @property
    def n_stored(self) -> int:
        """Count the values stored, revisions included."""
        return int(self.stored.sum())

    @property
    def n_duplicate(self) -> int:
        """Count the values that were there already."""
        return int(self.duplicate.sum())

    def count_rejected(self) -> Counter[Reason]:
        """Count the refused values by reason."""
        counts: Counter[Reason] = Counter()
        for refusal in self.batch.refusals:
            counts[refusal.reason] += refusal.n_values
        for part in self.batch.parts:
            for rejected in part.uplink.rejected:
                counts[rejected.reason] += rejected.n_values
        if self.conflicts:
            counts[Reason.CONFLICTING_VALUE] += int(self.conflicting.sum())
        return counts


def make_outcome(batch: Batch, settlement: Settlement) -> Outcome:
    """Sum up the fates of values by the part that sent them."""
    fates, n_parts = settlement.fates, len(batch.parts)

    def count(fate: Fate) -> Counts:
        return np.bincount(batch.owners[fates == fate], minlength=n_parts)

    is_stored = (fates == Fate.STORED) | (fates == Fate.REVISED)
    sent = np.bincount(batch.owners, minlength=n_parts)
    if not fates.any():
        none = np.zeros(n_parts, dtype=np.int64)
        return Outcome(batch, sent, none, none, none, {}, is_stored)
    duplicate, conflicting = count(Fate.DUPLICATE), count(Fate.CONFLICT)
    conflicts = describe_conflicts(batch, settlement, conflicting)
    stored = sent - duplicate - conflicting
    return Outcome(batch, stored, duplicate, conflicting, count(Fate.REVISED), conflicts, is_stored)


def describe_conflicts(batch: Batch, settlement: Settlement, conflicting: Counts) -> dict[int, RejectedPart]:
    """Give, by part, its conflicts as one refused part; the first one is the detail."""
    conflicts: dict[int, RejectedPart] = {}
    for index, standing in sorted(settlement.standing_by_index.items()):
        owner = int(batch.owners[index])
        if owner not in conflicts:
            column = batch.find_column(index)
            found = (
                f"{batch.rows.values[index]:.17g} / {standing:.17g}, {instant_text(int(batch.rows.times_us[index]))}"
            )
            conflicts[owner] = RejectedPart(
                Reason.CONFLICTING_VALUE, shown(found), column.channel, column.quantity, int(conflicting[owner])
            )
    return conflicts


def device_deliveries(outcome: Outcome) -> dict[str, npt.NDArray[Any]]:
    """Give the delivery log's columns, one row per device and arrival hour, for values of registered devices."""
    batch = outcome.batch
    known = [refusal for refusal in batch.refusals if refusal.device_id is not None]
    entries: list[Part | Refusal] = [*batch.parts, *known]
    hours = np.array([entry.arrival.received_at_us for entry in entries], dtype=np.int64) // HOUR_US
    devices = np.array([entry.device_id for entry in entries], dtype=np.int64)
    territories = np.array([entry.territory_id for entry in entries], dtype=np.int64)
    refused = np.array([part.n_refused for part in batch.parts] + [refusal.n_values for refusal in known])
    accepted = np.array([part.n_accepted for part in batch.parts] + [0] * len(known))
    hour_span = np.ptp(hours) + 1 if len(hours) else 1
    keys = devices * hour_span + (hours - hours.min(initial=np.iinfo(np.int64).max))  # one number for both
    _, firsts, inverse = np.unique(keys, return_index=True, return_inverse=True)

    def add_up(counts: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
        padded = np.concatenate([counts, np.zeros(len(entries) - len(counts), dtype=np.int64)])
        return np.bincount(inverse, weights=padded, minlength=len(firsts)).astype(np.int32)

    return {
        "territory_id": territories[firsts].astype(np.int32),
        "device_id": devices[firsts].astype(np.int32),
        "arrival_hour": hours[firsts] * HOUR_US,
        "n_messages": add_up(np.ones(len(entries), dtype=np.int64)),
        "n_received": add_up(accepted + refused) - (0 if outcome.known is None else add_up(outcome.known)),
        "n_stored": add_up(outcome.stored),
        "n_duplicate": add_up(outcome.duplicate),
        "n_rejected": add_up(refused) + add_up(outcome.conflicting),
        "n_revised": add_up(outcome.revised),
    }


def plain_deliveries(parts: Sequence[Part]) -> list[PlainDelivery]:
    """Give the delivery log's rows where all was stored."""
    messages: Counter[tuple[int, int, int]] = Counter()
    values: Counter[tuple[int, int, int]] = Counter()
    for part in parts:
        key = part.territory_id, part.device_id, part.arrival.received_at_us // HOUR_US * HOUR_US
        messages[key] += 1
        values[key] += part.n_accepted
    return [PlainDelivery(*key, n, values[key]) for key, n in messages.items()]


def unknown_deliveries(refusals: Iterable[Refusal]) -> list[UnknownDelivery]:
    """Give what came for no registered device, by territory and arrival hour."""
    messages: Counter[tuple[int | None, int]] = Counter()
    values: Counter[tuple[int | None, int]] = Counter()
    for refusal in refusals:
        if refusal.device_id is None:
            key = refusal.territory_id, refusal.arrival.received_at_us // HOUR_US * HOUR_US
            messages[key] += 1
            values[key] += refusal.n_values
    return [UnknownDelivery(*key, n_messages, values[key]) for key, n_messages in messages.items()]


def rejection_rows(outcome: Outcome) -> Iterator[RejectionRow]:
    """Give everything that was refused, one row for each reason of each uplink."""
    for refusal in outcome.batch.refusals:
        yield refusal_row(refusal)
    for index, part in enumerate(outcome.batch.parts):
        if part.uplink.rejected or index in outcome.conflicts:
            n_settled = count_settled(outcome, index)
            for rejected in by_reason(list_rejected(outcome, index)):
                yield part_row(part, rejected, n_settled)


def count_settled(outcome: Outcome, index: int) -> int:
    """Count the values of a part's message and device that were stored or duplicate, now or before a replay."""
    parts = outcome.batch.parts

    def is_same(other: int) -> bool:
        same = 0 <= other < len(parts) and parts[other].arrival is parts[index].arrival
        return same and parts[other].device_id == parts[index].device_id

    first = last = index
    while is_same(first - 1):
        first -= 1
    while is_same(last + 1):
        last += 1
    counts = [outcome.stored, outcome.duplicate, *([] if outcome.known is None else [outcome.known])]
    return sum(int(count[first : last + 1].sum()) for count in counts)


def list_rejected(outcome: Outcome, index: int) -> tuple[RejectedPart, ...]:
    """Give what was refused of one part, by the decoder and by the store."""
    rejected = outcome.batch.parts[index].uplink.rejected
    return (*rejected, outcome.conflicts[index]) if index in outcome.conflicts else rejected


def by_reason(rejected: Iterable[RejectedPart]) -> list[RejectedPart]:
    """Join refused values of one reason, so that a message is kept once for each; the first is the detail."""
    joined: dict[Reason, RejectedPart] = {}
    for part in rejected:
        first = joined.get(part.reason)
        n_values = part.n_values + (first.n_values if first else 0)
        kept = first or part
        joined[part.reason] = RejectedPart(kept.reason, kept.detail, kept.channel, kept.quantity, n_values)
    return list(joined.values())


def refusal_row(refusal: Refusal) -> RejectionRow:
    """Give the row of a message, or uplink, of which nothing was stored."""
    return RejectionRow(
        territory_id=refusal.territory_id,
        device_id=refusal.device_id,
        source=refusal.origin.source,
        topic=refusal.origin.topic,
        device=refusal.device,
        received_at_us=refusal.arrival.received_at_us,
        reason=refusal.reason.value,
        detail=refusal.detail,
        n_measurements=refusal.n_values,
        payload=refusal.arrival.payload,
        format=refusal.origin.format,
        decoder_version=refusal.origin.version,
        n_settled=None if refusal.uplink is None else 0,
        speaks_for=refusal.origin.bound,
        uplink=write_uplink(refusal),
    )


def write_uplink(refusal: Refusal) -> bytes | None:
    """Write what the uplink said where the message alone does not say it, to be replayed."""
    if refusal.uplink is None or refusal.origin.format not in stateful_formats():
        return None
    return msgspec.json.encode(refusal.uplink)


def part_row(part: Part, rejected: RejectedPart, n_settled: int) -> RejectionRow:
    """Give the row of the values of an uplink refused for one reason."""
    name = f"{rejected.channel}/{rejected.quantity}" if rejected.channel else rejected.quantity
    return RejectionRow(
        territory_id=part.territory_id,
        device_id=part.device_id,
        source=part.origin.source,
        topic=part.origin.topic,
        device=part.uplink.device,
        received_at_us=part.arrival.received_at_us,
        reason=rejected.reason.value,
        detail=f"{name}: {rejected.detail}" if name else rejected.detail,
        n_measurements=rejected.n_values,
        payload=part.arrival.payload,
        format=part.origin.format,
        decoder_version=part.origin.version,
        n_settled=n_settled,
        speaks_for=part.origin.bound,
    )
