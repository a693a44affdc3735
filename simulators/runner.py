"""Runs towns against a broker: back-fill, then live, each gateway keeping what has no receipt yet."""

import heapq
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from typing import Self

from paho.mqtt.client import MQTT_ERR_SUCCESS, MQTTMessageInfo

from simulators.edge_node import EdgeNodes
from simulators.gateway_sparkplug import ROOT, SparkplugGateway
from simulators.grid import DAY_S
from simulators.outbox import OutgoingMessage
from simulators.pace import Pace
from simulators.period import Period
from simulators.publisher import Publisher
from simulators.stream import Stream, Telegram

DRAIN_S = 120.0
GOODBYE_S = 5.0
PATIENCE_S = 30.0
ROOM_S = 0.5
ON_THEIR_WAY_N = 500


@dataclass(slots=True)
class Tally:
    """How far a run has come; `reached_s` is the instant (Unix seconds) up to which all has been handed over."""

    reached_s: int = 0
    n_messages: int = 0
    n_values: int = 0
    n_unreceipted: int = 0
    is_live: bool = False
    stored: int = 0
    duplicate: int = 0
    refused: dict[str, int] = field(default_factory=dict)


Report = Callable[[Tally], None]


class Runner:
    """Publishes the streams of one or more towns, each through its own connection.

    Use as a context manager; `run` returns when the period is over or `stop` is set.

    Raises
    ------
    simulators.publisher.PublisherError
        No broker answers, or it refuses us.
    """

    def __init__(self, streams: Sequence[Stream], mqtt_url: str, stop: threading.Event | None = None) -> None:
        self.streams = streams
        self.stop = stop or threading.Event()
        self.publishers = [
            Publisher(mqtt_url, f"simulate-{stream.town.slug}", stream.town.slug, patience_s=PATIENCE_S)
            for stream in streams
        ]
        self.tally = Tally()
        self.reached_s = [0] * len(streams)
        encoders = {id(encoder): encoder for stream in streams for encoder in stream.encoders}
        gateways = [encoder for encoder in encoders.values() if isinstance(encoder, SparkplugGateway)]
        self.edge_nodes = EdgeNodes(mqtt_url, gateways)
        self.on_their_way: deque[MQTTMessageInfo] = deque()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for publisher in self.publishers:
            self._stack.enter_context(publisher)
        return self

    def __exit__(self, *_: object) -> None:
        self.edge_nodes.close()
        self._stack.close()

    def run(self, period: Period, report: Report) -> Tally:
        """Publish the period, telling `report` how far it has come; a stopped run waits shortly for its receipts."""
        past = [peel(stream.telegrams(period.from_at, period.live_from, period.to_at)) for stream in self.streams]
        rest = []
        for number, (packed, live) in enumerate(past):
            self.send_past(number, packed, report)
            self.reach(number, int(period.live_from.timestamp()))
            rest.append(live)
        if not self.stop.is_set():
            self.tally.is_live = True
            pace = Pace(period.live_from.timestamp(), period.speed)
            self.send_live(rest, pace, report)
            self.wait(self.publishers[0], pace, int(period.to_at.timestamp()), report)
        for number in range(len(self.streams)):
            self.reach(number, int(period.to_at.timestamp()))
        self.finish()
        report(self.tally)
        return self.tally

    def reach(self, number: int, at_s: int) -> None:
        """Note how far a town has come, unless the run was stopped on the way."""
        if not self.stop.is_set():
            self.reached_s[number] = self.tally.reached_s = at_s

    def send_past(self, number: int, packed: Iterator[Telegram], report: Report) -> None:
        """Send packed messages as fast as receipts come; a day counts once its last message is handed over."""
        day = 0
        for telegram in packed:
            if self.stop.is_set():
                return
            if telegram.due_s // DAY_S > day:
                day = telegram.due_s // DAY_S
                self.reach(number, day * DAY_S)
                report(self.tally)
            self.hand_over(self.publishers[number], telegram)

    def send_live(self, rest: Sequence[Iterator[Telegram]], pace: Pace, report: Report) -> None:
        """Send each message when it is due, all towns by one clock."""
        by_town = [numbered(number, telegrams) for number, telegrams in enumerate(rest)]
        for due_s, number, telegram in heapq.merge(*by_town, key=lambda entry: entry[:2]):
            self.wait(self.publishers[number], pace, due_s, report)
            if self.stop.is_set():
                return
            self.hand_over(self.publishers[number], telegram)
            self.reach(number, due_s)

    def wait(self, publisher: Publisher, pace: Pace, due_s: int, report: Report) -> None:
        """Wait until an instant is due, sending again meanwhile what has no receipt."""
        while (left_s := pace.wait_s(due_s)) > 0.02 and not self.stop.is_set():
            report(self.tally)
            publisher.drain(min(left_s, 0.5))
            self.stop.wait(min(pace.wait_s(due_s), 0.5))

    def hand_over(self, publisher: Publisher, telegram: Telegram) -> None:
        """Give a message to its gateway; without an identity it is sent once, since no receipt can name it."""
        while len(publisher.outbox) >= publisher.window_n and not self.stop.is_set():
            publisher.drain(ROOM_S)  # not for ever: a run without an ingest must still end when told to
        if self.stop.is_set():
            return
        if telegram.message_id is None:
            self.send_once(publisher, telegram)
        else:
            publisher.publish(OutgoingMessage(telegram.topic, telegram.payload, telegram.message_id, telegram.gateway))
        self.tally.n_messages += 1
        self.tally.n_values += telegram.n_values
        self.tally.n_unreceipted = len(publisher.outbox)

    def send_once(self, publisher: Publisher, telegram: Telegram) -> None:
        """Publish without waiting for a receipt, a few hundred at most on their way to the broker."""
        if telegram.topic.startswith(f"{ROOT}/"):
            info = self.edge_nodes.send(telegram.topic, telegram.payload, self.stop)
        else:
            info = self.send_shared(publisher, telegram)
        if info is not None:
            self.on_their_way.append(info)
        while len(self.on_their_way) > ON_THEIR_WAY_N and not self.stop.is_set():
            while self.on_their_way and is_done(self.on_their_way[0]):
                self.on_their_way.popleft()
            self.stop.wait(0.005 if len(self.on_their_way) > ON_THEIR_WAY_N else 0)

    def send_shared(self, publisher: Publisher, telegram: Telegram) -> MQTTMessageInfo:
        """Publish over the connection of the town's gateways, once it stands."""
        while not publisher.client.is_connected() and not self.stop.is_set():
            publisher.drain(ROOM_S)  # raises where the broker refuses us
            self.stop.wait(ROOM_S)
        return publisher.client.publish(telegram.topic, telegram.payload, qos=telegram.qos)

    def finish(self) -> None:
        """Wait for the last receipts and add up what became of the messages."""
        for publisher in self.publishers:
            counts = publisher.drain(GOODBYE_S if self.stop.is_set() else DRAIN_S)
            self.tally.stored += counts.stored
            self.tally.duplicate += counts.duplicate
            for reason, n in counts.refused.items():
                self.tally.refused[reason] = self.tally.refused.get(reason, 0) + n
        self.tally.n_unreceipted = sum(len(publisher.outbox) for publisher in self.publishers)


def is_done(info: MQTTMessageInfo) -> bool:
    """Say whether a publish needs no more waiting: the broker has it, or the connection went."""
    return info.rc != MQTT_ERR_SUCCESS or info.is_published()


def numbered(number: int, telegrams: Iterator[Telegram]) -> Iterator[tuple[int, int, Telegram]]:
    """Put before each message when it is due and whose it is."""
    for telegram in telegrams:
        yield telegram.due_s, number, telegram


def peel(telegrams: Iterator[Telegram]) -> tuple[Iterator[Telegram], Iterator[Telegram]]:
    """Split a stream in two that must be read one after the other: the past, then what is live."""
    first_live: list[Telegram] = []

    def past() -> Iterator[Telegram]:
        for telegram in telegrams:
            if telegram.is_live:
                first_live.append(telegram)
                return
            yield telegram

    def live() -> Iterator[Telegram]:
        yield from chain(first_live, telegrams)

    return past(), live()
