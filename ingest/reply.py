"""Receipts out of a settled batch: one message for each sender's topic, one of its own for each that asks for it.

A sender asks with an MQTT 5 response topic, in any format. In the formats whose senders know the receipts topic, an id
in the message or MQTT 5 correlation data asks too.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from ingest.account import Outcome, by_reason, list_rejected
from ingest.arrival import Arrival
from ingest.batch import Empty, Origin, Refusal
from sensors.measurement import RejectedPart, Uplink
from sensors.receipt import (
    FORMATS_WITH_RECEIPTS_TOPIC,
    Receipt,
    ReceiptRejection,
    answer_topic,
    encode_receipts,
    receipt_topic,
)

MAX_RECEIPTS = 500  # in one message


class Reply(msgspec.Struct, frozen=True):
    """A message to be published: a receipt, or at QoS 0 what a format asks its senders."""

    topic: str
    payload: bytes
    correlation_data: bytes | None = None
    qos: int = 1


class Told(msgspec.Struct, frozen=True, gc=False):
    """The receipt of one uplink of a message, or of all of it, and where it goes."""

    topic: str
    arrival: Arrival
    device: str
    receipt: Receipt


def make_replies(outcome: Outcome) -> list[Reply]:
    """Tell senders what became of their messages; those that do not ask are not told."""
    receipts_by_topic: dict[str, list[Receipt]] = defaultdict(list)
    answers: dict[int, list[Told]] = defaultdict(list)  # by instant of arrival, which is unique within a worker
    for told in list_told(outcome):
        arrival = told.arrival
        if arrival.response_topic is None and arrival.correlation_data is None:
            receipts_by_topic[told.topic].append(told.receipt)
        else:
            answers[arrival.received_at_us].append(told)
    replies = [answer(parts) for parts in answers.values()]
    for topic, receipts in receipts_by_topic.items():
        for begin in range(0, len(receipts), MAX_RECEIPTS):
            replies.append(Reply(topic, encode_receipts(tuple(receipts[begin : begin + MAX_RECEIPTS]))))
    replies += (Reply(request.topic, request.payload, qos=0) for request in outcome.batch.aftermath.requests)
    return replies


def answer(parts: Sequence[Told]) -> Reply:
    """Give the one answer to a message, however many uplinks it holds."""
    first = parts[0]
    receipt = first.receipt if len(parts) == 1 else join(parts)
    return Reply(first.topic, encode_receipts((receipt,)), first.arrival.correlation_data)


def join(parts: Sequence[Told]) -> Receipt:
    """Sum up the uplinks of one message; what was refused is told with its device."""
    return Receipt(
        stored=sum(part.receipt.stored for part in parts),
        duplicate=sum(part.receipt.duplicate for part in parts),
        rejected=tuple(
            msgspec.structs.replace(rejection, device=part.device)
            for part in parts
            for rejection in part.receipt.rejected
        ),
    )


def list_told(outcome: Outcome) -> Iterator[Told]:
    """Give the receipt of each uplink, each refusal and each empty message that is to be told."""
    stored, duplicate = outcome.stored.tolist(), outcome.duplicate.tolist()
    for index, part in enumerate(outcome.batch.parts):
        arrival, uplink = part.arrival, part.uplink
        if uplink.message_id is None and arrival.response_topic is None and arrival.correlation_data is None:
            continue
        topic = find_topic(arrival, part.origin, part.territory, uplink, uplink.device)
        if topic is not None:
            is_refused = uplink.rejected or index in outcome.conflicts
            rejected = tell_rejections(list_rejected(outcome, index)) if is_refused else ()
            receipt = Receipt(uplink.message_id, stored[index], duplicate[index], rejected)
            yield Told(topic, arrival, uplink.device, receipt)
    for refusal in outcome.batch.refusals:
        if (told := tell_refusal(refusal)) is not None:
            yield told
    for empty in outcome.batch.empties:
        if (told := tell_empty(empty)) is not None:
            yield told


def find_topic(
    arrival: Arrival, origin: Origin, territory: str, uplink: Uplink | None, device: str | None
) -> str | None:
    """Say where the receipt goes, None where nobody asks for it or can be told."""
    if origin.format not in FORMATS_WITH_RECEIPTS_TOPIC:
        return None if arrival.response_topic is None else answer_topic(territory, arrival.response_topic)
    has_id = uplink is not None and uplink.message_id is not None
    if device is None or not (has_id or arrival.response_topic or arrival.correlation_data is not None):
        return None
    return receipt_topic(territory, (uplink and uplink.gateway) or device, arrival.response_topic)


def tell_refusal(refusal: Refusal) -> Told | None:
    """Give the receipt of a message or uplink of which nothing was stored.

    Nobody is told of a territory that is not ours, nor in any but the one the sender may speak for.
    """
    uplink, device, bound = refusal.uplink, refusal.device, refusal.origin.bound
    if refusal.territory_id is None and bound is None:
        return None
    topic = find_topic(refusal.arrival, refusal.origin, bound or refusal.territory, uplink, device)
    if topic is None:
        return None
    rejection = ReceiptRejection(refusal.reason, refusal.n_values, refusal.detail)
    receipt = Receipt(id=uplink.message_id if uplink else None, rejected=(rejection,))
    return Told(topic, refusal.arrival, device or "", receipt)


def tell_empty(empty: Empty) -> Told | None:
    """Give the receipt of a message that tells of no registered device."""
    territory, asked = empty.origin.bound or empty.origin.territory, empty.arrival.response_topic
    topic = answer_topic(territory, asked) if territory and asked else None
    return Told(topic, empty.arrival, "", Receipt(stored=empty.n_stored)) if topic else None


def tell_rejections(rejected: tuple[RejectedPart, ...]) -> tuple[ReceiptRejection, ...]:
    """Write refused parts as a receipt has them."""
    return tuple(ReceiptRejection(part.reason, part.n_values, part.detail) for part in by_reason(rejected))
