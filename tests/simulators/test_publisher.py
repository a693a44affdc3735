"""The gateway loses nothing: real brokers that die, stay silent or refuse."""

from pathlib import Path

import psycopg
import pytest

from deploy.local.process import wait_until
from deploy.local.state import free_port
from ingest.settings import Settings
from sensors.formats.native import NativeMessage, encode
from sensors.topic import uplink_topic
from simulators.outbox import OutgoingMessage
from simulators.publisher import Publisher, PublisherError
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.ingesting import ingesting
from tests.support.own_broker import OwnBroker, own_broker
from tests.support.receipter import receipting

pytestmark = pytest.mark.services
START_S = 1_780_000_000


def a_message(number: int, territory: str = "dijon", device: str = "lamp-1", **values: object) -> OutgoingMessage:
    document = NativeMessage(
        values=values or {"active_power": float(number)}, at=START_S + number, id=f"m-{number}", gateway="gate-1"
    )
    return OutgoingMessage(uplink_topic(territory, device), encode(document), f"m-{number}", "gate-1")


@pytest.fixture
def registered(database_url: str, mqtt_url: str, territory_slug: str) -> Settings:
    """Register a territory with one lamp, and give the settings of a worker for it."""
    with psycopg.connect(database_url) as connection:
        register(
            connection,
            territories=[TerritoryEntry(territory_slug, "Dijon")],
            devices=[DeviceEntry(territory_slug, "lamp-1")],
        )
    return Settings(database_url, mqtt_url, territory=territory_slug)


def test_every_message_gets_a_receipt_of_the_real_worker(registered: Settings, territory_slug: str) -> None:
    with (
        ingesting(registered),
        Publisher(registered.mqtt_url, f"gate-{territory_slug}", territory_slug, patience_s=1) as publisher,
    ):
        for number in range(3000):
            publisher.publish(a_message(number, territory_slug), timeout_s=30)
        counts = publisher.drain(30)
    assert (counts.published, counts.receipted, counts.stored, counts.duplicate) == (3000, 3000, 3000, 0)
    assert counts.refused == {}


def test_sending_all_again_is_counted_as_duplicates(registered: Settings, territory_slug: str) -> None:
    with ingesting(registered):
        for expected in ((50, 0), (0, 50)):
            with Publisher(registered.mqtt_url, f"gate-{territory_slug}", territory_slug, patience_s=1) as publisher:
                for number in range(50):
                    publisher.publish(a_message(number, territory_slug))
                counts = publisher.drain(30)
            assert (counts.stored, counts.duplicate) == expected


def test_refused_values_are_told_with_their_reason(registered: Settings, territory_slug: str) -> None:
    with (
        ingesting(registered),
        Publisher(registered.mqtt_url, f"gate-{territory_slug}", territory_slug, patience_s=1) as publisher,
    ):
        publisher.publish(a_message(1, territory_slug, active_power=40.0, voltage=1e6))
        publisher.publish(a_message(2, territory_slug, "stranger"))
        counts = publisher.drain(30)
    assert counts.refused == {"out_of_range": 1, "unknown_device": 1}
    assert (counts.receipted, counts.stored) == (2, 1)
    refused = {refusal.reason: refusal for refusal in counts.refusals}
    assert refused["out_of_range"].message_id == "m-1"
    assert "V" in refused["out_of_range"].detail
    assert refused["unknown_device"].topic.endswith("/stranger/up")


def test_messages_are_sent_again_until_the_receipt_comes(mqtt_url: str, territory_slug: str) -> None:
    with (
        receipting(mqtt_url, territory_slug) as platform,
        Publisher(mqtt_url, f"gate-{territory_slug}", territory_slug, patience_s=0.3) as publisher,
    ):
        platform.is_answering = False
        for number in range(5):
            publisher.publish(a_message(number, territory_slug))
        publisher.drain(1.5)
        assert len(publisher.outbox) == 5
        assert len(platform.seen) >= 10
        platform.is_answering = True
        counts = publisher.drain(30)
    assert (counts.published, counts.receipted, len(publisher.outbox)) == (5, 5, 0)
    assert counts.republished >= 5
    assert counts.duplicate == 5


