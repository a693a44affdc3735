"""Brings messages to a broker faster than anything reads them: packets written whole (MQTT 3.1.1, QoS 1)."""

import socket
import struct
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from bench.ingest.messages import Message

WINDOW_N = 10_000
CHUNK_N = 500
PATIENCE_S = 60.0
CONNECT, PUBLISH_QOS1, DISCONNECT = b"\x10", b"\x32", b"\xe0\x00"
USER_PASSWORD_CLEAN = 0xC2
PUBACK_SIZE = 4


def load(mqtt_url: str, messages: Iterable[Message]) -> int:
    """Publish, wait for every acknowledgement, and give the number of messages. Raises OSError."""
    n = n_acknowledged = 0
    with connected(mqtt_url) as connection:
        pending: deque[bytes] = deque()
        for topic, payload in messages:
            pending.append(publish_packet(topic, payload, n % 65_535 + 1))
            n += 1
            if len(pending) == CHUNK_N:
                connection.sendall(b"".join(pending))
                pending.clear()
                while n - n_acknowledged > WINDOW_N:
                    n_acknowledged += read_acknowledgements(connection)
        connection.sendall(b"".join(pending))
        while n_acknowledged < n:
            n_acknowledged += read_acknowledgements(connection)
    return n


@contextmanager
def connected(mqtt_url: str) -> Iterator[socket.socket]:
    """A connection with a session of its own."""
    address = urlsplit(mqtt_url)
    with socket.create_connection((address.hostname, address.port or 1883), PATIENCE_S) as connection:
        fields = (b"bench-loader", unquote(address.username or "").encode(), unquote(address.password or "").encode())
        body = text(b"MQTT") + struct.pack("!BBH", 4, USER_PASSWORD_CLEAN, 0) + b"".join(map(text, fields))
        connection.sendall(CONNECT + size(len(body)) + body)
        if (answer := receive(connection, 4))[3] != 0:
            raise ConnectionRefusedError(f"the broker answers {answer[3]}")
        yield connection
        connection.sendall(DISCONNECT)


def read_acknowledgements(connection: socket.socket) -> int:
    """Wait for some, and give how many: a broker sends a publisher nothing else."""
    data = connection.recv(65_536)
    if not data:
        raise ConnectionResetError("the broker closed the connection")
    if rest := len(data) % PUBACK_SIZE:
        data += receive(connection, PUBACK_SIZE - rest)
    return len(data) // PUBACK_SIZE


def receive(connection: socket.socket, n: int) -> bytes:
    """Read exactly this many bytes."""
    data = b""
    while len(data) < n:
        if not (piece := connection.recv(n - len(data))):
            raise ConnectionResetError("the broker closed the connection")
        data += piece
    return data


def publish_packet(topic: bytes, payload: bytes, packet_id: int) -> bytes:
    """Write a PUBLISH of QoS 1 (MQTT 3.1.1, 3.3)."""
    body = text(topic) + packet_id.to_bytes(2, "big") + payload
    return PUBLISH_QOS1 + size(len(body)) + body


def text(data: bytes) -> bytes:
    """Put its length before a text (1.5.3)."""
    return len(data).to_bytes(2, "big") + data


def size(n: int) -> bytes:
    """Write a remaining length (2.2.3)."""
    written = bytearray()
    while True:
        n, low = divmod(n, 128)
        written.append(low | 0x80 if n else low)
        if not n:
            return bytes(written)
