"""Edge nodes on the wire: each has a connection of its own, whose will is its death, and answers a rebirth command."""

import contextlib
import secrets
import socket
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from sensors.broker_tls import make_tls_context, read_tls_files
from simulators.gateway_sparkplug import REBIRTH, ROOT, SparkplugGateway

CONNECT_TIMEOUT_S = 10.0
FLUSH_S = 1.0
KEEPALIVE_S = 30

NodeKey = tuple[str, str]  # group, node


class EdgeNodes:
    """The connections of the edge nodes of one or more towns, opened at the first message. One thread may use it.

    An NDEATH among the messages is not published: the connection is cut, and the broker publishes the will.
    """

    def __init__(self, mqtt_url: str, gateways: Iterable[SparkplugGateway]) -> None:
        self.address = urlsplit(mqtt_url)
        self.gateways: Mapping[str, SparkplugGateway] = {gateway.group: gateway for gateway in gateways}
        self.lines: dict[NodeKey, mqtt.Client] = {}
        self.last: dict[NodeKey, mqtt.MQTTMessageInfo] = {}

    def send(self, topic: str, payload: bytes, stop: threading.Event) -> mqtt.MQTTMessageInfo | None:
        """Publish at QoS 0 over the node's connection; None where nothing is published.

        Waits until there is a broker, or until told to stop.
        """
        _, group, kind, node = topic.split("/")[:4]
        if kind == "NDEATH":
            self.cut((group, node))
            return None
        while not self.is_connected((group, node)):
            if stop.is_set():
                return None
            self.connect((group, node), stop)
        self.last[group, node] = info = self.lines[group, node].publish(topic, payload, qos=0)
        return info

    def close(self) -> None:
        """Leave as Sparkplug has it: the death is said, then the connection is ended."""
        for (group, node), client in self.lines.items():
            topic, payload = self.gateways[group].will(node)
            if client.is_connected():
                client.publish(topic, payload, qos=1).wait_for_publish(FLUSH_S)
            end(client)
        self.lines.clear()

    def cut(self, key: NodeKey) -> None:
        """Lose a node's connection without a word, once what it had said is on its way."""
        if (client := self.lines.pop(key, None)) is not None:
            if client.is_connected() and key in self.last:
                self.last[key].wait_for_publish(FLUSH_S)
            if isinstance(line := client.socket(), socket.socket):
                with contextlib.suppress(OSError):  # the other side was faster
                    line.shutdown(socket.SHUT_RDWR)
            end(client)

    def is_connected(self, key: NodeKey) -> bool:
        """Say whether a node has its connection."""
        return key in self.lines and self.lines[key].is_connected()

    def connect(self, key: NodeKey, stop: threading.Event) -> None:
        """Try to connect a node with its will; one that had lost its connection must be born again."""
        group, node = key
        gateway = self.gateways[group]
        if key in self.lines:
            gateway.renew(node)
            self.cut(key)
        is_up = threading.Event()
        client = self.make_client(gateway, node, is_up)
        try:
            client.connect(self.address.hostname or "127.0.0.1", self.address.port or 1883, KEEPALIVE_S)
        except OSError:
            stop.wait(1.0)
            return
        client.loop_start()
        self.lines[key] = client
        is_up.wait(CONNECT_TIMEOUT_S)

    def make_client(self, gateway: SparkplugGateway, node: str, is_up: threading.Event) -> mqtt.Client:
        """Make the client of a node; `is_up` is set once it hears commands."""
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"edge-{gateway.group}-{node}-{secrets.token_hex(4)}",
            protocol=mqtt.MQTTv5,
            reconnect_on_failure=False,
        )
        if self.address.username:
            client.username_pw_set(unquote(self.address.username), unquote(self.address.password or ""))
        if self.address.scheme == "mqtts":
            client.tls_set_context(make_tls_context(read_tls_files(self.address.geturl())))
        topic, payload = gateway.will(node)
        client.will_set(topic, payload, qos=1)
        commands = f"{ROOT}/{gateway.group}/NCMD/{node}"

        def on_connect(client: mqtt.Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:  # Any: paho
            if not code.is_failure:
                client.subscribe(commands, qos=1)

        def on_message(_client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:  # Any: paho
            if REBIRTH.encode() in message.payload:
                gateway.ask_rebirth(node)

        client.on_connect, client.on_message = on_connect, on_message
        client.on_subscribe = lambda *_: is_up.set()
        return client


def end(client: mqtt.Client) -> None:
    """End a client and what it holds."""
    client.disconnect()
    client.loop_stop()
    client._reset_sockets()  # paho leaves its pair of wake-up sockets open until the object dies
