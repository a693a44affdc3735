"""Receipts out of a settled batch: one message for each sender's topic, one of its own where correlation data came."""

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from ingest.account import Outcome, by_reason, list_rejected
from ingest.arrival import Arrival
from ingest.batch import Refusal
from sensors.measurement import RejectedPart, Uplink
from sensors.receipt import Receipt, ReceiptRejection, encode_receipts, receipt_topic

MAX_RECEIPTS = 500  # in one message


class Reply(msgspec.Struct, frozen=True):
    """A message to be published: a receipt, or at QoS 0 what a format asks its senders."""

    topic: str
    payload: bytes
    correlation_data: bytes | None = None
    qos: int = 1


def make_replies(outcome: Outcome) -> list[Reply]:
    """Tell senders what became of their messages; those that gave neither id nor correlation data cannot be told."""
    replies: list[Reply] = []
    receipts_by_topic: dict[str, list[Receipt]] = defaultdict(list)
    for topic, arrival, receipt in list_receipts(outcome):
        if arrival.correlation_data is not None:
            replies.append(Reply(topic, encode_receipts((receipt,)), arrival.correlation_data))
        else:
            receipts_by_topic[topic].append(receipt)
    for topic, receipts in receipts_by_topic.items():
        for begin in range(0, len(receipts), MAX_RECEIPTS):
            replies.append(Reply(topic, encode_receipts(tuple(receipts[begin : begin + MAX_RECEIPTS]))))
    replies += (Reply(request.topic, request.payload, qos=0) for request in outcome.batch.aftermath.requests)
    return replies


def list_receipts(outcome: Outcome) -> Iterator[tuple[str, Arrival, Receipt]]:
    """Give topic, message and receipt for each uplink that can be told."""
    stored, duplicate = outcome.stored.tolist(), outcome.duplicate.tolist()
    for index, part in enumerate(outcome.batch.parts):
        uplink, arrival = part.uplink, part.arrival
        if uplink.message_id is not None or arrival.correlation_data is not None:
            is_refused = uplink.rejected or index in outcome.conflicts
            rejected = tell_rejections(list_rejected(outcome, index)) if is_refused else ()
            receipt = Receipt(uplink.message_id, stored[index], duplicate[index], rejected)
            yield reply_topic(part.territory, uplink, arrival), arrival, receipt
    for refusal in outcome.batch.refusals:
        if (told := tell_refusal(refusal)) is not None:
            yield told


def tell_refusal(refusal: Refusal) -> tuple[str, Arrival, Receipt] | None:
    """Give the receipt of a message of which nothing was stored, None where nobody can be told."""
    uplink, arrival = refusal.uplink, refusal.arrival
    message_id = uplink.message_id if uplink else None
    if refusal.territory_id is None or refusal.device is None:
        return None
    if message_id is None and arrival.correlation_data is None:
        return None
    rejection = ReceiptRejection(refusal.reason, refusal.n_values, refusal.detail)
    sender = uplink.gateway or uplink.device if uplink else refusal.device
    topic = receipt_topic(refusal.territory, sender, arrival.response_topic)
    return topic, arrival, Receipt(id=message_id, rejected=(rejection,))


def reply_topic(territory: str, uplink: Uplink, arrival: Arrival) -> str:
    """Say where the receipt for this uplink goes."""
    return receipt_topic(territory, uplink.gateway or uplink.device, arrival.response_topic)


def tell_rejections(rejected: tuple[RejectedPart, ...]) -> tuple[ReceiptRejection, ...]:
    """Write refused parts as a receipt has them."""
    return tuple(ReceiptRejection(part.reason, part.n_values, part.detail) for part in by_reason(rejected))
