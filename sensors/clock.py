"""Clocks that are wrong in a known way, and what makes their times right. Pure; the rules are the store's.

A rule holds for a span of the device's *own* time, not of arrivals: the same message again lands on the same instant,
so a redelivery is still known as a duplicate.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sensors.instant import SECOND_US
from sensors.local_time import civil_of_us, civil_to_us
from sensors.rejection import DecodeError

FITS_US = 300 * SECOND_US  # so near to its arrival, a time needs no rule: the clock is right again


class ClockRule(NamedTuple):
    """What corrects the times of a device from `from_us` to before `to_us` of its own clock.

    Microseconds since 1970 UTC. `shift_us` is added; where `zone` is given, the device writes that zone's civil time
    as if it were UTC, and `shift_us` is 0.
    """

    rule_id: int
    from_us: int
    to_us: int
    shift_us: int = 0
    zone: str | None = None


class Corrected(NamedTuple):
    """A time made right by a rule; None where the civil time does not exist (the hour that spring skips)."""

    time_us: int | None
    rule_id: int


def is_right(newest_us: int, received_at_us: int, rule: ClockRule) -> bool:
    """Say whether the newest own time of a message fits its arrival as it is."""
    tolerance_us = FITS_US if rule.zone else min(FITS_US, abs(rule.shift_us) // 2)
    return abs(received_at_us - newest_us) <= tolerance_us


def find_rule(rules: Sequence[ClockRule], time_us: int) -> ClockRule | None:
    """Give the rule for an own time; their spans do not overlap."""
    return next((rule for rule in rules if rule.from_us <= time_us < rule.to_us), None)


def correct_time(rule: ClockRule, own_us: int, received_at_us: int) -> Corrected:
    """Make one own time right."""
    if rule.zone is None:
        return Corrected(own_us + rule.shift_us, rule.rule_id)
    try:
        return Corrected(civil_to_us(civil_of_us(own_us), rule.zone, received_at_us), rule.rule_id)
    except DecodeError:
        return Corrected(None, rule.rule_id)


def correct_times(
    rules: Sequence[ClockRule], times_us: Sequence[int], newest_us: int, received_at_us: int
) -> list[Corrected | None]:
    """Make the times of one message right, whose newest own time is `newest_us`; None for those that stay."""
    newest_rule = find_rule(rules, newest_us)
    if newest_rule is None or is_right(newest_us, received_at_us, newest_rule):
        return [None] * len(times_us)
    found = [(find_rule(rules, own_us), own_us) for own_us in times_us]
    return [None if rule is None else correct_time(rule, own_us, received_at_us) for rule, own_us in found]
