"""Counters of the API for Prometheus: requests by route and status, their times, open streams, what was refused."""

import time
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUCKETS_S = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
Level = Callable[[], float]


class Levels(Collector):
    """What is read off when somebody asks: name and sentence to a function."""

    def __init__(self, gauges: Mapping[tuple[str, str], Level], counters: Mapping[tuple[str, str], Level]) -> None:
        self._gauges, self._counters = gauges, counters

    def collect(self) -> list[Metric]:
        """Read all of them off."""
        gauges = [GaugeMetricFamily(name, text, read()) for (name, text), read in self._gauges.items()]
        counters = [CounterMetricFamily(name, text, read()) for (name, text), read in self._counters.items()]
        return [*gauges, *counters]


class Metrics:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route")
        self._shown: dict[str, Gauge] = {}
        self._requests = Counter("vigie_api_requests", "Requests answered", (*labels, "status"), registry=self.registry)
        self._times = Histogram(
            "vigie_api_first_byte_seconds",
            "Time until an answer begins",
            labels,
            buckets=BUCKETS_S,
            registry=self.registry,
        )

    def watch(self, gauges: Mapping[tuple[str, str], Level], counters: Mapping[tuple[str, str], Level]) -> None:
        """Read these off too when somebody asks."""
        self.registry.register(Levels(gauges, counters))

    def show(self, gauges: Mapping[tuple[str, str], float]) -> None:
        """Set levels by name and sentence; those of earlier that are not among them stay."""
        for (name, text), value in gauges.items():
            if name not in self._shown:
                self._shown[name] = Gauge(name, text, registry=self.registry)
            self._shown[name].set(value)

    def note(self, scope: Scope, status: int, elapsed_s: float) -> None:
        """Count an answer; paths that nobody knows are one route, or they would be counters without end."""
        route = getattr(scope.get("route"), "path", "unknown")
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._times.labels(method, route).observe(elapsed_s)

    def write(self) -> bytes:
        """Write all counters as Prometheus reads them."""
        return generate_latest(self.registry)


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Measured:
    """Counts each answer as it begins."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def send_measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.metrics.note(scope, message["status"], time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, send_measured)
