"""Who and what there is, and what arrived of it, as the server describes it: instants with offset, UCUM units."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

Severity = Literal["info", "warning", "urgent", "critical"]


class Item(msgspec.Struct, frozen=True):
    """Something of a list; fields that a newer server adds are passed over."""


class Territory(Item, frozen=True):
    """A tenant and its place in the tree."""

    territory_id: int
    territory: str
    name: str
    kind: Literal["region", "intercommunality", "commune", "other"]
    parent: str | None
    time_zone: str


class Asset(Item, frozen=True):
    """A thing looked after, with what is open about it. Longitude and latitude are WGS 84 degrees."""

    asset_id: int
    territory: str
    slug: str
    name: str
    type: str
    type_name_fr: str
    type_name_en: str
    longitude: float | None
    latitude: float | None
    parent_id: int | None
    attributes: Mapping[str, Any]
    n_open_findings: int
    worst_severity: Severity | None
    last_observed_at: datetime | None


class Device(Item, frozen=True):
    """A box that reports."""

    device_id: int
    territory: str
    external_id: str
    name: str
    model: str | None
    gateway: str | None
    state: Literal["pending", "ignored", "accepted", "active", "retired"]
    interval_s: int | None
    created_at: datetime
    last_observed_at: datetime | None
    presence: Literal["online", "offline", "unknown"]
    presence_basis: Literal["statement", "heard", "silence"] | None
    presence_since: datetime | None
    presence_through: str | None
    last_heard_at: datetime | None


class Code(Item, frozen=True):
    """The meaning of one value of a state."""

    code: int
    slug: str
    name_fr: str
    name_en: str


class Series(Item, frozen=True):
    """One quantity of one channel of a device (or computed for an asset), with its newest value."""

    series_id: int
    territory: str
    device: str | None
    device_id: int | None
    channel: str
    quantity: str
    quantity_name_fr: str
    quantity_name_en: str
    unit: str
    kind: Literal["gauge", "counter", "state"]
    codes: tuple[Code, ...] | None
    last_value: float | None
    last_observed_at: datetime | None


class LastValue(Item, frozen=True):
    """The newest value of a series."""

    series_id: int
    observed_at: datetime
    value: float


class Rejection(Item, frozen=True):
    """A message, or a part of one, that could not be used."""

    rejection_id: int
    territory: str
    device: str | None
    topic: str
    received_at: datetime
    reason: str
    sentence_fr: str
    sentence_en: str
    detail: str
    n_measurements: int
    payload_base64: str
    format: str | None
    decoder_version: str | None
    resolved_at: datetime | None
    resolution: str | None


class Delivery(Item, frozen=True):
    """What arrived of one device in one hour, in values: received = stored + duplicate + rejected."""

    territory: str
    device: str | None
    device_id: int | None
    arrival_hour: datetime
    n_messages: int
    n_received: int
    n_stored: int
    n_duplicate: int
    n_rejected: int
    n_revised: int
    basis: Literal["frame_counter", "sequence", "interval"] | None
    n_expected: int | None
    n_heard: int | None
    n_missing: int | None


class Gap(Item, frozen=True, rename={"from_": "from"}):
    """Messages of a device that are missing, with who is to answer for it and what that is known from."""

    gap_id: int
    territory: str
    device: str
    device_id: int
    basis: Literal["frame_counter", "sequence", "interval"]
    from_: datetime
    to: datetime | None
    n_missing: int
    cause: Literal["device", "gateway", "broker", "platform", "unknown"]
    reason: str
    evidence: Mapping[str, Any]
    found_at: datetime
    attributed_at: datetime | None
    closed_at: datetime | None


class Completeness(Item, frozen=True):
    """How much of a series came in a period, in distinct instants; null where nothing says what to expect."""

    series_id: int
    territory: str
    device: str
    device_id: int
    channel: str
    quantity: str
    basis: Literal["frame_counter", "sequence", "interval"] | None
    n_received: int
    n_expected: float | None
    completeness: float | None
