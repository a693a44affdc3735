"""TLS towards a broker as its URL asks for it: `mqtts://host?cafile=…&certfile=…&keyfile=…`.

Without `cafile` the authorities of the system count. `certfile` and `keyfile` are the client's own certificate, by
which a broker may know who it is.
"""

import ssl
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

NAMES = ("cafile", "certfile", "keyfile")


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Paths of PEM files: the authority trusted, the own certificate and its key; None where the URL names none."""

    authority: str | None = None
    certificate: str | None = None
    key: str | None = None


def read_tls_files(url: str) -> TlsFiles:
    """Read the files from a broker's URL.

    Raises
    ------
    ValueError
        It asks for something else, names a file twice, or a key without its certificate.
    """
    asked = parse_qs(urlsplit(url).query, keep_blank_values=True)
    if unknown := sorted(asked.keys() - set(NAMES)):
        raise ValueError(f"the broker URL asks for {', '.join(unknown)}; expected {', '.join(NAMES)}")
    if any(len(paths) != 1 or not paths[0] for paths in asked.values()):
        raise ValueError("the broker URL must name each file once")
    files = TlsFiles(*(asked[name][0] if name in asked else None for name in NAMES))
    if files.key is not None and files.certificate is None:
        raise ValueError("the broker URL names a keyfile without its certfile")
    return files


def make_tls_context(files: TlsFiles) -> ssl.SSLContext:
    """Make the context of a client, which checks the server's name and certificate.

    Raises
    ------
    ValueError
        A file cannot be read, or holds no certificate or key that fit.
    """
    try:
        context = ssl.create_default_context(cafile=files.authority)
        if files.certificate is not None:
            context.load_cert_chain(files.certificate, files.key)
    except OSError as error:  # ssl.SSLError is one
        named = ", ".join(path for path in (files.authority, files.certificate, files.key) if path)
        raise ValueError(f"TLS to the broker cannot use {named}: {error.strerror or error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
