"""An answer sent as it is made, in small parts; who takes nothing of it for a while is cut off."""

import asyncio
from collections.abc import AsyncGenerator, Mapping

import structlog
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

LOG = structlog.get_logger()
PART_BYTES = 1 << 16
PATIENCE_S = 60.0  # for a part


class Sending(Response):
    """Sends pieces; their generator is closed when the last one is sent, or nobody waits for it any longer."""

    def __init__(
        self,
        pieces: AsyncGenerator[bytes],
        media_type: str,
        headers: Mapping[str, str],
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.status_code = 200
        self.media_type = media_type
        self.background = None
        self.body = b""
        self._pieces, self._patience_s = pieces, patience_s
        self.init_headers({"content-type": media_type, **headers})
        if "content-length" in self.headers:
            del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for piece in self._pieces:
                for begin in range(0, len(piece), PART_BYTES):
                    part = {"type": "http.response.body", "body": piece[begin : begin + PART_BYTES], "more_body": True}
                    async with asyncio.timeout(self._patience_s):
                        await send(part)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            LOG.warning("slow_client_cut", path=scope["path"])  # the server closes what is not complete
        finally:
            await self._pieces.aclose()
