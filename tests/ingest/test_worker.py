"""Worker, writer and store: each message with one outcome, whatever it holds and whenever the connection is lost."""

import psycopg
import pytest

from sensors.receipt import decode_receipts
from store.ledger import fold
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.desk import Desk

pytestmark = pytest.mark.services

LEDGER = """
    select sum(n_messages)::int, sum(n_received)::int, sum(n_stored)::int, sum(n_duplicate)::int,
           sum(n_rejected)::int, sum(n_revised)::int
    from delivery_ledger
"""
VALUES = "select value from measurements order by observed_at, series_id"


@pytest.fixture
def desk(database_url: str, territory_slug: str) -> Desk:
    with psycopg.connect(database_url) as connection:
        register(
            connection,
            territories=[TerritoryEntry(territory_slug, "Test")],
            devices=[
                DeviceEntry(territory_slug, "plain"),
                DeviceEntry(territory_slug, "revisable", is_revisable=True),
            ],
        )
    return Desk(database_url, territory_slug)


def up(desk: Desk, device: str, text: str) -> tuple[str, bytes]:
    return f"vigie/{desk.territory}/{device}/up", text.encode()


def test_same_value_again_is_a_duplicate_and_another_one_a_conflict(desk: Desk) -> None:
    first = up(desk, "plain", '{"at":1780000000,"values":{"voltage":230.5}}')
    other = up(desk, "plain", '{"at":1780000000,"values":{"voltage":231.5}}')
    desk.work([desk.chunk([first, first, other])])
    desk.work([desk.chunk([other, first], first_mid=4)])
    assert desk.fetch(VALUES) == [(230.5,)]
    assert desk.fetch(LEDGER) == [(5, 5, 1, 2, 2, 0)]
    assert desk.acknowledged == [1, 2, 3, 4, 5]
    rejections = desk.fetch("select reason, detail, payload from rejections")
    assert [(row[0], bytes(row[2])) for row in rejections] == [("conflicting_value", other[1])] * 2  # type: ignore[call-overload]
    assert "231.5 / 230.5" in str(rejections[0][1])


def test_revisable_device_replaces_its_value_and_the_old_one_is_kept(desk: Desk) -> None:
    def sent(value: float) -> tuple[str, bytes]:
        return up(desk, "revisable", '{"at":1780000000,"values":{"voltage":%s}}' % value)  # noqa: UP031  # braces

    desk.work([desk.chunk([sent(1.5), sent(2.5)])])
    desk.work([desk.chunk([sent(2.5), sent(3.5)])])
    assert desk.fetch(VALUES) == [(3.5,)]
    assert desk.fetch("select old_value, new_value from revisions order by revision_id") == [(1.5, 2.5), (2.5, 3.5)]
    assert desk.fetch(LEDGER) == [(4, 4, 3, 1, 0, 2)]


@pytest.mark.parametrize("lose_after", [False, True], ids=["before the server commits", "after"])
@pytest.mark.parametrize("is_repeated", [False, True], ids=["new values", "with duplicates"])
def test_answer_lost_at_commit_counts_each_value_once(desk: Desk, lose_after: bool, is_repeated: bool) -> None:
    messages = [up(desk, "plain", '{"at":%d,"values":{"voltage":2.5}}' % (1780000000 + i)) for i in range(20)]  # noqa: UP031  # braces
    if is_repeated:
        desk.work([desk.chunk(messages[:5])])
    desk.work([desk.chunk(messages)], lose_after=lose_after)
    n_known = 5 if is_repeated else 0
    assert desk.fetch("select count(*) from measurements") == [(20,)]
    assert desk.fetch(LEDGER) == [(20 + n_known, 20 + n_known, 20, n_known, 0, 0)]
    assert desk.outcomes[-1].n_stored == 20 - n_known
    assert desk.acknowledged[n_known:] == list(range(1, 21))


def test_message_without_time_is_known_again_by_its_id(desk: Desk) -> None:
    with_id = up(desk, "plain", '{"id":"m-1","values":{"voltage":230.5,"current":1.5}}')
    without = up(desk, "plain", '{"values":{"voltage":230.5}}')
    desk.work([desk.chunk([with_id, with_id, without])])
    desk.work([desk.chunk([with_id, without])])
    assert desk.fetch("select count(*) from measurements") == [(4,)]
    assert desk.fetch(LEDGER) == [(5, 8, 4, 4, 0, 0)]
    assert desk.fetch("select count(*), min(flag) from measurement_notes") == [(4, "arrival_time")]


