"""`/v1/events`: measurements, findings and KPIs as they come, as server-sent events."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response

from api.bulk.sending import Sending
from api.errors import PROBLEMS, ProblemError, describe_problem
from api.key_ring import KeyRing, Shown
from api.live.hub import Hub, Listener
from api.live.interest import KINDS, Interest, Kind, read_position, write_event, write_heartbeat
from api.parameters import MOST_SERIES, Territory
from api.security import presented, require_key
from store.keys import Key
from store.live import Position, steps_between

router = APIRouter(prefix="/v1", tags=["live"])

HEARTBEAT_S = 15.0
RETRY_MS = 2_000
PATIENCE_S = 20.0  # for a client that takes nothing
Since = tuple[int, int | None, int | None]
HEADERS = {"X-Accel-Buffering": "no"}  # a proxy that gathers would hold events back
MOST_STEPS = 200  # of 500 batches that somebody may have missed
STREAM: dict[int | str, dict[str, Any]] = {
    **PROBLEMS,
    200: {
        "description": "events without end",
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'id: 1204-88-301\nevent: measurements\ndata: {"items": [{"series_id": 7, "territory": '
                '"val-de-tille", "quantity": "active_power", "unit": "W", "observed_at": "2026-03-01T00:00:00Z", '
                '"value": 41.5, "batch": 1204}]}\n\n',
            }
        },
    },
    429: describe_problem(429),
}
Kinds = Annotated[
    list[Kind] | None, Query(alias="kind", max_length=3, description="what is wanted; default everything")
]
SeriesIds = Annotated[
    list[Annotated[int, Query(ge=1, lt=2**31)]] | None,
    Query(alias="series_id", max_length=MOST_SERIES, description="measurements of these series only"),
]
Quantities = Annotated[
    list[Annotated[str, Query(pattern="^[a-z0-9_]{1,64}$")]] | None,
    Query(alias="quantity", max_length=50, description="measurements of these quantities only"),
]
LastId = Annotated[
    str | None,
    Header(alias="Last-Event-ID", max_length=64, description="id of the last event heard, or the number of a batch"),
]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted, apart from the territories that the key may see; `territory` narrows those."""

    kinds: frozenset[str]
    territory: str | None
    series_ids: frozenset[int] | None
    quantities: frozenset[str] | None

    def within(self, territories: frozenset[str]) -> Interest:
        """Give the interest of a key that sees these territories."""
        seen = territories if self.territory is None else territories & {self.territory}
        return Interest(seen, self.kinds, self.series_ids, self.quantities)


@router.get("/events", responses=STREAM, response_class=Response)
async def events(
    request: Request,
    key: Annotated[Key, Depends(require_key)],
    kind: Kinds = None,
    territory: Territory = None,
    series_id: SeriesIds = None,
    quantity: Quantities = None,
    last_event_id: LastId = None,
) -> Response:
    """Tell what is new, as soon as it is stored: `measurements`, `findings` (new and changed) and `kpis`.

    Who is cut off comes back with `Last-Event-ID` and hears what he missed, none of it lost; the last event may come
    twice. `missed` says that it was too much: from when on to read `/v1/measurements`. `cut` says why a stream ends.
    """
    hub: Hub = request.app.state.hub
    ring: KeyRing = request.app.state.key_ring
    since = None if last_event_id is None else checked(last_event_id)
    wish = Wish(
        frozenset(kind or KINDS),
        territory,
        frozenset(series_id) if series_id else None,
        frozenset(quantity) if quantity else None,
    )
    interest = wish.within(await ring.find_territories(key))
    hub.require_room()
    await hub.start()
    pieces = tell(hub, interest, since, Standing(ring, presented(request), wish))
    return Sending(pieces, "text/event-stream; charset=utf-8", HEADERS, PATIENCE_S)


def checked(text: str) -> Since:
    """Read the id that a client comes back with. Raises ProblemError."""
    found = read_position(text)
    if found is None:
        raise ProblemError(422, "Last-Event-ID: send the `id` of the last event, unchanged, or the number of a batch")
    return found


class Standing:
    """Whether the key is still valid, and what it may see; asked again with every heartbeat."""

    def __init__(self, ring: KeyRing, shown: Shown, wish: Wish) -> None:
        self._ring, self._shown, self._wish = ring, shown, wish
        self._asked_at = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether it is time to ask."""
        return time.monotonic() - self._asked_at >= HEARTBEAT_S

    async def ask(self) -> Interest | None:
        """Give what the key may hear by now; None where it is no longer valid."""
        self._asked_at = time.monotonic()
        key = await self._ring.find(self._shown)
        if key is None or "read" not in key.scopes:
            return None
        return self._wish.within(await self._ring.find_territories(key))


async def tell(hub: Hub, interest: Interest, since: Since | None, standing: Standing) -> AsyncGenerator[bytes]:
    """Give what was missed, then what comes, and a heartbeat where nothing does."""
    with hub.listening(interest) as listener:
        start = listener.position
        yield f"retry: {RETRY_MS}\n\n".encode()
        async with aclosing(tell_missed(hub, interest, since, start)) as missed:
            async for text in missed:
                yield text
        yield write_heartbeat(start)
        while (reason := await find_end(hub, listener, standing)) is None:
            yield await next_text(listener)
        yield write_event("cut", {"reason": reason})


async def find_end(hub: Hub, listener: Listener, standing: Standing) -> str | None:
    """Say why a stream ends now, if it does; what the key may hear is asked for again."""
    if standing.is_due:
        interest = await standing.ask()
        if interest is None:
            return "this key is no longer valid"
        listener.interest = interest
    if listener.is_behind and listener.pieces.empty():
        hub.n_cut += 1
        return "too slow: come back with the last id, or ask for less"
    return None


async def next_text(listener: Listener) -> bytes:
    """Give what comes next, or a heartbeat after a while."""
    try:
        async with asyncio.timeout(HEARTBEAT_S):
            return await listener.pieces.get()
    except TimeoutError:
        return write_heartbeat(listener.position)


async def tell_missed(hub: Hub, interest: Interest, since: Since | None, until: Position) -> AsyncGenerator[bytes]:
    """Give what came between the id that a client has and the begin of its stream."""
    if since is None:
        return
    batch, change, kpi = since
    begin = Position(
        min(batch, until.batch),
        until.change if change is None else min(change, until.change),
        until.kpi if kpi is None else min(kpi, until.kpi),
    )
    if len(steps_between(begin, until)) > MOST_STEPS:
        received_at = await hub.received_at(begin)
        yield write_event("missed", {"from": received_at, "to": datetime.now(UTC)}, until)
        return
    async with aclosing(hub.read_missed(begin, until)) as missed:
        async for news in missed:
            if text := hub.write(news, interest):
                yield text
