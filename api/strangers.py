"""Devices that nobody registered: their latest message read as far as it can be without the workers' codecs."""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from sensors.formats import find_format
from sensors.language import Language
from sensors.measurement import Column, RejectedPart, Uplink
from sensors.quantity import find_quantity
from sensors.rejection import DecodeError
from store.reader import Row

MOST_VALUES = 20


class SampleValue(BaseModel):
    """A value of the sample; `state_fr` and `state_en` name it where it is a state."""

    channel: str
    quantity: str
    quantity_name_fr: str
    quantity_name_en: str
    unit: str
    value: float
    state_fr: str | None
    state_en: str | None


class SampleRefusal(BaseModel):
    """A part of the sample that would be refused even of a registered device."""

    channel: str
    quantity: str
    sentence_fr: str
    sentence_en: str


class Stranger(BaseModel):
    """A device that waits or is ignored, and what is kept of it."""

    device_id: int
    territory: str
    external_id: str
    model: str | None = Field(description="model or device profile, as the network names it")
    state: Literal["pending", "ignored"]
    first_heard_at: datetime
    last_heard_at: datetime | None = Field(description="null where nothing is kept any more")
    n_messages: int
    n_values: int
    source: str | None
    gateway: str | None = Field(description="external id, where the sample names one")
    format: str | None
    topic: str | None
    n_bytes: int | None = Field(description="of the sample")
    payload_base64: str | None = Field(description="the sample's first 512 bytes")
    values: list[SampleValue] = Field(description="what the sample says; at most 20")
    refused: list[SampleRefusal]


def describe_stranger(row: Row) -> dict[str, Any]:
    """Write a row of `store.strangers` with its sample decoded; what needs a worker's codec or memory has no values."""
    uplink = read_sample(row)
    beginning = row["beginning"]
    names = ("device_id", "territory", "external_id", "model", "state", "first_heard_at", "last_heard_at")
    counts = ("n_messages", "n_values", "source", "format", "topic", "n_bytes")
    return {
        **{name: row[name] for name in (*names, *counts)},
        "gateway": uplink.gateway if uplink else None,
        "payload_base64": None if beginning is None else base64.b64encode(beginning).decode(),
        "values": [describe_value(column) for column in uplink.columns[:MOST_VALUES]] if uplink else [],
        "refused": list(describe_refused(uplink)) if uplink else [],
    }


def read_sample(row: Row) -> Uplink | None:
    """Decode the sample and give what the device itself says in it.

    A source's rule may have put a prefix before the ids of the message.
    """
    format_ = find_format(row["format"] or "")
    if format_ is None or row["payload"] is None:
        return None
    received_at_us = int(row["received_at"].timestamp() * 1_000_000)
    try:
        uplinks = format_.decode(row["topic"], row["payload"], received_at_us)
    except DecodeError:
        return None
    return next((uplink for uplink in uplinks if row["external_id"].endswith(uplink.device)), None)


def describe_value(column: Column) -> dict[str, Any]:
    """Write the newest value of a column."""
    quantity = find_quantity(column.quantity)
    _, value = max(zip(column.times_us, column.values, strict=True))
    code = next((code for code in quantity.codes if code.number == value), None) if quantity else None
    return {
        "channel": column.channel,
        "quantity": column.quantity,
        "quantity_name_fr": quantity.name_fr if quantity else column.quantity,
        "quantity_name_en": quantity.name_en if quantity else column.quantity,
        "unit": column.unit,
        "value": value,
        "state_fr": code.name_fr if code else None,
        "state_en": code.name_en if code else None,
    }


def describe_refused(uplink: Uplink) -> Iterator[dict[str, Any]]:
    """Write the parts that would be refused."""
    for part in uplink.rejected[:MOST_VALUES]:
        yield {
            "channel": part.channel,
            "quantity": part.quantity,
            "sentence_fr": say(part, "fr"),
            "sentence_en": say(part, "en"),
        }


def say(part: RejectedPart, language: Language) -> str:
    """Say why a part is refused."""
    return part.reason.sentence(language, quantity=part.quantity, detail=part.detail)
