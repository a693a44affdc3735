"""Uplinks of devices whose clock is wrong in a known way: their times made right, what the device said kept."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from sensors.clock import ClockRule, Corrected, correct_times
from sensors.instant import instant_text
from sensors.measurement import Column, RejectedPart, Uplink
from sensors.plausible import AHEAD_US, Refusal, judge_time
from sensors.rejection import Reason, shown


class CorrectedUplink(Uplink, frozen=True, kw_only=True):
    """An uplink in true time; `originals` gives own time and rule of each value made right, by its position."""

    originals: Mapping[int, tuple[int, int]]


class Judged(NamedTuple):
    """One time: what it is now, or why it is refused; what the device said; the rule, 0 for none."""

    time_us: int | Refusal
    own_us: int
    rule_id: int


def is_refused_for_time(uplink: Uplink) -> bool:
    """Say whether values were refused because their time lies ahead."""
    return any(part.reason is Reason.TIME_IN_FUTURE for part in uplink.rejected)


def make_right(uplink: Uplink, rules: Sequence[ClockRule], received_at_us: int) -> Uplink:
    """Correct the times of an uplink by the rules for its device; values whose time is none then are refused.

    What has only the time of its arrival stays as it is.
    """
    if uplink.clock == "arrival" or not uplink.columns:
        return uplink
    newest_us = max(max(column.times_us) for column in uplink.columns)
    columns: list[Column] = []
    rejected = list(uplink.rejected)
    originals: dict[int, tuple[int, int]] = {}
    first = 0
    for column in uplink.columns:
        found = correct_times(rules, column.times_us, newest_us, received_at_us)
        judged = [judge(one, own_us, received_at_us) for one, own_us in zip(found, column.times_us, strict=True)]
        kept = [(index, one) for index, one in enumerate(judged) if isinstance(one.time_us, int)]
        originals |= {first + at: (one.own_us, one.rule_id) for at, (_, one) in enumerate(kept) if one.rule_id}
        columns += take(column, kept)
        rejected += refuse(column, judged)
        first += len(kept)
    fields = msgspec.structs.asdict(uplink) | {"columns": tuple(columns), "rejected": tuple(rejected)}
    return CorrectedUplink(**fields, originals=originals)


def judge(found: Corrected | None, own_us: int, received_at_us: int) -> Judged:
    """Give a time that can be true, or why it cannot."""
    time_us, rule_id = found or (own_us, 0)
    if time_us is None:
        return Judged(Refusal(Reason.TIME_INVALID, instant_text(own_us).removesuffix("Z")), own_us, rule_id)
    return Judged(judge_time(time_us, received_at_us + AHEAD_US), own_us, rule_id)


def take(column: Column, kept: Sequence[tuple[int, Judged]]) -> list[Column]:
    """Give the column of those values, none where none is left."""
    times_us = [one.time_us for _, one in kept if isinstance(one.time_us, int)]
    values = [column.values[index] for index, _ in kept]
    return [Column(column.channel, column.quantity, column.unit, times_us, values)] if kept else []


def refuse(column: Column, judged: Sequence[Judged]) -> list[RejectedPart]:
    """Give what is refused, with the first case as its detail."""
    refusals = [one.time_us for one in judged if isinstance(one.time_us, Refusal)]
    if not refusals:
        return []
    reason, detail = refusals[0]
    return [RejectedPart(reason, shown(detail), column.channel, column.quantity, len(refusals))]
