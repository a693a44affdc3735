"""Gathers what was seen around each gap and writes down its cause."""

from dataclasses import replace
from datetime import datetime, timedelta

from analytics.delivery.cause import Outage, Span, find_outages, judge
from store import evidence
from store.evidence import OpenGap
from store.gaps import Connection

N_GAPS = 100
MARGIN = timedelta(seconds=5)
MARGIN_SHARE = 0.1


def attribute_gaps(connection: Connection, now: datetime, n: int = N_GAPS) -> int:
    """Attribute at most `n` gaps, and give how many there were."""
    gaps = evidence.read_unattributed(connection, now, n)
    gateways = evidence.read_gateways(connection, gaps) if gaps else {}
    for gap in gaps:
        span = Span(gap.began_at, min(gap.ended_at, now) if gap.lasts else gap.ended_at, gap.n_missing)
        n_dropped = 0 if gap.source is None else evidence.count_dropped(connection, gap.source, *bounds(span))
        said = judge(span, look_for_outages(connection, gap, span), n_dropped, gateways.get(gap.gap_id))
        seen = {"basis": gap.basis, "source": gap.source, **said.evidence}
        evidence.attribute(connection, gap.gap_id, (said.cause, said.reason), seen, now)
    return len(gaps)


def look_for_outages(connection: Connection, gap: OpenGap, span: Span) -> list[Outage]:
    """Give the outages of the gap's source within it, each with what came of other devices meanwhile."""
    if gap.source is None:
        return []
    changes = evidence.read_session_changes(connection, gap.source, *bounds(span))
    outages = find_outages(changes, span, is_ordered=gap.is_ordered)
    return [replace(outage, others=evidence.count_others(connection, gap, *inner(outage))) for outage in outages]


def inner(outage: Outage) -> tuple[datetime, datetime]:
    """Give an outage without its ends: by a clock that is a little off, what was sent before or after lies in it."""
    margin = min(MARGIN, (outage.ended_at - outage.began_at) * MARGIN_SHARE)
    return outage.began_at + margin, outage.ended_at - margin


def bounds(span: Span) -> tuple[datetime, datetime]:
    """Give both ends of a gap."""
    return span.began_at, span.ended_at
