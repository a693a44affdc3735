"""`vigie api`: serves the application until told to stop."""

import os
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from api.app import N_TEMPORAL, create_app
from api.exports.folder import Folder, default_folder
from api.limits import limits_from
from api.login.settings import login_from
from api.oidc import issuer_from
from api.page.tiles import Tiles, tiles_from
from api.security import Access
from api.settings import SettingError
from sensors.posting import Desk


@dataclass(frozen=True, slots=True)
class Settings:
    """Where to listen, which database to read, how often who may ask, how people log in, where exports lie.

    `seat` numbers processes that share the port, 0: it is not shared. `n_temporal` values of an attribute are in one
    temporal answer of NGSI-LD. `mqtt_endpoints` are where SensorThings says that its broker is. With a certificate and
    its key (PEM) HTTPS is spoken, else HTTP. `tiles` lie under the assets of the page's map.
    """

    database_url: str
    host: str = "127.0.0.1"
    port: int = 8080
    access: Access = field(default_factory=Access)
    export_dir: Path = field(default_factory=default_folder)
    seat: int = 0
    n_temporal: int = N_TEMPORAL
    mqtt_endpoints: tuple[str, ...] = ()
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tiles: Tiles = field(default_factory=Tiles)


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read VIGIE_DATABASE_URL, VIGIE_API_HOST, VIGIE_API_PORT and the like, limits, issuer, login.

    Raises
    ------
    SettingError
        The database is not named, the port is no number from 1 to 65535, a limit, the issuer or the login cannot be
        used, another number is out of its range, the certificate and its key are not both given, or do not fit, or map
        tiles cannot lie at their address.
    """
    database_url = environment.get("VIGIE_DATABASE_URL", "")
    if not database_url:
        raise SettingError("set VIGIE_DATABASE_URL to the database's address")
    port = environment.get("VIGIE_API_PORT") or "8080"
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        raise SettingError(f"VIGIE_API_PORT must be a port from 1 to 65535, not {port!r}")
    host = environment.get("VIGIE_API_HOST") or "127.0.0.1"
    folder = environment.get("VIGIE_API_EXPORT_DIR")
    issuer = issuer_from(environment)
    certificate, key = read_tls(environment)
    return Settings(
        database_url,
        host,
        int(port),
        Access(limits_from(environment), issuer, login_from(environment, issuer)),
        Path(folder) if folder else default_folder(),
        read_n(environment, "VIGIE_API_SEAT", 0, "from 0; `vigie api --workers` sets it", 0),
        read_n(environment, "VIGIE_API_TEMPORAL_N", N_TEMPORAL, "from 1 to 99999", 1),
        read_endpoints(environment),
        certificate,
        key,
        tiles_from(environment),
    )


def read_n(environment: Mapping[str, str], name: str, otherwise: int, which: str, least: int) -> int:
    """Read a whole number of up to five digits, the default where none is given. Raises SettingError."""
    text = environment.get(name)
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) >= least):
        raise SettingError(f"{name} must be a whole number {which}, not {text!r}")
    return int(text)


def read_endpoints(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Read where clients find the broker, without any user or password. Raises SettingError."""
    endpoints = tuple(
        part.strip() for part in environment.get("VIGIE_API_MQTT_ENDPOINTS", "").split(",") if part.strip()
    )
    for endpoint in endpoints:
        if not re.fullmatch(r"(mqtts?|wss?)://[^\s@?#]+", endpoint):
            raise SettingError(f"VIGIE_API_MQTT_ENDPOINTS holds addresses such as mqtts://host:8883, not {endpoint!r}")
    return endpoints


def read_tls(environment: Mapping[str, str]) -> tuple[Path, Path] | tuple[None, None]:
    """Read where certificate and key lie, None where HTTP is to be spoken. Raises SettingError."""
    certificate, key = environment.get("VIGIE_API_TLS_CERTIFICATE"), environment.get("VIGIE_API_TLS_KEY")
    if not certificate and not key:
        return None, None
    if not certificate or not key:
        raise SettingError("set both VIGIE_API_TLS_CERTIFICATE and VIGIE_API_TLS_KEY, or neither")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except OSError as error:  # ssl.SSLError is one
        reason = error.strerror or "they do not fit"
        raise SettingError(f"HTTPS cannot use {certificate} with {key}: {reason}") from error
    return Path(certificate), Path(key)


def main(settings: Settings, open_desk: Callable[[], Desk] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; `open_desk` gives who settles posted messages.

    Raises
    ------
    SettingError
        Somebody else listens on the port.
    """
    if not settings.seat:
        require_free(settings.host, settings.port)
    app = create_app(
        settings.database_url,
        open_desk=open_desk,
        access=settings.access,
        exports=Folder(settings.export_dir),
    )
    app.state.n_temporal, app.state.mqtt_endpoints = settings.n_temporal, settings.mqtt_endpoints
    app.state.tiles = settings.tiles
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
        server_header=False,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
    )
    sockets = [listen_shared(settings.host, settings.port)] if settings.seat else None
    uvicorn.Server(config).run(sockets=sockets)


def listen_shared(host: str, port: int) -> socket.socket:
    """Listen beside the other processes of the port: the kernel deals connections out among them."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, reuse_port=True)
    except OSError as error:
        raise SettingError(
            f"cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}; set VIGIE_API_PORT to another"
        ) from error


def require_free(host: str, port: int) -> None:
    """Refuse a port that is taken, in a sentence."""
    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        raise SettingError(
            f"cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}; set VIGIE_API_PORT to another"
        ) from error
