"""What a Sparkplug host makes of one message after another: births, aliases, sequence, death.

Names and types come with births only; data may carry nothing but aliases. So an alias is resolved only with a birth
since which not one message is missing: a gap in the sequence, or a death, ends all births of the node and its devices.
"""

import re
from dataclasses import dataclass
from hashlib import blake2b

import msgspec

from sensors.foreign_name import external_id
from sensors.instant import SECOND_US
from sensors.measurement import Count, Uplink
from sensors.rejection import DecodeError, Reason, shown
from sensors.sparkplug import ROOT, Address, Payload, rebirth_command
from sensors.sparkplug_metrics import NOTHING_BORN, Births, Taken, find_bd_seq, read_births, take_metrics
from sensors.stateful import (
    Counted,
    Decoded,
    Liveness,
    Presence,
    Received,
    Record,
    Records,
    Request,
    check_room,
)
from sensors.topic import TERRITORY_PATTERN

ASK_EVERY_US = 30 * SECOND_US  # births of a large node are large: a lossy line must not carry them all the time
N_RECENT = 32  # messages back to which a repetition is recognised
SEQUENCES = 256
LONGEST_MESSAGE_ID = 128
SESSION = "sparkplug:"  # begins the name of a node's count


class Node(msgspec.Struct, frozen=True):
    """What is known of an edge node.

    `seq` is that of the last message, None where the next may have any. `is_alive`: born and not known to be dead.
    `is_sure`: since the node's birth nothing is missing. `devices` have births in force. `recent` holds digests of the
    last messages, `asked_at_us` is when a rebirth was last asked for, 0 for never. `number` is that of the last message
    in the count of all that the node sent since `counted_from_us`, missing ones included.
    """

    bd_seq: int | None = None
    seq: int | None = None
    is_alive: bool = False
    is_sure: bool = False
    devices: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    asked_at_us: int = 0
    number: int = 0
    counted_from_us: int = 0


@dataclass(frozen=True, slots=True)
class Naming:
    """How devices and territories are called after a topic.

    Ids of devices are unique within their edge node only: where that matters, `is_device_unique` False makes the
    external id `node:device`. `is_group_territory` takes the group for the territory's slug.
    """

    is_device_unique: bool = True
    is_group_territory: bool = False

    def external_id(self, address: Address, device: str) -> str:
        """Give the external id of a device, or of the node where `device` is "". Raises DecodeError."""
        if not device:
            return external_id(address.node)
        return external_id(device if self.is_device_unique else f"{address.node}:{device}")

    def territory(self, address: Address) -> str | None:
        """Give the territory that the topic names, None where the source decides. Raises DecodeError."""
        if not self.is_group_territory:
            return None
        if re.fullmatch(TERRITORY_PATTERN, address.group) is None:
            raise DecodeError(Reason.UNKNOWN_TERRITORY, shown(address.group))
        return address.group


class Heard(msgspec.Struct, frozen=True):
    """A message with what is known of its sender."""

    naming: Naming
    received: Received
    address: Address
    payload: Payload
    records: Records
    node: Node

    @property
    def node_key(self) -> str:
        """Give the key of the node's record."""
        return f"{self.address.group}/{self.address.node}"

    def births_key(self, device: str) -> str:
        """Give the key of a device's births, or of the node's own for the device ""."""
        return f"{self.node_key}/{device}"

    @property
    def digest(self) -> str:
        """Give what tells this message from others."""
        content = self.received.topic.encode(errors="replace") + b"\0" + self.received.payload
        return blake2b(content, digest_size=8).hexdigest()

    @property
    def is_repeated(self) -> bool:
        """Say whether this very message came a moment ago: no birth has come between."""
        return self.digest in self.node.recent

    def take(self, births: Births) -> Taken:
        """Give what the metrics say, with these births."""
        return take_metrics(self.payload, births, self.received.received_at_us)


