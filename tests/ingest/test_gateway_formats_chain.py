"""Messages of the gateways' own formats through broker, worker and store."""

import json

import cbor2
import pytest

from store.registry import DeviceEntry
from tests.support.chain import make_chain, working
from tests.support.publisher import Message, publish

pytestmark = pytest.mark.services

AT_S = 1_780_000_000
EXPECTED = {
    ("meter", "active_power", 2635.0),
    ("linky", "apparent_power", 170.0),
    ("hall_sensor", "temperature", 27.34),
    ("lamp-0001", "active_power", 61.2),
    ("lamp-0002", "dimming_level", 80.0),
    ("bin-7", "distance", 272.0),
    ("pipe-1", "flow", 7.2),
    ("pipe-2", "flow", 3.6),
}


def as_json(topic: str, document: object) -> Message:
    return Message(topic, json.dumps(document).encode())


MESSAGES = [
    as_json("tele/meter/SENSOR", {"Time": "2026-05-28T22:26:40", "ENERGY": {"Power": 2635, "Today": 0.9}}),
    as_json("tele/linky/SENSOR", {"Time": "2026-05-28T22:26:40", "ENERGY": {"Power": 170}, "TIC": {"PAPP": 170}}),
    as_json("zigbee2mqtt/hall/sensor", {"temperature": 27.34, "linkquality": 90}),
    as_json("v1/gateway/telemetry", {"lamp-0001": [{"ts": AT_S * 1000, "values": {"power_W": 61.2}}]}),
    as_json("v1/devices/lamp-0002/telemetry", {"ts": AT_S * 1000, "values": {"dim_pct": 80}}),
    Message("cayenne/bin-7/up", bytes.fromhex("038200000110")),
    as_json("senml/gw-1/json", [{"bn": "pipe-1:", "bt": AT_S, "n": "flow", "u": "l/s", "v": 2}]),
    Message("senml/gw-1/cbor", cbor2.dumps([{-2: "pipe-2:", -3: AT_S, 0: "flow", 1: "l/s", 2: 1}])),
]


def test_every_gateway_is_understood_and_a_redelivery_with_a_time_is_stored_once(
    database_url: str, mqtt_url: str, territory_slug: str
) -> None:
    devices = [*(device for device, _, _ in EXPECTED), "d-0"]
    chain = make_chain(database_url, mqtt_url, territory_slug, [DeviceEntry(territory_slug, d) for d in devices])
    with working(chain):
        publish(mqtt_url, [Message(chain.topic("d-0"), b'{"at":1780000000,"values":{"voltage":230.5}}')])
        chain.wait_for_stored(1)  # from here on the worker listens to all its topics
        publish(mqtt_url, MESSAGES)
        chain.wait_for_stored(1 + len(EXPECTED))
        publish(mqtt_url, [one for one in MESSAGES if not one.topic.startswith(("zigbee2mqtt", "cayenne"))])
        publish(mqtt_url, [as_json("v1/devices/lamp-0002/telemetry", {"ts": AT_S * 1000, "values": {"co2": 500}})])
        chain.wait_for_stored(2 + len(EXPECTED))
    assert chain.ledger() == (15 + 1, 10, 6, 0)
    rows = chain.fetch(
        "select d.external_id, s.quantity, m.value from measurements m join series s using (series_id)"
        " join devices d using (device_id)"
    )
    found = {(str(device), str(quantity), round(float(value), 6)) for device, quantity, value in rows}
    assert found >= EXPECTED
