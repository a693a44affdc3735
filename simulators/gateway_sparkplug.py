"""A building controller that speaks Sparkplug B 3.0: births with names and aliases, then data by alias alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from simulators.description import Device
from simulators.message import Message
from simulators.protobuf import field_bytes, field_double, field_varint

ROOT = "spBv1.0"
UINT64, DOUBLE, BOOLEAN = 8, 10, 11  # data types of the Sparkplug specification, section 6.4.16
SEQUENCES = 256
BD_SEQ = "bdSeq"
REBIRTH = "Node Control/Rebirth"
AWAY_S = 3 * 3600  # a node that said nothing for so long had lost its connection


@dataclass(slots=True)
class Node:
    """An edge node: one gateway with its devices; `seq` runs over all its messages, `bd_seq` over its connections.

    `latest` holds instant and value by device and metric.
    """

    bd_seq: int = 0
    seq: int = 0
    aliases: dict[tuple[int, str], int] = field(default_factory=dict)
    latest: dict[tuple[int, str], tuple[int, float]] = field(default_factory=dict)
    is_born: bool = False
    heard_s: int = 0

    def next_seq(self) -> int:
        """Give the sequence number of the next message, 0 to 255."""
        seq = self.seq
        self.seq = (seq + 1) % SEQUENCES
        return seq


class SparkplugGateway:
    """Writes NBIRTH, DBIRTH, DDATA and NDEATH of the edge nodes of one territory."""

    name = "sparkplug"
    is_single = False
    has_identity = False
    qos = 0  # births and data, as the specification asks

    def __init__(self, territory: str, devices: Sequence[Device]) -> None:
        self.group, self.devices = territory, devices
        self.nodes: dict[str, Node] = {}
        self._asked: set[str] = set()  # nodes that owe their births; filled by the network's thread

    def encode(self, message: Message) -> tuple[str, bytes]:
        """Give topic and payload of a DDATA; what it needs is in `announce`, to be sent before."""
        node_id, device = self.node_id(message), self.devices[message.device].external_id
        node = self.nodes[node_id]
        metrics = []
        for column, cells in zip(message.columns, message.values, strict=True):
            alias = node.aliases[message.device, metric_name(column.channel, column.quantity)]
            for at_s, value in zip(message.at_s, cells, strict=True):
                metrics.append(metric(alias=alias, at_s=at_s, value=value, is_historical=at_s < message.sent_s))
        return f"{ROOT}/{self.group}/DDATA/{node_id}/{device}", payload(message.sent_s, metrics, node.next_seq())

    def announce(self, message: Message) -> list[tuple[str, bytes]]:
        """Give what must be said before a message: the death of a node that was away, its birth, and the device's."""
        node_id, device = self.node_id(message), self.devices[message.device].external_id
        node = self.nodes.setdefault(node_id, Node())
        said = []
        if node.is_born and message.sent_s - node.heard_s > AWAY_S:
            said.append(self.will(node_id))
            node = self.lose(node_id)
        node.heard_s = max(node.heard_s, message.sent_s)
        if not node.is_born or node_id in self._asked:
            self._asked.discard(node_id)
            said += self.births(node_id, message.sent_s)
        names = [metric_name(column.channel, column.quantity) for column in message.columns]
        is_new = any((message.device, name) not in node.aliases for name in names)
        for name, cells in zip(names, message.values, strict=True):
            node.aliases.setdefault((message.device, name), len(node.aliases) + 1)
            known_s, _ = node.latest.get((message.device, name), (0, 0.0))
            if message.at_s[-1] >= known_s:
                node.latest[message.device, name] = message.at_s[-1], cells[-1]
        if is_new:
            birth = self.device_birth(node, message.device, message.sent_s)
            said.append((f"{ROOT}/{self.group}/DBIRTH/{node_id}/{device}", birth))
        return said

    def births(self, node_id: str, at_s: int) -> list[tuple[str, bytes]]:
        """Give the births of a node and of every device that it has had so far."""
        node = self.nodes[node_id]
        node.is_born, node.seq = True, 0
        said = [(f"{ROOT}/{self.group}/NBIRTH/{node_id}", self.node_birth(node, at_s))]
        for device in dict.fromkeys(device for device, _ in node.aliases):
            topic = f"{ROOT}/{self.group}/DBIRTH/{node_id}/{self.devices[device].external_id}"
            said.append((topic, self.device_birth(node, device, at_s)))
        return said

    def ask_rebirth(self, node_id: str) -> None:
        """Have a node send all births before its next message; may be called from any thread."""
        self._asked.add(node_id)

    def renew(self, node_id: str) -> None:
        """Note that a node has to connect again: births under the next bdSeq are due before its next message."""
        node = self.nodes[node_id]
        node.bd_seq = (node.bd_seq + 1) % SEQUENCES
        self.ask_rebirth(node_id)

    def node_birth(self, node: Node, at_s: int) -> bytes:
        """Write an NBIRTH: its bdSeq equals that of the will, and the rebirth command is offered."""
        metrics = [
            metric(name=BD_SEQ, at_s=at_s, count=node.bd_seq),
            metric(name=REBIRTH, at_s=at_s, flag=False),
        ]
        return payload(at_s, metrics, node.next_seq())

    def device_birth(self, node: Node, device: int, at_s: int) -> bytes:
        """Write a DBIRTH with every metric the device has had so far and its latest value."""
        own = [(name, alias) for (owner, name), alias in node.aliases.items() if owner == device]
        metrics = []
        for name, alias in own:
            latest_s, value = node.latest[device, name]
            metrics.append(metric(name=name, alias=alias, at_s=latest_s, value=value))
        return payload(at_s, metrics, node.next_seq())

    def will(self, gateway: str) -> tuple[str, bytes]:
        """Give the NDEATH that the broker sends when the node is gone: bdSeq, and no sequence number."""
        node = self.nodes.setdefault(gateway, Node())
        return f"{ROOT}/{self.group}/NDEATH/{gateway}", payload(None, [metric(name=BD_SEQ, count=node.bd_seq)], None)

    def lose(self, gateway: str) -> Node:
        """Forget a node that lost its connection: it is born again under the next bdSeq."""
        node = self.nodes.setdefault(gateway, Node())
        self.nodes[gateway] = Node(bd_seq=(node.bd_seq + 1) % SEQUENCES)
        return self.nodes[gateway]

    def node_id(self, message: Message) -> str:
        """Give the edge node of a device."""
        device = self.devices[message.device]
        return device.gateway or device.external_id


