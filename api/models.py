"""What the items of each list look like, for the OpenAPI document. Times are UTC, units are UCUM codes."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sensors.severity import Severity as Severity

DeviceState = Literal["pending", "ignored", "accepted", "active", "retired"]


class Territory(BaseModel):
    """A tenant and its place in the tree."""

    territory_id: int
    territory: str = Field(examples=["val-de-tille"])
    name: str
    kind: Literal["region", "intercommunality", "commune", "other"]
    parent: str | None
    time_zone: str = Field(examples=["Europe/Paris"])


class Asset(BaseModel):
    """A thing looked after, with what is open about it. Longitude and latitude are WGS 84 degrees."""

    asset_id: int
    territory: str
    slug: str
    name: str
    type: str = Field(examples=["street_light"])
    type_name_fr: str
    type_name_en: str
    longitude: float | None
    latitude: float | None
    parent_id: int | None
    attributes: dict[str, Any]
    n_open_findings: int
    worst_severity: Severity | None
    last_observed_at: datetime | None


class Device(BaseModel):
    """A box that reports."""

    device_id: int
    territory: str
    external_id: str
    name: str
    model: str | None
    gateway: str | None
    state: DeviceState
    interval_s: int | None
    created_at: datetime
    last_observed_at: datetime | None
    presence: Literal["online", "offline", "unknown"]
    presence_basis: Literal["statement", "heard", "silence"] | None = Field(
        description="statement: a last will, a birth; heard or silence: values against the declared interval"
    )
    presence_since: datetime | None = Field(description="of a statement its arrival, of silence the last value's")
    presence_through: str | None = Field(description="external id of the gateway with which the device came or went")
    last_heard_at: datetime | None = Field(
        description="arrival of its newest value or word; of a gateway also of those behind"
    )


class Code(BaseModel):
    """The meaning of one value of a state."""

    code: int
    slug: str
    name_fr: str
    name_en: str


class Series(BaseModel):
    """One quantity of one channel of a device (or computed for an asset), with its newest value."""

    series_id: int
    territory: str
    device: str | None
    device_id: int | None
    channel: str
    quantity: str = Field(examples=["active_power"])
    quantity_name_fr: str
    quantity_name_en: str
    unit: str = Field(examples=["W"])
    kind: Literal["gauge", "counter", "state"]
    codes: list[Code] | None
    last_value: float | None
    last_observed_at: datetime | None


class Measurement(BaseModel):
    """A value (bucket=raw), or what a bucket holds: n values, least, greatest, mean; `bucket` is its start."""

    series_id: int
    observed_at: datetime | None = None
    value: float | None = None
    bucket: datetime | None = None
    n: int | None = None
    min: float | None = None
    max: float | None = None
    mean: float | None = None
    time_weighted_mean: float | None = None
    covered_s: float | None = None


class Count(BaseModel):
    """How many measurements of a series lie in a span."""

    series_id: int
    n: int


class CurveItem(BaseModel):
    """One series on the grid: lists with one entry per start; `values` is filled, or null, where `n` is 0."""

    series_id: int
    quantity: str = Field(examples=["active_power"])
    unit: str = Field(examples=["W"])
    kind: Literal["gauge", "counter", "state"]
    n: list[int]
    values: list[float | None]
    low: list[float | None]
    high: list[float | None]


class Curves(BaseModel):
    """Series side by side: each point lasts from its start to the next one, the last to `end`."""

    bucket: Literal["raw", "hour", "day"]
    starts: list[datetime]
    end: datetime
    items: list[CurveItem]
    next: str | None


class LastValue(BaseModel):
    """The newest value of a series."""

    series_id: int
    observed_at: datetime
    value: float


class KpiValue(BaseModel):
    """A KPI with its proof: interval, baseline, completeness, method. Without a value `withheld` says why."""

    model_config = ConfigDict(populate_by_name=True)

    territory: str
    kpi: str
    name_fr: str
    name_en: str
    from_: datetime = Field(alias="from")
    to: datetime
    value: float | None
    unit: str
    low: float | None
    high: float | None
    baseline: float | None
    completeness: float | None
    method: str
    method_version: str
    withheld: str | None
    computed_at: datetime


class PublicKpi(KpiValue):
    """A published KPI of a territory as a whole."""

    territory_name: str


class Kpi(KpiValue):
    """The same with the hash of its inputs, what it replaces, why, and on whose account (null: not known).

    `replaced_value` null where there was none, or it was withheld.
    """

    kpi_value_id: int
    asset_id: int | None
    inputs_hash: str
    proof: dict[str, Any]
    replaces_id: int | None
    replaced_value: float | None
    cause: str | None
    restated_by: str | None
    is_current: bool


class Finding(BaseModel):
    """An anomaly or maintenance hint, said in a sentence, with its evidence."""

    finding_id: int
    territory: str
    asset_id: int | None
    asset_name: str | None
    device_id: int | None
    series_id: int | None
    kind: str
    model: str
    model_version: str
    severity: Severity
    score: float
    started_at: datetime
    ended_at: datetime | None
    sentence_fr: str
    sentence_en: str
    evidence: dict[str, Any]
    verdict: Literal["confirmed", "false_alarm", "known"] | None
    is_silenced: bool = Field(description="judged known or a false alarm: no alarm any more, until it closes")
    incident_id: int | None


class Incident(BaseModel):
    """Findings with one cause: one line for a technician, however many assets it shows at."""

    incident_id: int
    territory: str
    cause: str
    asset_id: int | None
    asset_name: str | None
    device_id: int | None
    severity: Severity
    score: float
    started_at: datetime
    ended_at: datetime | None
    n_findings: int
    n_assets: int
    sentence_fr: str
    sentence_en: str
    updated_at: datetime
    is_silenced: bool = Field(description="all its findings were judged known or false alarms")


class Rejection(BaseModel):
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


class RejectionCause(BaseModel):
    """Open rejections of one cause, and the latest of them as a sample."""

    territory: str
    reason: str
    sentence_fr: str
    sentence_en: str
    format: str | None
    decoder_version: str | None
    n_messages: int
    n_values: int
    n_devices: int
    first_at: datetime
    last_at: datetime
    can_be_mended: bool = Field(description="whether mending a decoder or the registry, and a replay, can help")
    sample_id: int
    device: str | None
    detail: str
    topic: str
    payload_base64: str


class Replay(BaseModel):
    """A replay that was asked for. The counts are null until it is done; a worker begins within seconds."""

    request_id: int
    territory: str
    reason: str | None
    device: str | None
    format: str | None
    requested_at: datetime
    due_at: datetime = Field(description="no worker begins before; later than asked for where it follows another")
    done_at: datetime | None
    n_messages: int | None = Field(description="messages that were settled anew")
    n_unchanged: int | None = Field(description="messages left as they were: nothing is mended for them")
    n_stored: int | None = Field(description="values")
    n_duplicate: int | None = Field(description="values")
    n_rejected: int | None = Field(description="values refused again, kept with their new reason")


class Accepted(BaseModel):
    """A device that was taken over, and the replay of what is kept of it."""

    device_id: int
    territory: str
    external_id: str
    request_id: int


class Requested(BaseModel):
    """A replay that will be done; see `GET /v1/rejections/replays`."""

    request_id: int


class Delivery(BaseModel):
    """What arrived of one device in one hour, in values: received = stored + duplicate + rejected.

    What was expected is in messages, by the hour of sending: expected = heard + missing; null: not known.
    """

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


class Gap(BaseModel):
    """Messages of a device that are missing, with who is to answer for it and what that is known from."""

    gap_id: int
    territory: str
    device: str
    device_id: int
    basis: Literal["frame_counter", "sequence", "interval"]
    from_: datetime = Field(alias="from", description="the message before")
    to: datetime | None = Field(description="the message after; null: the silence lasts")
    n_missing: int
    cause: Literal["device", "gateway", "broker", "platform", "unknown"]
    reason: str = Field(description="the rule that says so, or why none can")
    evidence: dict[str, Any] = Field(description="outages, dropped messages and neighbours around the gap")
    found_at: datetime
    attributed_at: datetime | None
    closed_at: datetime | None = Field(description="when late messages had filled it")


class Completeness(BaseModel):
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
    completeness: float | None = Field(description="received of expected, 0 to 1")


class Refusal(BaseModel):
    """Why values of a message were refused, and how many; they are kept."""

    reason: str = Field(examples=["unknown_device"])
    n: int
    detail: str
    device: str | None
    sentence_fr: str
    sentence_en: str


class MessageResult(BaseModel):
    """What became of one message, counted in values. Without `is_repeatable` the same again would count as new."""

    index: int
    status: Literal["stored", "duplicate", "partly_rejected", "rejected", "empty"]
    stored: int
    duplicate: int
    rejected: list[Refusal]
    is_repeatable: bool


class MessageResults(BaseModel):
    """What became of each message of a body, in their order."""

    messages: list[MessageResult]
