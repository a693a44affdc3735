"""Who reads and writes NGSI-LD: the key, within one territory where the header NGSILD-Tenant names it."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from psycopg.errors import DataError, IntegrityError, InvalidRegularExpression

from api.errors import ProblemError
from api.ngsi.refusal import NO_TENANT, TYPE_BY_STATUS, bad
from api.security import require_key, require_writer
from store.audit import Line, await_line
from store.keys import Key
from store.ngsi.reading import find_territory
from store.reader import Connection, Pool, limited
from store.technician import actor, changing

TENANT = "NGSILD-Tenant"


class NgsiRoute(APIRoute):
    """Answers errors by the standard's types, whatever raised them, and says again which tenant was asked."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                if request.method in {"POST", "PUT", "PATCH"} and "content-length" not in request.headers:
                    raise ProblemError(411, "send the header Content-Length", type_uri=TYPE_BY_STATUS[411])
                response = await handle(request)
            except ProblemError as error:
                error.type_uri = error.type_uri or TYPE_BY_STATUS.get(error.status)
                raise
            except InvalidRegularExpression as error:
                raise bad("a pattern is no regular expression that can be tried") from error
            except DataError as error:
                raise bad("a value is beyond what can be stored or looked for") from error
            except IntegrityError as error:
                raise ProblemError(
                    409, "what this refers to was changed meanwhile; read it again", type_uri=TYPE_BY_STATUS[409]
                ) from error
            if TENANT in request.headers:
                response.headers[TENANT] = request.headers[TENANT]
            return response

        return answer


async def readable_ids(request: Request, key: Key) -> tuple[int, ...]:
    """Give the territories that a request may see. Raises ProblemError for a tenant that is not among them."""
    slug = request.headers.get(TENANT)
    if slug is None:
        return tuple(key.territory_ids)
    async with limited(request.app.state.pool, key.territory_ids) as connection:
        found = await find_territory(connection, slug) if "\x00" not in slug else None
    if found is None:
        raise ProblemError(404, f"{TENANT}: no territory {slug[:80]!r} for this key", type_uri=NO_TENANT)
    return (found,)


async def limited_reader(request: Request, key: Annotated[Key, Depends(require_key)]) -> AsyncIterator[Connection]:
    """Give a connection that sees the territories of the request's key, or the one tenant it names."""
    async with limited(request.app.state.pool, await readable_ids(request, key)) as connection:
        yield connection


@dataclass(frozen=True, slots=True)
class Editor:
    """Who writes, and in which territory new entities lie."""

    pool: Pool
    key: Key
    territory_id: int

    def reading(self) -> Any:  # Any: an asynchronous context manager of a connection
        """Borrow a connection that sees this territory and those below it."""
        return limited(self.pool, (self.territory_id,))

    @asynccontextmanager
    async def writing(
        self, action: str, subject: str, detail: Mapping[str, Any] | None = None
    ) -> AsyncIterator[Connection]:
        """Open the transaction of a write, which ends with a note in the audit log."""
        async with changing(self.pool) as connection:
            yield connection
            line = Line(actor(self.key), f"ngsi-ld {action}", subject[:500], detail or {}, self.territory_id)
            await await_line(connection, line)


async def writing_editor(request: Request, key: Annotated[Key, Depends(require_writer)]) -> Editor:
    """Give who writes. Raises ProblemError where it is not clear in which territory."""
    ids = await readable_ids(request, key)
    if len(ids) != 1:
        raise bad(f"this key writes in several territories: name one of them in the header {TENANT}")
    return Editor(request.app.state.pool, key, ids[0])


NgsiReader = Annotated[Connection, Depends(limited_reader, scope="function")]
NgsiWriter = Annotated[Editor, Depends(writing_editor)]
