"""Replay: each kept message is counted once, in the hour of its own arrival, and a second replay finds nothing."""

from dataclasses import replace

import psycopg
import pytest
from typer.testing import CliRunner

from deploy.cli import app
from ingest.foreign import make_source
from ingest.replay import replay
from sensors.stateful import NOT_ALONE
from store.connect import connect
from store.ledger import fold
from store.quarantine import Choice, Counts, list_causes
from store.registry import DeviceEntry, TerritoryEntry, register
from store.sources import RuleEntry, SourceEntry, write_source
from tests.support.chain import Chain, make_chain, working
from tests.support.desk import Desk
from tests.support.publisher import Message, publish
from tests.support.sparkplug import a_birth, a_payload, a_value, bd_seq
from tests.support.waiting import wait_until

pytestmark = pytest.mark.services

LEDGER = """
    select coalesce(d.external_id, '-'), sum(n_messages)::int, sum(n_received)::int, sum(n_stored)::int,
           sum(n_duplicate)::int, sum(n_rejected)::int
    from delivery_ledger l left join devices d using (device_id)
    group by 1 having sum(n_received) <> 0 or sum(n_messages) <> 0
    order by 1
"""
OPEN = "select device, reason, n_measurements from rejections where resolved_at is null order by rejection_id"
VALUES = "select extract(epoch from observed_at)::bigint, value from measurements order by 1, 2"


@pytest.fixture
def desk(database_url: str, territory_slug: str) -> Desk:
    with psycopg.connect(database_url) as connection:
        register(connection, [TerritoryEntry(territory_slug, "Test")], devices=[DeviceEntry(territory_slug, "known")])
    return Desk(database_url, territory_slug)


def up(desk: Desk, device: str, text: str) -> tuple[str, bytes]:
    return f"vigie/{desk.territory}/{device}/up", text.encode()


def accept(desk: Desk, *devices: str, is_revisable: bool = False) -> None:
    entries = [DeviceEntry(desk.territory, device, is_revisable=is_revisable) for device in devices]
    with connect(desk.database_url, program="test") as connection:
        register(connection, devices=entries)


def replay_all(desk: Desk, **choice: str) -> Counts:
    """Replay, and once more over the same connection: by then nothing is left that is mended."""
    with connect(desk.database_url, program="test") as connection:
        counts = replay(connection, replace(Choice(), **choice))  # type: ignore[arg-type]
        assert replay(connection, replace(Choice(), **choice)).n_messages == 0  # type: ignore[arg-type]
    return counts


def adds_up(desk: Desk) -> bool:
    query = "select from delivery_ledger where n_received <> n_stored + n_duplicate + n_rejected"
    return desk.fetch(query) == []


def test_messages_of_an_unknown_device_are_kept_and_counted_once_when_it_is_accepted(
    database_url: str, mqtt_url: str, territory_slug: str
) -> None:
    """Five messages of a stranger over the real broker: refused, kept; accepted, replayed: stored; again: nothing."""
    chain = make_chain(database_url, mqtt_url, territory_slug)
    messages = [
        Message(chain.topic("stranger"), b'{"at":%d,"values":{"active_power":%d}}' % (1_780_000_000 + i, i))
        for i in range(5)
    ]
    with working(chain):
        publish(mqtt_url, messages)
        wait_until(lambda: chain.ledger() == (5, 0, 0, 5), "five refusals", 20)
    assert replay_chain(chain) == Counts(n_unchanged=5)
    with connect(database_url, program="test") as connection:
        register(connection, devices=[DeviceEntry(territory_slug, "stranger")])
    assert replay_chain(chain) == Counts(5, 0, 5, 0, 0)
    assert chain.ledger() == (5, 5, 0, 0)
    assert replay_chain(chain) == Counts()
    assert chain.ledger() == (5, 5, 0, 0)
    assert chain.number("select count(*) from measurements") == 5
    assert chain.number("select n_measurements from batches where worker = 'replay'") == 5
    query = "select count(*) from rejections r join batches b on b.batch_id = r.resolved_batch_id"
    assert chain.number(query) == 5


def replay_chain(chain: Chain) -> Counts:
    with connect(chain.settings.database_url, program="test") as connection:
        return replay(connection, Choice())


