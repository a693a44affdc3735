"""Who asks: a key in `Authorization: Bearer vg_...` or `X-API-Key`, checked against its hash, a token of an identity
provider, or the session of a cookie; what it may do by `api.rights`, how often, and what it may see."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_network
from math import ceil
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Security
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPBearer

from api.allowance import Allowance, allowances_of_citizens
from api.errors import ProblemError
from api.key_ring import KeyRing, Shown
from api.limits import Limits
from api.login.code_flow import CodeFlow
from api.login.cookie import COOKIE, read_cookie, require_unforged
from api.login.door import Door
from api.login.settings import Login
from api.oidc import Issuer, Verifier
from api.quota import Quota
from api.rights import RIGHTS
from store.audit import through
from store.keys import Key
from store.reader import Connection, Pool, limited

OPEN_PER_S = 5.0  # requests for open data of one address, ten seconds' worth at once
NETWORK_BITS = 64  # of an IPv6 address: what one customer is given

bearer = HTTPBearer(auto_error=False, description="A key made by `vigie key add`, or an OpenID Connect token.")
header = APIKeyHeader(name="X-API-Key", auto_error=False, description="The same key, for clients without Bearer.")
cookie = APIKeyCookie(name=f"__Host-{COOKIE}", auto_error=False, description="The session of `POST /v1/session`.")


@dataclass(frozen=True, slots=True)
class Access:
    """How often keys may ask, whose tokens are taken beside them, and how people log in."""

    limits: Limits = field(default_factory=Limits)
    issuer: Issuer | None = None
    login: Login = field(default_factory=Login)


def guard(app: FastAPI, pool: Pool, access: Access) -> None:
    """Give the application what its requests are checked by."""
    login, issuer = access.login, access.issuer
    app.state.key_ring = KeyRing(pool, Verifier(issuer) if issuer else None, login.span)
    app.state.login, app.state.door = login, Door(pool, login.span.most_s)
    app.state.code_flow = CodeFlow(issuer, login.client) if issuer and login.client else None
    app.state.allowance = Allowance(access.limits.posts_per_s)
    app.state.asks = Allowance(access.limits.requests_per_s)
    app.state.open_allowance = Allowance(OPEN_PER_S)
    app.state.citizen_allowances = allowances_of_citizens(access.limits.reports_per_h)
    app.state.quota = Quota(pool, access.limits.requests_per_day)


def presented(request: Request) -> Shown:
    """Give what a request shows of who asks: a key goes before a session."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    text = text.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")
    return Shown(text) if text else Shown(cookie_of(request), is_session=True)


def cookie_of(request: Request) -> str:
    """Give the text of the session whose cookie a request bears, empty where it bears none."""
    login: Login = request.app.state.login
    return read_cookie(request, COOKIE, login.page_url)


