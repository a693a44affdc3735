"""`vigie api`: serves the application until told to stop."""

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from api.app import create_app
from api.exports.folder import Folder, default_folder
from api.limits import limits_from
from api.oidc import issuer_from
from api.security import Access
from api.settings import SettingError
from sensors.posting import Desk


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to listen, which database to read, how often a key may ask, whose tokens to take, where exports lie."""

    database_url: str
    host: str = "127.0.0.1"
    port: int = 8080
    access: Access = field(default_factory=Access)
    export_dir: Path = field(default_factory=default_folder)


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read VIGIE_DATABASE_URL, VIGIE_API_HOST, VIGIE_API_PORT, VIGIE_API_EXPORT_DIR, limits and issuer.

    Raises
    ------
    SettingError
        The database is not named, the port is no number from 1 to 65535, or a limit or the issuer cannot be used.
    """
    database_url = environment.get("VIGIE_DATABASE_URL", "")
    if not database_url:
        raise SettingError("set VIGIE_DATABASE_URL to the database's address")
    port = environment.get("VIGIE_API_PORT") or "8080"
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        raise SettingError(f"VIGIE_API_PORT must be a port from 1 to 65535, not {port!r}")
    host = environment.get("VIGIE_API_HOST") or "127.0.0.1"
    folder = environment.get("VIGIE_API_EXPORT_DIR")
    return Settings(
        database_url,
        host,
        int(port),
        Access(limits_from(environment), issuer_from(environment)),
        Path(folder) if folder else default_folder(),
    )


def main(settings: Settings, open_desk: Callable[[], Desk] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; `open_desk` gives who settles posted messages.

    Raises
    ------
    SettingError
        Somebody else listens on the port.
    """
    require_free(settings.host, settings.port)
    config = uvicorn.Config(
        create_app(
            settings.database_url,
            open_desk=open_desk,
            access=settings.access,
            exports=Folder(settings.export_dir),
        ),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    uvicorn.Server(config).run()


def require_free(host: str, port: int) -> None:
    """Refuse a port that is taken, in a sentence."""
    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        raise SettingError(
            f"cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}; set VIGIE_API_PORT to another"
        ) from error
