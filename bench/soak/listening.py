"""Clients of the API for the length of a run: some listen to every new measurement, one asks again and again."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.api_client import opened
from bench.soak.stack import TERRITORY, Stack

AGAIN_S = 2.0
QUESTIONS = (f"/v1/assets?territory={TERRITORY}&limit=100", f"/v1/findings?territory={TERRITORY}", "/v1/health")


@dataclass(slots=True)
class Clients:
    """What the clients met; numbers are only ever counted up."""

    stack: Stack
    n_listeners: int
    n_heard_b: int = 0
    n_answers: int = 0
    n_hung_up: int = 0
    n_failed: int = 0
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Listen and ask until the run ends."""
        tasks = [asyncio.create_task(self.listen()) for _ in range(self.n_listeners)]
        tasks.append(asyncio.create_task(self.ask()))
        await self._ended.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def listen(self) -> None:
        """Hear events; who is cut off comes again, and is counted."""
        while not self._ended.is_set():
            try:
                async with opened(self.stack.api_address, self.stack.key) as line:
                    async for part in line.parts("/v1/events?kind=measurements"):
                        self.n_heard_b += len(part)
            except (OSError, ValueError, asyncio.IncompleteReadError):
                pass
            self.n_hung_up += 1
            await asyncio.sleep(AGAIN_S)

    async def ask(self) -> None:
        """Ask what a page asks, over a connection of its own each time."""
        while not self._ended.is_set():
            for path in QUESTIONS:
                try:
                    async with opened(self.stack.api_address, self.stack.key) as line:
                        await line.get(path)
                    self.n_answers += 1
                except (OSError, ValueError, asyncio.IncompleteReadError):
                    self.n_failed += 1
            await asyncio.sleep(AGAIN_S)


@contextmanager
def listening(stack: Stack, n_listeners: int) -> Iterator[Clients]:
    """Have clients listen and ask in a thread of their own."""
    clients = Clients(stack, n_listeners)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(clients.run()), daemon=True)
    thread.start()
    try:
        yield clients
    finally:
        loop.call_soon_threadsafe(clients._ended.set)
        thread.join(AGAIN_S * 5)
        if not thread.is_alive():
            loop.close()