def test_account_moves_from_nobody_to_the_device_in_the_hour_of_arrival(desk: Desk) -> None:
    """The message came three hours ago, before and after folding."""
    desk.stamp_us -= 3 * 3_600_000_000
    desk.work([desk.chunk([up(desk, "new", '{"at":1780000000,"values":{"voltage":1,"current":2}}')])])
    hours = "select arrival_hour from delivery_ledger where n_received > 0"
    before = desk.fetch(hours)
    with connect(desk.database_url, program="test") as connection:
        fold(connection)
    assert desk.fetch(LEDGER) == [("-", 1, 2, 0, 0, 2)]
    accept(desk, "new")
    assert replay_all(desk) == Counts(1, 0, 2, 0, 0)
    assert desk.fetch(LEDGER) == [("new", 1, 2, 2, 0, 0)]
    assert desk.fetch(hours) == before
    with connect(desk.database_url, program="test") as connection:
        fold(connection)
    assert desk.fetch(LEDGER) == [("new", 1, 2, 2, 0, 0)]


def test_a_message_that_came_twice_is_stored_once(desk: Desk) -> None:
    """Without a time of its own only its id tells the redelivery."""
    message = up(desk, "new", '{"id":"m-1","values":{"voltage":230}}')
    desk.work([desk.chunk([message]), desk.chunk([message], first_mid=2)])
    accept(desk, "new")
    assert replay_all(desk) == Counts(2, 0, 1, 1, 0)
    assert len(desk.fetch(VALUES)) == 1
    assert desk.fetch(LEDGER) == [("new", 2, 2, 1, 1, 0)]


def test_values_that_were_stored_already_are_not_counted_again(desk: Desk) -> None:
    """A message of which part was refused: replayed after the quantity is mended, only that part is new.

    The rejection of a quantity is written here as an older decoder would have left it.
    """
    text = '{"id":"m-1","values":{"voltage":230,"current":2,"active_power":460}}'
    desk.work([desk.chunk([up(desk, "known", text)])])
    forget_one_value(desk)
    assert desk.fetch(LEDGER) == [("known", 1, 3, 2, 0, 1)]
    assert replay_all(desk) == Counts(1, 0, 1, 0, 0)
    assert desk.fetch(LEDGER) == [("known", 1, 3, 3, 0, 0)]
    assert len(desk.fetch(VALUES)) == 3
    assert replay_all(desk) == Counts()


def forget_one_value(desk: Desk) -> None:
    """Turn the stored active power into a refused value, in measurements, rejections and account."""
    with connect(desk.database_url, program="test") as connection:
        connection.execute(
            """delete from measurements using series where series.series_id = measurements.series_id
               and quantity = 'active_power'"""
        )
        connection.execute("update deliveries_log set n_stored = n_stored - 1, n_rejected = n_rejected + 1")
        connection.execute(
            """insert into rejections (territory_id, device_id, batch_id, source, topic, device, received_at, reason,
                                       detail, n_measurements, payload, format, decoder_version, n_settled)
               select d.territory_id, d.device_id, b.batch_id, 'own', %(topic)s, 'known', b.received_at,
                      'unknown_quantity', 'active_power', 1, %(payload)s, 'native', '0', 2
               from devices d cross join batches b where d.external_id = 'known'""",
            {
                "topic": f"vigie/{desk.territory}/known/up",
                "payload": b'{"id":"m-1","values":{"voltage":230,"current":2,"active_power":460}}',
            },
        )


def test_what_is_still_refused_stays_as_it_is(desk: Desk) -> None:
    """Garbage, an unknown quantity, an unknown device: nothing is mended, nothing is written."""
    desk.work(
        [
            desk.chunk(
                [
                    up(desk, "known", "{garbage"),
                    up(desk, "known", '{"at":1780000000,"values":{"voltage":230,"nonsense":1}}'),
                    up(desk, "new", '{"at":1780000000,"values":{"voltage":230}}'),
                ]
            )
        ]
    )
    before = desk.fetch(LEDGER), desk.fetch(OPEN), desk.fetch("select count(*) from batches")
    assert replay_all(desk) == Counts(n_unchanged=3)
    assert (desk.fetch(LEDGER), desk.fetch(OPEN), desk.fetch("select count(*) from batches")) == before


