"""Answers that have not changed are not sent again: an ETag on every JSON answer, 304 where the client has it.

What is large goes compressed; its ETag is weak, because it names the content and not the bytes sent.
"""

import hashlib
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.packing import accepts_gzip, is_packable, pack

NOT_MODIFIED: dict[str, Any] = {"description": "Not modified since the answer with the ETag in `If-None-Match`"}
KEPT = (b"etag", b"link", b"vary", b"cache-control")


class Conditional:
    """Marks what is answered to GET with the hash of its bytes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            await self.app(scope, receive, Marking(scope, send).send)
        else:
            await self.app(scope, receive, send)


class Marking:
    """One answer: its head waits for its body, if that comes in one piece."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._wanted = Headers(scope=scope).get("if-none-match")
        self._send = send
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        """Send, or hold back the head until the body is there."""
        if message["type"] == "http.response.start" and is_markable(message):
            self._start = message
            return
        start, self._start = self._start, None
        if start is None:
            await self._send(message)
        elif message.get("more_body", False):
            await self._send(start)
            await self._send(message)
        else:
            await self._send_marked(start, message)

    async def _send_marked(self, start: Message, body: Message) -> None:
        etag = f'"{hashlib.blake2b(body["body"], digest_size=16).hexdigest()}"'
        headers, packable = MutableHeaders(scope=start), is_packable(self._scope, body["body"])
        headers["ETag"] = f"W/{etag}" if packable else etag
        if packable:
            headers.add_vary_header("Accept-Encoding")
        if self._wanted is not None and has_tag(self._wanted, etag):
            kept = [(name, value) for name, value in start["headers"] if name.lower() in KEPT]
            await self._send({"type": "http.response.start", "status": 304, "headers": kept})
            await self._send({"type": "http.response.body", "body": b""})
            return
        if packable and accepts_gzip(self._scope):
            body = {**body, "body": await pack(body["body"], headers)}
        await self._send(start)
        await self._send(body)


def is_markable(start: Message) -> bool:
    """Whether an answer is JSON, a success, and not marked by itself."""
    headers = Headers(raw=start["headers"])
    is_json = start["status"] == 200 and "json" in headers.get("content-type", "")
    return is_json and "etag" not in headers and "content-encoding" not in headers


def has_tag(wanted: str, etag: str) -> bool:
    """Whether a list of tags names this one, weakly or strongly, or any (RFC 9110, 13.1.2)."""
    return wanted.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in wanted.split(",")]


def describe_not_modified(document: dict[str, Any]) -> dict[str, Any]:
    """Add to an OpenAPI document that JSON answers to GET may be 304."""
    for methods in document["paths"].values():
        answers = methods.get("get", {}).get("responses", {})
        if any("json" in media_type for media_type in answers.get("200", {}).get("content", {})):
            answers["304"] = NOT_MODIFIED
    return document
