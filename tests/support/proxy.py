"""A TCP proxy before a real server, to cut and to freeze connections in fault tests."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOPBACK = "127.0.0.1"
PIECE_BYTES = 65_536
POLL_S = 0.05


class Proxy:
    """Listens on a port of its own and carries bytes to and from a server on the loopback.

    `stop` cuts all connections and refuses new ones; `pause` accepts but carries nothing; `start` and `resume` heal.
    `cut` and `cut_after` cut what is connected and let it come again. The port stays the same throughout. While
    `is_server_mute` or `is_client_mute`, what that side says is lost on the way. `address` is where it listens.
    """

    def __init__(self, server_port: int, address: str = LOOPBACK) -> None:
        self.server_port = server_port
        self.address = address
        self.is_server_mute = False
        self.is_client_mute = False
        with socket.socket() as probe:
            probe.bind((address, 0))
            self.port = int(probe.getsockname()[1])
        self._flowing = threading.Event()
        self._running = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._left: int | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to listen and to carry."""
        listener = socket.create_server((self.address, self.port))
        listener.settimeout(POLL_S)
        self._running.set()
        self._flowing.set()
        self._spawn(self._listen, listener)

    def stop(self) -> None:
        """Cut every connection and stop listening; returns when all is closed."""
        self._running.clear()
        while thread := self._take_thread():
            self.cut()
            thread.join()

    def pause(self) -> None:
        """Carry nothing more, but keep connections open and accept new ones."""
        self._flowing.clear()

    def resume(self) -> None:
        """Carry again."""
        self._flowing.set()

    def cut(self) -> None:
        """Cut every connection, also one whose reader has stopped reading; new ones are welcome."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # closed by the other side meanwhile
                    connection.shutdown(socket.SHUT_RDWR)

    def cut_after(self, n_bytes: int) -> None:
        """Cut every connection when so many more bytes have passed, wherever in a message that may be."""
        with self._lock:
            self._left = n_bytes

    def _spawn(self, target: Callable[[socket.socket], None], connection: socket.socket) -> None:
        thread = threading.Thread(target=target, args=(connection,), name="proxy", daemon=True)
        with self._lock:  # `stop` must not join a thread that is not started yet
            self._threads = [one for one in self._threads if one.is_alive()]
            self._threads.append(thread)
            thread.start()

    def _take_thread(self) -> threading.Thread | None:
        with self._lock:
            return self._threads.pop() if self._threads else None

    def _listen(self, listener: socket.socket) -> None:
        with listener:
            while self._running.is_set():
                with contextlib.suppress(TimeoutError):
                    client, _ = listener.accept()
                    self._spawn(self._carry, client)

    def _carry(self, client: socket.socket) -> None:
        with client:
            try:
                server = socket.create_connection((LOOPBACK, self.server_port))
            except OSError:
                return  # the server is away: the client sees its connection closed
            with server, contextlib.suppress(OSError), self._registered(client, server):
                while self._running.is_set():
                    if not self._flowing.wait(POLL_S):
                        continue
                    for source in select.select([client, server], [], [], POLL_S)[0]:
                        piece = source.recv(PIECE_BYTES)
                        if not piece:
                            return
                        is_lost = self.is_server_mute if source is server else self.is_client_mute
                        if not is_lost:
                            self._pass_on(piece, client if source is server else server)

    @contextmanager
    def _registered(self, *connections: socket.socket) -> Iterator[None]:
        """Keep connections where `cut` finds them."""
        with self._lock:
            self._open.update(connections)
        try:
            yield
        finally:
            with self._lock:
                self._open.difference_update(connections)

    def _pass_on(self, piece: bytes, to: socket.socket) -> None:
        """Send as much as may still pass, then cut."""
        with self._lock:
            n_bytes = len(piece) if self._left is None else min(self._left, len(piece))
            is_over = n_bytes == self._left
            self._left = None if self._left is None or is_over else self._left - n_bytes
        to.sendall(piece[:n_bytes])
        if is_over:
            self.cut()


@contextmanager
def proxied(server_port: int) -> Iterator[Proxy]:
    """Run a proxy before the server at this port of the loopback."""
    proxy = Proxy(server_port)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
