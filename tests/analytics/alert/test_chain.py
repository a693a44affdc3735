"""The whole way of a planted fault: MQTT message, ingest, analytics, outbox, a program's address; every part runs."""

import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sensors.asset_entry import AssetEntry
from store import alert_setup as setup
from store.alert_setup import NewChannel, NewRule
from store.connect import connect
from store.registry import DeviceEntry, TerritoryEntry, register
from tests.support.chain import Chain, make_chain, working
from tests.support.hearing import hearing
from tests.support.publisher import Message, publish
from tests.support.services import Services
from tests.support.waiting import wait_until
from tests.support.worked import worker

pytestmark = pytest.mark.services
PATIENCE_S = 240.0


def hot(chain: Chain, device: str, at: datetime, degrees: float) -> Message:
    body = {"at": at.timestamp(), "values": {"container_temperature": degrees}}
    return Message(chain.topic(device), json.dumps(body).encode())


def test_a_burning_container_reaches_a_webhook_once(database_url: str, services: Services, tmp_path: Path) -> None:
    """Two containers burn and stay hot: two messages, each once, none about the one that is cool."""
    slug = f"town-{tmp_path.name.replace('_', '-').lower()}"[:63]
    with connect(database_url, program="test") as connection:
        bins = [f"bin-{n}" for n in range(3)]
        assets = [AssetEntry(slug, one, one, "waste_container") for one in bins]
        register(connection, [TerritoryEntry(slug, slug)], assets)
    chain = make_chain(
        database_url, services.mqtt_url, slug, [DeviceEntry(slug, one, placements={"*": one}) for one in bins]
    )
    with hearing() as listener, worker(database_url, tmp_path / "worker.log") as process, working(chain):
        with connect(database_url, program="test", autocommit=True) as connection:
            number, _ = setup.create_channel(connection, NewChannel(slug, "GMAO", "webhook", listener.url), "test")
            setup.create_rule(connection, NewRule(slug, channel_id=number), "test")
        began = datetime.now(UTC) - timedelta(minutes=2)
        publish(services.mqtt_url, [hot(chain, one, began, 22.0) for one in bins])
        chain.wait_for_stored(3)
        burning = [hot(chain, one, began + timedelta(minutes=1), 310.0) for one in bins[:2]]
        publish(services.mqtt_url, burning)
        wait_until(lambda: len(listener.heard) >= 2, "both alerts", PATIENCE_S)
        publish(services.mqtt_url, [hot(chain, one, began + timedelta(minutes=2), 420.0) for one in bins[:2]])
        raised = "select count(*) from findings where kind = 'container_fire' and (evidence ->> 'value')::float8 = 420"
        wait_until(lambda: chain.number(raised) == 2, "both findings brought up to date", PATIENCE_S)
        settled = "select count(*) from incidents i where exists (select from findings f where f.incident_id ="
        wait_until(
            lambda: chain.number(f"{settled} i.incident_id and f.score = i.score)") == 2, "both incidents", PATIENCE_S
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    told = [json.loads(one.body) for one in listener.heard]
    assert sorted((one["kind"], one["asset_name"]) for one in told) == [("bin_fire", "bin-0"), ("bin_fire", "bin-1")]
    assert all("310 °C" in one["sentence_fr"] for one in told)
    assert chain.fetch("select count(*), count(delivered_at) from alert_messages") == [(2, 2)]
