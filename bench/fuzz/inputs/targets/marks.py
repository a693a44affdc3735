"""Small things: labels, photos, receipts, topics, units, names, calendars, cells of spreadsheets, MQTT packets."""

from contextlib import suppress
from datetime import UTC, datetime

from bench.fuzz.inputs.target import ARRIVAL_US, BETWEEN, Target, cut, require, text_of
from ingest.errors import ProtocolError
from ingest.route import make_route
from ingest.source import is_match, own_source
from ingest.wire import packet_size, split
from sensors.cbor import read_cbor
from sensors.device_label import LabelError, read_label
from sensors.foreign_name import channel_name, external_id
from sensors.icalendar import LONGEST_LINE, Entry, write_calendar
from sensors.instant import instant_text, read_instant_us
from sensors.json_path import find_all, read_path
from sensors.local_time import read_local_us
from sensors.photo import LONGEST_SIDE_PX, PhotoError, develop
from sensors.receipt import answer_topic, decode_receipts, encode_receipts, receipt_topic
from sensors.rejection import DecodeError
from sensors.scrub import scrub
from sensors.sparkplug import read_payload
from sensors.spreadsheet import FORMULA, harmless
from sensors.topic import read_uplink_topic, uplink_topic
from sensors.unit import UnitError, conversion
from simulators.period import PeriodError, read_duration, read_instant
from tests.support.photos import a_photo
from tests.support.sparkplug import a_birth, a_payload

AT = datetime(2026, 3, 1, tzinfo=UTC)
OWN = own_source()
PROPERTIES = b"\x01\x00\x08\x00\x01r\x09\x00\x02id\x26\x00\x01a\x00\x01b\x0b\x05"  # those that a broker passes on
BODY_5 = b"\x00\x03a/b\x00\x01" + bytes([len(PROPERTIES)]) + PROPERTIES + b"hi"
MESSAGE_5 = bytes([0x32, len(BODY_5)]) + BODY_5
DOCUMENT = {"a": {"b c": [1, {"d": 2}]}, "e": [[3]]}


def label(data: bytes) -> None:
    """Read a label: it names something, in lower case, or is none."""
    try:
        found = read_label(text_of(data))
    except LabelError:
        return
    require(all(name and name == name.lower() for name in found.names), "names are in lower case")


def photo(data: bytes) -> None:
    """Develop a photo: a picture of bounded size, or a sentence."""
    try:
        found = develop(data)
    except PhotoError as error:
        require(bool(error.sentence_fr and error.sentence_en), "a refusal has its sentences")
        return
    require(0 < max(found.width_px, found.height_px) <= LONGEST_SIDE_PX, "a photo is no larger than needed")
    require(found.content.startswith(b"\xff\xd8"), "a photo is a JPEG")


def receipt(data: bytes) -> None:
    """Read receipts, which survive being written, and topics on which they are asked for, which stay inside."""
    document, topic = cut(data, 2)
    with suppress(DecodeError):
        found = decode_receipts(document)
        require(decode_receipts(encode_receipts(found)) == found, "receipts survive")
    asked = answer_topic("dole", text_of(topic))
    require(asked is None or (asked.startswith("vigie/dole/") and "#" not in asked), "an answer stays inside")
    require(receipt_topic("dole", "gw", text_of(topic)).startswith("vigie/dole/"), "a receipt stays inside")


def topic(data: bytes) -> None:
    """Read a topic: whose it is, which rule reads it."""
    first, second = cut(data, 2)
    with suppress(DecodeError):
        address = read_uplink_topic(text_of(first))
        require(uplink_topic(*address) == text_of(first), "an address is written as it was read")
    make_route(OWN, first)
    is_match(text_of(first), text_of(second))
    with suppress(DecodeError):
        external_id(text_of(first))
    require(len(channel_name(text_of(first), text_of(second))) <= 64, "a channel has at most 64 characters")


