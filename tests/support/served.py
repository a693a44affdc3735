"""The real API, with the page if it is built, on a free port of loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import create_app
from api.page.tiles import Tiles
from api.security import Access
from tests.support.waiting import wait_until

START_PATIENCE_S = 20.0


def free_listener() -> tuple[socket.socket, str]:
    """Listen on a free port, for whoever must know the address before it is served."""
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def served(
    database_url: str,
    n_connections: int = 4,
    access: Access | None = None,
    listener: socket.socket | None = None,
    *,
    port: int = 0,
    tiles: Tiles | None = None,
) -> Iterator[str]:
    """Serve API and page while inside, on this listener, this port or any that is free, and give their address."""
    listener = listener or socket.create_server(("127.0.0.1", port))
    app = create_app(database_url, n_connections=n_connections, access=access)
    app.state.tiles = tiles or Tiles()
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="api")
    thread.start()
    try:
        wait_until(lambda: server.started, "the API listens", START_PATIENCE_S)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=START_PATIENCE_S)
        listener.close()
    assert not thread.is_alive(), "the API did not stop"
