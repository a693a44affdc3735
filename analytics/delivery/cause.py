"""Who is to answer for a gap: rules in order of precedence, each on what was seen.

1. broker, forgot_session: we came back to a session that the broker had no longer.
2. broker, dropped: it counts messages that it dropped.
3. broker, unreachable: workers ran and could not reach it.
4. platform, no_worker or store_away: nobody read, or what was read could not be written.
5. gateway, went_offline: it said so, or its last will did.
6. gateway, others_silent: at least two others behind it are usually heard, and none was.
7. device, others_heard: another device behind the same gateway was heard in the gap.
8. unknown, with the reason.

Rules 1, 3 and 4 are about outages. An outage counts only where it is long enough for what is missing (half of the time
that the missing messages take; a forgotten session needs none), and never where messages that other devices of the
source sent meanwhile have come: then the broker kept them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal

from store.evidence import GatewaySeen, OthersHeard, SessionChange

Cause = Literal["device", "gateway", "broker", "platform", "unknown"]
Kind = Literal["forgot_session", "unreachable", "no_worker", "store_away"]
CAUSE_BY_KIND: dict[Kind, Cause] = {
    "forgot_session": "broker",
    "unreachable": "broker",
    "no_worker": "platform",
    "store_away": "platform",
}
STORE = "*"
ORDERED = "/state"  # ends the name of sessions that read formats with state
LEAST_OTHERS = 2
LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Outage:
    """Nobody read a source, or wrote, between two instants; `others` is what else came from that time."""

    kind: Kind
    began_at: datetime
    ended_at: datetime
    detail: str = ""
    others: OthersHeard | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A gap as far as its cause goes."""

    began_at: datetime
    ended_at: datetime
    n_missing: int


@dataclass(frozen=True, slots=True)
class Attribution:
    """Cause, reason, and what was seen."""

    cause: Cause
    reason: str
    evidence: dict[str, Any]


def judge(span: Span, outages: Sequence[Outage], n_dropped: int, gateway: GatewaySeen | None) -> Attribution:
    """Apply the rules. `outages` are those that overlap the gap, with what came of other devices meanwhile."""
    evidence = describe(outages, n_dropped, gateway)
    blamed = [outage for outage in outages if is_long_enough(outage, span) and not was_kept(outage)]
    kinds = {outage.kind for outage in blamed}
    if "forgot_session" in kinds:
        return Attribution("broker", "forgot_session", evidence)
    if n_dropped:
        return Attribution("broker", "dropped", evidence)
    for kind in ("unreachable", "no_worker", "store_away"):
        if kind in kinds:
            return Attribution(CAUSE_BY_KIND[kind], kind, evidence)
    cause, reason = judge_gateway(gateway)
    return Attribution(cause, reason, evidence)


def judge_gateway(gateway: GatewaySeen | None) -> tuple[Cause, str]:
    """Apply the rules about gateway and device."""
    if gateway is None:
        return "unknown", "no_gateway_known"
    if gateway.offline_at is not None:
        return "gateway", "went_offline"
    if gateway.n_within:
        return "device", "others_heard"
    if gateway.n_before >= LEAST_OTHERS:
        return "gateway", "others_silent"
    return "unknown", "too_few_others"


def is_long_enough(outage: Outage, span: Span) -> bool:
    """Say whether what is missing fits into the outage."""
    needed = (span.ended_at - span.began_at) * span.n_missing / (span.n_missing + 1) * LEAST_SHARE
    return outage.kind == "forgot_session" or outage.ended_at - outage.began_at >= needed


def was_kept(outage: Outage) -> bool:
    """Say whether what others sent in the outage has come."""
    return outage.others is not None and outage.others.n_within > 0


def describe(outages: Iterable[Outage], n_dropped: int, gateway: GatewaySeen | None) -> dict[str, Any]:
    """Write down what was seen, so that a person can judge for themselves."""
    seen: dict[str, Any] = {"n_dropped": n_dropped, "outages": [describe_outage(outage) for outage in outages]}
    if gateway is not None:
        seen["gateway"] = {
            "gateway": gateway.gateway,
            "offline_at": None if gateway.offline_at is None else gateway.offline_at.isoformat(),
            "n_others": gateway.n_others,
            "n_heard_before": gateway.n_before,
            "n_heard_within": gateway.n_within,
        }
    return seen


def describe_outage(outage: Outage) -> dict[str, Any]:
    """Write down one outage."""
    return {
        "kind": outage.kind,
        "from": outage.began_at.isoformat(),
        "to": outage.ended_at.isoformat(),
        "detail": outage.detail,
        "n_others_heard_before": None if outage.others is None else outage.others.n_before,
        "n_others_heard_within": None if outage.others is None else outage.others.n_within,
    }


def find_outages(changes: Sequence[SessionChange], span: Span, *, is_ordered: bool) -> list[Outage]:
    """Give the outages within a gap: times at which no session read, or one could not write.

    Before the first change that is known nothing is known, so nothing is an outage.
    """
    readers = [
        change for change in changes if change.source != STORE and change.session.endswith(ORDERED) is is_ordered
    ]
    writers = [change for change in changes if change.source == STORE]
    outages = [*read_outages(readers, span.ended_at), *write_outages(writers, span.ended_at)]
    clipped = (clip(outage, span) for outage in outages)
    return [outage for outage in clipped if outage is not None]


def read_outages(changes: Sequence[SessionChange], until: datetime) -> list[Outage]:
    """Give the times at which no session was connected; told by how they ended and by who came back first."""
    outages: list[Outage] = []
    up: set[str] = set()
    known: set[str] = set()
    lost: SessionChange | None = None
    for change in changes:
        if change.is_connected:
            if lost is not None and not up:
                outages.append(end_outage(lost, change, is_known=change.session in known))
            up.add(change.session)
            lost = None
            known.add(change.session)
        elif change.session in up:
            up.discard(change.session)
            lost = change if not up else None
    if lost is not None:
        outages.append(Outage(kind_of(lost), lost.changed_at, until, lost.cause))
    return outages


def end_outage(lost: SessionChange, back: SessionChange, *, is_known: bool) -> Outage:
    """Give the outage between a loss and a return; a session that was never there before is not forgotten."""
    kind: Kind = "forgot_session" if back.is_kept is False and is_known else kind_of(lost)
    return Outage(kind, lost.changed_at, back.changed_at, lost.cause)


def kind_of(lost: SessionChange) -> Kind:
    """Say why nobody read."""
    return "no_worker" if lost.cause == "worker_gone" else "unreachable"


def write_outages(changes: Sequence[SessionChange], until: datetime) -> list[Outage]:
    """Give the times at which a worker could not reach the store."""
    outages: list[Outage] = []
    by_session: dict[str, list[SessionChange]] = {}
    for change in changes:
        by_session.setdefault(change.session, []).append(change)
    for own in by_session.values():
        for lost, back in pairwise(own):
            if not lost.is_connected:
                outages.append(Outage("store_away", lost.changed_at, back.changed_at, lost.cause))
        if not own[-1].is_connected:
            outages.append(Outage("store_away", own[-1].changed_at, until, own[-1].cause))
    return outages


def clip(outage: Outage, span: Span) -> Outage | None:
    """Give the part of an outage that lies in the gap, None where there is none."""
    began_at, ended_at = max(outage.began_at, span.began_at), min(outage.ended_at, span.ended_at)
    if began_at > ended_at:
        return None
    return Outage(outage.kind, began_at, ended_at, outage.detail)
