"""What the client tries again, and how often; a server on loopback answers as it is told."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from vigie_client.errors import FaultError, RefusedError
from vigie_client.transport import LONGEST_WAIT_S, Transport, wait_s

PROBLEM = json.dumps({"detail": "wait a little"}).encode()


class Told(HTTPServer):
    """Answers with the statuses of a list, then with 200; keeps what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.statuses: list[int] = []
        self.asked: list[tuple[str, str, str | None, bytes]] = []


class Answering(BaseHTTPRequestHandler):
    server: Told

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.asked.append((self.command, self.path, self.headers.get("idempotency-key"), body))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        self.send_response(status)
        self.send_header("Retry-After", "7")
        self.send_header("Content-Length", str(len(PROBLEM)))
        self.end_headers()
        self.wfile.write(PROBLEM)

    do_GET = do_POST = answer  # noqa: N815  # names that http.server wants

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Told]:
    with Told() as told:
        thread = threading.Thread(target=told.serve_forever)
        thread.start()
        yield told
        told.shutdown()
        thread.join(10)


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def transport(server: Told, waits: list[float]) -> Iterator[Transport]:
    made = Transport(f"http://127.0.0.1:{server.server_port}", "vg_x", sleep=waits.append)
    yield made
    made.close()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_will_pass_is_asked_again_after_as_long_as_the_server_says(
    server: Told, transport: Transport, waits: list[float], status: int
) -> None:
    server.statuses = [status, status]
    assert transport.get("/v1/assets", {"limit": 1}) == PROBLEM
    assert [asked[1] for asked in server.asked] == ["/v1/assets?limit=1"] * 3
    assert waits == [7.0, 7.0]


def test_a_write_is_repeated_with_the_same_key_and_body(server: Told, transport: Transport) -> None:
    server.statuses = [503]
    transport.write("POST", "/v1/x", {"a": 1}, {"Idempotency-Key": "k"})
    assert server.asked == [("POST", "/v1/x", "k", b'{"a":1}')] * 2


def test_a_write_that_cannot_be_known_again_is_not_repeated(server: Told, transport: Transport) -> None:
    server.statuses = [503]
    with pytest.raises(FaultError, match="wait a little"):
        transport.write("POST", "/v1/x", {}, {}, is_repeatable=False)
    assert len(server.asked) == 1


def test_after_some_tries_the_servers_sentence_is_raised(server: Told, transport: Transport) -> None:
    server.statuses = [503] * 9
    with pytest.raises(FaultError, match="wait a little"):
        transport.get("/v1/x")
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [400, 401, 404, 409, 412, 422])
def test_a_refusal_is_not_asked_again(server: Told, transport: Transport, status: int) -> None:
    server.statuses = [status]
    with pytest.raises(RefusedError) as refused:
        transport.get("/v1/x")
    assert (refused.value.status, refused.value.detail, len(server.asked)) == (status, "wait a little", 1)


def test_waits_grow_and_end() -> None:
    for n_tried in (1, 2, 3):
        assert 0.25 * 2 ** (n_tried - 1) <= wait_s(n_tried, None) <= 0.5 * 2 ** (n_tried - 1)
    assert wait_s(1, "3600") == LONGEST_WAIT_S
    assert 0 < wait_s(1, "Sat, 1 Jan 2028 00:00:00 GMT") <= 0.5
