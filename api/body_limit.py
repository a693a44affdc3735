"""No request holds more memory than the largest body that any route takes."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 16 << 20
TOO_LARGE = f"the body is longer than {MOST_BYTES:,} bytes: send it in several requests"


class BodyLimit:
    """Ends a request with 413 as soon as its body, declared or come so far, is longer than any route takes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        is_too_long = declared.isdecimal() and int(declared[:20]) > MOST_BYTES
        n_bytes = 0

        async def receive_counted() -> Message:
            nonlocal n_bytes
            if is_too_long:
                raise HTTPException(413, TOO_LARGE)
            message = await receive()
            n_bytes += len(message.get("body", b""))
            if n_bytes > MOST_BYTES:
                raise HTTPException(413, TOO_LARGE)
            return message

        await self.app(scope, receive_counted, send)
