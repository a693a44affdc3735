"""A program's counters are served while it runs, and not where nobody asked for them."""

import urllib.request
from socket import create_connection, create_server
from types import SimpleNamespace

import pytest
from prometheus_client import CollectorRegistry, Counter

from store.counters import served


def free_port() -> int:
    with create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def test_counters_are_served_until_the_program_ends() -> None:
    registry = CollectorRegistry()
    Counter("vigie_jobs", "Jobs ended", registry=registry).inc(3)
    port = free_port()
    with (
        served(SimpleNamespace(registry=registry), port),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer,
    ):
        assert b"vigie_jobs_total 3.0" in answer.read()
    with pytest.raises(ConnectionRefusedError):
        create_connection(("127.0.0.1", port), timeout=10)


def test_port_0_serves_nothing() -> None:
    with served(SimpleNamespace(), 0):  # what is asked for its registry would fail
        pass
