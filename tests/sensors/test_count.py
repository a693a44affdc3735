"""Where a message stands in its sender's count: which formats say it, and Sparkplug's numbers over 255."""

import json

from hypothesis import given
from hypothesis import strategies as st

from sensors.formats.chirpstack import FORMAT as CHIRPSTACK
from sensors.formats.native import FORMAT as NATIVE
from sensors.formats.sparkplug_b import STATEFUL_FORMAT
from sensors.formats.the_things_stack import FORMAT as STACK
from sensors.measurement import Count
from sensors.sparkplug_host import N_RECENT
from sensors.stateful import Counted
from tests.support.lorawan import ARRIVAL_US, AT_US, a_chirpstack_event, a_stack_message, chirpstack_topic
from tests.support.sparkplug import NOW_US, Host, a_payload, bd_seq

TOPIC = "vigie/town/d-1/up"


def native(**fields: object) -> Count | None:
    payload = json.dumps({"values": {"voltage": 230.0}, **fields}).encode()
    (uplink,) = NATIVE.decode(TOPIC, payload, ARRIVAL_US)
    return uplink.count


def test_chirpstack_counts_frames_in_the_session_of_the_address() -> None:
    payload = json.dumps(a_chirpstack_event(object={"co2": 600})).encode()
    (uplink,) = CHIRPSTACK.decode(chirpstack_topic(), payload, ARRIVAL_US)
    assert uplink.count == Count("frame_counter", "0100001c", 28, AT_US)


def test_the_first_frame_is_0_and_left_out_on_the_wire() -> None:
    payload = json.dumps(a_chirpstack_event(fCnt=None, object={"co2": 600})).encode()
    (uplink,) = CHIRPSTACK.decode(chirpstack_topic(), payload, ARRIVAL_US)
    assert uplink.count is not None
    assert uplink.count.number == 0


def test_the_things_stack_counts_frames_in_the_session_of_the_key() -> None:
    payload = json.dumps(a_stack_message(decoded_payload={"co2": 600})).encode()
    (uplink,) = STACK.decode("v3/app@ttn/devices/dev1/up", payload, ARRIVAL_US)
    assert uplink.count == Count("frame_counter", "AXA50tHUGUucuzS/bCGMNw==", 5, AT_US)


def test_what_a_person_made_up_counts_nothing() -> None:
    payload = json.dumps({**a_stack_message(decoded_payload={"co2": 600}), "simulated": True}).encode()
    (uplink,) = STACK.decode("v3/app@ttn/devices/dev1/up", payload, ARRIVAL_US)
    assert uplink.count is None
    assert native(seq=4, simulated=True) is None


def test_native_sequence_is_counted_when_the_message_was_sent() -> None:
    assert native(seq=7) == Count("sequence", "", 7, ARRIVAL_US)
    assert native(seq=7, at=ARRIVAL_US // 1_000_000 - 60) == Count("sequence", "", 7, ARRIVAL_US - 60_000_000)


def test_anything_else_called_seq_is_left_aside() -> None:
    assert [native(seq=odd) for odd in (None, "7", 7.5, -1, True, [1], 2**60)] == [None] * 7


class Node:
    """An edge node heard message by message; each gives its number in the count of all."""

    def __init__(self) -> None:
        self.host, self.n = Host(STATEFUL_FORMAT), 0

    def send(self, seq: int | None, kind: str = "NDATA", *, is_retained: bool = False) -> Counted | None:
        self.n += 1
        metrics = [bd_seq(7)] if kind != "NDATA" else []
        payload = a_payload(seq, *metrics, at_ms=NOW_US // 1000 + self.n)
        return self.host.hear(f"spBv1.0/town/{kind}/gw", payload, NOW_US + self.n, is_retained=is_retained).counted

    def numbers(self, *seqs: int) -> list[int | None]:
        counted = [self.send(seq) for seq in seqs]
        return [None if one is None else one.count.number for one in counted]


def test_sparkplug_counts_over_255_births_and_what_is_missing() -> None:
    node = Node()
    born = node.send(0, "NBIRTH")
    assert born is not None
    assert (born.device, born.count.basis, born.count.number) == ("gw", "sequence", 0)
    assert node.numbers(1, 2, 200, 255, 0, 1) == [1, 2, 200, 255, 256, 257]
    again = node.send(0, "NBIRTH")
    assert again is not None
    assert again.count.number == 258
    assert again.count.session == born.count.session


def test_sparkplug_death_keeps_the_count() -> None:
    node = Node()
    node.send(0, "NBIRTH")
    assert node.numbers(1) == [1]
    assert node.send(None, "NDEATH") is None
    born = node.send(0, "NBIRTH")
    assert born is not None
    assert born.count.number == 2


def test_sparkplug_message_out_of_order_keeps_its_own_number() -> None:
    node = Node()
    node.send(0, "NBIRTH")
    assert node.numbers(1, 3, 2, 4) == [1, 3, 2, 4]


def test_retained_message_has_no_place() -> None:
    node = Node()
    node.send(0, "NBIRTH")
    assert node.send(9, is_retained=True) is None


@given(st.lists(st.integers(1, 256 - N_RECENT), min_size=1, max_size=50))
def test_sparkplug_numbers_are_those_sent_whatever_is_lost(steps: list[int]) -> None:
    """Promise: as long as fewer than 224 in a row are lost, the count is that of the node."""
    node, sent, expected = Node(), 0, []
    node.send(0, "NBIRTH")
    for step in steps:
        sent += step
        expected.append(sent)
    assert node.numbers(*(number % 256 for number in expected)) == expected
