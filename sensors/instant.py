"""Instants on the wire: integer microseconds since 1970 UTC inside, RFC 3339 text or Unix seconds outside."""

from datetime import UTC, datetime, timedelta
from math import isfinite

import msgspec

from sensors.rejection import DecodeError, Reason, shown, shown_value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US


def read_instant_us(written: object) -> int:
    """Give the microseconds since 1970 UTC of an RFC 3339 text with offset, or of a number of Unix seconds.

    A datetime, such as a decoder makes of the text, must be aware too. Finer than a microsecond is rounded. Raises
    DecodeError (time_invalid); whether the instant is believable is for the gate to say.
    """
    if type(written) is int:
        return written * SECOND_US  # exact
    if isinstance(written, datetime):
        return _from_datetime(written)
    if isinstance(written, str):
        return _from_text(written)
    if not isinstance(written, float):  # true and false are no instants
        raise DecodeError(Reason.TIME_INVALID, shown_value(written))
    return _from_seconds(written)


def instant_text(instant_us: int) -> str:
    """Write an instant as RFC 3339 in UTC with as many decimals as needed; far outside the calendar, as seconds."""
    try:
        instant = EPOCH + timedelta(microseconds=instant_us)
    except OverflowError:
        return f"{instant_us // SECOND_US} s"
    return instant.isoformat().replace("+00:00", "Z")


def _from_text(text: str) -> int:
    try:
        return _from_datetime(msgspec.convert(text, datetime))
    except msgspec.ValidationError as error:
        raise DecodeError(Reason.TIME_INVALID, shown(text)) from error


def _from_datetime(instant: datetime) -> int:
    if instant.tzinfo is None:
        raise DecodeError(Reason.TIME_INVALID, instant.isoformat())
    return (instant - EPOCH) // MICROSECOND


def _from_seconds(seconds: float) -> int:
    """A float of today holds about a quarter of a microsecond."""
    instant_us = seconds * SECOND_US
    if not isfinite(instant_us):  # the largest seconds have no microseconds
        raise DecodeError(Reason.TIME_INVALID, repr(seconds))
    return round(instant_us)
