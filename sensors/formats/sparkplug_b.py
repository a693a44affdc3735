"""Sparkplug B 3.0: edge nodes and their devices on `spBv1.0/<group>/...`. See docs/reference/formats/sparkplug-b.md."""

from dataclasses import dataclass, field

import msgspec

from sensors.rejection import DecodeError, Reason, shown
from sensors.sparkplug import ROOT, read_address, read_payload
from sensors.sparkplug_host import (
    Heard,
    Naming,
    Node,
    bear_device,
    bear_node,
    bury_device,
    bury_node,
    find_count,
    take_data,
)
from sensors.sparkplug_metrics import Births
from sensors.stateful import Decoded, Received, Record, Records, check_room

_STEPS = {
    "NBIRTH": bear_node,
    "NDATA": take_data,
    "NDEATH": bury_node,
    "DBIRTH": bear_device,
    "DDATA": take_data,
    "DDEATH": bury_device,
}


@dataclass(frozen=True, slots=True)
class SparkplugFormat:
    """The registry's entry; another `naming` makes another format for other rules."""

    name: str = "sparkplug_b"
    naming: Naming = field(default_factory=Naming)

    @property
    def version(self) -> str:
        """Name the decoder's behaviour."""
        return f"{self.name}/1"

    @property
    def topic_filters(self) -> tuple[str, ...]:
        """Give the subscriptions; commands are not among them."""
        return tuple(f"{ROOT}/+/{kind}/+" + ("/+" if kind[0] == "D" else "") for kind in _STEPS)

    def decode(self, records: Records, received: Received) -> Decoded:
        """Give what a message says, with what was heard before. Raises DecodeError only."""
        address = read_address(received.topic)
        step = _STEPS.get(address.kind)
        if step is None:  # a command to a node or device
            return Decoded()
        node_key = f"{address.group}/{address.node}"
        check_room(records, node_key)
        node = records.get(node_key)
        payload = read_payload(received.payload)
        heard = Heard(self.naming, received, address, payload, records, node if isinstance(node, Node) else Node())
        return find_count(heard, step(heard))

    def load(self, key: str, document: bytes) -> Record:
        """Read a record back: `group/node` is a node, `group/node/device` the births of a device, or of the node."""
        try:
            return msgspec.json.decode(document, type=Node if key.count("/") == 1 else Births)
        except (msgspec.MsgspecError, ValueError) as error:
            raise DecodeError(Reason.WRONG_SHAPE, shown(str(error))) from error


STATEFUL_FORMAT = SparkplugFormat()
