"""Vigie's own JSON format, on `vigie/<territory>/<device>/up`. Described in docs/reference/native-format.md.

The message path of most gateways: the ordinary message, one value or a few at one instant, is decoded and checked
without intermediate objects; everything else takes the common gate of `sensors.plausible`.
"""

import json
import re
from datetime import datetime
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple, cast

import msgspec

from sensors.instant import read_instant_us
from sensors.local_time import civil_to_us, read_civil
from sensors.measurement import Clock, Column, Count, RejectedPart, Uplink
from sensors.plausible import RawColumn, Refusal, check_columns, is_believable
from sensors.quantity import Quantity, find_quantity
from sensors.rejection import DecodeError, Reason, shown
from sensors.topic import CHANNEL_PATTERN, UPLINK_FILTER, is_device_id, read_uplink_topic

MAX_PAYLOAD_BYTES = 1_048_576
MAX_COUNT = 2**53  # beyond it not every JSON writer knows one number from the next
MESSAGE_ID_PATTERN = "[!-~]{1,128}"

_MESSAGE_ID = re.compile(MESSAGE_ID_PATTERN)
_KEY = re.compile(f"(?:({CHANNEL_PATTERN})/)?([a-z0-9_]{{1,64}})")
_LONGEST_KEY = 200  # longer than any valid one; keeps foreign keys from filling the memory of the cache
# JSON has no NaN, but printf does: nan, -nan, inf, Infinity. Strings are matched first and left as they are.
_NOT_FINITE = re.compile(r'"(?:[^"\\]|\\.)*"|-?\b(?:nan|inf(?:inity)?)\b', re.IGNORECASE)


class NativeMessage(msgspec.Struct, omit_defaults=True):
    """The message as it is written. Fields that are not named here are ignored.

    `values` maps `quantity` or `channel/quantity` to a value or, where `at` is a list, to a list parallel to it. `at`
    is RFC 3339 text with offset or Unix seconds; without it the time of arrival counts. `units` maps a key of `values`
    to the UCUM unit it is sent in, needed only where that is not the quantity's own. `seq` counts the device's messages
    from 0; anything else there than a whole number is left aside.
    """

    values: dict[str, Any]  # Any: what a gateway puts there is judged value by value
    at: Any = None  # Any: so is each instant
    id: str | None = None
    units: dict[str, str] | None = None
    gateway: str | None = None
    simulated: bool = False
    seq: Any = None  # Any: gateways may have used the name for something else


class _WellTimed(NativeMessage):
    """The ordinary message, whose instants the JSON decoder reads on the fly; any other is read again by its parent."""

    at: datetime | int | float | list[datetime | int | float] | None = None


