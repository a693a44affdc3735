"""A client that goes away ends its request, and with it the query that the database works on."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

EMPTY_BODY: Message = {"type": "http.request", "body": b"", "more_body": False}
METHODS_WITHOUT_BODY = ("GET", "HEAD")


class CancelOnHangUp:
    """Cancels a reading request when its client is gone before the answer was complete."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in METHODS_WITHOUT_BODY:
            await Request(self.app, receive, send).run(scope)
        else:
            await self.app(scope, receive, send)


class Request:
    """One request that is watched: whether it is answered, whether its client is gone."""

    def __init__(self, app: ASGIApp, receive: Receive, send: Send) -> None:
        self._app, self._receive, self._send = app, receive, send
        self._is_answered = False
        self._is_read = False
        self._gone = asyncio.Event()

    async def run(self, scope: Scope) -> None:
        """Answer, or stop where nobody waits any longer."""
        task = asyncio.current_task()
        assert task is not None
        watch = asyncio.create_task(self._watch(task), name="hang-up")
        try:
            await self._app(scope, self._receive_for_app, self._send_for_app)
        except asyncio.CancelledError:
            # Cancelled from elsewhere too (the server ends): then the cancellation is not ours to swallow.
            if not self._gone.is_set() or task.uncancel() > 0:
                raise
        finally:
            watch.cancel()

    async def _watch(self, task: asyncio.Task[object]) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone.set()
        if not self._is_answered:
            task.cancel()

    async def _receive_for_app(self) -> Message:
        if not self._is_read:
            self._is_read = True
            return EMPTY_BODY
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send_for_app(self, message: Message) -> None:
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._is_answered = True
        await self._send(message)
