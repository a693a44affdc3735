"""The HTTP application: its routes, its errors, its pool, and the page where it is built."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

from api.background import in_background
from api.body_limit import BodyLimit
from api.bulk.gate import Gate
from api.conditional import Conditional
from api.courier import PATIENCE_S, Courier
from api.document import describe
from api.errors import register_problems
from api.exports.clerk import Clerk
from api.exports.folder import Folder, default_folder
from api.hangup import CancelOnHangUp
from api.headers import HardenedHeaders
from api.health import Watch
from api.live.hub import Hub
from api.metrics import Measured, Metrics
from api.open_data.shelf import Shelf
from api.page import mount
from api.routes import routers
from api.screening import Screen
from api.security import Access, guard, tell_route
from api.usage import keep_noting
from sensors.posting import Desk
from store.connect import open_async_pool
from store.usage import Meter

N_TEMPORAL = 1_000  # values of an attribute in one answer of NGSI-LD; whoever serves may set another
DESCRIPTION = """Measurements, findings and KPIs of smart territories.

Times carry an offset when they come in and are UTC when they go out. Each quantity has one unit (UCUM). Lists are
`{items, next}`; `next` is the cursor of the next page, and the header `Link` (RFC 8288) leads there. Parameters that a
route does not know are refused. Errors are RFC 9457 problems whose `detail` says what to do."""


def create_app(
    database_url: str,
    *,
    n_connections: int = 8,
    open_desk: Callable[[], Desk] | None = None,
    patience_s: float = PATIENCE_S,
    access: Access | None = None,
    exports: Folder | None = None,
) -> FastAPI:
    """Make the application; its pool opens when it starts and closes when it ends.

    `open_desk` gives who settles posted messages, which are waited for `patience_s`; without it, none are taken.
    Who may ask, and how often, says `access`. Ordered files lie in `exports`.
    """
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool = open_async_pool(database_url, program="api", n_connections=n_connections)
        await pool.open(wait=False)  # the API also starts while the database is away, and says so
        app.state.pool, app.state.database_url, app.state.gate = pool, database_url, Gate(pool)
        guard(app, pool, access or Access())
        app.state.darkroom = asyncio.Semaphore(1)  # a photo that is decoded takes memory
        folder = exports or Folder(default_folder())
        app.state.watch, app.state.shelf = Watch(pool, database_url, folder.path), Shelf()
        app.state.clerk = clerk = Clerk(pool, app.state.gate, folder)
        app.state.courier = courier = Courier(open_desk, patience_s)
        app.state.hub = hub = Hub(pool)
        watch_streams(metrics, app.state.gate, clerk, hub)
        try:
            async with (
                in_background(keep_noting(pool, Meter("api", lambda: courier.n_bytes)), "usage"),
                in_background(clerk.keep_writing(), "exports"),
                hub.closing(),
            ):
                yield
        finally:  # also when what ran inside failed: a pool left open keeps its program from ending
            await courier.close()
            await pool.close()

    # The interactive documentation that comes with FastAPI loads its scripts from elsewhere; the page works offline.
    app = FastAPI(
        title="Vigie",
        description=DESCRIPTION,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(tell_route), Depends(Screen())],
        redirect_slashes=False,  # behind a proxy that ends TLS it would lead to http, and the key with it
    )
    register_problems(app)
    for router in routers():
        app.include_router(router)
    mount(app)
    app.state.metrics, app.state.n_temporal, app.state.mqtt_endpoints = metrics, N_TEMPORAL, ()
    app.openapi = lambda: describe(FastAPI.openapi(app))  # type: ignore[method-assign]
    add_middleware(app, metrics)
    return app


def add_middleware(app: FastAPI, metrics: Metrics) -> None:
    """Put around all routes what holds for each; the last one added is the outermost."""
    app.add_middleware(BodyLimit)
    app.add_middleware(CancelOnHangUp)
    app.add_middleware(Conditional)
    app.add_middleware(HardenedHeaders)
    app.add_middleware(Measured, metrics=metrics)


def watch_streams(metrics: Metrics, gate: Gate, clerk: Clerk, hub: Hub) -> None:
    """Have the levels of what runs beside the requests read off with the counters."""
    metrics.watch(
        {
            ("vigie_api_bulk_running", "Bulk answers that are sent"): lambda: gate.n_running,
            ("vigie_api_listening", "Clients that listen to events"): lambda: hub.n_listening,
        },
        {
            ("vigie_api_bulk_refused", "Bulk answers refused because too many ran"): lambda: gate.n_refused,
            ("vigie_api_exports_done", "Ordered files written"): lambda: clerk.n_done,
            ("vigie_api_exports_failed", "Ordered files that failed"): lambda: clerk.n_failed,
            ("vigie_api_listening_refused", "Clients refused because too many listened"): lambda: hub.n_refused,
            ("vigie_api_listening_cut", "Clients cut because they did not keep up"): lambda: hub.n_cut,
            ("vigie_api_not_told", "Measurements too late to be told live"): lambda: hub.n_elsewhere,
        },
    )