def test_receipts_tell_what_became_of_each_message_that_has_an_id(desk: Desk) -> None:
    good = up(desk, "plain", '{"id":"m-1","at":1780000000,"values":{"voltage":230.5}}')
    mixed = up(desk, "plain", '{"id":"m-2","at":1780000001,"gateway":"g-1","values":{"voltage":230.5,"current":"x"}}')
    strange = up(desk, "nobody", '{"id":"m-3","at":1780000001,"values":{"voltage":230.5}}')
    silent = up(desk, "plain", '{"at":1780000009,"values":{"voltage":230.5}}')
    desk.work([desk.chunk([good, good, mixed, strange, silent])])
    receipts = {
        (reply.topic.split("/")[2], receipt.id): receipt
        for reply in desk.replies
        for receipt in decode_receipts(reply.payload)
    }
    assert set(receipts) == {("plain", "m-1"), ("g-1", "m-2"), ("nobody", "m-3")}
    told = [receipt for reply in desk.replies for receipt in decode_receipts(reply.payload)]
    assert sorted((receipt.stored, receipt.duplicate) for receipt in told if receipt.id == "m-1") == [(0, 1), (1, 0)]
    assert receipts["g-1", "m-2"].stored == 1
    assert [(r.reason, r.n) for r in receipts["g-1", "m-2"].rejected] == [("not_a_number", 1)]
    assert [(r.reason, r.n) for r in receipts["nobody", "m-3"].rejected] == [("unknown_device", 1)]


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        (b"vigie/{}/with space/up", "unknown_topic"),
        (b"vigie/{}/\xff\xfe/up", "invalid_utf8"),
        (b"vigie/{}/nul\x00/up", "unknown_topic"),
        (b"elsewhere/{}", "unknown_topic"),
    ],
    ids=repr,
)
def test_topic_that_cannot_be_used_is_kept_and_harms_nobody(desk: Desk, topic: bytes, reason: str) -> None:
    chunk = desk.chunk([up(desk, "plain", '{"at":1780000000,"values":{"voltage":230.5}}')] * 2)
    chunk.arrivals[0] = type(chunk.arrivals[0])(topic.replace(b"{}", desk.territory.encode()), b"\x00raw", 1, 5)
    desk.work([chunk])
    assert desk.fetch(VALUES) == [(230.5,)]
    assert desk.fetch("select reason, payload from rejections") == [(reason, b"\x00raw")]
    assert desk.fetch(LEDGER) == [(2, 2, 1, 0, 1, 0)]
    assert desk.acknowledged == [1, 2]


def test_what_the_store_can_never_take_is_isolated(desk: Desk) -> None:
    """The store itself refuses one value: that message becomes a rejection, the others are stored."""
    with psycopg.connect(desk.database_url) as connection:
        connection.execute("alter table measurements add constraint no_13 check (value <> 13.5)")
    messages = [up(desk, "plain", '{"at":%d,"values":{"voltage":%d.5}}' % (1780000000 + i, i)) for i in range(30)]  # noqa: UP031  # braces
    desk.work([desk.chunk(messages)])
    assert [row[0] for row in desk.fetch(VALUES)] == [i + 0.5 for i in range(30) if i != 13]
    assert desk.fetch("select reason, payload from rejections") == [("wrong_shape", messages[13][1])]
    assert desk.fetch(LEDGER) == [(30, 30, 29, 0, 1, 0)]
    assert desk.acknowledged == list(range(1, 31))


def test_hours_before_the_watermark_are_marked_as_changed(desk: Desk) -> None:
    with psycopg.connect(desk.database_url) as connection:
        connection.execute("update rollup_watermarks set closed_to = to_timestamp(1780002000)")
    times = [1780000000, 1780000001, 1780001999, 1780002000, 1780009999]
    desk.work([desk.chunk([up(desk, "plain", '{"at":%d,"values":{"voltage":1.5}}' % at) for at in times])])  # noqa: UP031  # braces
    hours = {str(1780000000 // 3600 * 3600), str(1780001999 // 3600 * 3600)}
    assert {str(row[0]) for row in desk.fetch("select extract(epoch from hour)::bigint from changed_hours")} == hours


def test_folding_keeps_the_ledger_as_it_is(desk: Desk) -> None:
    messages = [up(desk, "plain", '{"at":%d,"values":{"voltage":1.5}}' % (1780000000 + i)) for i in range(10)]  # noqa: UP031  # braces
    for _ in range(2):
        desk.work([desk.chunk([*messages, up(desk, "nobody", "{}")])])
        before = desk.fetch(LEDGER)
        with psycopg.connect(desk.database_url) as connection:
            assert fold(connection) > 0
            assert fold(connection) == 0
        assert desk.fetch(LEDGER) == before
    assert before == [(22, 22, 10, 10, 2, 0)]
    assert desk.fetch("select count(*) from deliveries_log") == [(0,)]


def test_ten_thousand_topics_and_ten_megabytes_disturb_nothing(desk: Desk) -> None:
    """Strangers' topics, no UTF-8 and NUL among them, and payloads no decoder takes: each one rejection, kept."""
    good = [up(desk, "plain", f'{{"at":{1_780_000_000 + n},"values":{{"voltage":230.5}}}}') for n in range(20)]
    strange = [(f"stranger/{n}/\x00é", b"{}") for n in range(10_000)]
    large = [up(desk, "plain", "[" * 10_000_000), up(desk, "plain", '"' + "a" * 10_000_000)]
    desk.work([desk.chunk([*good[:10], *strange[:5_000], *large, *strange[5_000:], *good[10:]])])
    assert desk.fetch(LEDGER) == [(10_022, 10_022, 20, 0, 10_002, 0)]
    assert desk.acknowledged == list(range(1, 10_023))
    counts = "select reason, count(*)::int, sum(length(payload))::int from rejections group by 1 order by 1"
    assert desk.fetch(counts) == [("too_large", 2, 20_000_001), ("unknown_topic", 10_000, 20_000)]
