"""The times of a message that a mapping rule points at, in whichever way the sender writes them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sensors.instant import read_instant_us
from sensors.local_time import ZONE, civil_to_us, has_offset, read_civil, read_local_us
from sensors.mapping_rule import TimeFormat, TimeRule
from sensors.plausible import Refusal
from sensors.rejection import DecodeError, Reason, shown_value

# Microseconds in one unit of a number of time
UNIT_US: Mapping[TimeFormat, float] = {"s": 1_000_000, "ms": 1000, "us": 1, "ns": 0.001}
LARGEST = 1e30


class Time(NamedTuple):
    """When, or why not; `is_own` says that the message told it, be it wrongly, `is_local` that it lacked its offset."""

    at_us: int | Refusal
    is_own: bool
    is_local: bool = False


def read_times(
    rule: TimeRule | None, written: Sequence[object], received_at_us: int, zone: str | None = None
) -> list[Time]:
    """Give the times of a message or record; that of arrival where it has none. `zone` is the territory's."""
    if rule is None or not written:
        return [Time(received_at_us, is_own=False)]
    return [_read_time(rule, one, received_at_us, rule.zone or zone) for one in written]


def _read_time(rule: TimeRule, written: object, received_at_us: int, zone: str | None) -> Time:
    try:
        if rule.format == "local":
            at_us = read_local_us(written, zone or ZONE, received_at_us)
            return Time(at_us, is_own=True, is_local=not has_offset(written))
        if rule.format == "iso" and zone is not None and (civil := read_civil(written)) is not None:
            return Time(civil_to_us(civil, zone, received_at_us), is_own=True, is_local=True)
        if rule.format == "iso" and isinstance(written, str):
            return Time(read_instant_us(written), is_own=True)
    except DecodeError as error:
        return Time(Refusal(error.reason, error.detail), is_own=True)
    return Time(_read_number(rule, written), is_own=True)


def _read_number(rule: TimeRule, written: object) -> int | Refusal:
    unit_us = UNIT_US.get(rule.format)
    is_number = isinstance(written, int | float) and not isinstance(written, bool)
    if unit_us is None or not is_number or not abs(written) < LARGEST:  # type: ignore[arg-type]
        return Refusal(Reason.TIME_INVALID, shown_value(written))
    return round(written * unit_us)  # type: ignore[operator]
