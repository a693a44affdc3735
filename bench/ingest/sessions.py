"""Sessions that a broker keeps for clients to come, and the client library as the bare loop uses it."""

import threading
from collections.abc import Sequence
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest.settings import Settings
from ingest.slots import take_slot
from store.connect import connect as store_connect
from store.slots import let_go_of_slot

KEPT_S = 3600
PATIENCE_S = 10.0


def make_client(
    mqtt_url: str, client_id: str, protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv5
) -> mqtt.Client:
    """Make a client that acknowledges by hand."""
    address = urlsplit(mqtt_url)
    clean = None if protocol == MQTTProtocolVersion.MQTTv5 else False
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, client_id, clean_session=clean, protocol=protocol, manual_ack=True
    )
    client.username_pw_set(address.username or "", address.password)
    return client


def connect(client: mqtt.Client, mqtt_url: str, session_s: int) -> None:
    """Connect, going on with the session that is there; 0 ends it with the connection."""
    address = urlsplit(mqtt_url)
    host, port = address.hostname or "", address.port or 1883
    if client.protocol != MQTTProtocolVersion.MQTTv5:
        client.connect(host, port)
        return
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # the library has no types here
    properties.SessionExpiryInterval = session_s
    client.connect(host, port, clean_start=session_s == 0, properties=properties)


def open_slot(database_url: str, mqtt_url: str, territory: str) -> str:
    """Have the broker keep a territory's messages for the worker that starts next, and give its client id."""
    with store_connect(database_url, program="bench", autocommit=True) as connection:
        slot = take_slot(connection, Settings(database_url, mqtt_url, territory=territory))
        if slot is None:
            raise LookupError("another worker runs on this database")
        open_session(mqtt_url, slot.client_id, slot.topic_filters)
        let_go_of_slot(connection, slot)
    return slot.client_id


def open_session(mqtt_url: str, client_id: str, topic_filters: Sequence[str]) -> None:
    """Have the broker keep what matches a filter for a client that comes later, and nothing older."""
    end_session(mqtt_url, client_id)
    is_subscribed = threading.Event()
    client = make_client(mqtt_url, client_id)
    client.on_subscribe = lambda *_: is_subscribed.set()
    connect(client, mqtt_url, KEPT_S)
    client.loop_start()
    client.subscribe([(topic_filter, 1) for topic_filter in topic_filters])
    if not is_subscribed.wait(PATIENCE_S):
        raise TimeoutError("the broker does not answer")
    client.disconnect()
    client.loop_stop()


def end_session(mqtt_url: str, client_id: str) -> None:
    """Have the broker forget a session."""
    client = make_client(mqtt_url, client_id)
    connect(client, mqtt_url, 0)
    client.loop_start()
    client.disconnect()
    client.loop_stop()
