"""Receipts: in every format whoever asks is told what is stored and what is refused; nobody can lead them astray."""

import psycopg
import pytest

from ingest.arrival import Arrival, Chunk
from ingest.reply import Reply
from ingest.source import Rule, Source
from sensors.formats import formats
from sensors.receipt import FORMATS_WITH_RECEIPTS_TOPIC, Receipt, decode_receipts
from sensors.rejection import Reason
from sensors.stateful import stateful_formats
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.desk import Desk
from tests.support.samples import DEVICE, MAPPING, SAMPLES
from tests.support.shared import REPOSITORY

pytestmark = pytest.mark.services

NAMES = [*formats(), MAPPING.name, *stateful_formats()]
ASTRAY = ["elsewhere", "vigie/T-b/gw-1/answers", "vigie/T/dev-1/up", "vigie/T/+/answers", "$SYS/broker", "vigie/T", ""]
GARBAGE = b"\xff\x00garbage"


@pytest.fixture
def desk(database_url: str, territory_slug: str) -> Desk:
    """Give a worker's desk for a territory with the samples' device and one neighbour."""
    with psycopg.connect(database_url) as connection:
        register(
            connection,
            territories=[TerritoryEntry(territory_slug, "Test"), TerritoryEntry(f"{territory_slug}-b", "Beside")],
            devices=[DeviceEntry(territory_slug, device) for device in (DEVICE, "dev-2")],
        )
    return Desk(database_url, territory_slug)


def source_of(name: str, territory: str) -> Source:
    """Give a source that reads everything in one format, for one territory."""
    format_ = MAPPING if name == MAPPING.name else formats().get(name)
    return Source("test", (Rule("#", format_, stateful_formats().get(name)),), territory, memory_name="test")


def ask(desk: Desk, *messages: tuple[str, bytes], at: str | None = None, data: bytes | None = b"q") -> list[Reply]:
    """Have messages settled whose answers are wanted `at` a topic, and give the answers."""
    chunk = desk.chunk([(topic.replace("/T/", f"/{desk.territory}/"), payload) for topic, payload in messages])
    asking = [
        Arrival(one.topic, one.payload, one.mid, one.received_at_us, at, None if data is None else data + b"%d" % index)
        for index, one in enumerate(chunk.arrivals)
    ]
    desk.replies.clear()
    desk.work([Chunk(1, asking, chunk.n_bytes)])
    return [reply for reply in desk.replies if reply.qos == 1]


@pytest.mark.parametrize("name", NAMES)
def test_each_format_has_its_receipt_on_the_response_topic(desk: Desk, name: str) -> None:
    """Stored with its count, or nothing to store; refused with its reason; each by its own correlation data."""
    desk.source, sample = source_of(name, desk.territory), SAMPLES[name]
    answers_at = f"vigie/{desk.territory}/gw-1/answers"
    messages = (*sample.before, (sample.topic, sample.payload), (sample.topic, GARBAGE))
    replies = ask(desk, *messages, at=answers_at)
    assert [reply.topic for reply in replies] == [answers_at] * len(messages)
    told = {reply.correlation_data: decode_receipts(reply.payload)[0] for reply in replies}
    *_, good, bad = (told[b"q%d" % index] for index in range(len(messages)))
    assert (good.stored, good.duplicate, good.rejected) == (sample.n_values, 0, ())
    assert (bad.stored, bad.duplicate, len(bad.rejected)) == (0, 0, 1)
    assert bad.rejected[0].reason in Reason


def test_formats_without_receipts_topic_are_silent_where_nobody_asks(desk: Desk) -> None:
    """Senders that never heard of Vigie get nothing published; the page of formats says which they are."""
    page = (REPOSITORY / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.partition("## The way back")[2].splitlines() if line.startswith("| `")]
    for name in NAMES:
        desk.source, sample = source_of(name, desk.territory), SAMPLES[name]
        has_topic = name in FORMATS_WITH_RECEIPTS_TOPIC
        told = ask(desk, *sample.before, (sample.topic, sample.payload), data=b"q" if has_topic else None)
        assert [reply.topic for reply in told] == [f"vigie/{desk.territory}/{DEVICE}/receipts"] * has_topic, name
        written = "json_mapping:<name>" if name == MAPPING.name else name
        (row,) = (row for row in rows if f"`{written}`" in row[1])
        is_posted = name not in stateful_formats()
        assert [cell.strip() for cell in row[2:5]] == [
            "yes" if has_topic else "no",
            "yes",
            "yes" if is_posted else "no",
        ]


def test_no_sender_makes_vigie_publish_outside_its_territory(desk: Desk) -> None:
    """A neighbour's branch, another tree, an uplink topic, a filter: whatever is asked for, it is not followed."""
    own_topic = f"vigie/{desk.territory}/{DEVICE}/receipts"
    for name in NAMES:
        desk.source, sample = source_of(name, desk.territory), SAMPLES[name]
        for asked in ASTRAY:
            messages = (*sample.before, (sample.topic, sample.payload), (sample.topic, GARBAGE))
            told = {reply.topic for reply in ask(desk, *messages, at=asked.replace("T", desk.territory))}
            assert told == ({own_topic} if name in FORMATS_WITH_RECEIPTS_TOPIC else set()), (name, asked)


def test_message_that_claims_another_territory_is_answered_in_its_own(desk: Desk) -> None:
    """The refusal of a foreign territory is no way into that territory."""
    desk.source = Source("test", (Rule("#", formats()["native"]),), desk.territory)
    beside = f"vigie/{desk.territory}-b"
    claim = (f"{beside}/{DEVICE}/up", SAMPLES["native"].payload)
    (reply,) = ask(desk, claim, at=f"{beside}/{DEVICE}/answers")
    assert reply.topic == f"vigie/{desk.territory}/{DEVICE}/receipts"
    assert decode_receipts(reply.payload)[0].rejected[0].reason is Reason.TERRITORY_MISMATCH


def test_one_message_has_one_answer_however_many_devices_it_speaks_of(desk: Desk) -> None:
    desk.source = source_of("thingsboard_gateway", desk.territory)
    values = b'[{"ts":1780000000000,"values":{"active_power":%d,"colour":3}}]'
    payload = b'{"dev-1":%b,"dev-2":%b,"stranger":%b}' % (values % 1, values % 2, values % 3)
    (reply,) = ask(desk, ("v1/gateway/telemetry", payload), at=f"vigie/{desk.territory}/gw-1/answers")
    (receipt,) = decode_receipts(reply.payload)
    assert (receipt.id, receipt.stored, receipt.duplicate) == (None, 2, 0)
    assert {(part.device, part.reason, part.n) for part in receipt.rejected} == {
        ("dev-1", Reason.UNKNOWN_QUANTITY, 1),
        ("dev-2", Reason.UNKNOWN_QUANTITY, 1),
        ("stranger", Reason.UNKNOWN_DEVICE, 2),
    }


def test_message_with_nothing_measured_is_answered_too(desk: Desk) -> None:
    """Else its sender would send it for ever."""
    desk.source = source_of("chirpstack", desk.territory)
    join = (f"application/a/device/{DEVICE}/event/join", b'{"deviceInfo":{"devEui":"dev-1"}}')
    (reply,) = ask(desk, join, at=f"vigie/{desk.territory}/gw-1/answers", data=None)
    assert decode_receipts(reply.payload) == (Receipt(),)
