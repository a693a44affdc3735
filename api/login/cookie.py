"""The cookie of a session, and what keeps other sites from using it: SameSite, the origin, a token in a header."""

import hmac
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import Response

from api.errors import ProblemError
from api.oidc import LOOPBACK

COOKIE = "vigie"
BEGUN_COOKIE = "vigie-login"  # what stands between leaving for a provider and coming back
BEGUN_S = 600
TOKEN_HEADER = "X-CSRF-Token"
READING = ("GET", "HEAD", "OPTIONS")
FORGED = "/problems/session-token"


def is_secure(request: Request, page_url: str) -> bool:
    """Whether the browser speaks HTTPS, with Vigie or with a proxy before it."""
    return request.url.scheme == "https" or page_url.startswith("https://")


def is_readable_by_none(request: Request, page_url: str) -> bool:
    """Whether nobody on the way reads along: HTTPS, or the way does not leave this machine."""
    host = request.client.host if request.client else ""
    return is_secure(request, page_url) or host in LOOPBACK or request.url.hostname in LOOPBACK


def read_cookie(request: Request, name: str, page_url: str) -> str:
    """Give what a cookie holds, empty where there is none; over HTTPS only one that no other host can have set."""
    return request.cookies.get(f"__Host-{name}" if is_secure(request, page_url) else name, "")


def write_cookie(request: Request, response: Response, text: str, page_url: str, most_s: float) -> None:
    """Have a browser keep a session."""
    secure = is_secure(request, page_url)
    name = f"__Host-{COOKIE}" if secure else COOKIE
    response.set_cookie(name, text, int(most_s), path="/", secure=secure, httponly=True, samesite="strict")


def write_begun(request: Request, response: Response, text: str, page_url: str) -> None:
    """Have a browser keep what it comes back from a provider with; empty: forget it.

    Lax, because the provider's page leads back: a strict cookie would stay behind.
    """
    secure = is_secure(request, page_url)
    name = f"__Host-{BEGUN_COOKIE}" if secure else BEGUN_COOKIE
    most_s = BEGUN_S if text else 0
    response.set_cookie(name, text, most_s, path="/", secure=secure, httponly=True, samesite="lax")


def forget_cookie(request: Request, response: Response, page_url: str) -> None:
    """Have a browser forget its session."""
    write_cookie(request, response, "", page_url, 0)


def csrf_token(text: str) -> str:
    """Give the token that writes of a session bear: HMAC-SHA-256 (RFC 2104) by what only its cookie holds."""
    return hmac.digest(text.encode(), b"csrf", "sha256").hex()


def require_unforged(request: Request, text: str, page_url: str) -> None:
    """Refuse what another site had the browser send with this session. Raises ProblemError."""
    require_own_origin(request, page_url)
    if request.method in READING:
        return
    if "origin" not in request.headers and request.headers.get("sec-fetch-site") != "same-origin":
        raise ProblemError(403, "with a session, what changes something comes from Vigie's own page; or send a key")
    shown = request.headers.get(TOKEN_HEADER, "")
    if not hmac.compare_digest(shown.encode(), csrf_token(text).encode()):
        raise ProblemError(
            403, f"send the `csrf_token` of `GET /v1/session` as the header {TOKEN_HEADER}", type_uri=FORGED
        )


def require_own_origin(request: Request, page_url: str) -> None:
    """Refuse what the browser itself says comes from another site. Raises ProblemError."""
    parts = urlsplit(page_url)
    own = {f"{request.url.scheme}://{request.headers.get('host', '')}", f"{parts.scheme}://{parts.netloc}"}
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site in ("cross-site", "same-site") or (origin is not None and origin not in own):
        raise ProblemError(
            403,
            "another site had the browser send this with your session; behind a proxy, VIGIE_PAGE_URL names the page",
        )
