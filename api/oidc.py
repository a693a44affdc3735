"""Tokens of an identity provider (OpenID Connect): checked by its public keys, and what their claims allow.

Checked are the signature (asymmetric algorithms only), `iss`, `aud`, `exp`, `nbf`, `iat`, with some leeway for clocks
that differ. A claim names the role, another the territories, in Vigie's words or in words that settings translate.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import jwt
import structlog

from api.settings import SettingError, read_mapping, read_number
from api.signing_keys import SigningKeys
from store.keys import ROLES, SCOPES_BY_ROLE, Role, Vouched

LOG = structlog.get_logger()
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
NEEDED = ("iss", "aud", "exp", "sub")
LONGEST_TOKEN = 16_384
LONGEST_NAME = 100
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Issuer:
    """An identity provider and what its claims mean.

    Parameters
    ----------
    url, audience
        What `iss` and `aud` of a token must be.
    jwks_url
        Where its keys lie; None: where its discovery document says.
    leeway_s
        By how much clocks may differ [s].
    role_claim, territory_claim, name_claim
        Names of claims, or paths such as `realm_access.roles`. The first two hold a word or a list of words.
    roles, territories
        From the provider's words to roles and slugs; words that are not there stand for themselves.
    """

    url: str
    audience: str
    jwks_url: str | None = None
    leeway_s: float = 30.0
    role_claim: str = "vigie_role"
    territory_claim: str = "vigie_territories"
    name_claim: str = "preferred_username"
    roles: Mapping[str, str] = field(default_factory=dict)
    territories: Mapping[str, str] = field(default_factory=dict)


class Verifier:
    """Checks tokens of one issuer."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer, self._keys = issuer, SigningKeys(issuer.url, issuer.jwks_url)

    async def verify(self, text: str, nonce: str | None = None) -> Vouched | None:
        """Say what a token vouches for; None where it is not to be trusted or allows nothing. Why is in the log.

        With a `nonce` it must be the ID token that was asked for with it (OpenID Connect Core 1.0, 3.1.3.7).
        """
        if len(text) > LONGEST_TOKEN or text.count(".") != 2:
            return None
        try:
            key = await self._keys.find(jwt.get_unverified_header(text).get("kid"))
            if key is None:
                raise jwt.InvalidKeyError("the issuer has no such key")
            claims = jwt.decode(
                text,
                key,
                algorithms=ALGORITHMS,
                audience=self._issuer.audience,
                issuer=self._issuer.url,
                leeway=self._issuer.leeway_s,
                options={"require": list(NEEDED)},
            )
            if nonce is not None:
                require_asked(claims, nonce, self._issuer.audience)
            return read_claims(claims, self._issuer)
        except (jwt.PyJWTError, ValueError) as error:
            LOG.info("token_refused", error=f"{type(error).__name__}: {error}")
            return None


def require_asked(claims: Mapping[str, Any], nonce: str, client_id: str) -> None:
    """Refuse an ID token that was made for another question or another client. Raises ValueError."""
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise ValueError("its nonce is another one")
    if claims.get("azp", client_id) != client_id:
        raise ValueError("it was made for another client")


def read_claims(claims: Mapping[str, Any], issuer: Issuer) -> Vouched:
    """Say what the claims of a checked token allow: of several roles the highest.

    Raises
    ------
    ValueError
        They name no role or no territory.
    """
    named = {issuer.roles.get(word, word) for word in words_at(claims, issuer.role_claim)}
    role: Role | None = next((role for role in reversed(ROLES) if role in named), None)
    if role is None:
        raise ValueError(f"the claim {issuer.role_claim} names no role")
    territories = [issuer.territories.get(word, word) for word in words_at(claims, issuer.territory_claim)]
    if not territories:
        raise ValueError(f"the claim {issuer.territory_claim} names no territory")
    subject = str(claims["sub"])
    (name, *_) = (*words_at(claims, issuer.name_claim), subject)
    return Vouched(
        issuer=issuer.url,
        subject=subject,
        name="".join(letter for letter in name if letter.isprintable())[:LONGEST_NAME] or subject,
        role=role,
        scopes=frozenset(SCOPES_BY_ROLE[role]),
        territories=tuple(dict.fromkeys(territories)),
        expires_at=datetime.fromtimestamp(int(claims["exp"]) + issuer.leeway_s, UTC),
    )


def words_at(claims: Mapping[str, Any], path: str) -> list[str]:
    """Give the word or words of a claim, found by its name or, within others, by names with dots between."""
    found: Any = claims
    for name in (path,) if path in claims else path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    words = found if isinstance(found, list) else [found]
    return [word for word in words if isinstance(word, str) and word and "\x00" not in word]


def issuer_from(environment: Mapping[str, str]) -> Issuer | None:
    """Read VIGIE_OIDC_ISSUER and the settings beside it; None where no issuer is named.

    Raises
    ------
    SettingError
        The audience is missing, an address is not https (http on this machine), or a mapping leads to no role.
    """
    url = environment.get("VIGIE_OIDC_ISSUER") or ""
    if not url:
        return None
    jwks_url = environment.get("VIGIE_OIDC_JWKS_URL") or None
    for name, address in (("VIGIE_OIDC_ISSUER", url), ("VIGIE_OIDC_JWKS_URL", jwks_url)):
        require_https(name, address)
    audience = environment.get("VIGIE_OIDC_AUDIENCE") or environment.get("VIGIE_OIDC_CLIENT_ID") or ""
    if not audience:
        raise SettingError("set VIGIE_OIDC_AUDIENCE to what tokens for Vigie name as `aud`")
    roles = read_mapping(environment, "VIGIE_OIDC_ROLES")
    if unknown := sorted(set(roles.values()) - set(ROLES)):
        raise SettingError(f"VIGIE_OIDC_ROLES: {unknown[0]!r} is no role; roles are {', '.join(ROLES)}")
    return Issuer(
        url,
        audience,
        jwks_url,
        read_number(environment, "VIGIE_OIDC_LEEWAY_S", 30.0),
        environment.get("VIGIE_OIDC_ROLE_CLAIM") or "vigie_role",
        environment.get("VIGIE_OIDC_TERRITORY_CLAIM") or "vigie_territories",
        environment.get("VIGIE_OIDC_NAME_CLAIM") or "preferred_username",
        roles,
        read_mapping(environment, "VIGIE_OIDC_TERRITORIES"),
    )


def require_https(name: str, address: str | None) -> None:
    """Refuse an address whose answer another could forge. Raises SettingError."""
    if address is None:
        return
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise SettingError(f"{name} must begin with https://, not {address!r}")
