"""By what alerts go out: the mail server, the sender's address, and where links in messages lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
PAGE_URL = "http://127.0.0.1:8080"


class CarrierError(ValueError):
    """The mail server's address cannot be read."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server: `smtp` as it is, `smtp+tls` with STARTTLS, which must succeed, `smtps` with TLS from the begin."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class Carrier:
    """`mail_server` None: mails cannot be sent, and each attempt says so."""

    mail_server: MailServer | None = None
    mail_from: str = "vigie@localhost"
    page_url: str = PAGE_URL


NOBODY = Carrier()


def carrier_from(environment: Mapping[str, str]) -> Carrier:
    """Read VIGIE_MAIL_URL, VIGIE_MAIL_FROM and VIGIE_PAGE_URL.

    Raises
    ------
    CarrierError
        The mail server's address is none.
    """
    url = environment.get("VIGIE_MAIL_URL", "")
    return Carrier(
        read_server(url) if url else None,
        environment.get("VIGIE_MAIL_FROM", "") or "vigie@localhost",
        (environment.get("VIGIE_PAGE_URL", "") or PAGE_URL).rstrip("/"),
    )


def read_server(url: str) -> MailServer:
    """Read `smtp+tls://user:password@host:port`. Raises CarrierError, without the password in it.

    Examples
    --------
    >>> read_server("smtps://mail.example.org").port
    465
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise CarrierError("VIGIE_MAIL_URL cannot be read: its port is no number") from error
    if parts.scheme not in PORTS or not host:
        raise CarrierError(f"VIGIE_MAIL_URL begins with {', '.join(f'{scheme}://' for scheme in PORTS)} and a host")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.scheme, host, port or PORTS[parts.scheme], user, password)
