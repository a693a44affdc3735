"""Who sends during a run: gateways that keep what has no receipt, and one that keeps nothing."""

import threading
import time
from collections import deque
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from simulators.outbox import Counts
from simulators.publisher import Publisher
from tests.faults.stream import TERRITORY, Stream

PATIENCE_S = 2.0
WINDOW_N = 2000
PASSING_PAUSE_S = 0.02


class KeepingGateways:
    """Send messages 0, 1, 2 … until told to stop, and keep each until it is receipted.

    `rate_per_s` bounds how fast they send [1/s]; without it the window of unreceipted messages does.
    """

    def __init__(self, mqtt_url: str, stream: Stream, rate_per_s: float | None = None) -> None:
        self.stream = stream
        self.publisher = Publisher(mqtt_url, "gateways", TERRITORY, WINDOW_N, PATIENCE_S)
        self.n_sent = 0
        self.failure: BaseException | None = None
        self._period_s = 0.0 if rate_per_s is None else 1 / rate_per_s
        self._stop = threading.Event()
        self._limit = stream.n_most
        self._thread = threading.Thread(target=self._run, name="gateways", daemon=True)

    @property
    def counts(self) -> Counts:
        return self.publisher.outbox.counts

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def waiting(self) -> set[int]:
        """Give the numbers of the messages without a receipt."""
        return {int(name.rpartition("-")[2]) for name in self.publisher.outbox.names()}

    def finish(self, n_messages: int, timeout_s: float) -> None:
        """Send up to `n_messages` in all, and wait until each is receipted. Fails where one is not in time."""
        self._limit = n_messages
        self._thread.join(timeout_s)
        if self.failure is not None:
            raise self.failure
        assert not self._thread.is_alive(), f"{len(self.waiting())} messages have no receipt after {timeout_s:g} s"

    def end(self) -> None:
        """Stop wherever they are."""
        self._stop.set()
        self._thread.join(30)

    def _run(self) -> None:
        try:
            with self.publisher:
                self._send_all()
                while not self._stop.is_set() and len(self.publisher.outbox):
                    self.publisher.drain(0.5)
        except Exception as failure:  # noqa: BLE001  # handed to the thread that asks for the end
            self.failure = failure

    def _send_all(self) -> None:
        begun_s = time.monotonic()
        while not self._stop.is_set() and self.n_sent < self._limit:
            self.publisher.publish(self.stream.message(self.n_sent))
            self.n_sent += 1
            self._stop.wait(max(0.0, begun_s + self.n_sent * self._period_s - time.monotonic()))


class PassingGateway:
    """Sends at QoS 1 and forgets what the broker has acknowledged, as most gateways do."""

    def __init__(self, mqtt_url: str, stream: Stream) -> None:
        address = urlsplit(mqtt_url)
        self.stream = stream
        self.acknowledged: set[int] = set()
        self.n_sent = 0
        self._number_by_mid: dict[int, int] = {}
        self._answered: deque[int] = deque()
        self._stop = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, "passing", protocol=mqtt.MQTTv5)
        self._client.username_pw_set(address.username or "", address.password)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = self._on_publish
        self._client.connect(address.hostname or "", address.port or 1883)
        self._thread = threading.Thread(target=self._run, name="passing gateway", daemon=True)

    def __enter__(self) -> Self:
        self._client.loop_start()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Stop sending, and leave when what it holds is acknowledged or half a minute has passed."""
        self._stop.set()
        self._thread.join()
        deadline = time.monotonic() + 30
        while self._note() < self.n_sent and time.monotonic() < deadline:
            time.sleep(PASSING_PAUSE_S)
        self._client.disconnect()
        self._client.loop_stop()

    def _run(self) -> None:
        while not self._stop.wait(PASSING_PAUSE_S):
            self._note()
            message = self.stream.passing(self.n_sent)
            self._number_by_mid[self._client.publish(message.topic, message.payload, qos=1).mid] = self.n_sent
            self.n_sent += 1

    def _note(self) -> int:
        """Note what was acknowledged, and give how much that is by now. Only the thread that sends may call it."""
        while self._answered:
            self.acknowledged.add(self._number_by_mid.pop(self._answered.popleft()))
        return len(self.acknowledged)

    def _on_publish(self, _client: mqtt.Client, _userdata: Any, mid: int, *_: Any) -> None:
        self._answered.append(mid)  # the library holds a lock of its own here: whoever waits would stop it
