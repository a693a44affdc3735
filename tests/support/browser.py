"""A headless Chromium, and the real API with the built page served to it on a free port of loopback."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from api.app import create_app

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")
START_PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give a running browser; without one the test fails in continuous integration and is skipped elsewhere.

    For one module only: as long as Playwright runs, its event loop keeps the thread, and `asyncio.run` cannot start.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


def find_chromium() -> str:
    """Give the path of the browser, or end the test with a sentence."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    sentence = "no Chromium on this machine: `apt-get install chromium`"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


@contextmanager
def served(database_url: str) -> Iterator[str]:
    """Serve API and page while inside, and give their address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(database_url, n_connections=4), log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="api")
    thread.start()
    try:
        wait_until_started(server)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=START_PATIENCE_S)
        listener.close()
    assert not thread.is_alive(), "the API did not stop"


def wait_until_started(server: uvicorn.Server) -> None:
    """Wait until the server listens."""
    deadline = time.monotonic() + START_PATIENCE_S
    while not server.started:
        assert time.monotonic() < deadline, "the API did not start"
        time.sleep(0.02)