def bear_node(heard: Heard) -> Decoded:
    """Begin anew: everything known of the node and its devices is replaced by its birth."""
    births, uplinks = read_births(heard.payload), uplinks_of(heard, heard.take(NOTHING_BORN))
    if heard.received.is_retained:  # births are never retained by rule: nobody knows how old this one is
        return Decoded(uplinks)
    node = Node(find_bd_seq(heard.payload), heard.payload.seq, True, True, asked_at_us=heard.node.asked_at_us)
    node = count_on(heard, node)
    changes = forgotten(heard) | {heard.node_key: node, heard.births_key(""): births}
    facts = (*lost_with_node(heard), liveness(heard, "", "online"))
    return Decoded(uplinks, changes, (), facts)


def bury_node(heard: Heard) -> Decoded:
    """Believe a death only of the birth in force: the will of an earlier session may come late.

    Where it is not certain which birth that is, the births are forgotten all the same.
    """
    is_its_death = heard.node.is_alive and find_bd_seq(heard.payload) == heard.node.bd_seq
    if heard.node.is_sure and not is_its_death:
        return Decoded()
    before = heard.node
    node = Node(
        before.bd_seq, asked_at_us=before.asked_at_us, number=before.number, counted_from_us=before.counted_from_us
    )
    changes = forgotten(heard) | {heard.node_key: node}
    if not is_its_death:
        return Decoded((), changes)
    facts = (liveness(heard, "", "offline"), *lost_with_node(heard))
    return Decoded((), changes, (), facts)


def bear_device(heard: Heard) -> Decoded:
    """Take a device's birth: it stands as long as the sequence goes on, even where the node's own was missed."""
    births, uplinks = read_births(heard.payload), uplinks_of(heard, heard.take(NOTHING_BORN))
    if heard.is_repeated or heard.received.is_retained:
        return Decoded(uplinks)
    (node, changes), device = follow(heard), heard.address.device
    check_room(heard.records, heard.births_key(device))
    devices = node.devices if device in node.devices else (*node.devices, device)
    node = msgspec.structs.replace(node, devices=devices, recent=(heard.digest,))
    changes |= {heard.node_key: node, heard.births_key(device): births}
    decoded = Decoded(uplinks, changes, (), (liveness(heard, device, "online"),))
    return decoded if node.is_sure else ask_rebirth(heard, node, decoded)


def bury_device(heard: Heard) -> Decoded:
    """Forget a device's birth: it has to be born again before it may speak."""
    if heard.is_repeated or heard.received.is_retained:
        return Decoded()
    (node, changes), device = follow(heard), heard.address.device
    node = msgspec.structs.replace(node, devices=tuple(other for other in node.devices if other != device))
    changes |= {heard.node_key: node, heard.births_key(device): None}
    decoded = Decoded((), changes, (), (liveness(heard, device, "offline"),))
    return decoded if node.is_sure else ask_rebirth(heard, node, decoded)


def take_data(heard: Heard) -> Decoded:
    """Resolve data with the births in force; where none is, only what carries name and type itself is taken."""
    if heard.received.is_retained:
        return Decoded(uplinks_of(heard, heard.take(NOTHING_BORN)))
    node, changes = (heard.node, {}) if heard.is_repeated else follow(heard)
    taken = heard.take(births_in_force(heard, node))
    decoded = Decoded(uplinks_of(heard, taken), changes | {heard.node_key: node})
    return decoded if node.is_sure and taken.is_all_born else ask_rebirth(heard, node, decoded)


def follow(heard: Heard) -> tuple[Node, dict[str, Record | None]]:
    """Give the node after one more message, and what is forgotten where the sequence does not go on."""
    node, seq = heard.node, heard.payload.seq
    is_next = node.seq is not None and seq == (node.seq + 1) % SEQUENCES
    if is_next:
        recent = (*node.recent, heard.digest)[-N_RECENT:]
        return count_on(heard, msgspec.structs.replace(node, seq=seq, recent=recent)), {}
    node = msgspec.structs.replace(node, seq=seq, recent=(heard.digest,), is_sure=False, devices=())
    return count_on(heard, node), forgotten(heard)


