"""The times of a message that a mapping rule points at, in whichever way the sender writes them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sensors.instant import read_instant_us
from sensors.local_time import read_local_us
from sensors.mapping_rule import TimeFormat, TimeRule
from sensors.plausible import Refusal
from sensors.rejection import DecodeError, Reason, shown_value

# Microseconds in one unit of a number of time
UNIT_US: Mapping[TimeFormat, float] = {"s": 1_000_000, "ms": 1000, "us": 1, "ns": 0.001}
LARGEST = 1e30


class Time(NamedTuple):
    """When, or why not; `is_own` says that the message told it, be it wrongly."""

    at_us: int | Refusal
    is_own: bool


def read_times(rule: TimeRule | None, written: Sequence[object], received_at_us: int) -> list[Time]:
    """Give the times of a message or record; that of arrival where it has none."""
    if rule is None or not written:
        return [Time(received_at_us, is_own=False)]
    return [Time(_read_time(rule, one, received_at_us), is_own=True) for one in written]


def _read_time(rule: TimeRule, written: object, received_at_us: int) -> int | Refusal:
    try:
        if rule.format == "local":
            return read_local_us(written, rule.zone, received_at_us)
        if rule.format == "iso" and isinstance(written, str):
            return read_instant_us(written)
    except DecodeError as error:
        return Refusal(error.reason, error.detail)
    unit_us = UNIT_US.get(rule.format)
    is_number = isinstance(written, int | float) and not isinstance(written, bool)
    if unit_us is None or not is_number or not abs(written) < LARGEST:  # type: ignore[arg-type]
        return Refusal(Reason.TIME_INVALID, shown_value(written))
    return round(written * unit_us)  # type: ignore[operator]
