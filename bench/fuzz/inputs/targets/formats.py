"""Every payload format: an input is a topic, a line end and the payload; without a topic the format's usual one."""

from functools import partial

from bench.fuzz.inputs.target import ARRIVAL_US, BETWEEN, Target, cut, require, text_of
from sensors.formats import Format, formats
from sensors.json_mapping import json_mapping, read_rule
from sensors.mapping_rule import RuleError
from sensors.observation import OBSERVATIONS, read_for_client
from sensors.rejection import DecodeError
from sensors.stateful import Received, StatefulFormat, apply_changes, save, start, stateful_formats
from tests.support.samples import MAPPING, SAMPLES
from tests.support.uplinks import check_uplink

RETAINED = "!"  # before the topic of a message that the broker kept
MOST_MESSAGES = 12
OBSERVATION_TOPIC = "v1.1/Datastreams(7)/Observations"
RULE = (
    b'{"name": "plant", "topic": "plant/{device}", "each": "$.r[*]", "time": {"path": "@.t", "format": "local", '
    b'"zone": "Europe/Paris"}, "message_id": "$.id", "gateway": "gw-{device}", "values": [{"path": "@.p", '
    b'"quantity": "active_power", "unit": "kW", "factor": 0.1, "offset": 1, "channel": "$.c"}, '
    b'{"path": "@.s", "quantity": "door", "codes": {"1": "open"}}]}'
)
RULED = b'{"id": "a1", "c": "x", "r": [{"t": "2026-05-28 22:26:40", "p": 41.5, "s": 1}]}'


def split_message(data: bytes, usual: str) -> tuple[str, bytes]:
    """Give topic and payload."""
    topic, _, payload = data.partition(b"\n")
    return (text_of(topic) or usual), payload


def decode(format_: Format, usual: str, data: bytes) -> None:
    """Decode one message: it raises DecodeError only, with a printable detail, and gives believable values only."""
    topic, payload = split_message(data, usual)
    try:
        uplinks = format_.decode(topic, payload, ARRIVAL_US)
    except DecodeError as error:
        require(error.detail.isprintable(), "the detail of a refusal is printable")
        return
    for uplink in uplinks:
        check_uplink(uplink, ARRIVAL_US)


def observe(data: bytes) -> None:
    """Read an observation; of a client's datastream it is read again as the writer does."""
    topic, payload = split_message(data, OBSERVATION_TOPIC)
    try:
        uplinks = OBSERVATIONS.decode(topic, payload, ARRIVAL_US)
        require(bool(uplinks) != (read_for_client(topic, payload, ARRIVAL_US) is not None), "a value, or a client's")
    except DecodeError as error:
        require(error.detail.isprintable(), "the detail of a refusal is printable")


def follow(format_: StatefulFormat, usual: str, data: bytes) -> None:
    """Decode messages one after the other: records are changed by `changes` only, and survive being written."""
    records = start()
    for message in data.split(BETWEEN)[:MOST_MESSAGES]:
        topic, payload = split_message(message, usual)
        received = Received(topic.removeprefix(RETAINED), payload, ARRIVAL_US, topic.startswith(RETAINED))
        before = dict(records)
        try:
            decoded = format_.decode(records, received)
        except DecodeError as error:
            require(error.detail.isprintable(), "the detail of a refusal is printable")
            continue
        finally:
            require(records == before, "decoding changes no record")
        apply_changes(records, decoded.changes)
        for uplink in decoded.uplinks:
            check_uplink(uplink, ARRIVAL_US)
    require({key: format_.load(key, save(one)) for key, one in records.items()} == records, "records survive")
    restore(format_, data)


def restore(format_: StatefulFormat, document: bytes) -> None:
    """Read a damaged record back: DecodeError only."""
    for key in ("g/n", "g/n/d"):
        try:
            format_.load(key, document)
        except DecodeError as error:
            require(error.detail.isprintable(), "the detail of a refusal is printable")


def map_message(data: bytes) -> None:
    """Read a person's rule and a message by it."""
    document, message = cut(data, 2)
    try:
        mapped = json_mapping(read_rule(document or RULE))
    except RuleError:
        return
    decode(mapped, "plant/dev-1", message)


def messages_of(name: str) -> bytes:
    """Give the sample of a format with what must have been heard before, and once more as a retained message."""
    sample = SAMPLES[name]
    heard = [topic.encode() + b"\n" + payload for topic, payload in sample.before]
    last = sample.topic.encode() + b"\n" + sample.payload
    return BETWEEN.join([*heard, last, RETAINED.encode() + last]).replace(b"/T/", b"/dole/")


def seed_of(name: str) -> bytes:
    """Give the sample of a format on its topic."""
    return (SAMPLES[name].topic.encode() + b"\n" + SAMPLES[name].payload).replace(b"/T/", b"/dole/")


TARGETS = (
    *(
        Target(
            f"formats.{name}", partial(decode, format_, SAMPLES[name].topic.replace("/T/", "/dole/")), [seed_of(name)]
        )
        for name, format_ in formats().items()
    ),
    *(
        Target(f"formats.{name}", partial(follow, format_, SAMPLES[name].topic), [messages_of(name)], (BETWEEN,), 1.5)
        for name, format_ in stateful_formats().items()
    ),
    Target(
        "formats.sensorthings",
        observe,
        [
            b'\n{"result": 41.5, "phenomenonTime": "2026-05-28T20:26:40Z"}',
            b'v1.1/Datastreams(8589934592)/Observations\n{"result": "a", "validTime": "2026-05-28T20:26:40Z/'
            b'2026-05-29T20:26:40Z", "parameters": {}, "FeatureOfInterest": {"@iot.id": 8589934593}}',
        ],
    ),
    Target(
        "formats.json_mapping",
        map_message,
        [RULE + BETWEEN + b"plant/dev-1\n" + RULED, b"" + BETWEEN + b"\n" + SAMPLES[MAPPING.name].payload],
        (b'"each":"$..*"', b"$['a']", b"[-1]", b"[0:2]", b"{device}"),
        1.5,
    ),
)