def test_full_window_holds_the_caller_back_and_says_so(mqtt_url: str, territory_slug: str) -> None:
    with Publisher(mqtt_url, f"gate-{territory_slug}", territory_slug, window_n=3) as publisher:
        for number in range(3):
            publisher.publish(a_message(number, territory_slug))
        with pytest.raises(PublisherError, match="3 messages have no receipt: does `vigie ingest` run"):
            publisher.publish(a_message(3, territory_slug), timeout_s=0.3)
        assert publisher.outbox.counts.published == 3


def test_broker_that_forgets_what_it_acknowledged_costs_nothing(tmp_path: Path) -> None:
    """The broker acknowledges 20 messages, nobody receipts them, it is killed and forgets: all arrive after all."""
    with own_broker(tmp_path) as broker, Publisher(broker.url(), "gate-1", "dijon", patience_s=60) as publisher:
        for number in range(20):
            publisher.publish(a_message(number))
        assert wait_until(lambda: publisher.client._inflight_messages == 0, 10)
        broker.kill()
        broker.start()
        with receipting(broker.url(), "dijon") as platform:
            counts = publisher.drain(30)
            assert sorted(set(platform.seen)) == sorted(f"m-{number}" for number in range(20))
    assert (counts.published, counts.receipted) == (20, 20)


def test_broker_restarted_in_the_middle_costs_nothing(tmp_path: Path) -> None:
    """A broker that is killed while messages flow, and stays away for a part of them: each arrives, and once counts."""
    with own_broker(tmp_path) as broker, receipting(broker.url(), "dijon") as platform:
        with Publisher(broker.url(), "gate-1", "dijon", patience_s=1) as publisher:
            for number in range(900):
                if number == 300:
                    broker.kill()
                if number == 600:
                    broker.start()
                    assert platform.ready.wait(20)
                publisher.publish(a_message(number), timeout_s=30)
            counts = publisher.drain(30)
            assert len(publisher.outbox) == 0
        assert set(platform.seen) == {f"m-{number}" for number in range(900)}
    assert (counts.published, counts.receipted) == (900, 900)


def test_broker_that_takes_few_at_a_time_is_given_few(tmp_path: Path) -> None:
    """MQTT 5 lets a broker say how many unacknowledged messages it takes (Receive Maximum)."""
    with (
        own_broker(tmp_path, most_in_flight=7) as broker,
        receipting(broker.url(), "dijon"),
        Publisher(broker.url(), "gate-1", "dijon") as publisher,
    ):
        assert publisher.client.max_inflight_messages == 7
        for number in range(500):
            publisher.publish(a_message(number), timeout_s=20)
        assert publisher.drain(20).receipted == 500


def test_refusals_of_the_broker_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(PublisherError, match=r"no broker answers at 127\.0\.0\.1:\d+: .*refused"):
        Publisher(f"mqtt://127.0.0.1:{free_port()}", "gate-1", "dijon").__enter__()
    with pytest.raises(PublisherError, match="no broker answers at nowhere:x"):
        Publisher("mqtt://nowhere:x", "gate-1", "dijon").__enter__()
    with own_broker(tmp_path) as broker:
        check_refusals(broker)


def check_refusals(broker: OwnBroker) -> None:
    with pytest.raises(PublisherError, match=r"the broker at 127\.0\.0\.1:\d+ refuses us: Not authorized"):
        Publisher(broker.url(password="wrong"), "gate-1", "dijon").__enter__()
    with Publisher(broker.url("mute"), "gate-1", "dijon") as publisher:
        publisher.publish(a_message(1))
        with pytest.raises(PublisherError, match="does not let us publish"):
            publisher.drain(20)
    with (
        Publisher(broker.url(), "gate-1", "dijon") as first,
        Publisher(broker.url(), "gate-1", "dijon"),
        pytest.raises(PublisherError, match="another gateway uses the same client id"),
    ):
        publish_and_drain(first)


def publish_and_drain(publisher: Publisher) -> None:
    publisher.publish(a_message(1))
    publisher.drain(20)
