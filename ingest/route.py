"""Routes: what the rules of a source make of a topic."""

import msgspec

from ingest.batch import Origin
from ingest.source import Source
from sensors.formats import Format
from sensors.rejection import DecodeError, Reason
from sensors.stateful import StatefulFormat
from sensors.topic import read_uplink_topic


class Route(msgspec.Struct, frozen=True):
    """What to do with messages on one topic: without a format they are refused for `reason`."""

    origin: Origin
    topic: str = ""
    format: Format | None = None
    reason: Reason = Reason.UNKNOWN_TOPIC
    stateful: StatefulFormat | None = None
    device_prefix: str = ""


def make_route(source: Source, topic: bytes) -> Route:
    """Find out what to do with messages on this topic."""
    try:
        text = topic.decode()
    except UnicodeDecodeError:
        return Route(Origin(source.name, printable(topic), bound=source.territory), reason=Reason.INVALID_UTF8)
    rule = source.find_rule(text)
    if rule is None:
        return Route(Origin(source.name, printable(topic), bound=source.territory))
    used = rule.format or rule.stateful
    bound = rule.territory or source.territory
    if used is None or "\x00" in text:
        return Route(Origin(source.name, printable(topic), bound=bound))
    territory, device = read_address(text)
    origin = Origin(source.name, printable(topic), used.name, used.version, territory, device, bound)
    return Route(origin, text, rule.format, stateful=rule.stateful, device_prefix=rule.device_prefix)


def read_address(topic: str) -> tuple[str | None, str | None]:
    """Give territory and device where the topic itself names them, for messages that cannot be read."""
    try:
        return read_uplink_topic(topic)
    except DecodeError:
        return None, None


def printable(topic: bytes) -> str:
    """Write a topic so that it can be stored and read: bytes that are no UTF-8, and NUL, as \\xNN."""
    return topic.decode(errors="backslashreplace").replace("\x00", r"\x00")