def test_what_a_replay_refuses_anew_is_kept_with_its_new_reason(desk: Desk) -> None:
    """The device is accepted, but one of its quantities is unknown: one value stored, one open, one outcome each."""
    desk.work([desk.chunk([up(desk, "new", '{"at":1780000000,"values":{"voltage":230,"nonsense":1}}')])])
    accept(desk, "new")
    assert replay_all(desk) == Counts(1, 0, 1, 0, 1)
    assert desk.fetch(OPEN) == [("new", "unknown_quantity", 1)]
    assert desk.fetch(LEDGER) == [("new", 1, 2, 1, 0, 1)]
    assert desk.fetch("select n_settled from rejections where resolved_at is null") == [(1,)]
    assert replay_all(desk) == Counts(n_unchanged=1)


def test_a_value_that_stands_is_not_replaced_by_an_older_message(desk: Desk) -> None:
    """The device is revisable, and a correction came after its acceptance: the kept message is older."""
    desk.work([desk.chunk([up(desk, "new", '{"at":1780000000,"values":{"voltage":1}}')])])
    accept(desk, "new", is_revisable=True)
    desk.work([desk.chunk([up(desk, "new", '{"at":1780000000,"values":{"voltage":2}}')])])
    assert replay_all(desk) == Counts(1, 0, 0, 0, 1)
    assert desk.fetch(VALUES) == [(1780000000, 2.0)]
    assert desk.fetch(OPEN) == [("new", "conflicting_value", 1)]
    assert adds_up(desk)


def test_choice_limits_what_is_replayed(desk: Desk) -> None:
    messages = [up(desk, device, '{"at":1780000000,"values":{"voltage":230}}') for device in ("a", "b")]
    desk.work([desk.chunk(messages)])
    accept(desk, "a", "b")
    assert replay_all(desk, device="b") == Counts(1, 0, 1, 0, 0)
    assert replay_all(desk, reason="invalid_json") == Counts()
    assert desk.fetch(OPEN) == [("a", "unknown_device", 1)]


def test_the_newest_value_is_that_of_the_replay(desk: Desk) -> None:
    desk.work([desk.chunk([up(desk, "new", '{"at":1780000000,"values":{"voltage":230}}')])])
    accept(desk, "new")
    replay_all(desk)
    assert desk.fetch("select value from last_values") == [(230.0,)]


def test_open_rejections_are_grouped_by_cause(desk: Desk) -> None:
    garbage = [up(desk, "known", "{garbage") for _ in range(3)]
    desk.work([desk.chunk([*garbage, up(desk, "new", '{"at":1780000000,"values":{"voltage":1,"current":2}}')])])
    with connect(desk.database_url, program="test") as connection:
        causes = list_causes(connection, Choice())
    assert [(cause.reason, cause.n_messages, cause.n_values, cause.n_devices) for cause in causes] == [
        ("invalid_json", 3, 3, 1),
        ("unknown_device", 1, 2, 1),
    ]
    assert causes[0].sample_payload == b"{garbage"
    assert causes[0].decoder_version


def test_a_kept_post_is_read_again_in_its_format(desk: Desk) -> None:
    """What came over HTTP has no subscription: its format was noted with it."""
    with connect(desk.database_url, program="test") as connection:
        connection.execute(
            """insert into rejections (territory_id, source, topic, device, received_at, reason, detail,
                                       n_measurements, payload, format, decoder_version, n_settled)
               select territory_id, 'http', %(topic)s, 'posted', now(), 'unknown_device', 'posted', 1, %(payload)s,
                      'native', '0', 0
               from territories""",
            {
                "topic": f"vigie/{desk.territory}/posted/up",
                "payload": b'{"at":1780000000,"values":{"voltage":230}}',
            },
        )
    accept(desk, "posted")
    assert replay_all(desk) == Counts(1, 0, 1, 0, 0)


