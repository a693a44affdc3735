"""Counters of a program, served for Prometheus."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from prometheus_client import CollectorRegistry, start_http_server


class HasRegistry(Protocol):
    """What keeps its counters in a registry of its own."""

    @property
    def registry(self) -> CollectorRegistry: ...


@contextmanager
def served(counters: HasRegistry, port: int) -> Iterator[None]:
    """Serve the counters for Prometheus on loopback while in use; port 0 serves nothing."""
    if port == 0:
        yield
        return
    server, thread = start_http_server(port, "127.0.0.1", counters.registry)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
