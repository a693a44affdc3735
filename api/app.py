"""The HTTP application: its routes, its errors, its pool, and the page where it is built."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.allowance import Allowance
from api.courier import PATIENCE_S, Courier
from api.errors import register_problems
from api.hangup import CancelOnHangUp
from api.headers import HardenedHeaders
from api.page import mount
from api.routes import routers
from api.security import KeyRing
from api.usage import noting
from sensors.posting import Desk
from store.connect import open_async_pool

POSTS_PER_S = 100.0
DESCRIPTION = """Measurements, findings and KPIs of smart territories.

Times carry an offset when they come in and are UTC when they go out. Each quantity has one unit (UCUM). Lists are
`{items, next}`; `next` is the cursor of the next page. Errors are RFC 9457 problems whose `detail` says what to do."""


def create_app(
    database_url: str,
    *,
    n_connections: int = 8,
    open_desk: Callable[[], Desk] | None = None,
    patience_s: float = PATIENCE_S,
    posts_per_s: float = POSTS_PER_S,
) -> FastAPI:
    """Make the application; its pool opens when it starts and closes when it ends.

    `open_desk` gives who settles posted messages, which are waited for `patience_s`; without it, none are taken.
    A key may post `posts_per_s` times a second, 0 for no limit.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool = open_async_pool(database_url, program="api", n_connections=n_connections)
        await pool.open(wait=False)  # the API also starts while the database is away, and says so
        app.state.pool, app.state.key_ring, app.state.database_url = pool, KeyRing(pool), database_url
        app.state.allowance = Allowance(posts_per_s)
        app.state.courier = courier = Courier(open_desk, patience_s)
        async with noting(pool, lambda: courier.n_bytes):
            yield
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
        redirect_slashes=False,  # behind a proxy that ends TLS it would lead to http, and the key with it
    )
    register_problems(app)
    for router in routers():
        app.include_router(router)
    mount(app)
    app.add_middleware(CancelOnHangUp)
    app.add_middleware(HardenedHeaders)
    return app
