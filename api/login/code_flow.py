"""Logging in at an identity provider: the authorisation code flow (OpenID Connect Core 1.0, section 3.1) with PKCE.

What a browser leaves with (state, nonce, the verifier of RFC 7636) stays in a cookie of its own until it comes back, so
that nothing is kept here for those who never do.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal
from urllib.error import HTTPError
from urllib.parse import quote, urlencode

import structlog

from api.login.settings import Client
from api.oidc import Issuer, Verifier, require_https
from api.settings import SettingError
from api.signing_keys import KEPT_S, PAUSE_S, fetch_discovery, fetch_json
from store.keys import Vouched

LOG = structlog.get_logger()
ENDPOINTS = ("authorization_endpoint", "token_endpoint")
# away: the provider does not answer; stale: this browser did not leave from here, or long ago; denied: the provider
# says no; refused: what it says is not to be trusted, or allows nothing.
Trouble = Literal["away", "stale", "denied", "refused"]


class LoginError(Exception):
    """Nobody is let in; `trouble` is the word that the page has a sentence for."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class CodeFlow:
    """Sends people to one provider and takes them back. `clock` is monotonic, seconds."""

    def __init__(self, issuer: Issuer, client: Client, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer, self.client, self._clock = issuer, client, clock
        self._verifier = Verifier(replace(issuer, audience=client.client_id))
        self._endpoints: dict[str, str] = {}
        self._tried_at = -KEPT_S
        self._lock = asyncio.Lock()

    async def leave(self) -> tuple[str, str]:
        """Give the provider's address to go to, and what the browser keeps until it comes back. Raises LoginError."""
        endpoints = await self._find_endpoints()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect_uri,
            "scope": self.client.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = endpoints["authorization_endpoint"]
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", f"{state}.{nonce}.{verifier}"

    async def come_back(self, query: Mapping[str, str], kept: str) -> Vouched:
        """Say whom the provider vouches for, by what it sent back and what the browser kept. Raises LoginError."""
        state, _, rest = kept.partition(".")
        nonce, _, verifier = rest.partition(".")
        if not (state and nonce and verifier) or not is_same(query.get("state", ""), state):
            raise LoginError("stale")
        if query.get("iss", self._issuer.url) != self._issuer.url:  # RFC 9207: the answer of another provider
            raise LoginError("refused")
        if "code" not in query:
            LOG.info("login_denied", error=query.get("error", "")[:100])
            raise LoginError("denied")
        vouched = await self._verifier.verify(await self._redeem(query["code"], verifier), nonce)
        if vouched is None:
            raise LoginError("refused")
        return vouched

    async def _redeem(self, code: str, verifier: str) -> str:
        """Exchange a code for an ID token. Raises LoginError."""
        endpoints = await self._find_endpoints()
        request = token_request(endpoints["token_endpoint"], self.client, code, verifier)
        try:
            return str((await asyncio.to_thread(fetch_json, request))["id_token"])
        except HTTPError as error:
            LOG.warning("code_refused", status=error.code)
            error.close()
            raise LoginError("refused" if error.code < 500 else "away") from error
        except OSError as error:
            LOG.warning("provider_away", error=f"{type(error).__name__}: {error}")
            raise LoginError("away") from error
        except (ValueError, LookupError) as error:
            raise LoginError("refused") from error

    async def _find_endpoints(self) -> dict[str, str]:
        """Give where the provider lets people in and redeems codes, as it said a while ago. Raises LoginError."""
        async with self._lock:
            pause_s = KEPT_S if self._endpoints else PAUSE_S
            if self._clock() - self._tried_at > pause_s:
                self._tried_at = self._clock()
                await self._fetch_endpoints()
        if not self._endpoints:
            raise LoginError("away")
        return self._endpoints

    async def _fetch_endpoints(self) -> None:
        try:
            found = await asyncio.to_thread(fetch_discovery, self._issuer.url)
            self._endpoints = read_endpoints(found)
        except (OSError, ValueError, LookupError, SettingError) as error:
            LOG.warning("provider_away", issuer=self._issuer.url, error=f"{type(error).__name__}: {error}")


def read_endpoints(found: Mapping[str, Any]) -> dict[str, str]:
    """Read a discovery document. Raises LookupError, and SettingError for an address that is not https."""
    endpoints = {name: str(found[name]) for name in ENDPOINTS}
    for name, address in endpoints.items():
        require_https(name, address)
    return endpoints


def token_request(address: str, client: Client, code: str, verifier: str) -> urllib.request.Request:
    """Write the question for a code's tokens; a client with a secret shows it (`client_secret_basic`)."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "client_id": client.client_id,
        "code_verifier": verifier,
    }
    headers = {"Accept": "application/json"}
    if client.secret:
        pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"  # RFC 6749, 2.3.1
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return urllib.request.Request(address, urlencode(fields).encode(), headers)


def is_same(shown: str, kept: str) -> bool:
    """Compare secrets in the same time wherever they differ."""
    return hmac.compare_digest(shown.encode(errors="replace"), kept.encode(errors="replace"))