class NativeFormat:
    """The registry's entry for the native format. Times without offset are read in `zone`, refused where it is None."""

    name = "native"
    version = "native/1"
    topic_filter = UPLINK_FILTER

    def __init__(self, zone: str | None = None) -> None:
        self._zone = zone

    def in_zone(self, zone: str) -> "NativeFormat":
        """Give the format that reads times without offset in this zone."""
        return NativeFormat(zone)

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give the one uplink of a native message. Raises DecodeError only."""
        territory, device = read_uplink_topic(topic)
        message = _read_message(payload)
        times_us, clock = _read_times(message.at, self._zone, received_at_us)
        columns, rejected = _read_values(message, times_us, received_at_us)
        if not columns and not rejected:
            raise DecodeError(Reason.NO_VALUE)
        uplink = Uplink(device, columns, rejected, message.id, clock, territory, message.gateway, message.simulated)
        if type(message.seq) is int and 0 <= message.seq < MAX_COUNT and not message.simulated:
            at_us = max((time_us for time_us in times_us if isinstance(time_us, int)), default=received_at_us)
            uplink = msgspec.structs.replace(uplink, count=Count("sequence", "", message.seq, at_us))
        return (uplink,)


def encode(message: NativeMessage) -> bytes:
    """Write a native message. The caller gives `at` as RFC 3339 text (`sensors.instant.instant_text`) or seconds."""
    return _ENCODER.encode(message)


def _read_message(payload: bytes) -> NativeMessage:
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise DecodeError(Reason.TOO_LARGE, f"{len(payload)} B / {MAX_PAYLOAD_BYTES} B")
    if not payload.isascii():
        _check_utf8(payload)  # the JSON decoder does not look into fields that it skips
    try:
        message: NativeMessage = _DECODER.decode(payload)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        message = _read_odd_message(payload, error)
    if message.id is not None and not _MESSAGE_ID.fullmatch(message.id):
        raise DecodeError(Reason.WRONG_SHAPE, f"id: {shown(message.id)}")
    if message.gateway is not None and not is_device_id(message.gateway):
        raise DecodeError(Reason.WRONG_SHAPE, f"gateway: {shown(message.gateway)}")
    return message


def _check_utf8(payload: bytes) -> None:
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        raise DecodeError(Reason.INVALID_UTF8, f"byte {error.start}") from error


def _read_odd_message(payload: bytes, error: Exception) -> NativeMessage:
    """Say what is wrong with a message, or read it all the same where its faults are those of single values."""
    try:
        document = json.loads(_NOT_FINITE.sub(_as_python_writes_it, payload.decode()))
    except (ValueError, RecursionError):
        raise DecodeError(Reason.INVALID_JSON, shown(str(error))) from error
    try:
        return msgspec.convert(document, NativeMessage)
    except msgspec.ValidationError as cause:
        raise DecodeError(Reason.WRONG_SHAPE, shown(str(cause))) from error


def _as_python_writes_it(match: re.Match[str]) -> str:
    return match[0] if match[0].startswith('"') else "NaN"


def _read_values(
    message: NativeMessage, times_us: list[int | Refusal], received_at_us: int
) -> tuple[tuple[Column, ...], tuple[RejectedPart, ...]]:
    columns: list[Column] = []
    raws: list[RawColumn] = []
    units = message.units or {}
    is_ordinary = len(times_us) == 1 and not units and is_believable(times_us[0], received_at_us)
    for key, value in message.values.items():
        channel, quantity, low, high = _find_target(key[:_LONGEST_KEY])
        if is_ordinary and type(value) is float and quantity is not None and low <= value <= high:
            times = cast("list[int]", times_us)
            columns.append(Column(channel, quantity.name, quantity.unit, times, [value]))
        else:
            name = key if quantity is None else quantity.name
            values = value if isinstance(value, list) else [value]
            raws.append(RawColumn(channel, name, units.get(key), times_us, values))
    if not raws:
        return tuple(columns), ()
    checked, rejected = check_columns(raws, received_at_us)
    return (*columns, *checked), rejected


def _read_times(at: object, zone: str | None, received_at_us: int) -> tuple[list[int | Refusal], Clock]:
    """Give the times, and whose they are: "local" where any lacked its offset."""
    if at is None:
        return [received_at_us], "arrival"
    if not isinstance(at, list):
        time_us, clock = _read_time(at, zone, received_at_us)
        return [time_us], clock
    read = [_read_time(written, zone, received_at_us) for written in at]
    return [time_us for time_us, _ in read], "local" if any(clock == "local" for _, clock in read) else "device"


def _read_time(written: object, zone: str | None, received_at_us: int) -> tuple[int | Refusal, Clock]:
    try:
        return read_instant_us(written), "device"
    except DecodeError as error:
        civil = read_civil(written) if zone is not None else None
        if civil is None or zone is None:
            return Refusal(error.reason, error.detail), "device"
    try:
        return civil_to_us(civil, zone, received_at_us), "local"
    except DecodeError as error:
        return Refusal(error.reason, error.detail), "local"


class _Target(NamedTuple):
    """What a key names; a number between `low` and `high` needs no further look."""

    channel: str
    quantity: Quantity | None
    low: float = inf
    high: float = -inf


@lru_cache(maxsize=4096)
def _find_target(key: str) -> _Target:
    """Split a key into channel and quantity; None for a quantity that is not known or a key that is none."""
    match = _KEY.fullmatch(key)
    quantity = find_quantity(match[2]) if match else None
    channel = (match and match[1]) or ""
    if quantity is None or quantity.kind == "state":
        return _Target(channel, quantity)
    return _Target(channel, quantity, quantity.low, quantity.high)


_DECODER = msgspec.json.Decoder(_WellTimed)
_ENCODER = msgspec.json.Encoder()
FORMAT = NativeFormat()