def count_on(heard: Heard, node: Node) -> Node:
    """Give the node with the message's number in the count of all.

    One that is a little behind the last is taken for late. How many were lost before a birth nobody can know.
    """
    before, seq = heard.node, heard.payload.seq
    if not before.counted_from_us:
        return msgspec.structs.replace(node, number=0, counted_from_us=heard.received.received_at_us)
    ahead = 1
    if before.seq is not None and seq is not None and heard.address.kind != "NBIRTH":
        ahead = (seq - before.seq) % SEQUENCES
        ahead -= SEQUENCES * (ahead == 0 or ahead > SEQUENCES - N_RECENT)
    number = max(0, before.number + ahead)
    return msgspec.structs.replace(node, number=number, counted_from_us=before.counted_from_us)


def find_count(heard: Heard, decoded: Decoded) -> Decoded:
    """Add the message's place in its node's count; one that is repeated or retained has none."""
    node = decoded.changes.get(heard.node_key)
    is_counted = isinstance(node, Node) and heard.payload.seq is not None
    if not isinstance(node, Node) or not is_counted or (node.number, node.seq) == (heard.node.number, heard.node.seq):
        return decoded
    count = Count("sequence", f"{SESSION}{node.counted_from_us}", node.number, heard.received.received_at_us)
    counted = Counted(heard.naming.external_id(heard.address, ""), count, heard.naming.territory(heard.address))
    return msgspec.structs.replace(decoded, counted=counted)


def births_in_force(heard: Heard, node: Node) -> Births:
    """Give the births that data of this message's sender may be read with."""
    device = heard.address.device
    births = heard.records.get(heard.births_key(device))
    is_in_force = device in node.devices if device else node.is_sure
    return births if is_in_force and isinstance(births, Births) else NOTHING_BORN


def forgotten(heard: Heard) -> dict[str, Record | None]:
    """Give the births of the node and its devices as records to forget."""
    return {heard.births_key(device): None for device in ("", *heard.node.devices)}


def ask_rebirth(heard: Heard, node: Node, decoded: Decoded) -> Decoded:
    """Add the request for a rebirth, unless it was made a moment ago."""
    now_us, address = heard.received.received_at_us, heard.address
    if node.asked_at_us and 0 <= now_us - node.asked_at_us < ASK_EVERY_US:
        return msgspec.structs.replace(decoded, changes={**decoded.changes, heard.node_key: node})
    node = msgspec.structs.replace(node, asked_at_us=now_us)
    request = Request(f"{ROOT}/{address.group}/NCMD/{address.node}", rebirth_command(now_us))
    return msgspec.structs.replace(decoded, changes={**decoded.changes, heard.node_key: node}, requests=(request,))


def uplinks_of(heard: Heard, taken: Taken) -> tuple[Uplink, ...]:
    """Give the one uplink of a message, or none where its metrics say nothing that is measured."""
    address, naming = heard.address, heard.naming
    if not taken.columns and not taken.rejected:
        return ()
    return (
        Uplink(
            naming.external_id(address, address.device),
            taken.columns,
            taken.rejected,
            message_id(heard),
            taken.clock,
            naming.territory(address),
            external_id(address.node) if address.device else None,
        ),
    )


def message_id(heard: Heard) -> str | None:
    """Give node, bdSeq, seq and time: the numbers alone come again after 256 messages."""
    if heard.payload.seq is None:
        return None
    bd_seq = find_bd_seq(heard.payload) if heard.address.kind == "NBIRTH" else heard.node.bd_seq
    sent_at = "" if heard.payload.time_us is None else heard.payload.time_us // 1000
    return f"{external_id(heard.node_key)}:{bd_seq}:{heard.payload.seq}:{sent_at}"[-LONGEST_MESSAGE_ID:]


def liveness(heard: Heard, device: str, presence: Presence, through: str | None = None) -> Liveness:
    """State a fact at its arrival: the time in a node's death is that of the connection which it ends."""
    naming, address = heard.naming, heard.address
    return Liveness(
        naming.external_id(address, device), presence, heard.received.received_at_us, through, naming.territory(address)
    )


def lost_with_node(heard: Heard) -> tuple[Liveness, ...]:
    """State that the devices of a node are out of reach, after its death or until they are born again."""
    through = heard.naming.external_id(heard.address, "")
    return tuple(liveness(heard, device, "offline", through) for device in heard.node.devices)
