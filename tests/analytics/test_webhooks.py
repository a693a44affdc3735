"""Webhooks: a real server on loopback that fails first, signatures checked by hand, addresses that are refused."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest

from analytics.webhook.job import WebhookReport, send_due
from sensors.webhook import AddressError, check_address, wait_after
from store.connect import connect
from store.webhooks import create_webhook, find_due, read_attempts, read_webhooks, revoke_webhook
from store.work_orders import Asked, NewOrder, OrderChange, change_order, open_order
from tests.support.judged_town import seed_judged_town

pytestmark = pytest.mark.services
BOSS = Asked("command of boss", "boss")


@dataclass
class Receiver:
    """What came, and how each is answered in turn; the last answer is given for ever."""

    answers: list[int]
    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    taken = Receiver([500, 302, 204])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            taken.headers.append(dict(self.headers))
            status = taken.answers.pop(0) if len(taken.answers) > 1 else taken.answers[0]
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - as in the standard library
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    taken.url = f"http://127.0.0.1:{server.server_port}/hook?town=1"
    yield taken
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_a_change_arrives_signed_after_a_server_that_failed_first(database_url: str, receiver: Receiver) -> None:
    """500, then a redirect that is not followed, then taken: three attempts in the log."""
    seed_judged_town(database_url)
    with connect(database_url, program="test", autocommit=True) as connection:
        number, secret = create_webhook(connection, "town", receiver.url, "boss")
        create_webhook(connection, "beside", receiver.url, "boss")
        open_order(connection, NewOrder(finding_id=1, note="à voir"), BOSS)
        now = datetime.now(UTC) + timedelta(seconds=1)
        for expected, wait_s in ((0, 30), (0, 120), (1, 0)):
            assert find_due(connection, now) == [number]
            assert send_due(connection, number, now) == WebhookReport(expected, 1 - expected)
            assert find_due(connection, now) == []
            now += timedelta(seconds=wait_s)
        attempts = read_attempts(connection, number, 10)
        assert [(one["attempt"], one["status"]) for one in attempts] == [(3, 204), (2, 302), (1, 500)]
        assert [(one["n_waiting"], one["n_given_up"]) for one in read_webhooks(connection)] == [(0, 0), (0, 0)]
    assert len({body for body in receiver.bodies}) == 1
    body = json.loads(receiver.bodies[2])
    assert (body["change"], body["work_order"]["note"], body["work_order"]["version"]) == ("open", "à voir", 1)
    assert len({one["Vigie-Delivery"] for one in receiver.headers}) == 1
    at, mark = (part.split("=")[1] for part in receiver.headers[2]["Vigie-Signature"].split(","))
    signed = at.encode() + b"." + receiver.bodies[2]
    assert mark == hmac.new(bytes.fromhex(secret), signed, hashlib.sha256).hexdigest()
    assert abs(int(at) - datetime.now(UTC).timestamp()) < 600


def test_what_is_gone_or_revoked_gets_nothing_more(database_url: str, receiver: Receiver) -> None:
    seed_judged_town(database_url)
    receiver.answers[:] = [410]
    with connect(database_url, program="test", autocommit=True) as connection:
        number, _ = create_webhook(connection, "town", receiver.url, "boss")
        order = open_order(connection, NewOrder(finding_id=1), BOSS)
        now = datetime.now(UTC) + timedelta(seconds=1)
        send_due(connection, number, now)
        assert read_webhooks(connection)[0]["n_given_up"] == 1
        change_order(connection, order["work_order_id"], OrderChange({}, "start"), BOSS)
        revoke_webhook(connection, number, "boss")
        change_order(connection, order["work_order_id"], OrderChange({}, "cancel"), BOSS)
        assert find_due(connection, now + timedelta(days=1)) == []
    assert len(receiver.bodies) == 1


def test_nobody_there_is_an_attempt_that_failed(database_url: str) -> None:
    seed_judged_town(database_url)
    with connect(database_url, program="test", autocommit=True) as connection:
        number, _ = create_webhook(connection, "town", "http://127.0.0.1:1/", "boss")
        open_order(connection, NewOrder(finding_id=1), BOSS)
        send_due(connection, number, datetime.now(UTC) + timedelta(seconds=1))
        (attempt,) = read_attempts(connection, number, 10)
    assert attempt["status"] is None
    assert attempt["error"].startswith("ConnectionRefusedError")


def test_an_order_that_is_rolled_back_is_told_to_nobody(database_url: str) -> None:
    seed_judged_town(database_url)
    with connect(database_url, program="test") as connection:
        create_webhook(connection, "town", "http://127.0.0.1:1/", "boss")
        with connection.transaction():
            open_order(connection, NewOrder(finding_id=1), BOSS)
            raise psycopg.Rollback
        assert find_due(connection, datetime.now(UTC) + timedelta(days=1)) == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://cmms.example.org/",
        "gopher://127.0.0.1/",
        "//cmms.example.org/",
        "https://",
        "https://user:word@cmms.example.org/",
        "https://cmms.example.org/#a",
        "https://cmms.example.org:99999/",
        "https://cmms.example.org/a b",
        "https://cmms.example.org/\r\nX: y",
        "https://cmms.example.org/é",
        "https://[::1",
        "https://cmms.example.org/" + "a" * 500,
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(AddressError):
        check_address(url)


def test_it_is_tried_for_two_days() -> None:
    waits = [wait_after(n) for n in range(1, 11)]
    assert waits[-1] is None
    told = [wait for wait in waits if wait is not None]
    assert told == sorted(told)
    assert 86_400 < sum(told) < 3 * 86_400
