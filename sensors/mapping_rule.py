"""The rule of a generic JSON mapping as a person writes it: where in topic and message the device, time and values are.

Any text may name parts of the topic, `{site}-{device}`, or be a path into the message (`sensors.json_path`).
"""

import re
from collections.abc import Iterator
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from sensors.json_path import is_path, read_path
from sensors.local_time import ZONE
from sensors.quantity import find_quantity
from sensors.unit import UnitError, conversion

TimeFormat = Literal["iso", "local", "s", "ms", "us", "ns"]

_NAME = re.compile("[a-z0-9_-]{1,64}")
_PART = re.compile(r"\{([a-z][a-z0-9_]{0,31})\}")


class RuleError(ValueError):
    """A rule that cannot be used, with the field that is wrong."""


class TimeRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the time is and how it is written.

    `iso` is RFC 3339, `local` any ISO 8601, both in `zone` where there is no offset (None: that of the territory); the
    others are numbers since 1970 UTC.
    """

    path: str
    format: TimeFormat = "iso"
    zone: str | None = None


class ValueRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value: its path, what it measures and in which unit (None: the quantity's own).

    A number becomes `number * factor + offset` before its unit is converted. `codes` translates a state as the message
    writes it, without quotes, into the slug of a code: `{"1": "occupied", "true": "occupied", "frei": "free"}`.
    """

    path: str
    quantity: str
    unit: str | None = None
    channel: str = ""
    factor: float = 1.0
    offset: float = 0.0
    codes: dict[str, str] = {}


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the messages on some topics are read.

    `topic` is the pattern: a level is a word, `+`, or has named parts (`plant/{device}/up`, `plant/dev-{device}/up`);
    the last may be `#`. `each` is the path to records that are read one by one, each with its own device and time;
    paths from `@` then start at the record.
    """

    name: str
    topic: str
    values: list[ValueRule]
    device: str = "{device}"
    each: str | None = None
    time: TimeRule | None = None
    message_id: str | None = None
    gateway: str | None = None
    territory: str | None = None


class TopicPattern:
    """A topic with named parts, and the MQTT filter of all topics that it matches."""

    def __init__(self, pattern: str) -> None:
        levels = pattern.split("/")
        names = _PART.findall(pattern)
        if len(names) != len(set(names)):
            raise RuleError(f"topic: {pattern!r}: a part is named twice")
        self.names = frozenset(names)
        self.topic_filter = "/".join("+" if _PART.search(level) else level for level in levels)
        self._regex = re.compile("/".join(_level_regex(level, level is levels[-1]) for level in levels))

    def read(self, topic: str) -> dict[str, str] | None:
        """Give the named parts, None where the topic is another."""
        match = self._regex.fullmatch(topic)
        return None if match is None else match.groupdict()


def _level_regex(level: str, is_last: bool) -> str:
    if level == "+":
        return "[^/]*"
    if level == "#" and is_last:
        return ".*"
    if "+" in level or "#" in level:
        raise RuleError(f"topic: level {level!r}")
    literals = [re.escape(text) for text in _PART.split(level)[::2]]
    named = [f"(?P<{name}>[^/]+)" for name in _PART.findall(level)]
    return "".join(part for pair in zip(literals, [*named, ""], strict=True) for part in pair)


def fill(template: str, parts: dict[str, str]) -> str:
    """Put the topic's parts into a text; what it names was checked with the rule."""
    return _PART.sub(lambda match: parts[match[1]], template)


def check_rule(rule: Rule) -> None:
    """Raise RuleError where a path is none, a part is not in the topic, or a quantity, unit or zone is not known."""
    if not _NAME.fullmatch(rule.name):
        raise RuleError(f"name: {rule.name!r}")
    if not rule.values:
        raise RuleError("values: none")
    names = TopicPattern(rule.topic).names
    for field, path in _paths(rule):
        _check_path(field, path)
    for field, text in _texts(rule):
        _check_text(field, text, names)
    for value in rule.values:
        _check_value(value)
    if rule.time is not None:
        _check_zone(rule.time.zone or ZONE)


def _paths(rule: Rule) -> Iterator[tuple[str, str]]:
    yield from (("path", value.path) for value in rule.values)
    if rule.each is not None:
        yield "each", rule.each
    if rule.time is not None:
        yield "time", rule.time.path


def _check_text(field: str, text: str, names: frozenset[str]) -> None:
    if is_path(text):
        _check_path(field, text)
    elif missing := set(_PART.findall(text)) - names:
        raise RuleError(f"{field}: {', '.join(sorted(missing))} not in the topic")


def _check_path(field: str, path: str) -> None:
    try:
        read_path(path)
    except ValueError as error:
        raise RuleError(f"{field}: {error}") from error


def _texts(rule: Rule) -> Iterator[tuple[str, str]]:
    for field in ("device", "message_id", "gateway", "territory"):
        if text := getattr(rule, field):
            yield field, text
    for value in rule.values:
        yield from (("channel", value.channel), ("quantity", value.quantity))


def _check_value(value: ValueRule) -> None:
    if is_path(value.quantity):
        raise RuleError(f"quantity: {value.quantity!r} is a path")
    if _PART.search(value.quantity):
        return
    quantity = find_quantity(value.quantity)
    if quantity is None:
        raise RuleError(f"quantity: {value.quantity!r} is not known")
    try:
        conversion(value.unit or quantity.unit, quantity.unit)
    except UnitError as error:
        raise RuleError(f"unit: {error}") from error
    if unknown := [slug for slug in value.codes.values() if quantity.code_number(slug) is None]:
        raise RuleError(f"codes: {unknown[0]!r} is none of {quantity.name}")


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RuleError(f"zone: {zone!r}") from error
