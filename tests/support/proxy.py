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
    The port stays the same throughout.
    """

    def __init__(self, server_port: int) -> None:
        self.server_port = server_port
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            self.port = int(probe.getsockname()[1])
        self._flowing = threading.Event()
        self._running = threading.Event()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to listen and to carry."""
        listener = socket.create_server((LOOPBACK, self.port))
        listener.settimeout(POLL_S)
        self._running.set()
        self._flowing.set()
        self._spawn(self._listen, listener)

    def stop(self) -> None:
        """Cut every connection and stop listening; returns when all is closed."""
        self._running.clear()
        while thread := self._take_thread():
            thread.join()

    def pause(self) -> None:
        """Carry nothing more, but keep connections open and accept new ones."""
        self._flowing.clear()

    def resume(self) -> None:
        """Carry again."""
        self._flowing.set()

    def _spawn(self, target: Callable[[socket.socket], None], connection: socket.socket) -> None:
        thread = threading.Thread(target=target, args=(connection,), name="proxy", daemon=True)
        with self._lock:  # `stop` must not join a thread that is not started yet
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
            with server, contextlib.suppress(OSError):
                other = {client: server, server: client}
                while self._running.is_set():
                    if not self._flowing.wait(POLL_S):
                        continue
                    for source in select.select([client, server], [], [], POLL_S)[0]:
                        piece = source.recv(PIECE_BYTES)
                        if not piece:
                            return
                        other[source].sendall(piece)


@contextmanager
def proxied(server_port: int) -> Iterator[Proxy]:
    """Run a proxy before the server at this port of the loopback."""
    proxy = Proxy(server_port)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.stop()
