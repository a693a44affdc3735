"""Any JSON message by a rule given as data: a topic pattern, and JSON paths to values of quantities.

`json_mapping` makes a format of a rule; the registry holds none, because each belongs to one deployment. Described in
docs/reference/formats/json-mapping.md.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from math import isfinite
from typing import Any, NamedTuple

import msgspec

from sensors.decoded import Item, find_target
from sensors.foreign_name import channel_name, external_id
from sensors.formats import Format
from sensors.formats.native import MESSAGE_ID_PATTERN
from sensors.json_path import find_all, is_path, read_path
from sensors.json_text import UNREADABLE_JSON, read_json
from sensors.mapping import WITH_UNITS, raw_columns
from sensors.mapping_rule import Rule, RuleError, TopicPattern, ValueRule, check_rule, fill
from sensors.mapping_time import Time, read_times
from sensors.measurement import Clock, Uplink
from sensors.plausible import Refusal, check_columns
from sensors.quantity import find_quantity
from sensors.rejection import DecodeError, Reason, shown
from sensors.topic import TERRITORY_PATTERN

Timed = tuple[Time, list[Item]]

_MESSAGE_ID = re.compile(MESSAGE_ID_PATTERN)
_TERRITORY = re.compile(TERRITORY_PATTERN)


class Scope(NamedTuple):
    """What the rule's texts are about: the document, one record of it, and the topic's named parts."""

    document: object
    record: object
    parts: dict[str, str]

    def find(self, path: str) -> list[object]:
        """Give everything the path leads to."""
        is_of_record, steps = read_path(path)
        return find_all(self.record if is_of_record else self.document, steps)

    def text(self, source: str) -> str | None:
        """Fill a text with the topic's parts, or read the first text or integer of a path; None where there is none."""
        if not is_path(source):
            return fill(source, self.parts)
        found = next(iter(self.find(source)), None)
        is_text = isinstance(found, str | int) and not isinstance(found, bool)
        return str(found)[:200] if is_text else None


def json_mapping(rule: Rule) -> Format:
    """Make a format of a rule. Raises RuleError where the rule cannot be used."""
    return JsonMapping(rule)


def read_rule(document: bytes) -> Rule:
    """Read a rule from JSON. Raises RuleError."""
    try:
        rule = msgspec.json.decode(document, type=Rule)
    except UNREADABLE_JSON as error:
        raise RuleError(str(error)) from error
    check_rule(rule)
    return rule


class JsonMapping:
    """The format of one rule. Its version changes with the rule.

    Times without offset are read in the zone of the rule, else in `zone`.
    """

    def __init__(self, rule: Rule, zone: str | None = None) -> None:
        check_rule(rule)
        self._rule, self._zone = rule, zone
        self._pattern = TopicPattern(rule.topic)
        self.name = f"json_mapping:{rule.name}"
        self.version = f"{self.name}/1.{sha256(msgspec.json.encode(rule)).hexdigest()[:8]}"
        self.topic_filter = self._pattern.topic_filter

    def in_zone(self, zone: str) -> "JsonMapping":
        """Give the format for a territory in this zone."""
        return JsonMapping(self._rule, zone)

    def decode(self, topic: str, payload: bytes, received_at_us: int) -> tuple[Uplink, ...]:
        """Give one uplink for each device that the message speaks of. Raises DecodeError only."""
        parts = self._pattern.read(topic)
        if parts is None:
            raise DecodeError(Reason.UNKNOWN_TOPIC, shown(topic))
        document = read_json(payload, _DECODER)
        whole = Scope(document, document, parts)
        records = [document] if self._rule.each is None else whole.find(self._rule.each)
        by_device: dict[str, list[Timed]] = {}
        for record in records:
            scope = whole._replace(record=record)
            timed = by_device.setdefault(self._read_device(scope), [])
            timed.extend(_read_record(self._rule, scope, received_at_us, self._zone))
        uplinks = (self._to_uplink(device, timed, whole, received_at_us) for device, timed in by_device.items())
        found = tuple(uplink for uplink in uplinks if uplink is not None)
        if not found:
            raise DecodeError(Reason.NO_VALUE)
        return found

    def _read_device(self, scope: Scope) -> str:
        device = scope.text(self._rule.device)
        if device is None:
            raise DecodeError(Reason.WRONG_SHAPE, f"device: {self._rule.device}")
        return external_id(device)

    def _to_uplink(self, device: str, timed: list[Timed], whole: Scope, received_at_us: int) -> Uplink | None:
        raws = raw_columns((time.at_us, items) for time, items in timed)
        columns, rejected = check_columns(raws, received_at_us)
        if not columns and not rejected:
            return None
        gateway = whole.text(self._rule.gateway) if self._rule.gateway else None
        return Uplink(
            device,
            columns,
            rejected,
            _read_checked(whole, self._rule.message_id, _MESSAGE_ID, Reason.WRONG_SHAPE),
            _find_clock(timed),
            _read_checked(whole, self._rule.territory, _TERRITORY, Reason.UNKNOWN_TERRITORY),
            external_id(gateway) if gateway else None,
        )


def _find_clock(timed: Sequence[Timed]) -> Clock:
    if not all(time.is_own for time, _ in timed):
        return "arrival"
    return "local" if any(time.is_local for time, _ in timed) else "device"


def _read_checked(scope: Scope, source: str | None, pattern: re.Pattern[str], reason: Reason) -> str | None:
    text = scope.text(source) if source else None
    if text is not None and not pattern.fullmatch(text):
        raise DecodeError(reason, shown(text))
    return text


def _read_record(rule: Rule, scope: Scope, received_at_us: int, zone: str | None) -> Iterator[Timed]:
    """Give each value with its time: lists of times and values go together member by member."""
    times = read_times(rule.time, scope.find(rule.time.path) if rule.time else (), received_at_us, zone)
    for value_rule in rule.values:
        found = scope.find(value_rule.path)
        items = [_read_item(value_rule, value, scope) for value in found]
        yield from ((time, [item]) for time, item in zip(_parallel(times, len(found)), items, strict=True))


def _parallel(times: Sequence[Time], n_values: int) -> Sequence[Time]:
    if n_values == len(times):
        return times
    return [Time(Refusal(Reason.WRONG_SHAPE, f"{n_values} values, {len(times)} times"), True)] * n_values


def _read_item(rule: ValueRule, value: object, scope: Scope) -> Item:
    channel, name, unit = scope.text(rule.channel) or "", fill(rule.quantity, scope.parts), rule.unit
    if find_quantity(name) is None and (target := find_target(name, WITH_UNITS)) is not None:
        name, unit = target.quantity, unit or target.unit
        channel = channel or target.channel
    return Item(channel_name(channel), name, unit, _translate(rule, value))


def _translate(rule: ValueRule, value: object) -> object:
    """Give the code's slug, or the number in the rule's unit; whatever it cannot be is left to the gate."""
    if rule.codes and isinstance(value, str | int | float):
        written = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return rule.codes.get(written, value)
    if isinstance(value, bool) or not isinstance(value, int | float) or (rule.factor, rule.offset) == (1.0, 0.0):
        return value
    try:
        scaled = value * rule.factor + rule.offset
    except OverflowError:
        return value
    return scaled if isfinite(scaled) else value


_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder()  # Any: the shape is the sender's
