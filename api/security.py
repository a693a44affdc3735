"""Who asks: a key in `Authorization: Bearer vg_...` or `X-API-Key`, checked against its hash, or a token of an identity
provider; what it may do by `api.rights`, how often, and what it may see."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_network
from math import ceil
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from api.allowance import Allowance, allowances_of_citizens
from api.errors import ProblemError
from api.limits import Limits
from api.oidc import Issuer, Verifier
from api.quota import Quota
from api.rights import RIGHTS
from store.audit import through
from store.keys import PREFIX, Key, digest, enrol, read_key
from store.listing import list_territories
from store.reader import Connection, Pool, limited

TRUSTED_FOR_S = 5.0  # a revoked key works no longer than this
MOST_REMEMBERED = 10_000
MOST_TERRITORIES = 100_000
OPEN_PER_S = 5.0  # requests for open data of one address, ten seconds' worth at once
NETWORK_BITS = 64  # of an IPv6 address: what one customer is given

bearer = HTTPBearer(auto_error=False, description="A key made by `vigie key add`, or an OpenID Connect token.")
header = APIKeyHeader(name="X-API-Key", auto_error=False, description="The same key, for clients without Bearer.")


class KeyRing:
    """Keys checked in the last seconds, by their hash, so that not every request asks the database twice.

    `verifier` checks tokens; without one, only keys of Vigie are known.
    """

    def __init__(self, pool: Pool, verifier: Verifier | None = None) -> None:
        self.pool, self._verifier = pool, verifier
        self._known: dict[bytes, tuple[Key, float]] = {}
        self._territories: dict[int, tuple[frozenset[str], float]] = {}

    async def find(self, text: str) -> Key | None:
        """Give the key or account of this text if it is, or a moment ago was, valid."""
        mark = digest(text)
        known = self._known.get(mark)
        if known and time.monotonic() < known[1]:
            return known[0]
        key = await self._read(text)
        if key is None:
            self._known.pop(mark, None)
            return None
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[mark] = (key, time.monotonic() + TRUSTED_FOR_S)
        return key

    async def _read(self, text: str) -> Key | None:
        if text.startswith(PREFIX):
            async with self.pool.connection() as connection:
                return await read_key(connection, text)
        vouched = await self._verifier.verify(text) if self._verifier else None
        if vouched is None:
            return None
        async with self.pool.connection() as connection:
            return await enrol(connection, vouched)

    async def find_territories(self, key: Key) -> frozenset[str]:
        """Give the slugs of all territories in the key's subtrees, as they are or were a moment ago."""
        known = self._territories.get(key.key_id)
        if known and time.monotonic() < known[1]:
            return known[0]
        async with limited(self.pool, key.territory_ids) as connection:
            rows = await list_territories(connection, after=0, n=MOST_TERRITORIES)
        slugs = frozenset(str(row["territory"]) for row in rows)
        if len(self._territories) >= MOST_REMEMBERED:
            self._territories.clear()
        self._territories[key.key_id] = (slugs, time.monotonic() + TRUSTED_FOR_S)
        return slugs


@dataclass(frozen=True, slots=True)
class Access:
    """How often keys may ask, and whose tokens are taken beside them."""

    limits: Limits = field(default_factory=Limits)
    issuer: Issuer | None = None


def guard(app: FastAPI, pool: Pool, access: Access) -> None:
    """Give the application what its requests are checked by."""
    app.state.key_ring = KeyRing(pool, Verifier(access.issuer) if access.issuer else None)
    app.state.allowance = Allowance(access.limits.posts_per_s)
    app.state.asks = Allowance(access.limits.requests_per_s)
    app.state.open_allowance = Allowance(OPEN_PER_S)
    app.state.citizen_allowances = allowances_of_citizens(access.limits.reports_per_h)
    app.state.quota = Quota(pool, access.limits.requests_per_day)


def presented(request: Request) -> str:
    """Give the text of the key that a request bears, for whoever asks again whether it is still valid."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")


async def known_key(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
    api_key: Annotated[str | None, Security(header)],
) -> Key:
    """Give the key of a request, else end it with 401."""
    text = credentials.credentials if credentials else api_key
    if not text:
        raise ProblemError(401, "send a key as `Authorization: Bearer vg_...`", {"WWW-Authenticate": "Bearer"})
    ring: KeyRing = request.app.state.key_ring
    key = await ring.find(text)
    if key is None:
        raise ProblemError(
            401,
            "this key is not known, has expired or was revoked; ask for another",
            {"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    await admit(request, key)
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