def metric_name(channel: str, quantity: str) -> str:
    """Name a metric as a building controller would: folders by channel."""
    return f"{channel}/{quantity}" if channel else quantity


def payload(at_s: int | None, metrics: Sequence[bytes], seq: int | None) -> bytes:
    """Write the message Payload: timestamp (1), metrics (2), seq (3)."""
    parts = [] if at_s is None else [field_varint(1, at_s * 1000)]
    parts += [field_bytes(2, part) for part in metrics]
    return b"".join(parts) + (b"" if seq is None else field_varint(3, seq))


def metric(
    *,
    name: str | None = None,
    alias: int | None = None,
    at_s: int | None = None,
    value: float | None = None,
    **other: int | bool,
) -> bytes:
    """Write a Metric: name (1), alias (2), timestamp (3), datatype (4), is_historical (5), is_null (7), a value.

    `value` is a double (13); `count` an unsigned long (11), `flag` a boolean (14). A birth names its metrics and their
    types; data carry alias and value alone.
    """
    parts = [] if name is None else [field_bytes(1, name.encode())]
    parts += [] if alias is None else [field_varint(2, alias)]
    parts += [] if at_s is None else [field_varint(3, at_s * 1000)]
    kind = UINT64 if "count" in other else BOOLEAN if "flag" in other else DOUBLE
    parts += [] if name is None else [field_varint(4, kind)]
    parts += [field_varint(5, 1)] if other.get("is_historical") else []
    if kind == UINT64:
        return b"".join([*parts, field_varint(11, other["count"])])
    if kind == BOOLEAN:
        return b"".join([*parts, field_varint(14, int(other["flag"]))])
    return b"".join([*parts, field_varint(7, 1) if value is None else field_double(13, value)])