def calendar(data: bytes) -> None:
    """Write a work order of these texts: no line is too long, none is more than what was written on purpose."""
    summary, note, place, name = (text_of(piece) for piece in cut(data, 4))
    entry = Entry("1@x", 2, "planned", "warning", summary, note, place, AT, AT, AT, longitude=5.0, latitude=47.0)
    lines = write_calendar(name, [entry]).split(b"\r\n")
    require(
        all(len(line) <= LONGEST_LINE and b"\n" not in line and b"\r" not in line for line in lines), "lines are folded"
    )
    begun = [line for line in lines if line.startswith(b"BEGIN:")]
    require(begun == [b"BEGIN:VCALENDAR", b"BEGIN:VEVENT"], "no text begins anything")


def small(data: bytes) -> None:
    """Read instants, durations, paths and units; take addresses out of a note; make a cell harmless."""
    text = text_of(data)
    with suppress(DecodeError):
        instant_text(read_instant_us(text))
    with suppress(DecodeError):
        read_local_us(text, "Europe/Paris", ARRIVAL_US)
    with suppress(ValueError):  # what is no path
        found = read_path(text)
        find_all(DOCUMENT, found.steps)
    with suppress(UnitError):
        require(conversion(text, "W").factor != 0, "a unit has a size")
    with suppress(PeriodError):
        read_duration(text)
    with suppress(PeriodError):
        read_instant(text)
    require("@x.org" not in scrub(f"{text} jean@x.org"), "an address of mail is taken out")
    require(not harmless(text).startswith(FORMULA), "no cell is a formula")


def packets(data: bytes) -> None:
    """Take packets out of a stream; cut anywhere, it gives the same messages."""
    for has_properties in (False, True):
        try:
            whole = split(data, ARRIVAL_US, has_properties=has_properties)
        except ProtocolError:
            continue
        require(0 <= whole.n_used <= len(data), "no more is used than there is")
        with suppress(ProtocolError):
            require(not whole.n_used or 2 <= packet_size(data) <= whole.n_used, "the first packet was taken whole")
        half = split(data[: whole.n_used // 2], ARRIVAL_US, has_properties=has_properties)
        rest = split(data[half.n_used : whole.n_used], ARRIVAL_US + len(half.arrivals), has_properties=has_properties)
        require([*half.arrivals, *rest.arrivals] == whole.arrivals, "a stream is the same however it is cut")


def binary(data: bytes) -> None:
    """Read CBOR and a Sparkplug payload: DecodeError only."""
    for read in (read_cbor, read_payload):
        with suppress(DecodeError):
            read(data)


TARGETS = (
    Target(
        "marks.label",
        label,
        [
            b"LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:SX12:C4B37",
            b"AA-BB-CC-DD-EE-FF-00-11",
            b"vigie:dole/lamp-1",
        ],
        (b"DevEUI: ", b"LW:D0:"),
        longest=600,
    ),
    Target(
        "marks.photo",
        photo,
        [a_photo(width_px=8, height_px=6), a_photo(width_px=8, height_px=6, kind="PNG")],
        longest=4096,
    ),
    Target(
        "marks.receipt",
        receipt,
        [
            b'{"receipts":[{"id":"a","stored":1,"rejected":[{"reason":"no_value","n":1}]}]}'
            + BETWEEN
            + b"vigie/dole/gw/x"
        ],
    ),
    Target(
        "marks.topic",
        topic,
        [b"vigie/dole/lamp-1/up" + BETWEEN + b"vigie/+/+/up", b"a/#" + BETWEEN + b"a/b/c"],
        longest=400,
    ),
    Target("marks.calendar", calendar, [BETWEEN.join((b"a;b,c\\n", b"x\r\nBEGIN:VEVENT", b"\xc3\xa9" * 60, b"n"))]),
    Target(
        "marks.small",
        small,
        [b"2026-05-28T22:26:40.5+02:00", b"$.a['b c'][1].d", b"kW.h", b"90s", b"=1+1 0612345678"],
        longest=400,
    ),
    Target(
        "marks.packets",
        packets,
        [
            bytes.fromhex("32080003612f6200016869") + bytes.fromhex("d000"),
            MESSAGE_5,
        ],
    ),
    Target(
        "marks.binary",
        binary,
        [b"\x81\xa2\x00\x61a\x02\x18\x29", a_payload(1, a_birth(1, "active_power", 41.5))],
        weight=2.0,
    ),
)
