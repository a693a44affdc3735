"""The proxy of the fault tests, before a small echo server."""

import socket
import socketserver
import threading
from collections.abc import Iterator

import pytest

from tests.support.proxy import LOOPBACK, proxied


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while piece := self.request.recv(1024):
            self.request.sendall(piece)


@pytest.fixture
def echo_port() -> Iterator[int]:
    with socketserver.ThreadingTCPServer((LOOPBACK, 0), Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
        yield server.server_address[1]
        server.shutdown()


def connect(port: int) -> socket.socket:
    connection = socket.create_connection((LOOPBACK, port), timeout=5)
    connection.settimeout(5)
    return connection


def test_proxy_carries_both_ways(echo_port: int) -> None:
    with proxied(echo_port) as proxy, connect(proxy.port) as client:
        client.sendall(b"bonjour")
        assert client.recv(100) == b"bonjour"


def test_proxy_cuts_connections_and_refuses_new_ones_when_stopped(echo_port: int) -> None:
    with proxied(echo_port) as proxy, connect(proxy.port) as client:
        proxy.stop()
        assert client.recv(100) == b""
        with pytest.raises(ConnectionRefusedError):
            connect(proxy.port)


def test_proxy_carries_again_on_the_same_port_when_started_again(echo_port: int) -> None:
    with proxied(echo_port) as proxy:
        proxy.stop()
        proxy.start()
        with connect(proxy.port) as client:
            client.sendall(b"encore")
            assert client.recv(100) == b"encore"


def test_proxy_answers_nothing_while_paused_and_delivers_when_resumed(echo_port: int) -> None:
    with proxied(echo_port) as proxy, connect(proxy.port) as client:
        proxy.pause()
        client.sendall(b"attends")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(100)
        client.settimeout(5)
        proxy.resume()
        assert client.recv(100) == b"attends"