async def find_asker(request: Request) -> Key | None:
    """Give the key or account that asks, None where nobody says who he is.

    Raises
    ------
    ProblemError
        401 where it is not valid, 403 where another site sent it or it may not, 429 where it asks too often.
    """
    shown = presented(request)
    if not shown.text:
        return None
    ring: KeyRing = request.app.state.key_ring
    key = await ring.find(shown)
    if key is None:
        raise ProblemError(
            401,
            "this session has ended: log in again"
            if shown.is_session
            else "this key is not known, has expired or was revoked; ask for another",
            {"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    if shown.is_session:
        require_unforged(request, shown.text, request.app.state.login.page_url)
    await admit(request, key)
    return key


async def known_key(
    request: Request,
    _bearer: Annotated[object, Security(bearer)],
    _header: Annotated[object, Security(header)],
    _cookie: Annotated[object, Security(cookie)],
) -> Key:
    """Give the key of a request, else end it with 401. The schemes are there for the OpenAPI document."""
    key = await find_asker(request)
    if key is None:
        raise ProblemError(
            401, "send a key as `Authorization: Bearer vg_...`, or log in", {"WWW-Authenticate": "Bearer"}
        )
    return key


def name_of(request: Request) -> str:
    """Give the name of a request's route, as in `RIGHTS`."""
    return f"{request.method} {request.scope['route'].path}"


async def tell_route(request: Request) -> None:
    """Have lines of the audit log say through which route they came, also where that wants no key."""
    through.set(name_of(request))


async def admit(request: Request, key: Key) -> None:
    """Let a key in where its role and its limits allow, else end the request with 403 or 429."""
    right = RIGHTS.get(name_of(request))
    if right is None:
        raise ProblemError(403, "nobody may use this route yet: its right is not written down")
    if refusal := right.refusal(key):
        raise ProblemError(403, refusal)
    if right.scope != "ingest":
        asks: Allowance = request.app.state.asks
        if wait_s := asks.take(key.key_id):
            raise too_many(f"this key may ask {asks.rate:g} times a second: wait", wait_s)
    quota: Quota = request.app.state.quota
    if wait_s := await quota.take(key, is_post=right.scope == "ingest"):
        raise too_many("this key has asked as often as it may in a day (UTC): go on tomorrow, or ask for more", wait_s)


def too_many(sentence: str, wait_s: float) -> ProblemError:
    """Make the answer to who asks too often."""
    return ProblemError(429, sentence, {"Retry-After": str(ceil(wait_s))})


async def require_key(key: Annotated[Key, Depends(known_key)]) -> Key:
    """Give the key of a request that may read, else end it with 403."""
    if "read" not in key.scopes:
        raise ProblemError(403, "this key may not read")
    return key


async def require_writer(key: Annotated[Key, Depends(known_key)]) -> Key:
    """Give the key of a request that may change something, else end it with 403."""
    if "write" not in key.scopes:
        raise ProblemError(403, "this key may not change anything: make one with `vigie key add --role technician`")
    return key


async def require_admin(key: Annotated[Key, Depends(known_key)]) -> Key:
    """Give the key of a request that may decide what is shown to all, else end it with 403."""
    if "admin" not in key.scopes:
        raise ProblemError(403, "this key may not publish: make one with `vigie key add --scope admin`")
    return key


async def require_speaker(request: Request, key: Annotated[Key, Depends(known_key)]) -> frozenset[str]:
    """Give the territories for which the request's key may send messages, else end it with 403, or with 429."""
    if "ingest" not in key.scopes:
        raise ProblemError(403, "this key may not send messages: make one with `vigie key add --scope ingest`")
    allowance: Allowance = request.app.state.allowance
    if wait_s := allowance.take(key.key_id):
        raise too_many(
            f"this key may post {allowance.rate:g} times a second: wait, or send several messages in one post", wait_s
        )
    ring: KeyRing = request.app.state.key_ring
    return await ring.find_territories(key)


async def limited_reader(request: Request, key: Annotated[Key, Depends(require_key)]) -> AsyncIterator[Connection]:
    """Give a connection that sees the territories of the request's key and no others."""
    async with limited(request.app.state.pool, key.territory_ids) as connection:
        yield connection


async def public_reader(request: Request) -> AsyncIterator[Connection]:
    """Give a connection that sees no territory: only what is published."""
    async with limited(request.app.state.pool, ()) as connection:
        yield connection


async def allow_open(request: Request) -> None:
    """Let an address ask for open data, but not too often: else end its request with 429."""
    allowance: Allowance = request.app.state.open_allowance
    if wait_s := allowance.take(network_of(request.client.host if request.client else "")):
        raise too_many(
            f"open data are given {allowance.rate:g} times a second to one address: wait, keep what you have", wait_s
        )


def network_of(host: str) -> str:
    """Give what stands for an asker: the address, of IPv6 the network, of which one customer has all addresses.

    >>> network_of("2001:db8::1:2:3:4"), network_of("192.0.2.7"), network_of("testclient")
    ('2001:db8::', '192.0.2.7', 'testclient')
    """
    try:
        address = IPv6Address(host)
    except ValueError:
        return host
    return str(ip_network((int(address), NETWORK_BITS), strict=False).network_address)


# Scope "function": the connection is given back before the answer is sent, so a slow client holds none.
Reader = Annotated[Connection, Depends(limited_reader, scope="function")]
WriterKey = Annotated[Key, Depends(require_writer)]
Speaker = Annotated[frozenset[str], Depends(require_speaker, scope="function")]
AdminKey = Annotated[Key, Depends(require_admin)]
PublicReader = Annotated[Connection, Depends(public_reader, scope="function")]