def test_rights_are_not_given_after_the_fact(desk: Desk) -> None:
    """A source of this territory spoke for another: replayed, it stays refused, though the device exists there."""
    with connect(desk.database_url, program="test") as connection:
        register(connection, [TerritoryEntry("beside", "Beside")], devices=[DeviceEntry("beside", "new")])
    message = "vigie/beside/new/up", b'{"at":1780000000,"values":{"voltage":230}}'
    desk.work([desk.chunk([message])])
    before = desk.fetch("select reason, speaks_for from rejections where resolved_at is null")
    assert before == [("unknown_topic", desk.territory)]
    assert replay_all(desk) == Counts(n_unchanged=1)
    assert desk.fetch("select reason, speaks_for from rejections where resolved_at is null") == before
    assert desk.fetch(VALUES) == []


def sparkplug(desk: Desk, kind: str, payload: bytes) -> tuple[str, bytes]:
    return f"spBv1.0/{desk.territory}/{kind}/gw-hall/boiler", payload


def test_alias_of_a_device_accepted_later_is_stored_as_it_was_understood(desk: Desk) -> None:
    """Bytes that mean nothing without the birth before them are replayed as what they said when they came."""
    at_ms = 1_780_000_000_000
    desk.work(
        [
            desk.chunk(
                [
                    (f"spBv1.0/{desk.territory}/NBIRTH/gw-hall", a_payload(0, bd_seq(7), at_ms=at_ms)),
                    sparkplug(desk, "DBIRTH", a_payload(1, a_birth(4, "temperature", 20.0, at_ms), at_ms=at_ms)),
                    sparkplug(desk, "DDATA", a_payload(2, a_value(4, 21.0, at_ms + 1000), at_ms=at_ms)),
                    sparkplug(desk, "DBIRTH", a_payload(3, a_birth(4, "co2", 612.0, at_ms), at_ms=at_ms)),
                ]
            )
        ]
    )
    assert desk.fetch(LEDGER) == [("-", 3, 3, 0, 0, 3)]
    assert replay_all(desk) == Counts(n_unchanged=3)
    accept(desk, "boiler")
    assert replay_all(desk) == Counts(3, 0, 3, 0, 0)
    assert desk.fetch(LEDGER) == [("boiler", 3, 3, 3, 0, 0)]
    query = "select quantity, value from measurements join series using (series_id) order by 1, 2"
    assert desk.fetch(query) == [("co2", 612.0), ("temperature", 20.0), ("temperature", 21.0)]


def test_what_wants_the_messages_before_it_is_left_and_a_person_is_told_why(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alias whose birth never came: the replay changes nothing, and the list of causes says that it cannot."""
    monkeypatch.setenv("VIGIE_DATABASE_URL", desk.database_url)
    monkeypatch.setenv("VIGIE_MQTT_URL", "mqtt://127.0.0.1:1")
    accept(desk, "boiler")
    desk.work([desk.chunk([sparkplug(desk, "DDATA", a_payload(2, a_value(4, 21.0)))])])
    assert replay_all(desk) == Counts(n_unchanged=1)
    assert desk.fetch(OPEN) == [("boiler", "unknown_quantity", 1)]
    listed = CliRunner().invoke(app, ["rejections", "list"])
    assert NOT_ALONE[1] in listed.output


def test_messages_of_a_source_are_replayed_by_its_rules(desk: Desk) -> None:
    """The mapping, the prefix and the territory of the source it came from, as they are entered now."""
    mapping = '{"name": "w", "topic": "w/{device}", "values": [{"path": "$.d", "quantity": "distance", "unit": "m"}]}'
    mended = mapping.replace('"$.d"', '"$.depth"')
    for written in (mapping, mended):
        rule = RuleEntry("json_mapping", "", None, "o-", written)
        entry = SourceEntry("other", "mqtt://127.0.0.1:1", (rule,), desk.territory)
        with psycopg.connect(desk.database_url) as connection:
            write_source(connection, entry)
        if written == mapping:
            desk.source = make_source(entry)
            desk.work([desk.chunk([("w/7", b'{"depth": 3.25}')])])
            assert desk.fetch("select source, reason from rejections") == [("other", "no_value")]
            accept(desk, "o-7", "7")
            assert replay_all(desk) == Counts(n_unchanged=1)
    assert replay_all(desk) == Counts(1, 0, 1, 0, 0)
    assert desk.fetch(LEDGER) == [("o-7", 1, 1, 1, 0, 0)]
