"""The public keys of an identity provider: fetched, kept for a while, fetched again when a token names an unknown one.

OpenID Connect Discovery 1.0, section 4, says where they lie; RFC 7517 how they are written.
"""

import asyncio
import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import structlog
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWKError, PyJWKSetError

LOG = structlog.get_logger()
KEPT_S = 600.0  # then they are fetched again
LONGEST_KEPT_S = 86_400.0  # while the provider does not answer
PAUSE_S = 10.0  # between tries, whatever tokens claim
PATIENCE_S = 5.0
MOST_BYTES = 1 << 20


class SigningKeys:
    """Keys by their `kid`. `clock` is monotonic, seconds."""

    def __init__(self, issuer: str, jwks_url: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer, self._jwks_url, self._clock = issuer, jwks_url, clock
        self._keys: dict[str | None, PyJWK] = {}
        self._fetched_at = self._tried_at = -LONGEST_KEPT_S
        self._lock = asyncio.Lock()

    async def find(self, kid: str | None) -> PyJWK | None:
        """Give a key; None where the provider has no such key, or has not answered for a day."""
        if self._age_s() > KEPT_S or kid not in self._keys:
            async with self._lock:
                if (self._age_s() > KEPT_S or kid not in self._keys) and self._clock() - self._tried_at > PAUSE_S:
                    await self._fetch()
        return self._keys.get(kid) if self._age_s() < LONGEST_KEPT_S else None

    def _age_s(self) -> float:
        return self._clock() - self._fetched_at

    async def _fetch(self) -> None:
        self._tried_at = self._clock()
        try:
            self._keys = await asyncio.to_thread(fetch_keys, self._issuer, self._jwks_url)
            self._fetched_at = self._clock()
        except (OSError, ValueError, LookupError, PyJWKError, PyJWKSetError) as error:
            LOG.warning("signing_keys_not_fetched", issuer=self._issuer, error=f"{type(error).__name__}: {error}")


def fetch_keys(issuer: str, jwks_url: str | None) -> dict[str | None, PyJWK]:
    """Fetch the keys for signatures; where they lie is asked of the issuer, unless it is given.

    Raises
    ------
    OSError
        Nothing answers, or not with success.
    ValueError, LookupError, PyJWKError, PyJWKSetError
        What answers is no such document, or that of another issuer.
    """
    if jwks_url is None:
        jwks_url = str(fetch_discovery(issuer)["jwks_uri"])
    usable = [key for key in fetch_json(jwks_url)["keys"] if key.get("use", "sig") == "sig" and key.get("kty") != "oct"]
    return {key.key_id: key for key in PyJWKSet.from_dict({"keys": usable}).keys}


def fetch_discovery(issuer: str) -> dict[str, Any]:
    """Fetch what an issuer says of itself. Raises OSError, ValueError, LookupError."""
    found = fetch_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found["issuer"] != issuer:
        raise ValueError(f"the document there is that of {found['issuer']!r}")
    return found


def fetch_json(asked: str | urllib.request.Request) -> dict[str, Any]:
    """Fetch a JSON object from a web server, perhaps one that another server names. Raises OSError, ValueError."""
    url = asked if isinstance(asked, str) else asked.full_url
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"{url!r} is no address of a web server")
    with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:  # not a file of ours  # nosec B310
        body = json.loads(answer.read(MOST_BYTES))
    if not isinstance(body, dict):
        raise ValueError("no JSON object")  # noqa: TRY004  # of what another server says
    return body
