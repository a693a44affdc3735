"""A private authority for tests, as `vigie certs` makes it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from deploy.certs.folder import Folder


def make_certificates(path: Path, clients: Sequence[str] = ()) -> Folder:
    """Make an authority, a server's certificate for the loopback, and clients'."""
    folder, now = Folder(path), datetime.now(UTC)
    folder.make("test authority", now)
    folder.issue("server", "server", ["127.0.0.1", "localhost"], now)
    for name in clients:
        folder.issue(name, "client", (), now)
    return folder


def broker_tls(folder: Folder, client: str) -> str:
    """Give the query of a broker's URL for a client."""
    path = folder.path
    return f"cafile={path}/authority.crt&certfile={path}/{client}.crt&keyfile={path}/{client}.key"
