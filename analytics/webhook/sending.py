"""One message sent to one webhook: plain HTTP or HTTPS, signed, no redirect followed, no proxy, the answer not read."""

import http.client
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec

from sensors.webhook import DELIVERY, SIGNATURE, check_address, sign
from store.attempts import Attempt
from store.webhooks import Delivery

PATIENCE_S = 10.0
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Request:
    """A plain HTTP request."""

    method: str
    url: str
    body: bytes | None
    headers: Mapping[str, str]


def send(delivery: Delivery) -> Attempt:
    """Send, and say what came of it."""
    return attempt(lambda at: post(delivery, int(at.timestamp())))


def attempt(send_it: Callable[[datetime], int]) -> Attempt:
    """Have something sent, which gives a status; whatever goes wrong on the way is an attempt that failed."""
    at = datetime.now(UTC)
    began = time.monotonic()
    try:
        status = send_it(at)
        return Attempt(at, time.monotonic() - began, status)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"[:200]
        return Attempt(at, time.monotonic() - began, None, reason.replace("\x00", ""))


def post(delivery: Delivery, at_s: int) -> int:
    """Post the body and give the status."""
    body = msgspec.json.encode(delivery.body)
    headers = {**JSON, DELIVERY: str(delivery.delivery_id), SIGNATURE: sign(delivery.secret, at_s, body)}
    return call(Request("POST", delivery.url, body, headers))


def call(request: Request) -> int:
    """Send a request and give the status of the answer.

    Raises
    ------
    AddressError
        The address may not be called.
    OSError, HTTPException
        No answer came.
    """
    check_address(request.url)  # once more: the table may have been changed by hand
    parts = urlsplit(request.url)
    connection = open_connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(request.method, path, request.body, {"User-Agent": "Vigie", **request.headers})
        return connection.getresponse().status
    finally:
        connection.close()


def open_connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    """Prepare a connection; certificates are checked against those that the machine trusts."""
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=PATIENCE_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
