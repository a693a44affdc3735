"""What is sent to webhooks and how: which addresses, the signature, when to try again.

Signature: HMAC-SHA256 (RFC 2104) with the webhook's secret over `<seconds since 1970>.<body>`, so that neither the body
can be changed nor an old message be sent again later; receivers refuse instants that are more than minutes away.
"""

import hashlib
import hmac
from urllib.parse import urlsplit

SIGNATURE = "Vigie-Signature"
DELIVERY = "Vigie-Delivery"
LONGEST_URL = 500
# Waits after each attempt that failed [s]: ten tries over two days.
WAITS_S = (10.0, 60.0, 300.0, 1800.0, 7200.0, 21_600.0, 43_200.0, 43_200.0, 43_200.0)
GONE = 410  # the receiver says that it wants no more


class AddressError(ValueError):
    """The address is none that may be called."""


def check_address(url: str) -> None:
    """Refuse all but plain `http` and `https` addresses.

    Raises
    ------
    AddressError
        Another scheme, no host, a password within, a blank or control character, a fragment, or too long.
    """
    if len(url) > LONGEST_URL or any(character <= " " or character > "~" for character in url):
        raise AddressError(f"an address has at most {LONGEST_URL} printable ASCII characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressError(f"the address cannot be read: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise AddressError("an address begins with https:// (or http://) and names a host")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressError("an address holds neither user, password nor fragment: the signature says who we are")


def sign(secret: bytes, at_s: int, body: bytes) -> str:
    """Give the signature of a body sent at an instant [s since 1970].

    Examples
    --------
    >>> sign(b"key", 0, b"{}")[:12]
    't=0,v1=73143'
    """
    mark = hmac.new(secret, str(at_s).encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={at_s},v1={mark}"


def wait_after(n_attempts: int) -> float | None:
    """Give how long to wait [s] after so many attempts that failed; None: it is given up."""
    return WAITS_S[n_attempts - 1] if n_attempts <= len(WAITS_S) else None
