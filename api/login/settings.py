"""How people log in: how long a session lasts, where the page lies, and as which client of an identity provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from api.oidc import Issuer, require_https
from api.settings import SettingError, read_number
from store.login_sessions import Span

CALLBACK = "/login/callback"


@dataclass(frozen=True, slots=True)
class Client:
    """What an identity provider knows Vigie by (RFC 6749, section 2).

    Parameters
    ----------
    client_id, secret
        As registered; without a secret it is a public client, which PKCE alone protects.
    redirect_uri
        Where the provider sends people back.
    scope, label
        What is asked for; what the button is called.
    """

    client_id: str
    redirect_uri: str
    secret: str = ""
    scope: str = "openid profile"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """How people log in. `page_url` is the page as browsers reach it, without a `/` behind; empty: as they ask."""

    span: Span = field(default_factory=Span)
    page_url: str = ""
    client: Client | None = None


def login_from(environment: Mapping[str, str], issuer: Issuer | None) -> Login:
    """Read VIGIE_API_SESSION_S, VIGIE_API_SESSION_IDLE_S, VIGIE_PAGE_URL and VIGIE_OIDC_CLIENT_ID with those beside it.

    Raises
    ------
    SettingError
        A span is no number above 0, the page's address cannot be read, or a client is named without an issuer, without
        the page's address, or with one that is not https (http on this machine).
    """
    usual = Span()
    span = Span(
        read_number(environment, "VIGIE_API_SESSION_IDLE_S", usual.idle_s),
        read_number(environment, "VIGIE_API_SESSION_S", usual.most_s),
    )
    if not (span.idle_s and span.most_s):
        raise SettingError("VIGIE_API_SESSION_S, VIGIE_API_SESSION_IDLE_S must be above 0: nobody could log in")
    page_url = (environment.get("VIGIE_PAGE_URL") or "").rstrip("/")
    parts = urlsplit(page_url)
    if page_url and not (parts.scheme in ("http", "https") and parts.netloc and not parts.query):
        raise SettingError(f"VIGIE_PAGE_URL must be an address such as https://vigie.example.fr, not {page_url!r}")
    return Login(span, page_url, client_from(environment, issuer, page_url))


def client_from(environment: Mapping[str, str], issuer: Issuer | None, page_url: str) -> Client | None:
    """Read as which client people are sent to the provider; None where none is named. Raises SettingError."""
    client_id = environment.get("VIGIE_OIDC_CLIENT_ID") or ""
    if not client_id:
        return None
    if issuer is None:
        raise SettingError("VIGIE_OIDC_CLIENT_ID wants VIGIE_OIDC_ISSUER beside it")
    if not page_url:
        raise SettingError("VIGIE_OIDC_CLIENT_ID wants VIGIE_PAGE_URL: there the provider sends people back")
    require_https("VIGIE_PAGE_URL", page_url)
    return Client(
        client_id,
        page_url + CALLBACK,
        environment.get("VIGIE_OIDC_CLIENT_SECRET") or "",
        environment.get("VIGIE_OIDC_CLIENT_SCOPE") or "openid profile",
        environment.get("VIGIE_OIDC_CLIENT_LABEL") or urlsplit(issuer.url).netloc,
    )
