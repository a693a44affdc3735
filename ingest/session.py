"""The session with a broker: the network thread.

Messages go to the inbox as they come. They are acknowledged from this thread, in the order of their arrival, after
their commit, and only over the connection that brought them. When too many are unfinished, the socket is not read.
"""

import contextlib
import queue
import random
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

import structlog

from ingest.arrival import Chunk
from ingest.backoff import Backoff
from ingest.broker import Broker
from ingest.client import NO_SHARES, TappedClient, needs_shares
from ingest.counters import Counters
from ingest.drain import Drain
from ingest.errors import ProtocolError, RefusedError
from ingest.health import Health
from ingest.tap import Tap
from ingest.window import Window
from ingest.worker import Done

LOG = structlog.get_logger()
LOOK_AFTER_S = 1.0
GOODBYE_S = 2.0
STEADY_S = 5.0


class Session:
    """A persistent session.

    `run` is the network thread; `hand_back`, `finish` and `close` may be called from others.
    """

    def __init__(
        self, broker: Broker, topic_filters: Sequence[str], inbox: "queue.SimpleQueue[Chunk | None]", counters: Counters
    ) -> None:
        self._broker = broker
        self._topic_filters = topic_filters
        self._inbox = inbox
        self._counters = counters
        self.health = Health()
        self._has_mqtt5 = broker.has_mqtt5
        self._client = self._make_client()
        self._done: deque[Done] = deque()
        self._window = Window(broker)
        self._wake, self._waker = socket.socketpair()
        self._wake.setblocking(False)
        self._waker.setblocking(False)
        self._finishing = threading.Event()
        self._closing = threading.Event()
        self._is_inbox_closed = False
        self._backoff = Backoff()
        self._chance = random.Random()
        self._refusal: RefusedError | None = None
        self._drain = Drain()
        self.is_drained = False
        self._connected_at: float | None = None
        self._is_kept = False
        self._stamp_us = 0
        self._look_after_at = 0.0
        self._ping_at = 0.0

    def run(self) -> None:
        """Keep the connection, hand messages on, acknowledge what is finished; until closed.

        Raises
        ------
        RefusedError
            The broker does not want us, and trying again is of no use.
        """
        try:
            while not self._closing.is_set() and self._refusal is None:
                self._serve()
                self._pause()
            self._say_goodbye()
        finally:
            self._close_inbox()
            self._counters.unfinished.dec(self._window.n_messages)
            self._client.abort()
            self._wake.close()
            self._waker.close()
        if self._refusal is not None:
            raise self._refusal

    def hand_back(self, done: Done) -> None:
        """Have these messages acknowledged and their receipts published."""
        self._done.append(done)
        self._wake_up()

    def finish(self) -> None:
        """Take no more messages; the inbox gets None after the last one."""
        self._finishing.set()
        self._wake_up()

    def close(self) -> None:
        """Acknowledge what was handed back, and leave. The broker keeps the session."""
        self._closing.set()
        self._wake_up()

    def _serve(self) -> None:
        """Connect, and stay until the connection ends."""
        try:
            if self._client.has_mqtt5 and not self._has_mqtt5:
                self._client = self._make_client()
            self._client.open()
            while (tap := self._client.tap) is not None and not self._closing.is_set():
                self._turn(tap)
        except (OSError, ProtocolError) as error:
            LOG.warning("broker_unreachable", error=str(error))
            self.health.lose(str(error))
            self._client.abort()

    def _turn(self, tap: Tap) -> None:
        """Wait for something to do, and do it."""
        is_reading = self._is_reading()
        sources: list[Any] = [self._wake, tap] if is_reading else [self._wake]
        sinks = [tap] if self._client.want_write() else []
        timeout_s = 0.0 if is_reading and tap.pending() else LOOK_AFTER_S
        readable, writable, _ = select.select(sources, sinks, [], timeout_s)
        if self._wake in readable:
            self._drain_wake()
        self._take_back()
        if tap in readable or timeout_s == 0.0:
            self._read(tap)
        if writable and self._client.tap is tap:
            self._client.loop_write()
        self._look_after(is_reading)

    def _is_reading(self) -> bool:
        """Say whether there is room for more; before the session stands, its own packets must be read."""
        if self._connected_at is None:
            return True
        return self._window.has_room and not self._finishing.is_set()

    def _read(self, tap: Tap) -> None:
        arrivals, n_bytes = tap.fill(self._stamp)
        if arrivals:
            self._stamp_us += len(arrivals)
            self._counters.received.inc(len(arrivals))
            self._counters.bytes.inc(n_bytes)
            self._counters.unfinished.inc(len(arrivals))
            self.health.last_message_at_us = self._stamp_us
            self._drain.hear(time.monotonic())
            chunk = Chunk(tap.generation, arrivals, n_bytes)
            self._window.add(chunk)
            self._inbox.put(chunk)
        while tap.has_control and self._client.tap is tap:
            self._client.loop_read()

    def _stamp(self) -> int:
        """Give the present in microseconds since 1970 UTC, later than any stamp given before."""
        self._stamp_us = max(time.time_ns() // 1000, self._stamp_us + 1)
        return self._stamp_us

    def _take_back(self) -> None:
        """Acknowledge what was handed back, in the order in which it came, and publish the receipts."""
        if self._finishing.is_set():
            self._close_inbox()
        while self._done:
            done = self._done.popleft()
            for chunk in self._window.settle(done.chunks):
                self._counters.unfinished.dec(len(chunk.arrivals))
                self._acknowledge(chunk)
            for reply in done.replies:
                self._counters.receipts_dropped.inc(not self._client.reply(reply))

    def _acknowledge(self, chunk: Chunk) -> None:
        mids = [arrival.mid for arrival in chunk.arrivals if arrival.mid]
        if chunk.generation != self._client.generation or self._client.tap is None:
            self._counters.stale.inc(len(mids))  # the broker sends them again over the next connection
        elif mids:
            self._client.acknowledge(mids)
            self._counters.acked.inc(len(mids))

    def _look_after(self, is_reading: bool) -> None:
        """Keep the connection alive; while nothing is read, no answer can be expected."""
        now = time.monotonic()
        if now < self._look_after_at or self._client.tap is None:
            return
        self._look_after_at = now + LOOK_AFTER_S
        if self._broker.is_ending:
            self._end_if_empty(now)
        if is_reading:
            self._client.loop_misc()
        elif now >= self._ping_at:
            self._ping_at = now + self._client.keepalive / 2
            self._client.ping()

    def _end_if_empty(self, now: float) -> None:
        """Leave for good if the broker keeps nothing more for this session, else ask it once more."""
        if self._drain.is_over(now):
            self._closing.set()
        elif self._drain.may_ask:
            self._ask_for_end(now, is_first=False)

    def _ask_for_end(self, now: float, *, is_first: bool) -> None:
        self._drain.ask(now, is_idle=self._window.n_messages == 0, is_first=is_first)
        self._client.end_subscriptions()

    def _pause(self) -> None:
        """Wait before the next attempt; a connection that stood for a while makes for a short wait."""
        now = time.monotonic()
        if self._connected_at is not None and now - self._connected_at > STEADY_S:
            self._backoff = self._backoff.succeeded()
        self._connected_at = None
        self._backoff = self._backoff.failed(now, self._chance)
        while not self._closing.is_set() and self._refusal is None:
            remaining_s = self._backoff.remaining_s(time.monotonic())
            if remaining_s == 0.0:
                return
            select.select([self._wake], [], [], remaining_s)
            self._drain_wake()
            self._take_back()

    def _say_goodbye(self) -> None:
        """Send what is to be sent, within a time, and leave in peace."""
        self._take_back()
        if self._client.tap is not None:
            self._client.tell_state(is_online=False)
        deadline = time.monotonic() + GOODBYE_S
        while (tap := self._client.tap) is not None and self._client.want_write() and time.monotonic() < deadline:
            select.select([], [tap], [], 0.1)
            self._client.loop_write()
        if tap is not None:
            tap.is_leaving = True
            self.is_drained = self._broker.is_ending and self._drain.is_over(time.monotonic())
            if self.is_drained:
                self._client.leave_for_good()
            else:
                self._client.disconnect()
            self._client.abort()

    def _close_inbox(self) -> None:
        if not self._is_inbox_closed:
            self._is_inbox_closed = True
            self._inbox.put(None)

    def _wake_up(self) -> None:
        with contextlib.suppress(OSError):  # full: it will wake up anyway; closed: there is nobody to wake
            self._waker.send(b"!")

    def _drain_wake(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._wake.recv(4096):
                pass

    def _make_client(self) -> TappedClient:
        return TappedClient(self._broker, self._topic_filters, self, has_mqtt5=self._has_mqtt5)

    def connected(self, *, is_kept: bool) -> None:
        """See `Listener`."""
        self._connected_at = time.monotonic()
        self._is_kept = is_kept
        if self._broker.is_ending:
            self._ask_for_end(self._connected_at, is_first=True)

    def subscribed(self) -> None:
        """See `Listener`."""
        self.health.stand(is_kept=self._is_kept)

    def unsubscribed(self) -> None:
        """See `Listener`."""
        self.health.stand(is_kept=self._is_kept)
        self._drain.answer()

    def lacks_mqtt5(self) -> None:
        """See `Listener`."""
        if needs_shares(self._topic_filters):
            self.refused(NO_SHARES)
            return
        LOG.warning("broker_without_mqtt5")
        self._has_mqtt5 = False

    def refused(self, sentence: str) -> None:
        """See `Listener`."""
        self.health.lose(sentence)
        self._refusal = RefusedError(sentence)

    def disconnected(self, sentence: str, *, is_taken_over: bool) -> None:
        """See `Listener`."""
        self.health.lose(sentence)
        if is_taken_over and self._broker.ends_when_taken_over:
            self._closing.set()
