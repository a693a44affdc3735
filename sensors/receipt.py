"""Receipts: what Vigie tells a gateway after the commit, so that the gateway may forget what it kept."""

import msgspec

from sensors.rejection import DecodeError, Reason, shown
from sensors.topic import ROOT

# Senders in these formats know where receipts are published; those in others are told only on a response topic.
FORMATS_WITH_RECEIPTS_TOPIC = frozenset({"native"})


class ReceiptRejection(msgspec.Struct, frozen=True, omit_defaults=True):
    """Values of a message that were refused: the reason's code, what was found, how many values.

    `device` is given where the message speaks of several devices.
    """

    reason: Reason
    n: int
    detail: str = ""
    device: str = ""


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The outcome of one message, counted in values. A receipt means: Vigie holds it for good, send it no more.

    `id` is the message's own id; None where the sender is to know it by MQTT 5 response topic or correlation data. With
    nothing stored, duplicate or rejected, nothing was measured in it.
    """

    id: str | None = None
    stored: int = 0
    duplicate: int = 0
    rejected: tuple[ReceiptRejection, ...] = ()


class ReceiptDocument(msgspec.Struct, frozen=True):
    """What is published: several receipts in one message, in no order."""

    receipts: tuple[Receipt, ...]


def receipt_topic(territory: str, sender: str, response_topic: str | None = None) -> str:
    """Say where receipts for this sender (the gateway, else the device) go: as it asks, else its receipts topic."""
    asked = None if response_topic is None else answer_topic(territory, response_topic)
    return asked or f"{ROOT}/{territory}/{sender}/receipts"


def answer_topic(territory: str, response_topic: str) -> str | None:
    """Give an MQTT 5 response topic where it may be followed, else None.

    That is inside the sender's own territory and never onto an uplink topic: a stranger must not be able to make Vigie
    write elsewhere, or to itself.
    """
    is_inside = response_topic.startswith(f"{ROOT}/{territory}/")
    return response_topic if is_inside and _is_publishable(response_topic) else None


def encode_receipts(receipts: tuple[Receipt, ...]) -> bytes:
    """Write the receipt document as JSON."""
    return _ENCODER.encode(ReceiptDocument(receipts))


def decode_receipts(payload: bytes) -> tuple[Receipt, ...]:
    """Read a receipt document. Raises DecodeError."""
    try:
        return _DECODER.decode(payload).receipts
    except msgspec.ValidationError as error:
        raise DecodeError(Reason.WRONG_SHAPE, shown(str(error))) from error
    except UnicodeDecodeError as error:
        raise DecodeError(Reason.INVALID_UTF8, f"byte {error.start}") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise DecodeError(Reason.INVALID_JSON, shown(str(error))) from error


def _is_publishable(topic: str) -> bool:
    return topic.isprintable() and not any(sign in topic for sign in "+#") and not topic.endswith("/up")


_DECODER = msgspec.json.Decoder(ReceiptDocument)
_ENCODER = msgspec.json.Encoder()
