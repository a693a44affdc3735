"""What work orders look like over HTTP, what may be asked of them, and the headers of writes."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Header
from pydantic import BaseModel, ConfigDict, Field

from api.errors import ProblemError
from api.parameters import Instant
from sensors.work_order import Action, Condition, Outcome, Part, State, Verdict
from store.keys import Key
from store.results import Severity
from store.technician import actor
from store.work_orders import Asked

TEXT = "^[^\\x00-\\x08\\x0b-\\x1f]*$"
Name = Annotated[str, Field(pattern=TEXT, min_length=1, max_length=100)]
Line = Annotated[str, Field(pattern=TEXT, max_length=200)]
Note = Annotated[str, Field(pattern=TEXT, max_length=2000)]
Amount = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Minutes = Annotated[int, Field(ge=1, le=10080)]
ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
IfMatch = Annotated[
    str | None, Header(description='the ETag of the version that was seen, such as `"3"`; `*` for whatever it is')
]


class PartUsed(BaseModel):
    """A part that was used."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=TEXT, min_length=1, max_length=200)]
    n: Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)] = 1.0
    cost_eur: Amount | None = None


class WorkOrder(BaseModel):
    """What a technician is asked to do, and what came of it."""

    work_order_id: int
    territory: str
    asset_id: int | None
    asset: str | None = Field(description="slug of the asset")
    asset_name: str | None
    incident_id: int | None
    finding_id: int | None
    version: int = Field(description="the ETag")
    state: State
    severity: Severity
    title: str = Field(description="in the words of whoever opened it; empty: the sentence says it")
    sentence_fr: str = Field(description="what Vigie said when it was opened; empty where opened by hand")
    sentence_en: str
    note: str
    technician: str | None = Field(description="a person or a team")
    planned_at: datetime | None
    planned_min: int
    opened_at: datetime
    opened_by: str
    started_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    updated_at: datetime
    verdict: Verdict | None
    condition: Condition | None
    failed_at: datetime | None
    cause: str
    parts: list[PartUsed]
    worked_min: int | None
    cost_eur: float | None
    result: str


class WorkOrderChange(BaseModel):
    """A line of a work order's history; `detail` holds the fields that differ, as they became."""

    version: int
    at: datetime
    action: Literal["open"] | Action
    state: State
    who: str
    given_by: str
    detail: dict[str, Any]


class OrderWish(BaseModel):
    """What is to be done: about an incident, or a finding, or an asset, or a territory."""

    model_config = ConfigDict(extra="forbid")

    incident_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    finding_id: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    asset_id: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    territory: Annotated[str, Field(pattern="^[a-z0-9-]{1,63}$")] | None = None
    title: Line = Field("", description="needed where neither incident nor finding says what it is about")
    note: Note = ""
    severity: Severity | None = Field(None, description="default: that of what it is about, else `warning`")
    technician: Name | None = None
    planned_at: Instant | None = None
    planned_min: Minutes = 60
    who: Name | None = Field(None, description="who asks for it; default the key's name")


class OrderEdit(BaseModel):
    """What is to differ; what is left out stays. `technician` or `planned_at` null takes it away."""

    model_config = ConfigDict(extra="forbid")

    title: Line | None = None
    note: Note | None = None
    severity: Severity | None = None
    technician: Name | None = None
    planned_at: Instant | None = None
    planned_min: Minutes | None = None
    move: Literal["start", "cancel"] | None = None
    who: Name | None = None


class Closing(BaseModel):
    """What came of it."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict = Field(description="other_cause: a real fault, but not the one that Vigie named")
    condition: Condition | None = Field(None, description="how it was found: still working, or failed already")
    failed_at: Instant | None = Field(None, description="since when it had failed; with the condition `failed`")
    cause: Line = ""
    parts: Annotated[list[PartUsed], Field(max_length=50)] = []
    worked_min: Annotated[int, Field(ge=0, le=100_000)] | None = None
    cost_eur: Amount | None = Field(None, description="all of it, parts and work")
    result: Note = Field("", description="what was found and done")
    who: Name | None = None

    def outcome(self) -> Outcome:
        """Give it as the machine takes it."""
        parts = tuple(Part(part.name, part.n, part.cost_eur) for part in self.parts)
        fields = self.model_dump(exclude={"parts", "who"})
        return Outcome(**fields, parts=parts)


def asked_by(key: Key, who: str | None, version: int | None, idempotency_key: str | None) -> Asked:
    """Say who asks and how."""
    return Asked(actor(key), who or key.name, key.territory_ids, version, idempotency_key)


def version_seen(if_match: str | None) -> int | None:
    """Read If-Match; None for `*`.

    Raises
    ------
    ProblemError
        428 without the header, 422 where it is no ETag of a work order.
    """
    if if_match is None:
        raise ProblemError(428, 'send the ETag that you saw as If-Match, such as "3", or * for whatever it is')
    if if_match.strip() == "*":
        return None
    found = ETAG.fullmatch(if_match.strip())
    if found is None:
        raise ProblemError(422, 'If-Match: give one ETag, such as "3", or *')
    return int(found[1])
