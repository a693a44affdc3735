"""A socket that keeps the application messages for us and shows the client library all other packets only."""

import contextlib
import socket
import ssl
from collections.abc import Callable

from ingest.arrival import Arrival
from ingest.wire import packet_size, split

READ_BYTES = 262_144
LEAVE_S = 1.0
# Brokers write each message by itself. While a short one is unconfirmed the broker's kernel holds back those after it
# (Nagle, RFC 896), and ours would wait for our next acknowledgement before it confirms. Linux only, and for one read.
CONFIRM_AT_ONCE = getattr(socket, "TCP_QUICKACK", None)
NOTHING_THERE = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Tap:
    """Wraps a connected, non-blocking socket as the client library wants it, for one connection."""

    def __init__(self, wrapped: socket.socket, generation: int, *, has_properties: bool) -> None:
        self.generation = generation
        self.is_ended = False
        self.is_leaving = False
        self._wrapped = wrapped
        wrapped.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._has_properties = has_properties
        self._control = b""
        self._pieces: list[bytes] = []
        self._size = 0
        self._needed = 0  # size of the packet that is not all there

    def fill(self, stamp: Callable[[], int]) -> tuple[list[Arrival], int]:
        """Read what is there, without waiting; give the messages and their bytes. Raises ProtocolError."""
        data = self._read()
        self._pieces.append(data)
        self._size += len(data)
        if self._size < max(self._needed, 2):
            return [], 0
        buffer = b"".join(self._pieces) if len(self._pieces) > 1 else data
        found = split(buffer, stamp(), has_properties=self._has_properties)
        rest = buffer[found.n_used :]
        self._control += found.control
        self._pieces, self._size, self._needed = [rest], len(rest), packet_size(rest)
        return found.arrivals, found.n_used

    @property
    def has_control(self) -> bool:
        """Say whether the client library has something to read: packets, or the end of the connection."""
        return bool(self._control) or self.is_ended

    def _read(self) -> bytes:
        try:
            data = self._wrapped.recv(READ_BYTES)
            if CONFIRM_AT_ONCE is not None:
                self._wrapped.setsockopt(socket.IPPROTO_TCP, CONFIRM_AT_ONCE, 1)
        except NOTHING_THERE:
            return b""
        except OSError:
            data = b""
        self.is_ended = not data
        return data

    def recv(self, size: int) -> bytes:
        """Give the library bytes of other packets; as from any socket, b"" means the connection has ended."""
        if not self._control:
            if self.is_ended:
                return b""
            raise BlockingIOError
        data, self._control = self._control[:size], self._control[size:]
        return data

    def send(self, data: bytes) -> int:
        """Send for the library."""
        return self._wrapped.send(data)

    def pending(self) -> int:
        """Count bytes that a TLS layer has decrypted already: no wait for the socket would tell of them."""
        return self._wrapped.pending() if isinstance(self._wrapped, ssl.SSLSocket) else 0

    def close(self) -> None:
        """Close the connection.

        When leaving in peace, what still comes is read and thrown away until the broker has closed its side: closing
        over unread bytes resets the connection, and the last acknowledgements with it.
        """
        if self.is_leaving and not self.is_ended:
            with contextlib.suppress(OSError):
                self._wrapped.settimeout(LEAVE_S)
                while self._wrapped.recv(READ_BYTES):
                    pass
        self.is_ended = True
        self._wrapped.close()

    def fileno(self) -> int:
        """Give the descriptor to wait for."""
        return self._wrapped.fileno()

    def setblocking(self, flag: bool) -> None:
        """Set whether reading waits."""
        self._wrapped.setblocking(flag)
